"""What verdicts depend on: words and points of checks change nothing, everything else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses import HIDDEN, HIDDEN_FILE, MISTAKE, MISTAKE_FILE, PUBLIC, PUBLIC_FILE, TOML, TOML_FILE, made
from grader.course.verdicts import cells_of, without_words

WORDS = 'title="The half of 8 is 4", zh="8 的一半是 4", hint="Divide by two.", zh_hint="除以二。"'
CHECK = f"@check(points=3, {WORDS})"


def sha256(root: Path, **changes: str) -> str:
    files = {"public": PUBLIC_FILE, "hidden": HIDDEN_FILE, "toml": TOML_FILE, "mistake": MISTAKE_FILE}
    course = made(root, {files[name]: text for name, text in changes.items()})
    return course.assignments["halve"].verdict_sha256


@pytest.mark.parametrize(
    "changes",
    [
        {"public": PUBLIC.replace("points=3", "points=5.5")},
        {"public": PUBLIC.replace("The half of 8 is 4", "Half of eight")},
        {"public": PUBLIC.replace(CHECK, '@check(\n    points=3,\n    title="New",\n)')},
        {"hidden": HIDDEN.replace('title="Other numbers are halved"', 'title="é", hint="ü", zh_hint="新"')},
        {"toml": TOML.replace("Write halve.", "Write halve, please.")},
        {"mistake": MISTAKE.replace("The other way round.", "Other")},
    ],
    ids=["points", "title", "a hint is gone", "a hint is new", "statement", "a mistake's hint"],
)
def test_what_changes_no_verdict(tmp_path: Path, changes: dict[str, str]) -> None:
    """Titles, hints, points, statements and what the course says of mistakes: reports hold."""
    assert sha256(tmp_path / "new", **changes) == sha256(tmp_path / "old")


@pytest.mark.parametrize(
    "changes",
    [
        {"public": PUBLIC.replace("CLOSE = 1e-9", "CLOSE = 1e-3")},
        {"public": PUBLIC.replace("- 4)", "- 5)")},
        {"hidden": HIDDEN.replace('depends=["test_half"]', "depends=[]")},
        {"hidden": HIDDEN.replace("[5, 3.75, -1.5]", "[5, 3.75, -1.25]")},
        {"toml": TOML.replace("cpu_s = 30", "cpu_s = 31")},
    ],
    ids=["a tolerance", "a value", "depends", "a hidden value", "a limit"],
)
def test_what_changes_verdicts(tmp_path: Path, changes: dict[str, str]) -> None:
    """Code, what a check depends on, and limits: everything is graded again."""
    assert sha256(tmp_path / "new", **changes) != sha256(tmp_path / "old")


def test_only_the_words_are_left_out() -> None:
    """Of a rubric's text everything else stays as it is, on the same line, too."""
    text = f"import x  # é\n{CHECK}  # why\ndef test_a(student):\n    '''é'''\n    assert 1\n"
    assert without_words(text.encode()) == text.replace(CHECK, "@[] []")
    assert without_words(b"def f(:") == "def f(:" and "other(" in without_words(
        b"@other(points=2)\ndef f(): 0"
    )


def test_a_stub_counts_by_its_cells() -> None:
    """What is no notebook has none."""
    assert cells_of(b"") == []
