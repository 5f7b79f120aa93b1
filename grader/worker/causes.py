"""Causes before symptoms: why cells failed and why names are missing, where it lies in the notebook.

Everything here follows from the notebook's code, the stub and how the cells ran, not from what a rubric
asked. What is not certain is not said.
"""

from __future__ import annotations

import ast
import difflib
import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.course.marks import STUB_MESSAGE
from grader.model.report import Cause, CellRun
from grader.model.status import Status
from grader.notebook import definitions
from grader.notebook.definitions import CLASS, FUNCTION, IMPORT, Definition
from grader.notebook.notebook import Notebook
from grader.notebook.syntax import Budget, syntax_tree
from grader.worker.cell_errors import MAX_ERROR, SPLIT_CELL, Failure, cause_of, continues, deepest
from grader.worker.placeholder import given_cells, is_left_over, placeholders, unwritten

PLACEHOLDER_LEFT, DOTS_LEFT = "placeholder_left", "dots_left"
CELL_FAILED, CELL_ENDED = "cell_failed", "cell_ended"
# Why a name is missing.
LATER, IN_TEXT, COMMENTED, REMOVED, LOCAL, SIMILAR, DELETED = (
    *("name_later", "name_in_text", "name_commented", "name_removed"),
    *("name_local", "name_similar", "name_deleted"),
)
# How much is looked at: nobody has more by accident.
MAX_NAMES, MAX_NAME, MAX_PLACES = 200, 40, 20
MAX_TEXT = 20_000  # characters of one text cell
MAX_LINES = 4  # of the stub's that are shown
ALIKE = 0.8  # of difflib's ratio: `fit_lin` is like `fit_line`, and `test` is not like `train`


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a cell that defines no function and no class."""

    cell: int
    first: int  # line, from 1
    last: int
    names: tuple[str, ...]  # in it
    calls: tuple[tuple[str, frozenset[str]], ...]  # the names that are called, and those they are given


class Causes:
    """The causes in one notebook, as it ran.

    Raises TooLong if there is more code than is analyzed.
    """

    def __init__(self, notebook: Notebook, stub: Notebook, runs: Sequence[CellRun]) -> None:
        budget = Budget()
        self.runs = {run.number: run for run in runs}
        self.cells = {number: cell.source for number, cell in notebook.code}
        self.trees = {number: self._parsed(number, budget) for number in self.cells}
        found = [
            each
            for number, source in self.cells.items()
            for each in definitions.definitions(number, source, self.trees[number])
        ]
        self.defined, self.local = _by_name(found, False), _by_name(found, True)
        self.removed = {
            number: lines
            for number, source in self.cells.items()
            if (lines := definitions.removed(source, self.trees[number]))
        }
        self.stub = stub
        self.given = [
            each
            for number, cell in stub.code
            for each in definitions.definitions(number, cell.source, syntax_tree(cell.source, budget))
            if not each.inside
        ]
        self.given_cells = given_cells(notebook, stub)
        self.notebook = notebook
        # Cells whose last block goes on in the next cell.
        written = [number for number, source in self.cells.items() if source.strip()]
        self.splits = {
            before: Cause(SPLIT_CELL, number)
            for before, number in itertools.pairwise(written)
            if continues(self.cells[number], self.cells[before])
        }
        self.unwritten = unwritten(runs, stub)
        self._known: dict[tuple[str, int | None] | int, Cause | None] = {}

    def _parsed(self, number: int, budget: Budget) -> ast.Module | None:
        """A cell's syntax tree; None if it isn't Python, or is not run as such because its magic failed."""
        source = self.cells[number]
        if source.lstrip().startswith("%%") and self.runs[number].status is Status.CELL_ERROR:
            return None
        return syntax_tree(source, budget)

    # Cells

    def of_cell(self, number: int) -> Cause | None:
        """Why a cell failed: where the cause lies, which may be another cell.

        None if it did not fail, or waits for code that is not written yet.
        """
        if number not in self._known:
            self._known[number] = None  # for cells that fail because of each other
            self._known[number] = self._of_cell(self.runs[number])
        return self._known[number]

    def _of_cell(self, run: CellRun) -> Cause | None:
        if run.status is Status.OK:
            return None
        if run.status is not Status.CELL_ERROR:
            ended = [run, *self.runs.values()] if run.status is not Status.NOT_RUN else self.runs.values()
            first = next((each for each in ended if each.status.ends_session), None)
            return Cause(CELL_ENDED, first.number, None, (("status", first.status),)) if first else None
        if split := next((each for each in self.splits.values() if each.cell == run.number), None):
            return split
        error = run.error.en if run.error else ""
        number, line = deepest(run, list(self.runs.values()))
        if error == f"NotImplementedError: {STUB_MESSAGE}":
            return Cause(PLACEHOLDER_LEFT, number, line) if self._is_left_over(number, line) else None
        tree = self.trees.get(run.number)
        if "ellipsis" in error and tree and (dots := _dots(tree)):
            return Cause(DOTS_LEFT, run.number, dots)
        if missing := re.match(r"NameError: name '(\w{1,100})' is not defined", error):
            if missing[1] in self.unwritten:
                return None
            if cause := self.of_name(missing[1], run.number):
                return cause
        failure = Failure(error, number, line, self.cells, self.trees.get(number))
        words = [("error", error[:MAX_ERROR])]
        if number != run.number:
            words.insert(0, ("called_from", str(run.number)))
        return cause_of(failure) or Cause(CELL_FAILED, number, line, tuple(words))

    def _is_left_over(self, number: int, line: int | None) -> bool:
        """Whether code of the student's stands beside the placeholder on a line."""
        return is_left_over(self.cells[number], line, self.stub)

    @functools.cached_property
    def left_over(self) -> list[Cause]:
        """Placeholders beside which code was written, wherever they stand."""
        places = [
            (number, line)
            for number, tree in self.trees.items()
            for line in (placeholders(tree) if tree else ())
        ]
        return [Cause(PLACEHOLDER_LEFT, *each) for each in places[:MAX_PLACES] if self._is_left_over(*each)]

    @functools.cached_property
    def statements(self) -> list[Statement]:
        """The statements of all cells, in their order."""
        return [
            _statement(number, each)
            for number, tree in self.trees.items()
            for each in (tree.body if tree else ())
            if not isinstance(each, definitions.Defining)
        ]

    # Names

    def of_name(self, name: str, before: int | None = None) -> Cause | None:
        """Why a name is not there when cell `before` runs, or once all cells have run.

        None if it is there, or if the notebook does not tell why it isn't.
        """
        key = (name, before)
        if key not in self._known:
            self._known[key] = None  # for names that wait for each other
            self._known[key] = self._of_name(name, before)
        return self._known[key]

    def _of_name(self, name: str, before: int | None) -> Cause | None:
        end = before or max(self.cells, default=0) + 1
        places = self.defined.get(name, [])
        earlier = [each for each in places if each.cell < end]
        if any(self._was_reached(each) for each in earlier):
            return self._removal(name, max(each.cell for each in earlier), end)
        for each in earlier:
            if cause := self.of_cell(each.cell):
                return cause
        if earlier:
            return None
        if places and before:
            return Cause(LATER, before, None, (("name", name), ("other", str(places[0].cell))))
        return self._unmade(name, before is None)

    def _was_reached(self, definition: Definition) -> bool:
        """Whether the line that defines a name has run: its cell ran, or failed further down."""
        run = self.runs[definition.cell]
        if run.status is Status.CELL_ERROR and self.trees[definition.cell] is not None:
            return run.line is not None and definition.line < run.line
        return run.status is Status.OK

    def is_made(self, name: str) -> bool:
        """Whether the last line that makes a name has run, with all of the statement that it is part of."""
        last = self.last(name)
        if last is None or self.runs[last.cell].status is Status.OK:
            return True
        return self._was_reached(last) and last.until < (self.runs[last.cell].line or 0)

    def last(self, name: str) -> Definition | None:
        """The last line that makes a name."""
        return max(self.defined.get(name, []), key=lambda each: (each.cell, each.line), default=None)

    def of_stale(self, name: str) -> Cause | None:
        """Why a name's value is an old one or half of one.

        The last cell that makes it failed before, or is cut in two, or a later cell that should work on it
        failed.
        """
        last = self.last(name)
        if last is None:
            return None
        if last.cell in self.splits and last.until >= len(self.cells[last.cell].rstrip().split("\n")):
            return self.splits[last.cell]
        if not self.is_made(name):
            return self.of_cell(last.cell)
        later = (number for number in self.cells if number > last.cell and self._failed_at(number, name))
        return next((cause for number in later if (cause := self.of_cell(number))), None)

    def _failed_at(self, number: int, name: str) -> bool:
        """Whether a cell that is not given failed before a line that uses a name, or on it."""
        run = self.runs[number]
        if run.status is Status.OK or self.cells[number].strip() in self.given_cells:
            return False
        rest = self.cells[number].split("\n")[max((run.line or 1) - 1, 0) :]
        return re.search(rf"\b{re.escape(name)}\b", "\n".join(rest)) is not None

    def _removal(self, name: str, after: int, end: int) -> Cause | None:
        for number, lines in self.removed.items():
            if after <= number <= end and self.runs[number].status is Status.OK:
                for removed in (name, "*"):
                    if removed in lines:
                        return Cause(REMOVED, number, lines[removed], (("name", name),))
        return None

    def _unmade(self, name: str, is_asked: bool) -> Cause | None:
        """Why no code cell makes a name. `is_asked`: it is not merely a name in the student's own code."""
        for number, kind, source in self._own_texts():
            for each in definitions.written(number, source):
                if each.name == name:
                    return Cause(IN_TEXT, number or None, None, (("kind", kind), ("name", name)))
        for number, source in self.cells.items():
            for each in definitions.commented_out(number, source):
                if each.name == name:
                    return Cause(COMMENTED, number, each.line, (("name", name),))
        # A name that the task does not have is a typing error in the student's own code.
        is_task = is_asked or any(each.name == name for each in self.given)
        if is_task and (renamed := self._renamed(name)):
            return renamed
        for each in self.local.get(name, []):
            return Cause(LOCAL, each.cell, each.line, (("function", each.inside), ("name", name)))
        return self._deleted(name)

    def _own_texts(self) -> Iterator[tuple[int, str, str]]:
        """The text cells that are not the stub's: the number of the code cell before, the kind, the text."""
        given = {cell.source.strip() for cell in self.stub.cells}
        number = 0
        for cell in self.notebook.cells:
            if cell.kind == "code":
                number += 1
            elif len(cell.source) <= MAX_TEXT and cell.source.strip() not in given:
                yield number, cell.kind, cell.source

    def _renamed(self, name: str) -> Cause | None:
        """The student's own name that stands for a missing one of the task's."""
        wanted = next((each for each in self.given if each.name == name), None)
        if wanted and wanted.kind == IMPORT:
            return None
        given = {each.name for each in self.given}
        own = {
            other: places[0]
            for other, places in itertools.islice(self.defined.items(), MAX_NAMES)
            if other not in given and len(other) <= MAX_NAME and places[0].kind != IMPORT
            if self._was_reached(places[0])
        }
        scores = {other: self._likeness(name, wanted, each) for other, each in own.items()}
        best = max(scores.values(), default=0.0)
        likest = [other for other, score in scores.items() if score == best]
        if best < ALIKE or len(likest) > 1:
            return None
        return Cause(
            SIMILAR, own[likest[0]].cell, own[likest[0]].line, (("name", name), ("other", likest[0]))
        )

    @staticmethod
    def _likeness(name: str, wanted: Definition | None, own: Definition) -> float:
        """How surely a name stands for another: by its letters, or because its parameters are the task's."""
        plain, other = (word.replace("_", "").lower() for word in (name, own.name))
        if wanted and wanted.kind == own.kind == FUNCTION and wanted.parameters:
            if wanted.parameters == own.parameters:
                return 2 + difflib.SequenceMatcher(None, plain, other).ratio()
        elif wanted and wanted.kind != own.kind:
            return 0
        if len(plain) >= 3 and (other.startswith(plain) or other.endswith(plain)):
            return 1
        # One letter more or less says nothing of a short name.
        return difflib.SequenceMatcher(None, plain, other).ratio() if len(plain) >= 4 else 0

    def _deleted(self, name: str) -> Cause | None:
        """The stub's lines that make a name, and others that its cell lacks as well, where they are gone."""
        there = {*self.defined, *self.local}
        for each in self.given:
            if each.name == name:
                lines = dict(self.stub.code)[each.cell].source.split("\n")
                gone = [one for one in self.given if one.cell == each.cell and one.name not in there]
                numbers = sorted({one.line for one in gone})[:MAX_LINES]
                code = "; ".join(lines[number - 1].strip()[:80] for number in numbers)
                return Cause(DELETED, None, None, (("lines", code),))
        return None

    # Everything that went wrong

    @functools.cached_property
    def of_cells(self) -> list[Cause]:
        """The causes of all cells that failed, each once."""
        found = [cause for number in self.runs if (cause := self.of_cell(number))]
        return list(dict.fromkeys([*self.splits.values(), *found]))

    @functools.cached_property
    def of_renamed(self) -> list[Cause]:
        """The functions and classes of the stub that stand under another name."""
        names = [each.name for each in self.given if each.kind in (FUNCTION, CLASS)]
        found = [cause for name in names if name not in self.defined and (cause := self.of_name(name))]
        return [cause for cause in found if cause.code == SIMILAR]

    @functools.cached_property
    def of_missing_names(self) -> list[Cause]:
        """The causes for which names of the stub and of cells that failed are missing, each once."""
        failed = [
            name
            for name, places in itertools.islice(self.defined.items(), MAX_NAMES)
            if self.runs[places[0].cell].status is not Status.OK
        ]
        names = [
            name for name in (*(each.name for each in self.given), *failed) if name not in self.unwritten
        ]
        found = [cause for name in names if (cause := self.of_name(name))]
        return list(dict.fromkeys(found))


def _statement(number: int, statement: ast.stmt) -> Statement:
    names, calls = [], []
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            names.append(node.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            given = frozenset(each.id for each in node.args if isinstance(each, ast.Name))
            calls.append((node.func.id, given))
    last = statement.end_lineno or statement.lineno
    return Statement(number, statement.lineno, last, tuple(dict.fromkeys(names)), tuple(calls))


def _by_name(found: Sequence[Definition], inside: bool) -> dict[str, list[Definition]]:
    """The definitions inside of functions, or those outside, by name in the order of their places."""
    named: dict[str, list[Definition]] = {}
    for each in found:
        if bool(each.inside) == inside:
            named.setdefault(each.name, []).append(each)
    return named


def _dots(tree: ast.Module) -> int | None:
    """The first line of a cell on which `...` stands for a value. `x[..., 0]` is an index."""
    nodes = list(ast.walk(tree))
    indexes = [part for node in nodes if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)]
    others = {id(each) for each in indexes} | {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    dots = [node for node in nodes if isinstance(node, ast.Constant) and node.value is ...]
    lines = [node.lineno for node in dots if id(node) not in others]
    return min(lines, default=None)
