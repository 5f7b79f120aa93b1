"""Which of a student's files is graded for an assignment, if several could be.

Names decide first. If they don't, the notebooks are opened: one that was worked on comes before an untouched
stub, the newest before older ones. What stays open is a problem for the student to solve. Files are opened as
`Submission.load` opens them, and only so many of one student's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from grader.exchange.file_names import Match
from grader.exchange.likeness import code_of, is_untouched
from grader.exchange.names import printable
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import SourceFile
from grader.notebook.notebook import Notebook, Unreadable
from grader.notebook.opening import read_file
from grader.notebook.reading import parse

MAX_OPENED = 30  # files of one student that are opened in order to choose
MAX_BYTES = 60_000_000  # of these files together
MAX_NAMED = 5  # files that one sentence names
MAX_LEFT = 20  # files that one record names
SAME_TIME_S = 1.0  # files that were changed within it, as when unpacked, have no order

StubOf = Callable[[str], Notebook | None]


class State(IntEnum):
    """What is in a candidate, from best to worst."""

    WORKED_ON = 0
    UNTOUCHED = 1  # no code but the stub's
    UNREADABLE = 2


class Unopened(Exception):
    """Too many or too large files to open them all."""


@dataclass(frozen=True)
class Candidate:
    """A file that may be a student's notebook for an assignment."""

    file: str  # relative to the student's folder
    match: Match  # how well its name fits; NONE if the folder's name or its content speaks for it
    recognized: str = "name"  # as in `SourceFile`
    nested: bool = False  # in a folder whose name says nothing


@dataclass(frozen=True)
class Choice:
    """What is graded for an assignment: the file, or the folder and a problem."""

    path: Path
    source: SourceFile
    problem: Text | None = None
    nested: bool = False  # every candidate lies in a folder whose name says nothing


@dataclass
class Reader:
    """Opens one student's files in order to choose among them, each once, within limits."""

    folder: Path
    _read: dict[str, Notebook | None] = field(default_factory=dict)
    _bytes: int = 0

    def notebook(self, file: str) -> Notebook | None:
        """The notebook in a file; None if there is none. Raises Unopened."""
        if file not in self._read:
            if len(self._read) >= MAX_OPENED or self._bytes > MAX_BYTES:
                raise Unopened
            try:
                data = read_file(self.folder / file)
                self._bytes += len(data)
                self._read[file] = parse(data)
            except (Unreadable, OSError):
                self._read[file] = None
        return self._read[file]

    def changed(self, file: str) -> float:
        """When the file was changed, in seconds; 0 if that can't be found out."""
        try:
            return os.lstat(self.folder / file).st_mtime
        except (OSError, ValueError):
            return 0


def choose(task: str, candidates: list[Candidate], reader: Reader, stub: Notebook | None) -> Choice:
    """One of the candidates, of which there is at least one, or the problem of choosing it."""
    if len(candidates) == 1:
        return _taken(candidates[0], candidates, reader, None)
    try:
        states = {each: _state(each, reader, stub) for each in candidates}
        return _best(task, candidates, states, reader)
    except Unopened:
        return _open(task, candidates, reader)


def _state(candidate: Candidate, reader: Reader, stub: Notebook | None) -> State:
    notebook = reader.notebook(candidate.file)
    if notebook is None:
        return State.UNREADABLE
    return State.UNTOUCHED if stub is not None and is_untouched(notebook, stub) else State.WORKED_ON


def _best(
    task: str, candidates: list[Candidate], states: Mapping[Candidate, State], reader: Reader
) -> Choice:
    def order(candidate: Candidate) -> tuple[State, bool, bool]:
        return states[candidate], candidate.match is Match.NONE, candidate.nested

    first = min(map(order, candidates))
    best = sorted(
        (each for each in candidates if order(each) == first), key=lambda each: (each.match, each.file)
    )
    state = first[0]
    if len(best) == 1:
        rivals = [order(each) for each in candidates if each is not best[0] and states[each] is state]
        if any(rival[1] == first[1] for rival in rivals):
            reason = "place"
        elif rivals:
            reason = "name"
        else:
            reason = "worked_on" if state is State.WORKED_ON else "readable"
        return _taken(best[0], candidates, reader, reason)
    if state is not State.UNREADABLE and len({_code(each, reader) for each in best}) == 1:
        return _taken(best[0], candidates, reader, "same")
    dated = sorted(best, key=lambda each: reader.changed(each.file), reverse=True)
    if reader.changed(dated[0].file) - reader.changed(dated[1].file) >= SAME_TIME_S:
        return _taken(dated[0], candidates, reader, "newest")
    if best[0].match < best[1].match:
        return _taken(best[0], candidates, reader, "name")
    return _open(task, candidates, reader)


def _code(candidate: Candidate, reader: Reader) -> tuple[str, ...]:
    notebook = reader.notebook(candidate.file)
    return code_of(notebook) if notebook else ()


def _taken(candidate: Candidate, candidates: list[Candidate], reader: Reader, reason: str | None) -> Choice:
    left = [each.file for each in candidates if each is not candidate]
    return Choice(
        reader.folder / candidate.file,
        SourceFile(printable(candidate.file), _left(left), candidate.recognized, reason),
        nested=all(each.nested for each in candidates),
    )


def _open(task: str, candidates: list[Candidate], reader: Reader) -> Choice:
    """The choice that is left to the student."""
    files = [each.file for each in candidates]
    problem = _(
        "There are {count} notebooks for {task}: {names}. "
        "Keep only the one to be graded, named {task}.ipynb, and submit again.",
        count=len(files),
        task=task,
        names=listed(files),
    )
    nested = all(each.nested for each in candidates)
    return Choice(reader.folder, SourceFile(None, _left(files)), problem, nested)


def _left(files: list[str]) -> tuple[str, ...]:
    more = len(files) - MAX_LEFT
    return tuple(map(printable, files[:MAX_LEFT])) + ((f"… +{more}",) if more > 0 else ())


def listed(names: list[str]) -> Text:
    """The first names, as they can be shown anywhere, and how many more there are."""
    first = [printable(name) for name in names[:MAX_NAMED]]
    shown = Text(", ".join(first), "、".join(first))
    more = len(names) - MAX_NAMED
    return shown if more <= 0 else _("{names} and {more} more", names=shown, more=more)
