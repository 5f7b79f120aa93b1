"""Which causes in the notebook explain that checks did not pass."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from grader.model.report import FAILED, NOT_ATTEMPTED, PASSED, Cause, CellRun, CheckResult, Reason
from grader.model.status import Status
from grader.notebook.notebook import Notebook
from grader.notebook.syntax import TooLong, top_level
from grader.worker.causes import CELL_FAILED, DELETED, Causes
from grader.worker.cell_errors import ABSENT, ABSENT_MODULE, GPU, NO_GPU, NO_INPUT, NO_MODULE
from grader.worker.places import place_of, suspicions

GRADIENTS_OFF, OTHER_DTYPE = "gradients_off", "other_dtype"
MAX_CODE = 50_000  # characters of all cells, five times what a long notebook has; more is not looked at
MAX_CAUSES = 6
# How the rubric's message begins if the student's code raised this when it was called, and which causes do.
RAISED = "the student's code raised "
NAME = re.compile(RAISED + r"NameError: name '(\w{1,100})' is not defined")
MODULE = re.compile(RAISED + r"ModuleNotFoundError: No module named '(\w{1,100})")
INPUT = re.compile(RAISED + "StdinNotImplementedError")
NO_GRAPH = re.compile(RAISED + "RuntimeError: .*does not require grad")
DTYPE = re.compile(RAISED + "RuntimeError: (?=.*(?i:float))(?=.*(?i:double))")


def explained(
    notebook: Notebook, stub: Notebook, runs: Sequence[CellRun], results: Sequence[CheckResult]
) -> tuple[tuple[Cause, ...], tuple[CheckResult, ...]]:
    """What went wrong in a notebook, and the results with the reasons that follow from it.

    A check that can't do without what such a cause keeps from it says so, and guesses nothing else.
    """
    is_fine = all(run.status is Status.OK for run in runs) and all(each.verdict == PASSED for each in results)
    if is_fine or sum(len(cell.source) for _, cell in notebook.code) > MAX_CODE:
        return (), tuple(results)
    try:
        causes = Causes(notebook, stub, runs)
        found = [_explained(result, causes) for result in results]
        suspicion = suspicions(results)
        placed = tuple(
            replace(result, place=place_of(result, cause, causes, suspicion)) for result, cause in found
        )
    except (TooLong, RecursionError):  # code that is longer or deeper than anybody writes
        return (), tuple(results)
    first = next((run.number for run in runs if run.status is Status.CELL_ERROR), None)
    of_first = causes.of_cell(first) if first is not None else None
    told = [cause for cause in causes.of_cells if cause.code != CELL_FAILED or cause == of_first]
    told += [cause for _, cause in found if cause]
    told += causes.of_renamed
    in_order = sorted(dict.fromkeys(told), key=lambda cause: (cause.cell or 1_000_000, cause.line or 0))
    return tuple(in_order[:MAX_CAUSES]), placed


def _explained(result: CheckResult, causes: Causes) -> tuple[CheckResult, Cause | None]:
    """A result with the reason for it, and the cause that it follows from."""
    reason = result.reason
    if result.verdict == PASSED or reason is None:
        return result, None
    words = dict(reason.words)
    if reason.code in ("missing", "not_attempted"):
        return _missing(result, words.get("name", ""), causes)
    if reason.code in ("assertion", "differs", "invalid", "raised"):
        for name in result.names_asked:
            if cause := causes.of_stale(name):
                return _with(result, "stale", cause, name=name), cause
    if reason.code == "raised" and (cause := _of_call(result.message or "", causes)):
        return _with(result, "stopped", cause), cause
    return result, None


def _missing(result: CheckResult, name: str, causes: Causes) -> tuple[CheckResult, Cause | None]:
    """The result of a check for which a name, or a part of the notebook, is not there."""
    if name in causes.unwritten:
        return result, None
    if name.isidentifier():
        cause = causes.of_name(name)
        code = "waits"
    else:
        # Functions that stop at their placeholder: which of them was called is not known here.
        cause = causes.left_over[0] if len(causes.left_over) == 1 else None
        code = "stopped"
    if cause is None:
        word = re.compile(rf"\b{re.escape(name)}\b")
        if name.isidentifier() and not any(map(word.search, causes.cells.values())):
            result = replace(result, reason=Reason("nowhere", (("name", name),)))
        return result, None
    if result.verdict == NOT_ATTEMPTED and cause.code != DELETED:
        result = replace(result, verdict=FAILED)  # something was written
    return _with(result, code, cause, name=name), cause


def _of_call(message: str, causes: Causes) -> Cause | None:
    """What made the student's code raise an error when the rubric called it.

    The message may have been made by the student's code from what the rubric gave it. So a cause is only
    named if the notebook has exactly one of its kind.
    """
    found: list[Cause] = []
    if name := NAME.match(message):
        # Another name may be missing as well, for a reason of its own.
        missing = causes.of_missing_names
        found = [cause for cause in missing if len(missing) == 1 and causes.of_name(name[1]) == cause]
    elif module := MODULE.match(message):
        modules = [cause for cause in causes.of_cells if cause.code == NO_MODULE]
        found = [cause for cause in modules if dict(cause.words)["module"].partition(".")[0] == module[1]]
    elif absent := ABSENT.match(message.removeprefix(RAISED)):
        words = (("module", absent[1]),)
        found = [Cause(ABSENT_MODULE, *place, words) for place in _imports(causes, absent[1])]
    elif INPUT.match(message):
        found = [Cause(NO_INPUT, *place) for place in _calls(causes, "input")]
    elif GPU.search(message):
        places = {*_calls(causes, "cuda"), *_texts(causes, "cuda")}
        found = [Cause(NO_GPU, *place) for place in sorted(places)[:1]] if len(places) == 1 else []
    elif NO_GRAPH.match(message):
        found = _left_behind(causes, "set_grad_enabled", GRADIENTS_OFF)
    elif DTYPE.match(message):
        found = _left_behind(causes, "set_default_dtype", OTHER_DTYPE)
    return found[0] if len(found) == 1 else None


def _calls(causes: Causes, name: str) -> list[tuple[int, int]]:
    """The cells and lines on which something of this name is called."""
    return [
        (number, node.lineno)
        for number, tree in causes.trees.items()
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.Call) and _last_name(node.func) == name
    ]


def _imports(causes: Causes, module: str) -> list[tuple[int, int]]:
    """The cells and lines on which a module, or something in it, is imported."""
    found = []
    for number, tree in causes.trees.items():
        for node in ast.walk(tree) if tree else ():
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            names = [each.name for each in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{name}" for name in names]
            if any(f"{name}.".startswith(f"{module}.") for name in names):
                found.append((number, node.lineno))
    return found


def _texts(causes: Causes, text: str) -> list[tuple[int, int]]:
    """The cells and lines on which exactly this text is written."""
    return [
        (number, node.lineno)
        for number, tree in causes.trees.items()
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.Constant) and node.value == text
    ]


def _left_behind(causes: Causes, name: str, code: str) -> list[Cause]:
    """The call that changes a setting for everything after it, if the last such call changes it.

    `set_grad_enabled(True)` and `set_default_dtype(torch.float32)` change it back.
    """
    last: list[Cause] = []
    for number, tree in causes.trees.items():
        for statement in top_level(tree.body) if tree and causes.runs[number].status is Status.OK else ():
            call = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(call, ast.Call) and _last_name(call.func) == name and len(call.args) == 1:
                chosen = ast.unparse(call.args[0])
                last = (
                    []
                    if chosen in ("True", "torch.float32", "torch.float")
                    else [Cause(code, number, statement.lineno, (("call", ast.unparse(call)[:80]),))]
                )
    return last


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _with(result: CheckResult, code: str, cause: Cause, name: str = "") -> CheckResult:
    words = {"name": name, "cell": str(cause.cell or "")}
    return replace(result, reason=Reason(code, tuple(sorted((k, v) for k, v in words.items() if v))))
