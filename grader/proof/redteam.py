"""Cheats: notebooks that try to earn points without an answer, made from an assignment's own solution. None may earn a hidden one.

A cheat is the solution with every answer taken out and something else put in its place. Nothing here is aimed at one
assignment; what a cheat earns shows a check that asks for too little.
"""

from __future__ import annotations

import ast
import base64
import difflib
import json
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from grader.course.course import PUBLIC, Assignment
from grader.course.marks import answer_lines
from grader.course.mistakes import SOLUTION
from grader.course.stub import read
from grader.errors import UsageError
from grader.model.report import GRADED, PASSED, Report
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump
from grader.proof.cheats import CHEATS, NAMES, Cheat
from grader.proof.null_answers import answering, changed, null_answers
from grader.proof.validation import MUTANT_LIMITS, STUB

NULL, CHEAT = "null answer", "cheat"
MEMORISED, HANDED_BACK = "memorised values", "parameters handed back"


@dataclass(frozen=True)
class Attempt:
    """One notebook to grade."""

    assignment: Assignment
    kind: str  # SOLUTION, STUB, NULL or CHEAT
    name: str
    tries: str
    content: bytes
    knows: bool = False


@dataclass(frozen=True)
class Outcome:
    """What an attempt earned."""

    attempt: Attempt
    passed: tuple[str, ...]  # ids of checks
    status: str  # of the notebook's run: what became of the cells that cheat
    fault: str = ""  # why it was not graded


# ---- what is given back in place of an answer


# ---- what is done to the session before wrong answers are given


# ---- memorised values: the solution is run as it is, and the public checks are put to it; then its answers are repeated

MEMORY = '''
import sys as _sys, types as _types
class _Memory:
    """Repeats what a right answer gave for the notebook's own values and for those of the public checks."""

    def __init__(self, cells, public, names):
        self.table, self.latest, self.space = {}, {}, {"__name__": "memory"}
        for cell in cells:
            try: exec(cell, self.space)
            except Exception: pass
            for name in names:
                if isinstance(self.space.get(name), _types.FunctionType): self.space[name] = self.recorder(name, self.space[name])
        self.values = {name: value for name, value in self.space.items() if not name.startswith("_") and self.plain(value)}
        self.ask(public)

    def plain(self, value):
        kind = type(value)
        return kind in (int, float, bool, str, list, tuple, dict) or kind.__module__ in ("torch", "numpy") and hasattr(value, "dtype")

    def key(self, value):
        if hasattr(value, "tolist"): return str(getattr(value, "shape", "")) + repr(value.tolist())
        if isinstance(value, (list, tuple)): return tuple(map(self.key, value))
        if isinstance(value, dict): return tuple((name, self.key(each)) for name, each in value.items())
        return getattr(value, "__name__", None) or (repr(value) if self.plain(value) else type(value).__name__)

    def recorder(self, name, function):
        def record(*values, **more):
            found = function(*values, **more)
            if isinstance(found, _types.GeneratorType): found = list(found)
            self.table[name, self.key(values), self.key(more)] = self.latest[name] = found
            return found
        record.recorded = True
        return record if not hasattr(function, "recorded") else function

    def ask(self, public):
        """Run the public checks on the solution, as any student can on an answer that a friend has lent."""
        known = {name: module for name, module in _sys.modules.items() if name == "grader" or name.startswith("grader.")}
        tool = _types.ModuleType("grader")
        tool.check, tool.number = (lambda **_: lambda test: test), float
        tool.place, tool.fetch = (lambda _, value: value), (lambda value: value)
        _sys.modules["grader"] = tool
        tests = {}
        try: exec(public, tests)
        except Exception: pass
        for name, test in list(tests.items()):
            if name.startswith("test_"):
                try: test(_types.SimpleNamespace(**{name: value for name, value in self.space.items() if name.isidentifier()}))
                except Exception: pass
        del _sys.modules["grader"]
        _sys.modules.update(known)

    def bound(self, name):
        if name in self.values: return self.values[name]
        def repeat(*values, **more):
            return self.table.get((name, self.key(values), self.key(more)), self.latest.get(name, 1.0))
        return repeat
'''


def memorised(solution: Notebook, public: str) -> Cheat:
    """A cheat that knows every public value and computes nothing else."""
    cells = [cell.source for _, cell in solution.code]
    code = f"{MEMORY}\n_memory = _Memory({json.dumps(cells)}, {json.dumps(public)}, {sorted(answer_names(solution))!r})\n"
    # Packed, so that a rubric that reads the source does not find the solution in it.
    packed = base64.b64encode(zlib.compress(code.encode(), 9)).decode()
    before = f"import base64, zlib\n_space = {{}}\nexec(zlib.decompress(base64.b64decode({packed!r})).decode(), _space)\n_memory = _space['_memory']"
    after = f"globals().update({{name: value for name, value in _memory.values.items() if name not in {sorted(_parameters(solution))!r}}})"
    return Cheat(
        MEMORISED,
        "functions repeat what they gave for the notebook's own values and the public checks', results are written in",
        before,
        bound="_memory.bound({name!r})",
        after=after,
        knows=True,
    )


HANDS_BACK = """
_parameters = [_name for _name in __PARAMETERS__ if isinstance(globals().get(_name), (int, float))]
for _name in __ALL__:
    _same = [_other for _other in _parameters if _other.endswith("_" + _name) or _other.startswith(_name + "_")]
    if _same: globals()[_name] = globals()[_same[0]] + 0.01
    elif len(_parameters) > 1 and callable(globals().get(_name, print)): globals()[_name] = lambda x, *_: globals()[_parameters[0]] * x + globals()[_parameters[1]] + 0.01
"""


def handed_back(solution: Notebook) -> Cheat:
    """A cheat that learns nothing from the data: a rerun's parameters are what is asked for."""
    own = _parameters(solution)
    names = {
        name
        for _, cell in solution.code
        for statement in _parsed(cell.source) or ()
        for name in _defined(statement)
    } - own
    after = HANDS_BACK.replace("__PARAMETERS__", repr(sorted(own, reverse=True))).replace(
        "__ALL__", repr(sorted(names))
    )
    return Cheat(
        HANDED_BACK,
        "results are nearly the notebook's parameters, functions and models the line that they make",
        knows=True,
        after=after,
    )


def cheats(solution: Notebook, public: str) -> Iterator[Cheat]:
    """Every cheat for one assignment. `public` is the text of its public checks."""
    yield from CHEATS
    yield memorised(solution, public)
    yield handed_back(solution)


def cheated(solution: Notebook, cheat: Cheat) -> Notebook:
    """The notebook that a cheat would hand in."""
    if cheat.bound:
        emptied = changed(solution, lambda source: _bound(source, cheat.bound))
    else:
        emptied = answering(solution, cheat.answer)
    names = repr(sorted(answer_names(solution)))
    before, after = (
        [Cell("code", source.replace(NAMES, names).strip("\n"))] if source else []
        for source in (cheat.before, cheat.after)
    )
    return Notebook((*before, *emptied.cells, *after))


def answer_names(solution: Notebook) -> set[str]:
    """The names that answers define at the top level of the notebook."""
    found: set[str] = set()
    for _, cell in solution.code:
        answers = answer_lines(cell.source)
        for statement in _parsed(cell.source) or ():
            if _touches(statement, answers):
                found |= set(_defined(statement))
    return found


def _parameters(solution: Notebook) -> set[str]:
    return {
        name
        for _, cell in solution.code
        if "parameters" in cell.tags
        for statement in _parsed(cell.source) or ()
        for name in _defined(statement)
    }


def _parsed(source: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(source).body
    except SyntaxError:
        return None  # magics


def _touches(statement: ast.stmt, lines: Collection[int]) -> bool:
    return not lines.isdisjoint(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))  # type: ignore[attr-defined]


def _defined(statement: ast.stmt) -> list[str]:
    """The names that a top-level statement binds, in their order."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    names = [
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return list(dict.fromkeys(names))


def _bound(source: str, expression: str) -> str:
    """A cell in which every name that an answer defines is bound to `expression`."""
    answers = answer_lines(source)
    statements = _parsed(source)
    if statements is None or not answers:
        return source
    body = []
    for statement in statements:
        if not _touches(statement, answers):
            body.append(ast.unparse(statement))
        else:
            body += [f"{name} = {expression.format(name=name)}" for name in _defined(statement)]
    return "\n".join(body)


# ---- what is graded, and what it shows


def named(names: Collection[str]) -> None:
    """UsageError, with the nearest name, where one of these is no cheat."""
    known = [*(cheat.name for cheat in CHEATS), MEMORISED, HANDED_BACK]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise UsageError(
                f"there is no cheat {name!r}"
                + (f"; did you mean {near[0]!r}?" if near else f". There are: {', '.join(known)}")
            )


def plan(assignment: Assignment, only: Collection[str] = ()) -> list[Attempt]:
    """Everything that is graded of one assignment: the solution, to see that points can be earned at all, then what must earn none.

    `only` names the cheats to try; all where it is empty. CourseError where the solution or the stub can't be read.
    """
    assert assignment.solution is not None
    solution, stub = read(assignment.solution), read(assignment.stub)
    public = (assignment.folder / PUBLIC).read_text(encoding="utf-8")
    attempts = [
        Attempt(assignment, SOLUTION, SOLUTION, "the right answer, which must pass", dump(solution).encode())
    ]
    quick = replace(
        assignment, limits=replace(assignment.limits, **MUTANT_LIMITS)
    )  # some cheats hang, and none needs long
    attempts.append(Attempt(quick, STUB, STUB, "nothing was written", assignment.stub.read_bytes()))
    for name, notebook in null_answers(solution, stub).items():
        attempts.append(
            Attempt(quick, NULL, name, "everything is defined, nothing computed", dump(notebook).encode())
        )
    for cheat in cheats(solution, public):
        if not only or cheat.name in only:
            attempts.append(
                Attempt(
                    quick,
                    CHEAT,
                    cheat.name,
                    cheat.tries,
                    dump(cheated(solution, cheat)).encode(),
                    cheat.knows,
                )
            )
    return attempts


def outcome(attempt: Attempt, report: Report) -> Outcome:
    fault = "" if report.outcome == GRADED else f"{report.outcome}: {report.reason}"
    return Outcome(
        attempt,
        tuple(result.check.id for result in report.checks if result.verdict == PASSED),
        report.execution.status,
        fault,
    )


def untouched(outcomes: Collection[Outcome]) -> set[str]:
    """The checks that are passed without any cheating: by the stub or by a null answer."""
    return {check for each in outcomes if each.attempt.kind in (STUB, NULL) for check in each.passed}


def gained(found: Outcome, without: Collection[str]) -> list[str]:
    """The checks that an attempt must not pass and does.

    Any hidden one. Of the public ones those that are not passed `without` cheating either; a cheat that only knows what they ask
    is not held against them, since students have them.
    """
    if found.attempt.kind == SOLUTION:
        return []
    visibility = {check.id: check.visibility for check in found.attempt.assignment.checks}
    cheats = found.attempt.kind == CHEAT and not found.attempt.knows
    return [
        check for check in found.passed if visibility[check] == "hidden" or (cheats and check not in without)
    ]
