"""Writes grades and feedback in the formats of other systems."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader import files
from grader.classroom.class_list import class_list
from grader.classroom.importing import sorted_download
from grader.classroom.known import Diagnoses
from grader.classroom.register import facts
from grader.classroom.reporting import require_gradebook
from grader.classroom.telling import told
from grader.course import public_folder
from grader.course.course import Course
from grader.errors import UsageError
from grader.exchange.names import caseless, folder_names
from grader.exchange.outgoing import (
    blackboard,
    brightspace,
    canvas,
    dolos,
    feedback,
    github,
    gradescope,
    moodle,
)
from grader.exchange.outgoing.autograder import autograder
from grader.exchange.outgoing.junit import junit
from grader.exchange.outgoing.marks_csv import marks_csv
from grader.exchange.outgoing.marks_json import marks_json
from grader.exchange.outgoing.nbgrader_csv import nbgrader_csv
from grader.exchange.outgoing.template import Filled, Layout, assigned, fill
from grader.exchange.outgoing.told import Told
from grader.exchange.sheet import Sheet, read_sheet
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.mark import Mark
from grader.model.roster import Student

TEMPLATES: dict[str, Callable[[Sheet, str], Layout]] = {
    "canvas": canvas.layout,
    "moodle": moodle.layout,
    "brightspace": brightspace.layout,
    "blackboard": blackboard.layout,
}


@dataclass(frozen=True)
class Wishes:
    """What an export is asked for."""

    format: str
    template: Path | None = None
    to: Path | None = None
    assignments: tuple[str, ...] = ()  # all if there is none
    columns: Mapping[str, str] = field(default_factory=dict)  # headings by assignment, where names don't tell
    roster: Path | None = None
    lang: str = "en"
    sandbox: str = "bubblewrap"
    gradebook: str | None = None  # a database in place of the file in the folder


@dataclass(frozen=True)
class Exported:
    """What an export made: bytes for standard output, or files that are written already."""

    content: bytes = b""
    written: Path | None = None
    notes: tuple[Text, ...] = ()
    summary: str = ""  # for GitHub: Markdown


def export(course: Course, out: Path, wishes: Wishes) -> Exported:
    """Write the marks in `out`, the folder of `grade`, as one of the formats.

    Raises UsageError if there is no gradebook, or if a template is not what the format needs.
    """
    if wishes.format != "gradescope-autograder":
        require_gradebook(out, wishes.gradebook)
    names = [each.name for each in course.select(wishes.assignments)]
    return _Export(course, out, wishes, names).made()


class _Export:
    """One export, with what the formats need of it."""

    def __init__(self, course: Course, out: Path, wishes: Wishes, names: Sequence[str]) -> None:
        self.course = course
        self.out = out
        self.wishes = wishes
        self.names = names

    @cached_property
    def marks(self) -> list[Mark]:
        """The marks for the assignments that are wanted, by student and assignment."""
        with Gradebook(self.out, self.wishes.gradebook) as book:
            known = facts(self.course, book)
        return [mark for mark in known.marks if mark.assignment in self.names]

    @cached_property
    def told(self) -> list[Told]:
        """What was handed in, with what students may read of it."""
        with Gradebook(self.out, self.wishes.gradebook) as book:
            diagnoses = Diagnoses(self.course, book)
            return [
                told(entry.mark, book.fill(entry.report, entry.row), self.course, self.wishes.lang)
                for entry in map(diagnoses.named, facts(self.course, book).entries)
                if entry.mark.assignment in self.names
            ]

    @cached_property
    def students(self) -> dict[str, Student]:
        """The roster by the students' folders."""
        return {each.id: each for each in class_list(self.course, self.wishes.roster)}

    @cached_property
    def folders(self) -> dict[str, str]:
        """The students' folder names for files."""
        return folder_names(mark.student for mark in self.marks)

    def made(self) -> Exported:
        """The export."""
        wanted = self.wishes.format
        if wanted in TEMPLATES:
            return self._filled(TEMPLATES[wanted])
        if wanted == "github":
            text = github.annotated(self.told).encode()
            return Exported(text, summary=github.summary(self.told, self.wishes.lang))
        if wanted in ("feedback", "gradescope-autograder"):
            return self._feedback() if wanted == "feedback" else self._autograder()
        if wanted == "gradescope":
            return self._gradescope()
        if wanted == "dolos":
            return self._written(dolos.dolos(self.told, self.folders, self.students), is_text=False)
        texts: dict[str, Callable[[], str]] = {
            "csv": lambda: marks_csv(self.marks),
            "json": lambda: marks_json(self.marks),
            "nbgrader": lambda: nbgrader_csv(self.marks, self.students, self._due()),
            "junit": lambda: junit(self.told),
        }
        # Excel needs the byte order mark to show names in Chinese.
        encoding = "utf-8-sig" if wanted == "csv" and self.wishes.to else "utf-8"
        return self._written(texts[wanted]().encode(encoding))

    def _due(self) -> dict[str, str]:
        settings = self.course.settings
        dates = {name: settings.terms_of(name).due for name in self.names} if settings else {}
        return {name: due.isoformat() for name, due in dates.items() if due}

    def _written(self, content: bytes, notes: Sequence[Text] = (), is_text: bool = True) -> Exported:
        """The content where it is wanted: in a file, or on standard output if it is text."""
        if self.wishes.to is None:
            if not is_text:
                raise UsageError(f"--format {self.wishes.format} makes a file; say where: --to FILE")
            return Exported(content, notes=tuple(notes))
        files.write_bytes(self._file(), content)
        return Exported(written=self.wishes.to, notes=tuple(notes))

    def _file(self) -> Path:
        to = self.wishes.to
        if to is None:
            raise UsageError(f"--format {self.wishes.format} makes a file; say where: --to FILE")
        if to.is_dir():
            raise UsageError(f"{to} is a folder; --to needs the name of a file")
        return to

    def _template(self, what: str) -> Path:
        if self.wishes.template is None:
            raise UsageError(f"--format {self.wishes.format} needs {what}: --template FILE")
        return self.wishes.template

    def _filled(self, layout_of: Callable[[Sheet, str], Layout]) -> Exported:
        template = self._template("the table that the system exported, to fill it in")
        sheet = read_sheet(template)
        layout = layout_of(sheet, str(template))
        titles = {
            name: (self.course.assignments[name].title.en, self.course.assignments[name].title.zh)
            for name in self.names
        }
        columns = assigned(layout, titles, self.wishes.columns, str(template))
        filled = fill(sheet, layout, columns, self.marks, list(self.students.values()))
        return self._written(sheet.content(), notes_on(filled))

    def _gradescope(self) -> Exported:
        to = self.wishes.to
        one = len(self.told) == 1 and (to is None or to.suffix == ".json")
        if one:
            return self._written(gradescope.results_json(self.told[0]).encode())
        if to is None or to.suffix == ".json":
            raise UsageError(
                f"--format gradescope writes a file for each of {len(self.told)} submissions; "
                "name a folder: --to DIR"
            )
        for each in self.told:
            path = to / each.mark.assignment / f"{self.folders[each.mark.student]}.json"
            files.write(path, gradescope.results_json(each))
        return Exported(written=to)

    def _autograder(self) -> Exported:
        if len(self.names) != 1:
            raise UsageError("an autograder is for one assignment; say which: --assignment NAME")
        assignment = self.course.assignments[self.names[0]]
        if assignment.staff is None:
            raise UsageError(
                f"there is no solutions/{assignment.name}; an autograder needs the hidden checks"
            )
        settings = public_folder.texts(self.course).get(assignment.folder / "course.toml")
        with files.writing(self._file()) as file:
            about = {"sandbox": self.wishes.sandbox, "lang": self.wishes.lang, "settings": settings}
            autograder(file, assignment.folder, assignment.staff, **about)  # type: ignore[arg-type]
        return Exported(written=self.wishes.to)

    def _feedback(self) -> Exported:
        """The students' pages under the names of a download, sorted as an import sorts it."""
        download = self._template("the download from which the submissions came")
        to = self._file()
        students = class_list(self.course, self.wishes.roster)
        only = self.names[0] if len(self.names) == 1 else ""
        with tempfile.TemporaryDirectory(prefix="grader-export-") as spool:
            plan = sorted_download(self.course, download, Path(spool), (), students, only)
        here = {caseless(folder): folder for folder in self.folders.values()}
        names = folder_names(found.student for found in plan.found)
        returned, without = [], []
        for found in plan.found:
            name = names[found.student]
            folder = here.get(caseless(name), name)
            page = self.out / "students" / folder / f"{found.handed.assignment}.html"
            if found.handed.assignment in self.names and page.is_file():
                returned.append(feedback.Returned(found.path, found.handed.assignment, page))
            elif found.handed.assignment in self.names:
                without.append(found.file)
        with files.writing(to) as file:
            count = feedback.feedback(file, returned, plan.system)
        notes = [_("{count} pages for {system}", count=count, system=plan.system)]
        if without:
            notes.append(_("no page for: {names}", names=", ".join(without)))
        return Exported(written=to, notes=tuple(notes))


def notes_on(filled: Filled) -> list[Text]:
    """What a person should know of a table that was filled in."""
    notes = [_("{count} grades written", count=filled.written)]
    notes += [
        _("{assignment} stands in the column “{heading}”", assignment=assignment, heading=heading)
        for assignment, heading in filled.columns.items()
        if heading
    ]
    notes += [
        _("{assignment}: converted from {here} points to the {there} that count there", assignment=name,
          here=f"{here:g}", there=f"{there:g}")
        for name, (here, there) in filled.scaled.items()
    ]  # fmt: skip
    there, without, kept = (", ".join(each) for each in (filled.not_there, filled.without, filled.kept))
    if there:
        notes.append(_("graded, and without a row in the table: {names}", names=there))
    if without:
        notes.append(_("without a grade that counts, and left as they are: {names}", names=without))
    if kept:
        notes.append(_("not changed, because the table says so: {names}", names=kept))
    return notes
