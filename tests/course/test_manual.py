"""Questions that a person marks are read with every problem at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses import TOML, TOML_FILE, made, problems_of
from grader.course.manual import Item, Question
from grader.language.catalogue import Text

QUESTION = """
[[manual]]
id = "why-half"
title = "Why?"
zh_title = "为什么？"
points = 2.5
items = [{ points = 1, text = "names it", zh = "说出来" }, { points = 1.5, text = "explains it" }]
"""
SECOND = '\n[[manual]]\nid = "how"\ntitle = "How?"\npoints = 1\n'


def test_questions(tmp_path: Path) -> None:
    """Each has an id, a title, points, and perhaps items that help to mark it."""
    course = made(tmp_path, {TOML_FILE: TOML + QUESTION + SECOND})
    halve = course.assignments["halve"]
    assert halve.questions == (
        Question(
            "why-half",
            Text("Why?", "为什么？"),
            2.5,
            (Item(1, Text("names it", "说出来")), Item(1.5, Text.verbatim("explains it"))),
        ),
        Question("how", Text.verbatim("How?"), 1),
    )
    assert (halve.max_score, halve.max_points) == (10, 13.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n[[manual]]\nid = 'a'\npoints = 1\n", "assignment.toml:8: a [[manual]] question needs 'title'"),
        (SECOND.replace("how", "Why so"), ":9: the id 'Why so' must be lower-case words joined by hyphens"),
        (SECOND.replace("title", "titel"), ":10: unknown key 'titel'; did you mean 'title'?"),
        (SECOND.replace("= 1", "= 0"), ":11: 'points' must be a number above 0 and below 10,000"),
        (SECOND.replace("= 1", "= true"), ":11: 'points' must be a number"),
        (SECOND + "items = [3]\n", ":12: each of 'items' is { points = 1, text = \"…\" }, in Chinese with"),
        (QUESTION + QUESTION, ":16: there are two questions 'why-half'"),
        ("[manual]\nid = 'a'\n", "questions are tables: write [[manual]] above each"),
        (SECOND.replace("how", "test-half"), None),
    ],
)
def test_what_is_wrong(text: str, message: str | None, tmp_path: Path) -> None:
    """Each fault is a problem of the course, at the line in the right table."""
    if message is None:
        assert made(tmp_path, {TOML_FILE: TOML + text}).assignments["halve"].questions
    else:
        found = problems_of(tmp_path, {TOML_FILE: TOML + text})
        assert any(message in problem for problem in found), found
