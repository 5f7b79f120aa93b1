"""Where in a notebook to look when a check did not pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.model.report import NOT_ATTEMPTED, PASSED, Cause, CheckResult, Place
from grader.notebook.definitions import CLASS, FUNCTION, IMPORT, VARIABLE, Definition
from grader.worker.causes import Causes
from grader.worker.cell_errors import deepest_frame
from grader.worker.placeholder import placeholders

MAX_TELLING = 8  # names that a check asks for; more of them tell nothing
MAX_STEPS = 20  # from a name to what computes it


def place_of(
    result: CheckResult, cause: Cause | None, causes: Causes, suspicion: Mapping[str, float] | None = None
) -> Place | None:
    """The cell, and the line if one is known, that has to change for a check to pass, as far as it shows.

    It is where the cause lies, where the student's code raised an error when the check called it, where the
    placeholder still stands, or else the cell that makes what the check looked at. `suspicion`: for each name
    the share of its checks that failed.
    """
    if result.verdict == PASSED or result.reason is None:
        return None
    if cause is not None:
        return Place(cause.cell, cause.line) if cause.cell else None
    if result.reason.code == "raised":
        if raised := deepest_frame(result.message or "", list(causes.runs.values())):
            return raised
    if result.verdict == NOT_ATTEMPTED or result.reason.code == "not_attempted":
        named = dict(result.reason.words).get("name", "")
        return _unwritten([named] if named.isidentifier() else _asked(result)[::-1], causes)
    if len(set(_asked(result))) > MAX_TELLING:
        return None  # it looked through the whole notebook
    made = _maker(_asked(result)[::-1], causes, suspicion or {})
    return Place(made.cell) if made else None


def _unwritten(names: Sequence[str], causes: Causes) -> Place | None:
    """The placeholder that a check met: of the first of these names that waits for one, or the only one.

    Without a placeholder, the cell that makes the first name.
    """
    made = [each.cell for each in _behind(names, causes)]
    left = [number for number, tree in causes.trees.items() if tree and placeholders(tree)]
    for number in [each for each in made if each in left] or (left if len(left) == 1 and not made else []):
        tree = causes.trees[number]
        return Place(number, placeholders(tree)[0] if tree else None)
    return Place(made[0]) if made else None


def _asked(result: CheckResult) -> Sequence[str]:
    return result.asked or result.names_asked


def suspicions(results: Sequence[CheckResult]) -> dict[str, float]:
    """The names for which checks asked, each with the share of these checks that did not pass."""
    counted: dict[str, list[int]] = {}
    for result in results:
        for name in set(_asked(result)):
            counts = counted.setdefault(name, [0, 0])
            counts[result.verdict == PASSED] += 1
    return {name: failed / (failed + passed) for name, (failed, passed) in counted.items()}


def _maker(names: Sequence[str], causes: Causes, suspicion: Mapping[str, float]) -> Definition | None:
    """What most likely computes a wrong value: of the functions and classes behind these names, that of which
    the most checks failed. If none failed, the line that makes the first name.

    None if all of it was given. One that no check asked for is as suspicious as can be.
    """
    found = [
        each
        for each in _behind(names, causes)
        if causes.cells[each.cell].strip() not in causes.given_cells and each.kind != IMPORT
    ]
    makers = [each for each in found if each.kind in (FUNCTION, CLASS) and suspicion.get(each.name, 1) > 0]
    if makers:
        return max(makers, key=lambda each: suspicion.get(each.name, 1))
    return next((each for each in found if each.kind == VARIABLE), None)


def _behind(names: Sequence[str], causes: Causes) -> Iterator[Definition]:
    """What makes these names, and what makes the values from which they are made."""
    left, seen = list(names), set[str]()
    while left and len(seen) < MAX_STEPS:
        name = left.pop(0)
        made = causes.last(name)
        if made is None or name in seen:
            continue
        seen.add(name)
        yield made
        if made.kind == VARIABLE:
            left += _used(made, causes)


def _used(made: Definition, causes: Causes) -> list[str]:
    """The functions and classes from which a variable gets its value, or which it is given to later on.

    If there are none, the variables from which it gets its value.
    """
    makers: list[str] = []
    others: list[str] = []
    for each in causes.statements:
        if each.cell == made.cell and each.first <= made.line <= each.last:
            for name in each.names:
                (makers if _is_function(name, causes) else others).append(name)
        elif each.cell >= made.cell:
            makers += [
                name for name, given in each.calls if made.name in given and _is_function(name, causes)
            ]
    return makers or others


def _is_function(name: str, causes: Causes) -> bool:
    made = causes.last(name)
    return made is not None and made.kind in (FUNCTION, CLASS)
