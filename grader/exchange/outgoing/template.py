"""Grades filled into the table that a learning management system exported.

A system's module says where its students and grades stand; the rest is the same for all. Only cells of grades
are changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.errors import UsageError
from grader.exchange import file_names
from grader.exchange.file_names import Match
from grader.exchange.people import Register, unsure
from grader.exchange.sheet import Sheet
from grader.model.mark import Mark
from grader.model.report import tidy
from grader.model.roster import Student


@dataclass(frozen=True)
class GradeColumn:
    """A column for the grades of one assignment."""

    index: int
    title: str  # the assignment's, as the system has it; "" if the whole table is about one
    most: float | None = None  # points that can be had there; None if the table doesn't say


@dataclass(frozen=True)
class Layout:
    """Where students and grades stand in a table."""

    keys: tuple[int, ...]  # columns of numbers, logins and addresses
    names: tuple[int, ...]  # columns of names, to be read one after the other
    grades: tuple[GradeColumn, ...]
    first: int = 1  # the first row of a student
    most: int | None = None  # the column of the points that can be had, if each row says so
    fixed: tuple[str, ...] = ()  # what in a cell is not a grade, and stays
    locked: int | None = None  # the column that says whether a grade can be changed


@dataclass
class Filled:
    """What was written into a table, and what was not."""

    written: int = 0
    columns: dict[str, str] = field(default_factory=dict)  # assignment -> the column's heading
    scaled: dict[str, tuple[float, float]] = field(
        default_factory=dict
    )  # assignment -> points here and there
    not_there: list[str] = field(default_factory=list)  # students with marks and without a row
    without: list[str] = field(default_factory=list)  # rows of students without a mark that counts
    kept: list[str] = field(default_factory=list)  # rows in which the system allows no grade


def assigned(
    layout: Layout, assignments: Mapping[str, Sequence[str]], wanted: Mapping[str, str], name: str
) -> dict[int, str]:
    """The assignment of each column of grades that has one.

    `assignments` holds each assignment's titles. `wanted` says which heading an assignment has, where names
    do not. Raises UsageError, which calls the table `name`, if no column can be found.
    """
    found: dict[int, str] = {}
    for assignment, heading in wanted.items():
        fits = [each for each in layout.grades if _is_same(each.title, heading)]
        if len(fits) != 1:
            there = ", ".join(repr(each.title) for each in layout.grades) or "none"
            raise UsageError(
                f"{name} has no column {heading!r} for {assignment}; its columns of grades: {there}"
            )
        found[fits[0].index] = assignment
    if len(layout.grades) == 1 and not layout.grades[0].title:
        if not found and len(assignments) == 1:
            found[layout.grades[0].index] = next(iter(assignments))
        if not found:
            raise UsageError(
                f"{name} is about one assignment and does not say which; add --assignment with one of: "
                + ", ".join(assignments)
            )
        return found
    open_ones = [each for each in assignments if each not in found.values()]
    for column in layout.grades:
        meant = _meant(column.title, {each: assignments[each] for each in open_ones})
        if meant and column.index not in found:
            found[column.index] = meant
    doubled = sorted({each for each in found.values() if list(found.values()).count(each) > 1})
    if doubled:
        raise UsageError(
            f"{name} has several columns for {', '.join(doubled)}; name one: --column {doubled[0]}=HEADING"
        )
    if not found:
        there = ", ".join(repr(each.title) for each in layout.grades) or "none"
        raise UsageError(
            f"{name} has no column that is named after an assignment. Its columns of grades: {there}. "
            f"Say which is which: --column {next(iter(assignments), 'ASSIGNMENT')}=HEADING"
        )
    return found


def _is_same(title: str, heading: str) -> bool:
    return " ".join(title.split()).casefold() == " ".join(heading.split()).casefold()


def _meant(title: str, assignments: Mapping[str, Sequence[str]]) -> str | None:
    """The one assignment whose title or name a column has."""
    same = [each for each, titles in assignments.items() if any(_is_same(title, own) for own in titles)]
    if same:
        return same[0] if len(same) == 1 else None
    naming = file_names.naming(title, list(assignments))
    return naming.tasks[0] if len(naming.tasks) == 1 and naming.match < Match.NONE else None


def fill(
    sheet: Sheet, layout: Layout, columns: Mapping[int, str], marks: Sequence[Mark], roster: Sequence[Student]
) -> Filled:
    """Write the marks into a table. A mark that does not count yet changes nothing.

    Points are converted where the system counts an assignment in other points than the course.
    """
    by_pair = {(mark.student, mark.assignment): mark for mark in marks}
    students = sorted({mark.student for mark in marks})
    rostered = {person.id: person for person in roster}
    register = Register(rostered.get(student) or unsure(student) for student in students)
    headings = {column.index: column for column in layout.grades}
    filled = Filled()
    filled.columns = {assignment: headings[index].title for index, assignment in columns.items()}
    comma = sheet.has_decimal_comma()
    rows = _rows_of(sheet, layout, register)
    for row, student in rows.items():
        whose = _shown(sheet, layout, row)
        given = False
        for index, assignment in columns.items():
            mark = by_pair.get((student or "", assignment))
            if mark is None or mark.final is None:
                continue
            given = True
            if (
                sheet.value(row, index) in layout.fixed
                or _is_locked(sheet, layout, row)
                or index >= len(sheet.rows[row])
            ):
                filled.kept.append(whose)
                continue
            most = _most(sheet, layout, headings[index], row)
            points = mark.final
            if most and mark.max_score and most != mark.max_score:
                points = mark.final / mark.max_score * most
                filled.scaled[assignment] = (mark.max_score, most)
            sheet.set_number(row, index, tidy(round(points, 4)), comma)
            filled.written += 1
        if not given and whose:
            filled.without.append(whose)
    there = set(rows.values())
    filled.not_there = [each for each in students if each not in there and _counts(each, columns, by_pair)]
    return filled


def _shown(sheet: Sheet, layout: Layout, row: int) -> str:
    """How a row's student is called in notes: by name, or else by number."""
    name = " ".join(filter(None, (sheet.value(row, each) for each in layout.names)))
    return name or next(filter(None, (sheet.value(row, each) for each in layout.keys)), "")


def _counts(student: str, columns: Mapping[int, str], by_pair: Mapping[tuple[str, str], Mark]) -> bool:
    """Whether a student has a mark for one of the columns."""
    found = (by_pair.get((student, assignment)) for assignment in columns.values())
    return any(mark is not None and mark.final is not None for mark in found)


def _rows_of(sheet: Sheet, layout: Layout, register: Register) -> dict[int, str | None]:
    """The student of each row; None where it is nobody's, or two rows would be the same student's."""
    found: dict[int, str | None] = {}
    for row in range(layout.first, len(sheet.rows)):
        if len(sheet.rows[row]) <= 1 and not sheet.value(row, 0):
            continue
        name = " ".join(sheet.value(row, each) for each in layout.names)
        found[row] = register.find([sheet.value(row, each) for each in layout.keys], name)
    for student in {each for each in found.values() if each is not None}:
        own = [row for row, each in found.items() if each == student]
        if len(own) > 1:
            found |= {row: None for row in own}
    return found


def _is_locked(sheet: Sheet, layout: Layout, row: int) -> bool:
    return layout.locked is not None and sheet.value(row, layout.locked).casefold() in (
        "no",
        "否",
        "nein",
        "non",
    )


def _most(sheet: Sheet, layout: Layout, column: GradeColumn, row: int) -> float | None:
    """The points that can be had in a cell, where the table says so."""
    return number(sheet.value(row, layout.most)) if layout.most is not None else column.most


def number(text: str) -> float | None:
    """A number as any of the systems writes it; None if it is none."""
    try:
        return float(text.replace(",", ".").replace("%", ""))
    except ValueError:
        return None
