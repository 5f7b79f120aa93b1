"""A row of a sheet is known by its key."""

from __future__ import annotations

from dataclasses import replace

from grader.model.marking import Answered, Sheet

ROW = Answered("amy", "5ub", "Because.", True, "a5")
SHEET = Sheet("linreg", "why", 3, (ROW,))


def test_a_key_is_of_one_answer() -> None:
    """Another student, submission, answer or question has another key; points and names shown have none."""
    key = SHEET.key(ROW)
    assert len(key) == 12
    others = [
        SHEET.key(replace(ROW, student="bo")),
        SHEET.key(replace(ROW, submission_sha256="x")),
        SHEET.key(replace(ROW, answer_sha256="x")),
        replace(SHEET, question="how").key(ROW),
        replace(SHEET, assignment="other").key(ROW),
    ]
    assert len({key, *others}) == 6
    assert replace(SHEET, hides_names=True).key(replace(ROW, points=2, comment="x")) == key


def test_what_is_left_to_mark() -> None:
    """Answers without points are open; 0 points are points."""
    assert replace(SHEET, rows=(ROW, replace(ROW, points=0))).open_rows == 1
