"""The page on which a person marks all answers to one question. It works offline and gives a file back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.course.manual import Question
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.marking import Answered, Sheet
from grader.reports.arithmetic import points_shown
from grader.reports.markup import inline
from grader.reports.people import iri


@dataclass(frozen=True)
class ItemView:
    """A part of an answer that earns points."""

    points: str
    text: Text


@dataclass(frozen=True)
class AnswerView:
    """One answer with what was given for it so far."""

    key: str
    name: Text  # the student's, or a number where names are hidden
    link: str  # to the whole submission; "" where names are hidden
    text: str
    missing: Text | None  # why there is no text
    is_empty: bool  # its cell is there, and as it was handed out
    points: str
    comment: str


@dataclass(frozen=True)
class MarkingView:
    """The page."""

    lang: str
    title: Text  # the assignment's
    question: Text
    max_points: str
    items: tuple[ItemView, ...]
    answers: tuple[AnswerView, ...]
    file: str  # the name of the file that it gives back
    storage: str  # under which a browser keeps what was not given back yet


def marking_view(
    sheet: Sheet, title: Text, question: Question, lang: str, folders: Mapping[str, str] | None = None
) -> MarkingView:
    """The page on one sheet. Where that hides names, no name is on it, and no link.

    `folders`: the students' folders by name, for links to their submissions.
    """
    return MarkingView(
        lang,
        inline(title),
        inline(question.title),
        points_shown(sheet.max_points),
        tuple(ItemView(points_shown(item.points), inline(item.text)) for item in question.items),
        tuple(_answer(sheet, row, number, folders or {}) for number, row in enumerate(sheet.rows, 1)),
        f"{sheet.assignment}-{sheet.question}-marked.csv",
        f"grader/{sheet.assignment}/{sheet.question}",
    )


def _answer(sheet: Sheet, row: Answered, number: int, folders: Mapping[str, str]) -> AnswerView:
    missing = None
    folder = "" if sheet.hides_names else folders.get(row.student, "")
    if not row.is_found:
        missing = _("The cell for this answer was not found. Look into the notebook.")
    elif not row.text:
        missing = _("The cell is as it was handed out.")
    return AnswerView(
        sheet.key(row),
        _("Answer {number}", number=number) if sheet.hides_names else Text.verbatim(row.student),
        f"../staff/{iri(sheet.assignment)}/{iri(folder)}.html" if folder else "",
        row.text,
        missing,
        row.is_found and not row.text,
        "" if row.points is None else points_shown(row.points),
        row.comment,
    )
