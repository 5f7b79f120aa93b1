"""One student's folder: which of its files is graded for which assignment, and why everything else is not.

A file or folder belongs to an assignment by its name: an exact match comes first, then one in another case,
then the assignment's words, alone or among others. If the name says nothing, or could mean several, the
content decides.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from grader.exchange import file_names
from grader.exchange.choice import MAX_NAMED, Candidate, Choice, Reader, StubOf, Unopened, choose, listed
from grader.exchange.file_names import Match
from grader.exchange.likeness import likest
from grader.exchange.names import caseless, printable
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.file import is_trace
from grader.model.report import SourceFile
from grader.notebook.notebook import Notebook
from grader.notebook.opening import system_reason

CHOICE_REASONS = {
    "similar_name": "because of its name",
    "content": "because of its content",
    "worked_on": "because only it was worked on and can be read",
    "readable": "because only it can be read",
    "newest": "because it is the newest of the files that fit best",
    "name": "because of its name",
    "same": "because it is one of several with the same code",
    "place": "because the others lie in folders of other names",
}
MAX_FOLDERS = 50  # of one student, named after no assignment, that are searched for notebooks
MAX_DEPTH = 3  # such folders, one in another
MAX_NEAR = 50  # skipped files whose names are compared with the assignments' names
# Endings of what a notebook is saved as by mistake, with what comes behind them.
_DOCUMENT = re.compile(r"\.(ipynb|py|txt|json|pdf|html|zip)\b.*", re.IGNORECASE | re.DOTALL)


@dataclass
class StudentFolder:
    """What one student handed in. `look` fills in the choices and the warnings."""

    folder: Path
    tasks: Collection[str]
    stub_of: StubOf
    choices: dict[str, Choice] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)  # without the student's name
    skipped: list[str] = field(default_factory=list)  # what no assignment's notebook was found in
    refusal: Text | None = None  # why the folder can't be read

    def __post_init__(self) -> None:
        self.reader = Reader(self.folder)
        self.candidates: dict[str, list[Candidate]] = {}
        self.hollow: dict[str, _Hollow] = {}
        self.folders_left = MAX_FOLDERS

    def look(self) -> None:
        """Find a choice for each assignment, and a warning for everything else."""
        try:
            entries = entries_of(self.folder)
        except OSError as error:
            self.refusal = system_reason(error)
            self.warnings.append(
                f"skipped, because the folder can't be read ({self.refusal.en}); grant access to it."
            )
            return
        if not entries:
            self.warnings.append("the folder is empty.")
        unknown = self._unknown(entries)
        for task, candidates in self.candidates.items():
            self.choices[task] = choose(task, candidates, self.reader, self.stub_of(task))
        beside = any(each.path.parent == self.folder for each in self.choices.values() if not each.problem)
        for number, entry in enumerate(unknown):
            # A folder of thousands of files gets one warning that counts them.
            near = _nearest(entry.name, self.tasks) if number < MAX_NEAR else None
            if beside and self._comes_along(entry, near):
                continue
            self.skipped.append(entry.name + "/" * _is_task_folder(entry))
            self.warnings.append(_skip_warning(entry, near))
        for task, choice in self.choices.items():
            self.warnings += _choice_warnings(task, choice)
        for task, hollow in self.hollow.items():
            if task not in self.choices:
                self.choices[task] = hollow.choice(self.folder, task)

    def nothing(self) -> Text:
        """Why nothing of the student's can be graded."""
        if self.refusal:
            return _("The student's folder can't be read ({why}).", why=self.refusal)
        if not self.skipped:
            return _("The student's folder is empty.")
        return _("There is no notebook for any assignment, only {names}.", names=listed(self.skipped))

    def _unknown(self, entries: list[os.DirEntry[str]], prefix: str = "") -> list[os.DirEntry[str]]:
        """Note the candidates among a folder's entries and below them; the entries that hold none."""
        unnamed = [entry for entry in entries if not self._is_named(entry, prefix)]
        return [
            entry for entry in unnamed if not self._is_alike(entry, prefix) and not self._wraps(entry, prefix)
        ]

    def _wraps(self, entry: os.DirEntry[str], prefix: str) -> bool:
        """Whether an entry is a folder that holds a candidate, as when a whole folder was handed in."""
        if not _is_task_folder(entry) or prefix.count("/") >= MAX_DEPTH or self.folders_left <= 0:
            return False
        self.folders_left -= 1
        before = sum(map(len, self.candidates.values()))
        try:
            self._unknown(entries_of(entry.path), f"{prefix}{entry.name}/")
        except OSError:
            return False
        return sum(map(len, self.candidates.values())) > before

    def _comes_along(self, entry: os.DirEntry[str], near: str | None) -> bool:
        """Whether an entry beside a chosen notebook is one of its files, as far as can be seen.

        See grader.exchange.beside. A notebook might be one for an assignment, and so might a file or folder
        with nearly the name of an assignment that is missing.
        """
        if file_names.is_notebook(entry.name) or (near is not None and near not in self.choices):
            return False
        return not (_is_task_folder(entry) and _holds_notebook(entry))

    def _add(self, task: str, prefix: str, name: str, match: Match, recognized: str) -> None:
        candidate = Candidate(f"{prefix}{name}", match, recognized, nested=bool(prefix))
        self.candidates.setdefault(task, []).append(candidate)

    def _is_named(self, entry: os.DirEntry[str], prefix: str) -> bool:
        """Whether an entry's name says to which assignment it belongs; if so, it is a candidate.

        A link and a folder named `<task>.ipynb` count: `load` says what is wrong with them.
        """
        if _is_task_folder(entry):
            return self._is_named_folder(entry, prefix)
        claims, perhaps = file_names.is_notebook(entry.name), file_names.is_perhaps_notebook(entry.name)
        if not claims and not perhaps and not entry.is_symlink():
            return False
        naming = file_names.naming(file_names.stem(entry.name), self.tasks)
        claims = claims or (entry.is_symlink() and naming.match <= Match.CASELESS)
        if not claims and not perhaps:
            return False
        task = self._meant(naming, prefix + entry.name)
        # A file `<task>` or `<task>.txt` counts only if a notebook is in it.
        if task is None or (not claims and self._opened(prefix + entry.name) is None):
            return False
        plain = naming.match <= Match.CASELESS and (
            entry.is_symlink() or caseless(entry.name) == caseless(f"{task}.ipynb")
        )
        by = "content" if task not in naming.tasks else "name" if plain else "similar_name"
        self._add(task, prefix, entry.name, naming.match, by)
        return True

    def _is_named_folder(self, entry: os.DirEntry[str], prefix: str) -> bool:
        naming = file_names.naming(entry.name, self.tasks)
        if not naming.tasks or (len(naming.tasks) > 1 and naming.match is not Match.PART):
            return False
        task = naming.tasks[0]
        try:
            content = entries_of(entry.path)
        except OSError as error:
            if naming.match is Match.PART or prefix:
                return False
            refusal = system_reason(error)
            self.hollow.setdefault(task, _Hollow(entry.name, refusal))
            self.warnings.append(
                f"{printable(entry.name)} skipped, because the folder can't be read ({refusal.en})."
            )
            return True
        found = [each.name for each in content if file_names.is_notebook(each.name)]
        if not found and (naming.match is Match.PART or prefix):
            return False  # `<task>-files/` holds a notebook's pictures
        if not found and self._wraps(entry, prefix):
            return True
        if not found:
            names = [each.name + "/" * each.is_dir(follow_symlinks=False) for each in content]
            self.hollow.setdefault(task, _Hollow(entry.name, None, tuple(names)))
        for name in found:
            own = file_names.naming(file_names.stem(name), self.tasks)
            # In a folder like `homework convnet/` a notebook may be named after another assignment.
            meant = own.tasks[0] if naming.match is Match.PART and len(own.tasks) == 1 else task
            match = own.match if own.tasks[:1] == (meant,) else Match.NONE
            by = "name" if naming.match <= Match.CASELESS else "similar_name"
            self._add(meant, prefix, f"{entry.name}/{name}", match, by)
        return True

    def _meant(self, naming: file_names.Naming, file: str) -> str | None:
        """The one assignment that a name means; if it may mean several, the content decides."""
        if len(naming.tasks) == 1:
            (task,) = naming.tasks
            longer = file_names.extensions(task, self.tasks) if naming.match is Match.PART else []
            # `gradient-descent np` may be `gradient-descent-numpy`.
            alike = self._likest(file) if longer else None
            return alike if alike in longer else task
        if not naming.tasks:
            return None
        alike = self._likest(file)
        return alike if alike in naming.tasks else None

    def _is_alike(self, entry: os.DirEntry[str], prefix: str) -> bool:
        """Whether an entry's content says to which assignment it belongs; if so, it is a candidate."""
        if not file_names.is_notebook(entry.name) or not entry.is_file(follow_symlinks=False):
            return False
        task = self._likest(prefix + entry.name)
        if task is not None:
            self._add(task, prefix, entry.name, Match.NONE, "content")
        return task is not None

    def _likest(self, file: str) -> str | None:
        """The assignment that a notebook's content speaks for, or else the name that Colab gave it."""
        notebook = self._opened(file)
        if notebook is None:
            return None
        stubs = {task: stub for task in self.tasks if (stub := self.stub_of(task)) is not None}
        called = file_names.naming(file_names.stem(notebook.title), self.tasks).tasks
        return likest(notebook, stubs) or (called[0] if len(called) == 1 else None)

    def _opened(self, file: str) -> Notebook | None:
        """The notebook in a file; None if there is none, or if no more files are opened."""
        try:
            return self.reader.notebook(file)
        except Unopened:
            return None


@dataclass(frozen=True)
class _Hollow:
    """A folder that is named after an assignment and holds no notebook."""

    name: str
    refusal: Text | None
    others: tuple[str, ...] = ()

    def choice(self, folder: Path, task: str) -> Choice:
        """The problem, for the student: the folder was meant as a submission."""
        if self.refusal:
            problem = _(
                "The folder {task} can't be opened ({why}). Submit {task}.ipynb again.",
                task=task,
                why=self.refusal,
            )
        elif self.others:
            problem = _(
                "The folder {task} contains no notebook, only {names}. Submit {task}.ipynb.",
                task=task,
                names=listed(list(self.others)),
            )
        else:
            problem = _(
                "The folder {task} is empty; it contains no notebook. Submit {task}.ipynb.", task=task
            )
        return Choice(folder / self.name, SourceFile(None), problem)


# ---- entries of folders


def entries_of(folder: str | Path) -> list[os.DirEntry[str]]:
    """What is in a folder, sorted by name, without the traces that systems leave."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not is_trace(entry.name)), key=lambda entry: entry.name)


def _is_task_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) and not file_names.is_notebook(entry.name)


def _holds_notebook(folder: os.DirEntry[str]) -> bool:
    try:
        return any(file_names.is_notebook(entry.name) for entry in entries_of(folder.path))
    except OSError:
        return False


# ---- warnings


def _nearest(name: str, tasks: Collection[str]) -> str | None:
    """The assignment whose name is nearest to a file's or folder's, if one is near."""
    originals = {caseless(task): task for task in sorted(tasks)}
    near = difflib.get_close_matches(caseless(_DOCUMENT.sub("", name)), originals, n=1)
    return originals[near[0]] if near else None


def _skip_warning(entry: os.DirEntry[str], near: str | None) -> str:
    """Why an entry of a student's folder is skipped, with the assignment whose name is nearest."""
    kind = "folder" if _is_task_folder(entry) else "file"
    if kind == "file" and not file_names.is_notebook(entry.name):
        reason = "because it is not a notebook (.ipynb)"
    else:
        reason = "because no assignment has this name"
    suffix = ".ipynb" if kind == "file" else ""
    remedy = f"; did you mean {near}{suffix}?" if near else "."
    return f"{kind} {printable(entry.name)} skipped, {reason}{remedy}"


def _choice_warnings(task: str, choice: Choice) -> list[str]:
    """What was chosen for an assignment, if the name alone did not settle it."""
    source = choice.source
    if source.file is None or (source.recognized == "name" and not source.left):
        return []
    left = f"; not graded: {', '.join(source.left[:MAX_NAMED])}" if source.left else ""
    more = len(source.left) - MAX_NAMED
    left += f" and {more} more" if more > 0 else ""
    return [
        f"{source.file} is graded for {task}, {CHOICE_REASONS[source.chosen or source.recognized]}{left}."
    ]
