"""Submissions: which student handed in which notebook, found in a folder as an LMS or a teacher leaves it.

    SUBMISSIONS/<student>/<task>.ipynb    or    SUBMISSIONS/<student>/<task>/<any>.ipynb

Names of folders and files are a student's to choose: what is shown of them is escaped, and what is made of them on
disk is safe on every system. Nothing here opens a notebook before `Submission.load`.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.exchange.names import alike_names, folder_names, printable
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.notebook.reading import cause
from grader.notebook.submission import Submission

LAYOUT = "SUBMISSIONS/<student>/<assignment>.ipynb or SUBMISSIONS/<student>/<assignment>/<any>.ipynb"
NAMED = 5  # files that one sentence names at most
WARNINGS = 20  # about one folder at most; the rest are counted


# ---- names


# ---- discovery


def discover(folder: Path, tasks: Collection[str]) -> tuple[list[Submission], list[str]]:
    """Every submission below `folder`, sorted by student and assignment, and a sentence for each thing skipped.

    A file or folder belongs to an assignment by its name, in any case of letters if none has the very name. Among
    several notebooks in `<task>/` the one named `<task>.ipynb` is meant. Where it stays open which one is, as with
    `<task>.ipynb` beside a `<task>/` that holds another, nothing is guessed: the submission carries the problem.
    No link is followed. Dot files, `__MACOSX` and other traces of systems are passed over without a word.
    Raises UsageError when the folder can't be read or holds no submission at all.
    """
    folder = Path(folder)
    students, skipped = _students(folder)
    warnings = _shortened(skipped) + _look_alikes(students)
    submissions = []
    names = folder_names(students)
    for student in sorted(students, key=printable):
        found, skipped = _of_student(students[student], tasks)
        submissions += [
            Submission(printable(student), task, names[student], choice.path, choice.problem)
            for task, choice in sorted(found.items())
        ]
        warnings += _shortened(skipped, before=f"{printable(student)}: ")
    if not submissions:
        seen = "".join(f"\n  {warning}" for warning in warnings[:NAMED])
        raise UsageError(
            f"no submission found in {printable(folder.as_posix())}; expected: {LAYOUT}, "
            f"where <assignment> is one of {', '.join(sorted(tasks)) or '(the course has none)'}{seen}"
        )
    return submissions, warnings


def _students(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The students' folders by their raw names, and a warning for whatever else lies beside them."""
    shown = printable(folder.as_posix())
    try:
        entries = _entries(folder)
    except FileNotFoundError:
        raise UsageError(f"there is no folder {shown}; expected: {LAYOUT}") from None
    except NotADirectoryError:
        raise UsageError(
            f"{shown} is not a folder; name the one that holds the students' folders: {LAYOUT}"
        ) from None
    except OSError as error:
        raise UsageError(f"{shown} can't be read ({error.strerror}); grant access to it") from None
    students = {}
    warnings = []
    for entry in entries:
        if entry.is_symlink():
            why = "because links are not followed; put the folder itself here."
        elif not entry.is_dir(follow_symlinks=False):
            why = f"because it is in no student's folder; expected: {LAYOUT}."
        else:
            students[entry.name] = Path(entry.path)
            continue
        warnings.append(f"{printable(entry.name)}: skipped, {why}")
    warnings += [
        f"{printable(name)}: skipped, because its name begins with a dot; rename it if it is a student's."
        for name in _hidden(folder)
    ]
    return students, warnings


def _hidden(folder: Path) -> list[str]:
    """Folders that begin with a dot and hold a notebook: a student may have chosen such a name."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if (
                entry.name.startswith(".")
                and entry.name != ".ipynb_checkpoints"
                and entry.is_dir(follow_symlinks=False)
            ):
                try:
                    found += [entry.name] * any(map(_is_notebook, os.listdir(entry.path)))
                except OSError:
                    continue  # whatever it is, it is nobody's whose notebooks can be read
    return sorted(found)


@dataclass(frozen=True)
class _Choice:
    """What stands for an assignment in one student's folder."""

    path: Path
    problem: Text | None = None


def _of_student(folder: Path, tasks: Collection[str]) -> tuple[dict[str, _Choice], list[str]]:
    """The student's choice for each task, and warnings without the student's name."""
    try:
        entries = _entries(folder)
    except OSError as error:
        return {}, [f"skipped, because the folder can't be read ({error.strerror}); grant access to it."]
    if not entries:
        return {}, ["the folder is empty."]
    warnings = []
    claims: dict[str, list[os.DirEntry[str]]] = {}
    for entry in entries:
        task = _task_of(entry, tasks)
        if task:
            claims.setdefault(task, []).append(entry)
        else:
            warnings.append(_skipped(entry, tasks))
    found = {}
    for task, claimants in claims.items():
        exact = [entry for entry in claimants if _stem(entry) == task] or claimants
        warnings += [
            f"{printable(entry.name)} skipped, because there is {printable(exact[0].name)} as well."
            for entry in claimants
            if entry not in exact
        ]
        found[task], more = _choose(folder, task, exact)
        warnings += more
    return found, warnings


def _choose(folder: Path, task: str, claimants: list[os.DirEntry[str]]) -> tuple[_Choice, list[str]]:
    """One notebook out of the files and folders that bear the task's name."""
    notebooks: list[str] = []  # relative to the student's folder
    others: list[str] = []
    warnings: list[str] = []
    closed = None
    for claimant in claimants:
        if not _is_task_folder(claimant):
            notebooks.append(claimant.name)
            continue
        try:
            inside = _entries(claimant.path)
        except OSError as error:
            closed = cause(error)
            warnings.append(
                f"{printable(claimant.name)} skipped, because the folder can't be read ({closed.en})."
            )
            continue
        here = [entry for entry in inside if _is_notebook(entry.name)]
        named = (
            [entry for entry in here if _stem(entry) == task]
            or [entry for entry in here if alike_names(_stem(entry)) == alike_names(task)]
            or here
        )
        notebooks += [f"{claimant.name}/{entry.name}" for entry in named]
        others += [
            entry.name + "/" * entry.is_dir(follow_symlinks=False) for entry in inside if entry not in here
        ]
        passed_over = [entry.name for entry in here if entry not in named]
        if passed_over:
            warnings.append(
                f"{_listed([f'{claimant.name}/{other}' for other in passed_over]).en} skipped, "
                f"because there is {printable(named[0].name)} as well."
            )
    if len(notebooks) == 1:
        return _Choice(folder / notebooks[0]), warnings
    if notebooks:
        problem = _(
            "There are {count} notebooks for {task}: {names}. "
            "Keep only the one to be graded, named {task}.ipynb, and submit again.",
            count=len(notebooks),
            task=task,
            names=_listed(notebooks),
        )
        return _Choice(folder, problem), warnings
    path = folder / claimants[0].name
    if closed:
        problem = _(
            "The folder {task} can't be opened ({why}). Submit {task}.ipynb again.", task=task, why=closed
        )
    elif others:
        problem = _(
            "The folder {task} holds no notebook, only {names}. Submit {task}.ipynb.",
            task=task,
            names=_listed(others),
        )
    else:
        problem = _("The folder {task} holds no notebook, nothing. Submit {task}.ipynb.", task=task)
    return _Choice(path, problem), warnings


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """What is in a folder, in the order of names, without the traces that systems leave."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not _is_trace(entry.name)), key=lambda entry: entry.name)


def _is_trace(name: str) -> bool:
    # Windows marks a download in a stream of its own, which a copy to another system turns into a file.
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

    A link and a folder named `<task>.ipynb` count: `load` says what is wrong with them. A file `<task>` does not.
    """
    if not (_is_notebook(entry.name) or _is_task_folder(entry) or entry.is_symlink()):
        return None
    stem = _stem(entry)
    if stem in tasks:
        return stem
    alike = [task for task in tasks if alike_names(task) == alike_names(stem)]
    return alike[0] if len(alike) == 1 else None


def _skipped(entry: os.DirEntry[str], tasks: Collection[str]) -> str:
    kind = "folder" if _is_task_folder(entry) else "file"
    plain = re.sub(r"\.(ipynb|py|txt|json|pdf|html|zip)\b.*", "", entry.name, flags=re.IGNORECASE | re.DOTALL)
    originals = {alike_names(task): task for task in sorted(tasks)}
    near = difflib.get_close_matches(alike_names(plain), originals, n=1)
    if kind == "file" and not _is_notebook(entry.name):
        why = "because it is not a notebook (.ipynb)"
    else:
        why = "because no assignment has this name"
    remedy = f"did you mean {originals[near[0]]}{'.ipynb' if kind == 'file' else ''}?" if near else ""
    return f"{kind} {printable(entry.name)} skipped, {why}" + (f"; {remedy}" if remedy else ".")


def _look_alikes(students: Mapping[str, Path]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for student in students:
        groups.setdefault(alike_names(student), []).append(student)
    return [
        f"{_listed(group).en}: these folders differ only in case or in how accents are encoded; each is graded by itself."
        for group in groups.values()
        if len(group) > 1
    ]


def _shortened(warnings: list[str], before: str = "") -> list[str]:
    rest = len(warnings) - WARNINGS
    more = [f"{rest} more things skipped."] if rest > 0 else []
    return [before + warning for warning in warnings[:WARNINGS] + more]


def _listed(names: list[str]) -> Text:
    first = [printable(name) for name in names[:NAMED]]
    shown = Text(", ".join(first), "、".join(first))
    return (
        shown if len(names) <= NAMED else _("{names} and {more} more", names=shown, more=len(names) - NAMED)
    )
