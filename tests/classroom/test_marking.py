"""Sheets of answers go out and come in: for the right student, the right answer, and once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.marking import Taken, set_by_hand, sheets, take_in
from grader.classroom.standing import marks
from grader.course.course import Assignment, Course
from grader.course.manual import Question
from grader.course.settings import Settings
from grader.errors import UsageError
from grader.language.catalogue import Text
from grader.model.mark import Attempt, Override
from grader.model.marking import Answered, Given, Sheet
from grader.model.report import REJECTED, Answer
from grader.model.roster import Student
from reports import CHECKS, report

AT = "2026-12-02T09:00:00+08:00"
QUESTIONS = (Question("why", Text("Why?", "为什么？"), 3), Question("how", Text("How?", "怎么做？"), 1))
TASK = Assignment("linreg", Text("", ""), Text("", ""), Path("linreg"), None, CHECKS, questions=QUESTIONS)
COURSE = Course(Path(), {"linreg": TASK, "plain": replace(TASK, name="plain", questions=())})
WHY, HOW = Answer("why", "Because."), Answer("how", "")


def attempt(number: int, *answers: Answer, student: str = "amy") -> Attempt:
    name = f"{student}-{number}"
    return Attempt(number, name, None, report(student, answers=answers, submission_sha256=name))


CLASS = {
    ("zoe", "linreg"): [attempt(1, HOW, student="zoe")],
    ("amy", "linreg"): [attempt(1, Answer("why", "Old."), HOW), attempt(2, WHY, HOW)],
    ("bo", "linreg"): [Attempt(1, "b", None, report("bo", outcome=REJECTED, checks=(), score=0))],
}


def made(*overrides: Override, **others) -> list[Sheet]:
    return sheets(COURSE, marks(COURSE, CLASS, overrides), CLASS, overrides, **others)


def given(row: Answered, points: float | None, comment: str = "", **others) -> Given:
    return Given("why.csv", 2, made()[0].key(row), points, comment, **others)


# ---- out


def test_sheets() -> None:
    """One for each question, with the answer in the attempt that counts of everyone who has one, by name."""
    why, how = made()
    assert (why.assignment, why.question, why.max_points) == ("linreg", "why", 3) and how.question == "how"
    assert why.rows == (
        Answered("amy", "amy-2", "Because.", True, WHY.sha256),
        Answered("zoe", "zoe-1", "", False, ""),
    )
    assert [row.is_found for row in how.rows] == [True, True]
    assert made(assignments=["plain"]) == []


def test_what_was_given_so_far() -> None:
    """Points and comment stand in the sheet, if they are for this very answer."""
    amy = made(Override("amy", "linreg", "why", 2, "Nearly.", "Lin", AT, WHY.sha256))[0].rows[0]
    assert (amy.points, amy.comment) == (2, "Nearly.")
    other = made(Override("amy", "linreg", "why", 2, "Nearly.", "Lin", AT, HOW.sha256))[0].rows[0]
    assert (other.points, other.comment) == (None, "")


def test_hidden_names() -> None:
    """The order of a sheet without names is not that of names, and keys are the same as with them."""
    hidden, shown = made(hides_names=True)[0], made()[0]
    assert hidden.hides_names and sorted(map(hidden.key, hidden.rows)) == list(map(hidden.key, hidden.rows))
    assert set(map(hidden.key, hidden.rows)) == set(map(shown.key, shown.rows))


# ---- in


def test_points_come_in() -> None:
    """Each becomes a fact: for whom, what for, how many, why, by whom and when; for this answer alone."""
    sheet = made()[0]
    amy, zoe = sheet.rows
    taken = take_in(made(), [given(amy, 2.5, "Nearly."), given(zoe, 0)], "Lin", AT)
    assert taken == Taken(
        (
            Override("amy", "linreg", "why", 2.5, "Nearly.", "Lin", AT, WHY.sha256),
            Override("zoe", "linreg", "why", 0, "", "Lin", AT, ""),
        ),
        0,
        (),
        (),
    )


def test_coming_in_again_changes_nothing() -> None:
    """The same sheet once more adds no fact; a changed comment does."""
    row = made()[0].rows[0]
    first = take_in(made(), [given(row, 2.5, "Nearly.")], "Lin", AT).overrides
    again = take_in(made(*first), [given(row, 2.5, "Nearly.")], "Lin", AT)
    assert (again.overrides, again.unchanged) == ((), 1)
    assert take_in(made(*first), [given(row, 2.5, "Well.")], "Lin", AT).overrides[0].comment == "Well."


def test_taking_back() -> None:
    """A dash takes points back, if there are any."""
    row = made()[0].rows[0]
    first = take_in(made(), [given(row, 2)], "Lin", AT).overrides
    back = take_in(made(*first), [given(row, None, takes_back=True)], "Lin", AT).overrides
    assert back[0].points is None and made(*first, *back)[0].rows[0].points is None
    assert take_in(made(), [given(row, None, takes_back=True)], "Lin", AT).unchanged == 1


def test_what_is_not_taken() -> None:
    """Points for an answer that has changed since, and a comment without points, are told and not taken."""
    row = made()[0].rows[0]
    old = given(replace(row, answer_sha256="old"), 2)
    bare = given(row, None, "see me")
    taken = take_in(made(), [old, bare], "Lin", AT)
    assert (taken.overrides, taken.stale, taken.without_points) == ((), (old,), (bare,))


def test_what_can_not_be_right() -> None:
    """More points than there are, and two rows that disagree, are errors: nothing at all is taken."""
    row = made()[0].rows[0]
    with pytest.raises(UsageError, match=r"(?s)nothing was taken:.*2: 4 points are more than the 3 of 'why'"):
        take_in(made(), [given(row, 4)], "Lin", AT)
    with pytest.raises(UsageError, match=r"why.csv:2: says something else on \w+ than why.csv:2"):
        take_in(made(), [given(row, 1), given(row, 2)], "Lin", AT)
    assert len(take_in(made(), [given(row, 1), given(row, 1)], "Lin", AT).overrides) == 1


# ---- a check or a total


def set_to(points: float | None, check: str | None = None, comment: str = "as agreed", **others) -> Override:
    names = {"student": "amy", "assignment": "linreg"} | others
    return set_by_hand(
        COURSE, CLASS, names["student"], names["assignment"], check, points, comment, "Lin", AT
    )


def test_setting_by_hand() -> None:
    """A check, a question or the total; more points than there are is allowed, and so is taking back."""
    assert set_to(12) == Override("amy", "linreg", None, 12, "as agreed", "Lin", AT)
    assert set_to(1, "test_line").check == "test_line" and set_to(1, "why").check == "why"
    assert set_to(None, comment="").points is None


def test_a_student_of_the_roster_can_have_points() -> None:
    """Who handed nothing in can be given a total, too."""
    course = replace(COURSE, settings=Settings(students=(Student("cat"),)))
    assert set_by_hand(course, CLASS, "cat", "linreg", None, 5, "oral", "Lin", AT).student == "cat"


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"points": 1, "student": "ami"}, "nothing is known of a student 'ami'; did you mean 'amy'?"),
        ({"points": 1, "assignment": "linrg"}, "there is no assignment 'linrg'; did you mean 'linreg'?"),
        ({"points": 1, "check": "test_lines"}, "linreg has no check or question 'test_lines'; did you mean"),
        (
            {"points": 1, "check": "x"},
            "no check or question 'x'. There are: test_line, test_other, test_last",
        ),
        ({"points": -1}, "-1 points can't be given"),
        ({"points": float("nan")}, "nan points can't be given"),
        ({"points": 1, "comment": " "}, "points that are set by hand need a reason"),
    ],
)
def test_what_can_not_be_set(others, message) -> None:
    """Names that there are not, points that no one can have, and points without a reason."""
    with pytest.raises(UsageError) as caught:
        set_to(**others)
    assert message in str(caught.value)
