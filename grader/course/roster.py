"""The roster: a CSV file with a line for each student, which `course.toml` names.

It holds names of students, so nothing of it is ever public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.course.problems import Problems, did_you_mean
from grader.language.tables import NotCsv, decoded, lines
from grader.model.roster import Student

KNOWN = ("id", "name", "email", "section")
MAX_BYTES = 16 << 20


def read_roster(path: Path, problems: Problems) -> tuple[Student, ...]:
    """The students in a roster, in its order. What is wrong is noted with line and column, and left out."""
    content = _content(path, problems)
    if content is None:
        return ()
    try:
        table = lines(decoded(content))
    except NotCsv as error:
        problems.add(path, str(error), error.line)
        return ()
    if not table:
        problems.add(path, f"is empty; its first line names the columns: {','.join(KNOWN)}", 1)
        return ()
    (line, heading), *rest = table
    columns = [cell.strip() for cell in heading]
    if not _are_columns(columns, path, line, problems):
        return ()
    return tuple(_students(path, columns, rest, problems))


def _content(path: Path, problems: Problems) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        problems.add(path, "is missing; course.toml names it as the roster")
        return None
    except OSError as error:
        problems.add(path, f"can't be read: {error.strerror}")
        return None
    if len(content) > MAX_BYTES:
        problems.add(path, f"is larger than {MAX_BYTES >> 20} MB")
        return None
    return content


def _are_columns(columns: Sequence[str], path: Path, line: int, problems: Problems) -> bool:
    """Whether the first line names the columns."""
    before = len(problems)
    for name in sorted({each for each in columns if each and columns.count(each) > 1}):
        problems.add(path, f"there are two columns {name!r}", line)
    if "id" not in columns:
        near = next((each for each in columns if did_you_mean(each.lower(), ["id", "student"])), None)
        hint = f"; is it {near!r}? Then call it 'id'" if near else ""
        message = "has no column 'id', which holds the names of the students' folders"
        problems.add(path, f"{message}{hint}. Columns: {', '.join(columns)}", line)
    return len(problems) == before


def _students(
    path: Path, columns: Sequence[str], lines: Iterable[tuple[int, list[str]]], problems: Problems
) -> Iterator[Student]:
    seen: dict[str, int] = {}
    for line, cells in lines:
        if any(cell.strip() for cell in cells[len(columns) :]):
            message = f"has {len(cells)} cells, but there are {len(columns)} columns"
            problems.add(path, f"{message}; a comma in a name needs quotation marks around the name", line)
            continue
        values = {name: cell.strip() for name, cell in zip(columns, cells) if name}
        student = values.get("id", "")
        if not student:
            problems.add(path, f"column 'id' (column {columns.index('id') + 1}) is empty", line)
        elif student in seen:
            problems.add(path, f"column 'id': {student!r} stands in line {seen[student]} already", line)
        else:
            seen[student] = line
            others = {name: cell for name, cell in values.items() if name not in KNOWN and cell}
            name, email, section = (values.get(each, "") for each in KNOWN[1:])
            yield Student(student, name, email, section, others)
