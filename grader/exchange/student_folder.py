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
}


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
        unknown = [entry for entry in entries if not self._is_named(entry)]
        for entry in unknown:
            if not self._is_alike(entry):
                self.skipped.append(entry.name + "/" * _is_task_folder(entry))
                self.warnings.append(_skip_warning(entry, self.tasks))
        for task, candidates in self.candidates.items():
            self.choices[task] = choose(task, candidates, self.reader, self.stub_of(task))
            self.warnings += _choice_warnings(task, self.choices[task])
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

    def _is_named(self, entry: os.DirEntry[str]) -> bool:
        """Whether an entry's name says to which assignment it belongs; if so, it is a candidate.

        A link and a folder named `<task>.ipynb` count: `load` says what is wrong with them.
        """
        if _is_task_folder(entry):
            return self._is_named_folder(entry)
        naming = file_names.naming(file_names.stem(entry.name), self.tasks)
        claims = file_names.is_notebook(entry.name) or (entry.is_symlink() and naming.match <= Match.CASELESS)
        if not claims and not file_names.is_perhaps_notebook(entry.name):
            return False
        task = self._meant(naming, entry.name)
        # A file `<task>` or `<task>.txt` counts only if a notebook is in it.
        if task is None or (not claims and self._opened(entry.name) is None):
            return False
        plain = naming.match <= Match.CASELESS and (
            entry.is_symlink() or caseless(entry.name) == caseless(f"{task}.ipynb")
        )
        by = "content" if task not in naming.tasks else "name" if plain else "similar_name"
        self.candidates.setdefault(task, []).append(Candidate(entry.name, naming.match, by))
        return True

    def _is_named_folder(self, entry: os.DirEntry[str]) -> bool:
        naming = file_names.naming(entry.name, self.tasks)
        if not naming.tasks or (len(naming.tasks) > 1 and naming.match is not Match.PART):
            return False
        task = naming.tasks[0]
        try:
            content = entries_of(entry.path)
        except OSError as error:
            if naming.match is Match.PART:
                return False
            refusal = system_reason(error)
            self.hollow.setdefault(task, _Hollow(entry.name, refusal))
            self.warnings.append(
                f"{printable(entry.name)} skipped, because the folder can't be read ({refusal.en})."
            )
            return True
        found = [each.name for each in content if file_names.is_notebook(each.name)]
        if not found and naming.match is Match.PART:
            return False  # `<task>-files/` holds a notebook's pictures
        if not found:
            names = [each.name + "/" * each.is_dir(follow_symlinks=False) for each in content]
            self.hollow.setdefault(task, _Hollow(entry.name, None, tuple(names)))
        for name in found:
            own = file_names.naming(file_names.stem(name), self.tasks)
            # In a folder like `homework convnet/` a notebook may be named after another assignment.
            meant = own.tasks[0] if naming.match is Match.PART and len(own.tasks) == 1 else task
            match = own.match if own.tasks[:1] == (meant,) else Match.NONE
            by = "name" if naming.match <= Match.CASELESS else "similar_name"
            self.candidates.setdefault(meant, []).append(Candidate(f"{entry.name}/{name}", match, by))
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

    def _is_alike(self, entry: os.DirEntry[str]) -> bool:
        """Whether an entry's content says to which assignment it belongs; if so, it is a candidate."""
        if not file_names.is_notebook(entry.name) or not entry.is_file(follow_symlinks=False):
            return False
        task = self._likest(entry.name)
        if task is not None:
            self.candidates.setdefault(task, []).append(Candidate(entry.name, Match.NONE, "content"))
        return task is not None

    def _likest(self, file: str) -> str | None:
        notebook = self._opened(file)
        if notebook is None:
            return None
        stubs = {task: stub for task in self.tasks if (stub := self.stub_of(task)) is not None}
        return likest(notebook, stubs)

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
        return sorted((entry for entry in entries if not _is_trace(entry.name)), key=lambda entry: entry.name)


def _is_trace(name: str) -> bool:
    # Windows marks a download in a stream of the file. A copy to another system turns the stream into a file.
    return (
        name.startswith(".")
        or name in ("__MACOSX", "Thumbs.db", "desktop.ini")
        or name.endswith(":Zone.Identifier")
    )


def _is_task_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) and not file_names.is_notebook(entry.name)


# ---- warnings


def _skip_warning(entry: os.DirEntry[str], tasks: Collection[str]) -> str:
    """Why an entry of a student's folder is skipped, with the assignment whose name is nearest."""
    kind = "folder" if _is_task_folder(entry) else "file"
    plain = re.sub(r"\.(ipynb|py|txt|json|pdf|html|zip)\b.*", "", entry.name, flags=re.IGNORECASE | re.DOTALL)
    originals = {caseless(task): task for task in sorted(tasks)}
    near = difflib.get_close_matches(caseless(plain), originals, n=1)
    if kind == "file" and not file_names.is_notebook(entry.name):
        reason = "because it is not a notebook (.ipynb)"
    else:
        reason = "because no assignment has this name"
    suffix = ".ipynb" if kind == "file" else ""
    remedy = f"; did you mean {originals[near[0]]}{suffix}?" if near else "."
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
