"""Causes before symptoms: why cells failed and why names are missing, where it lies in the notebook.

Everything here follows from the notebook's code, the stub and how the cells ran, not from what a rubric
asked. What is not certain is not said.
"""

from __future__ import annotations

import ast
import difflib
import functools
import re
from collections.abc import Iterator, Sequence

from grader.course.marks import STUB_MESSAGE
from grader.model.report import Cause, CellRun, OutputKind
from grader.model.status import Status
from grader.notebook import definitions
from grader.notebook.definitions import FUNCTION, IMPORT, Definition
from grader.notebook.notebook import Notebook
from grader.notebook.syntax import Budget, syntax_tree, top_level
from grader.worker.cell_errors import Failure, cause_of

PLACEHOLDER_LEFT, DOTS_LEFT = "placeholder_left", "dots_left"
CELL_FAILED, CELL_ENDED = "cell_failed", "cell_ended"
# Why a name is missing.
LATER, IN_TEXT, COMMENTED, REMOVED, LOCAL, SIMILAR, DELETED = (
    *("name_later", "name_in_text", "name_commented", "name_removed"),
    *("name_local", "name_similar", "name_deleted"),
)
MAX_LINES = 4  # of the stub's that are shown
MAX_ERROR = 300  # characters of an error's message
ALIKE = 0.8  # of difflib's ratio: `fit_lin` is like `fit_line`, and `test` is not like `train`
_FRAME = re.compile(r"Cell In\[(\d{1,6})\], line (\d{1,6})")


class Causes:
    """The causes in one notebook, as it ran.

    Raises TooLong if there is more code than is analyzed.
    """

    def __init__(self, notebook: Notebook, stub: Notebook, runs: Sequence[CellRun]) -> None:
        budget = Budget()
        self.runs = {run.number: run for run in runs}
        self.cells = {number: cell.source for number, cell in notebook.code}
        # As IPython counts the cells that have run, from 1.
        self.counted = [run.number for run in runs if _has_run(run)]
        found = [
            each
            for number, source in self.cells.items()
            for each in definitions.definitions(number, source, budget)
        ]
        self.defined = [each for each in found if not each.inside]
        self.local = [each for each in found if each.inside]
        self.removed = {
            number: definitions.removed(number, source, budget) for number, source in self.cells.items()
        }
        self.given = [
            each
            for number, cell in stub.code
            for each in definitions.definitions(number, cell.source, budget)
            if not each.inside
        ]
        self.stub = stub
        self.notebook = notebook
        self.trees = {number: syntax_tree(source, budget) for number, source in self.cells.items()}
        self.unwritten = unwritten(runs, stub)
        self._known: dict[tuple[str, int | None] | int, Cause | None] = {}

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
        error = run.error.en if run.error else ""
        number, line = self._deepest(run)
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
        return cause_of(failure) or Cause(CELL_FAILED, number, line, (("error", error[:MAX_ERROR]),))

    def _deepest(self, run: CellRun) -> tuple[int, int | None]:
        """The cell and the line of the deepest frame in the student's own code."""
        traceback = next((each.text for each in run.outputs if each.kind is OutputKind.ERROR), "")
        *_, (count, line) = _FRAME.findall(traceback) or [("0", "0")]
        if 0 < int(count) <= len(self.counted):
            number = self.counted[int(count) - 1]
            if 0 < int(line) <= self.cells[number].count("\n") + 1:
                return number, int(line)
        return run.number, run.line

    def _is_left_over(self, number: int, line: int | None) -> bool:
        """Whether code of the student's stands beside the placeholder on a line."""
        return is_left_over(self.cells[number], line, self.stub)

    @functools.cached_property
    def left_over(self) -> list[Cause]:
        """Placeholders beside which code was written, wherever they stand."""
        return [
            Cause(PLACEHOLDER_LEFT, number, line)
            for number, tree in self.trees.items()
            for line in (placeholders(tree) if tree else ())
            if self._is_left_over(number, line)
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
        places = [each for each in self.defined if each.name == name]
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
        return self._unmade(name)

    def _was_reached(self, definition: Definition) -> bool:
        """Whether the line that defines a name has run: its cell ran, or failed further down."""
        run = self.runs[definition.cell]
        if run.status is Status.CELL_ERROR and self.trees[definition.cell] is not None:
            return run.line is not None and definition.line < run.line
        return run.status is Status.OK

    def is_made(self, name: str) -> bool:
        """Whether the last line that makes a name has run, with all of the statement that it is part of."""
        last = max((each for each in self.defined if each.name == name), key=_place, default=None)
        if last is None or self.runs[last.cell].status is Status.OK:
            return True
        return self._was_reached(last) and last.until < (self.runs[last.cell].line or 0)

    def _removal(self, name: str, after: int, end: int) -> Cause | None:
        for number, lines in self.removed.items():
            if after <= number <= end and self.runs[number].status is Status.OK:
                for removed in (name, "*"):
                    if removed in lines:
                        return Cause(REMOVED, number, lines[removed], (("name", name),))
        return None

    def _unmade(self, name: str) -> Cause | None:
        """Why no code cell makes a name."""
        for number, kind, source in self._own_texts():
            for each in definitions.written(number, source):
                if each.name == name:
                    return Cause(IN_TEXT, number or None, None, (("kind", kind), ("name", name)))
        for number, source in self.cells.items():
            for each in definitions.commented_out(number, source):
                if each.name == name:
                    return Cause(COMMENTED, number, each.line, (("name", name),))
        if renamed := self._renamed(name):
            return renamed
        for each in self.local:
            if each.name == name:
                return Cause(LOCAL, each.cell, each.line, (("function", each.inside), ("name", name)))
        return self._deleted(name)

    def _own_texts(self) -> Iterator[tuple[int, str, str]]:
        """The text cells that are not the stub's: the number of the code cell before, the kind, the text."""
        given = {cell.source.strip() for cell in self.stub.cells}
        number = 0
        for cell in self.notebook.cells:
            if cell.kind == "code":
                number += 1
            elif cell.source.strip() not in given:
                yield number, cell.kind, cell.source

    def _renamed(self, name: str) -> Cause | None:
        """The student's own name that stands for a missing one of the task's."""
        wanted = next((each for each in self.given if each.name == name), None)
        if wanted and wanted.kind == IMPORT:
            return None
        given = {each.name for each in self.given}
        own = {
            each.name: each
            for each in self.defined
            if each.kind != IMPORT and each.name not in given and self._was_reached(each)
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
        there = {each.name for each in (*self.defined, *self.local)}
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
        return list(dict.fromkeys(found))

    @functools.cached_property
    def of_missing_names(self) -> list[Cause]:
        """The causes for which names of the stub and of cells that failed are missing, each once."""
        failed = [each for each in self.defined if self.runs[each.cell].status is not Status.OK]
        names = {each.name: None for each in (*self.given, *failed) if each.name not in self.unwritten}
        found = [cause for name in names if (cause := self.of_name(name))]
        return list(dict.fromkeys(found))


def _place(definition: Definition) -> tuple[int, int]:
    return definition.cell, definition.line


def _has_run(run: CellRun) -> bool:
    return run.status in (Status.OK, Status.CELL_ERROR) and bool(run.source.strip())


def _dots(tree: ast.Module) -> int | None:
    """The first line of a cell on which `...` stands for a value. `x[..., 0]` is an index."""
    nodes = list(ast.walk(tree))
    indexes = [part for node in nodes if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)]
    others = {id(each) for each in indexes} | {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    dots = [node for node in nodes if isinstance(node, ast.Constant) and node.value is ...]
    lines = [node.lineno for node in dots if id(node) not in others]
    return min(lines, default=None)


def placeholders(tree: ast.Module) -> list[int]:
    """The lines of a cell on which the stub's placeholder still stands."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Raise) and _is_placeholder(node)]


def _is_placeholder(statement: ast.stmt) -> bool:
    call = statement.exc if isinstance(statement, ast.Raise) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "NotImplementedError"
        and [each.value for each in call.args if isinstance(each, ast.Constant)] == [STUB_MESSAGE]
    )


def _is_idle(statement: ast.stmt) -> bool:
    """Whether a statement does nothing: `pass`, or a docstring."""
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, ast.Pass)


def is_left_over(source: str, line: int | None, stub: Notebook) -> bool:
    """Whether a placeholder on a line of a cell stands beside code that the stub does not have there.

    Raises TooLong if there is more code than is analyzed.
    """
    budget = Budget()
    tree = syntax_tree(source, budget)
    if tree is None or line not in placeholders(tree):
        return False
    given = {
        ast.dump(statement)
        for _, cell in stub.code
        if STUB_MESSAGE in cell.source and (known := syntax_tree(cell.source, budget))
        for statement in ast.walk(known)
        if isinstance(statement, ast.stmt)
    }
    body: list[ast.stmt] = list(top_level(tree.body))
    for node in ast.walk(tree):  # outer functions come before those in them
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.lineno <= line <= (node.end_lineno or node.lineno):
                body = node.body
    return any(not _is_idle(each) and ast.dump(each) not in given for each in body)


def unwritten(runs: Sequence[CellRun], stub: Notebook) -> list[str]:
    """Names whose cells ended at the stub's placeholder, or at another name that is unwritten.

    Raises TooLong if there is more code than is analyzed.
    """
    names: set[str] = set()
    for run in runs:
        error = run.error.en if run.error else ""
        known = re.match(r"NameError: name '(\w+)' is not defined", error)
        stopped = error == f"NotImplementedError: {STUB_MESSAGE}"
        if (stopped and not is_left_over(run.source, run.line, stub)) or (known and known[1] in names):
            found = definitions.definitions(run.number, run.source, Budget())
            names |= {each.name for each in found if not each.inside and each.kind != IMPORT}
    return sorted(names)
