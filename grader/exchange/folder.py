"""Submissions in a folder, as a learning management system or a teacher leaves it.

    SUBMISSIONS/<student>/<task>.ipynb    or    SUBMISSIONS/<student>/<task>/<any>.ipynb

A folder around that, as in SUBMISSIONS/<student>/homework/<task>.ipynb, is searched. Browsers, systems and
students change names: `<task> (1).ipynb`, `Copy of <task>.ipynb`, `<task>.ipynb.txt`.
Such files are found too, if need be by what is in them. Students choose the names of folders and files.
Therefore names are escaped before they are shown, and names on disk that are made from them are safe on every
system. Notebooks are opened here only if names don't decide.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from grader.errors import UsageError
from grader.exchange import file_names
from grader.exchange.choice import MAX_NAMED, StubOf, listed
from grader.exchange.names import caseless, folder_names, printable
from grader.exchange.student_folder import StudentFolder, entries_of
from grader.language.catalogue import Text
from grader.model.report import SourceFile
from grader.notebook.submission import Submission

LAYOUT = "SUBMISSIONS/<student>/<assignment>.ipynb or SUBMISSIONS/<student>/<assignment>/<any>.ipynb"
MAX_WARNINGS = 20  # about one folder; the rest are counted


class Found(NamedTuple):
    """What is in a folder of submissions."""

    submissions: list[Submission]  # sorted by student and assignment
    warnings: list[str]  # one for each entry that was skipped, and for each choice that was made
    without: dict[str, Text]  # students of whom nothing can be graded, and why not
    folders: dict[str, str]  # each student's folder name for files, by the student's name in records
    sources: dict[tuple[str, str], SourceFile]  # by student and assignment: the file taken, and those left


def discover(folder: Path, tasks: Collection[str], stub_of: StubOf = lambda task: None) -> Found:
    """Every submission in `folder`, every student without one, and a warning for each skipped entry.

    `stub_of` gives an assignment's stub, with which a notebook is compared if its name does not say to which
    assignment it belongs, or None. Of several candidates one is chosen as `grader.exchange.choice` describes,
    and `sources` says which were not taken. If the choice stays open, nothing is guessed: the submission
    carries the problem. No link is followed. Dot files, `__MACOSX` and other traces of systems are ignored
    silently.

    Raises UsageError if the folder can't be read or contains no submission.
    """
    folder = Path(folder)
    students, skipped = _students(folder)
    warnings = _shortened(skipped) + _confusable(students)
    submissions = []
    without: dict[str, Text] = {}
    sources: dict[tuple[str, str], SourceFile] = {}
    nested = True
    names = folder_names(students)
    for student in sorted(students, key=printable):
        own = StudentFolder(students[student], tasks, stub_of)
        own.look()
        submissions += [
            Submission(printable(student), task, names[student], choice.path, choice.problem)
            for task, choice in sorted(own.choices.items())
        ]
        sources |= {(printable(student), task): choice.source for task, choice in own.choices.items()}
        nested = nested and all(choice.nested for choice in own.choices.values())
        if not own.choices:
            without[printable(student)] = own.nothing()
        warnings += _shortened(own.warnings, prefix=f"{printable(student)}: ")
    if not submissions:
        assignments = ", ".join(sorted(tasks)) or "(the course has none)"
        first_warnings = "".join(f"\n  {warning}" for warning in warnings[:MAX_NAMED])
        raise UsageError(
            f"no submission found in {printable(folder.as_posix())}; expected: {LAYOUT}, "
            f"where <assignment> is one of {assignments}{first_warnings}"
        )
    if nested:
        warnings.append(
            f"every notebook lies in a folder below those in {printable(folder.as_posix())}, which count as "
            "the students'. If that is wrong, name the folder that contains the students' folders."
        )
    folders = {printable(student): name for student, name in names.items()}
    return Found(submissions, warnings, without, folders, sources)


def _students(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The students' folders by their raw names, and a warning for everything else in the folder."""
    shown = printable(folder.as_posix())
    try:
        entries = entries_of(folder)
    except FileNotFoundError:
        raise UsageError(f"there is no folder {shown}; expected: {LAYOUT}") from None
    except NotADirectoryError:
        raise UsageError(
            f"{shown} is not a folder; name the folder that contains the students' folders: {LAYOUT}"
        ) from None
    except OSError as error:
        raise UsageError(f"{shown} can't be read ({error.strerror}); grant access to it") from None
    students = {}
    warnings = []
    for entry in entries:
        if entry.is_symlink():
            reason = "because links are not followed; put the folder itself here."
        elif not entry.is_dir(follow_symlinks=False):
            reason = f"because it is not in a student's folder; expected: {LAYOUT}."
        else:
            students[entry.name] = Path(entry.path)
            continue
        warnings.append(f"{printable(entry.name)}: skipped, {reason}")
    warnings += [
        f"{printable(name)}: skipped, because its name begins with a dot; rename it if it is a student's."
        for name in _hidden(folder)
    ]
    return students, warnings


def _hidden(folder: Path) -> list[str]:
    """Folders with a leading dot that contain a notebook: a student may have chosen such a name."""
    hidden = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(".") or entry.name == ".ipynb_checkpoints":
                continue
            if entry.is_dir(follow_symlinks=False):
                try:
                    hidden += [entry.name] * any(map(file_names.is_notebook, os.listdir(entry.path)))
                except OSError:
                    continue  # no notebooks can be read there
    return sorted(hidden)


def _confusable(students: Iterable[str]) -> list[str]:
    """A warning for each group of folders that some file systems take for one."""
    groups: dict[str, list[str]] = {}
    for student in students:
        groups.setdefault(caseless(student), []).append(student)
    return [
        f"{listed(group).en}: these folders differ only in case or in how accents are encoded; "
        "each is graded on its own."
        for group in groups.values()
        if len(group) > 1
    ]


def _shortened(warnings: list[str], prefix: str = "") -> list[str]:
    rest = len(warnings) - MAX_WARNINGS
    more = [f"{rest} more skipped."] if rest > 0 else []
    return [prefix + warning for warning in warnings[:MAX_WARNINGS] + more]
