"""Submissions in a folder, as a learning management system or a teacher leaves it.

    SUBMISSIONS/<student>/<task>.ipynb    or    SUBMISSIONS/<student>/<task>/<any>.ipynb

Students choose the names of folders and files. Therefore names are escaped before they are shown, and names
on disk that are made from them are safe on every system. Nothing here opens a notebook. `Submission.load`
does.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.exchange.names import caseless, folder_names, printable
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.notebook.opening import system_reason
from grader.notebook.submission import Submission

LAYOUT = "SUBMISSIONS/<student>/<assignment>.ipynb or SUBMISSIONS/<student>/<assignment>/<any>.ipynb"
MAX_NAMED = 5  # files that one sentence names
MAX_WARNINGS = 20  # about one folder; the rest are counted


def discover(folder: Path, tasks: Collection[str]) -> tuple[list[Submission], list[str]]:
    """Every submission in `folder`, sorted by student and assignment, and a warning for each skipped entry.

    A file or folder belongs to an assignment by its name. An exact match comes first; otherwise case does not
    matter. Of several notebooks in `<task>/`, `<task>.ipynb` is taken. If the choice stays open, as with
    `<task>.ipynb` next to a `<task>/` that contains another notebook, nothing is guessed: the submission
    carries the problem. No link is followed. Dot files, `__MACOSX` and other traces of systems are ignored
    silently.

    Raises UsageError if the folder can't be read or contains no submission.
    """
    folder = Path(folder)
    students, skipped = _students(folder)
    warnings = _shortened(skipped) + _confusable(students)
    submissions = []
    names = folder_names(students)
    for student in sorted(students, key=printable):
        choices, skipped = _choices(students[student], tasks)
        submissions += [
            Submission(printable(student), task, names[student], choice.path, choice.problem)
            for task, choice in sorted(choices.items())
        ]
        warnings += _shortened(skipped, prefix=f"{printable(student)}: ")
    if not submissions:
        assignments = ", ".join(sorted(tasks)) or "(the course has none)"
        first_warnings = "".join(f"\n  {warning}" for warning in warnings[:MAX_NAMED])
        raise UsageError(
            f"no submission found in {printable(folder.as_posix())}; expected: {LAYOUT}, "
            f"where <assignment> is one of {assignments}{first_warnings}"
        )
    return submissions, warnings


# ---- students' folders


def _students(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The students' folders by their raw names, and a warning for everything else in the folder."""
    shown = printable(folder.as_posix())
    try:
        entries = _entries(folder)
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
                    hidden += [entry.name] * any(map(_is_notebook, os.listdir(entry.path)))
                except OSError:
                    continue  # no notebooks can be read there
    return sorted(hidden)


def _confusable(students: Iterable[str]) -> list[str]:
    """A warning for each group of folders that some file systems take for one."""
    groups: dict[str, list[str]] = {}
    for student in students:
        groups.setdefault(caseless(student), []).append(student)
    return [
        f"{_listed(group).en}: these folders differ only in case or in how accents are encoded; "
        "each is graded on its own."
        for group in groups.values()
        if len(group) > 1
    ]


# ---- one student's folder


@dataclass(frozen=True)
class _Choice:
    """What is graded for an assignment in one student's folder."""

    path: Path
    problem: Text | None = None


def _choices(folder: Path, tasks: Collection[str]) -> tuple[dict[str, _Choice], list[str]]:
    """The student's choice for each task, and warnings without the student's name."""
    try:
        entries = _entries(folder)
    except OSError as error:
        return {}, [f"skipped, because the folder can't be read ({error.strerror}); grant access to it."]
    if not entries:
        return {}, ["the folder is empty."]
    warnings = []
    candidates: dict[str, list[os.DirEntry[str]]] = {}
    for entry in entries:
        task = _task_of(entry, tasks)
        if task:
            candidates.setdefault(task, []).append(entry)
        else:
            warnings.append(_skip_warning(entry, tasks))
    choices = {}
    for task, alike in candidates.items():
        exact = [entry for entry in alike if _stem(entry) == task] or alike
        warnings += [
            f"{printable(entry.name)} skipped, because there is also {printable(exact[0].name)}."
            for entry in alike
            if entry not in exact
        ]
        choices[task], more = _choose(folder, task, exact)
        warnings += more
    return choices, warnings


def _choose(folder: Path, task: str, candidates: list[os.DirEntry[str]]) -> tuple[_Choice, list[str]]:
    """The one notebook among files and folders named after the task, or the problem of choosing it."""
    notebooks: list[str] = []  # relative to the student's folder
    others: list[str] = []
    warnings: list[str] = []
    refusal = None
    for candidate in candidates:
        if not _is_task_folder(candidate):
            notebooks.append(candidate.name)
            continue
        name = printable(candidate.name)
        try:
            content = _entries(candidate.path)
        except OSError as error:
            refusal = system_reason(error)
            warnings.append(f"{name} skipped, because the folder can't be read ({refusal.en}).")
            continue
        found = [entry for entry in content if _is_notebook(entry.name)]
        named = _best_named(found, task)
        notebooks += [f"{candidate.name}/{entry.name}" for entry in named]
        others += [
            entry.name + "/" * entry.is_dir(follow_symlinks=False) for entry in content if entry not in found
        ]
        passed_over = [f"{candidate.name}/{entry.name}" for entry in found if entry not in named]
        if passed_over:
            reason = f"because there is also {printable(named[0].name)}."
            warnings.append(f"{_listed(passed_over).en} skipped, {reason}")
    if len(notebooks) == 1:
        return _Choice(folder / notebooks[0]), warnings
    if notebooks:
        return _Choice(folder, _too_many(task, notebooks)), warnings
    return _Choice(folder / candidates[0].name, _no_notebook(task, refusal, others)), warnings


def _best_named(notebooks: list[os.DirEntry[str]], task: str) -> list[os.DirEntry[str]]:
    """Those named after the task exactly, else those named after it in another case, else all."""
    return (
        [entry for entry in notebooks if _stem(entry) == task]
        or [entry for entry in notebooks if caseless(_stem(entry)) == caseless(task)]
        or notebooks
    )


def _too_many(task: str, notebooks: list[str]) -> Text:
    return _(
        "There are {count} notebooks for {task}: {names}. "
        "Keep only the one to be graded, named {task}.ipynb, and submit again.",
        count=len(notebooks),
        task=task,
        names=_listed(notebooks),
    )


def _no_notebook(task: str, refusal: Text | None, others: list[str]) -> Text:
    if refusal:
        return _(
            "The folder {task} can't be opened ({why}). Submit {task}.ipynb again.", task=task, why=refusal
        )
    if others:
        return _(
            "The folder {task} contains no notebook, only {names}. Submit {task}.ipynb.",
            task=task,
            names=_listed(others),
        )
    return _("The folder {task} is empty; it contains no notebook. Submit {task}.ipynb.", task=task)


# ---- entries of folders


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """What is in a folder, sorted by name, without the traces that systems leave."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not _is_trace(entry.name)), key=lambda entry: entry.name)


def _is_trace(name: str) -> bool:
    # Windows marks a download in a stream of the file. A copy to another system turns the stream into a file.
    return (
        name.startswith(".")
        or name in ("__MACOSX", "Thumbs.db", "desktop.ini")
        or name.endswith(":Zone.Identifier")
    )


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")


def _is_task_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) and not _is_notebook(entry.name)


def _stem(entry: os.DirEntry[str]) -> str:
    return entry.name[: -len(".ipynb")] if _is_notebook(entry.name) else entry.name


def _task_of(entry: os.DirEntry[str], tasks: Collection[str]) -> str | None:
    """The task that an entry of a student's folder is named after.

    A link and a folder named `<task>.ipynb` count: `load` says what is wrong with them. A file `<task>` does
    not count.
    """
    if not (_is_notebook(entry.name) or _is_task_folder(entry) or entry.is_symlink()):
        return None
    stem = _stem(entry)
    if stem in tasks:
        return stem
    alike = [task for task in tasks if caseless(task) == caseless(stem)]
    return alike[0] if len(alike) == 1 else None


# ---- warnings


def _skip_warning(entry: os.DirEntry[str], tasks: Collection[str]) -> str:
    """Why an entry of a student's folder is skipped, with the assignment whose name is nearest."""
    kind = "folder" if _is_task_folder(entry) else "file"
    plain = re.sub(r"\.(ipynb|py|txt|json|pdf|html|zip)\b.*", "", entry.name, flags=re.IGNORECASE | re.DOTALL)
    originals = {caseless(task): task for task in sorted(tasks)}
    near = difflib.get_close_matches(caseless(plain), originals, n=1)
    if kind == "file" and not _is_notebook(entry.name):
        reason = "because it is not a notebook (.ipynb)"
    else:
        reason = "because no assignment has this name"
    suffix = ".ipynb" if kind == "file" else ""
    remedy = f"; did you mean {originals[near[0]]}{suffix}?" if near else "."
    return f"{kind} {printable(entry.name)} skipped, {reason}{remedy}"


def _shortened(warnings: list[str], prefix: str = "") -> list[str]:
    rest = len(warnings) - MAX_WARNINGS
    more = [f"{rest} more skipped."] if rest > 0 else []
    return [prefix + warning for warning in warnings[:MAX_WARNINGS] + more]


def _listed(names: list[str]) -> Text:
    first = [printable(name) for name in names[:MAX_NAMED]]
    shown = Text(", ".join(first), "、".join(first))
    more = len(names) - MAX_NAMED
    return shown if more <= 0 else _("{names} and {more} more", names=shown, more=more)
