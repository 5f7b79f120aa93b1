"""A search for inputs on which answers differ: survivors from right ones, and right ones from each other.

Types and shapes are learned from the rubric's own calls. The functions are then called with other values,
edges first, each notebook in a sealed session of its own. Where a mutant that survived answers otherwise than
all right answers, a check with that input would catch it. Where two right answers differ, the notebook's text
leaves something open.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader import rubric
from grader.language.catalogue import Text
from grader.model.file import File
from grader.model.report import Check, Report
from grader.model.task import Rubric, Task

# The rubric files of the search. They are sent to the rubric's process, and never imported here.
RECORDER, CALLER = (Path(rubric.__path__[0], name) for name in ("search_recorder.py", "search_caller.py"))
RECORDED = "test_recorded"
# How many functions of one assignment are called.
MAX_FUNCTIONS = 12
# The size of a list, which an array of one dimension has as its shape.
COUNTED = re.compile(r"\b(\d+) items\b")
# Two numbers are the same up to this: float32 sums in another order differ by less.
RELATIVE, ABSOLUTE = 1e-3, 1e-5


@dataclass(frozen=True)
class Asked:
    """One call of a function, and what it gave twice."""

    call: str
    first: str
    second: str

    @property
    def varies(self) -> bool:
        """Whether the function draws numbers, so that its answers can't be compared."""
        return not alike(self.first, self.second)


def recording(task: Task) -> Task:
    """A grading that records how the rubric calls the notebook's functions."""
    file = File("test_recorder.py", RECORDER.read_bytes())
    rubric = task.rubric
    both = replace(rubric, files=(*rubric.files, file), checks=(*rubric.checks, _check(RECORDED)))
    return replace(task, rubric=both)


def recorded(report: Report) -> dict[str, list[object]]:
    """The calls that a grading recorded, by function; none if it was not finished."""
    calls: dict[str, list[object]] = {}
    for call in _message(report, RECORDED):
        calls.setdefault(str(call[0]), []).append(call)
    return dict(list(calls.items())[:MAX_FUNCTIONS])


def asking(task: Task, calls: dict[str, list[object]]) -> Task:
    """A grading that calls the functions with generated inputs in place of the checks."""
    source = CALLER.read_text(encoding="utf-8")
    empty = "CALLS: dict[str, list[Any]] = {}\n"
    assert source.count(empty) == 1
    text = source.replace(empty, f"CALLS: dict[str, list[Any]] = json.loads({json.dumps(calls)!r})\n")
    checks = tuple(_check(f"test_asked_{number}") for number in range(len(calls)))
    return replace(task, rubric=Rubric((File("test_caller.py", text.encode()),), checks))


def answers(report: Report, calls: dict[str, list[object]]) -> list[Asked]:
    """What a grading's functions answered, in the order of the calls."""
    return [
        Asked(*map(str, each))
        for number in range(len(calls))
        for each in _message(report, f"test_asked_{number}")
    ]


def caught_by(survivor: Sequence[Asked], right: Sequence[Sequence[Asked]]) -> str:
    """The first call that tells a survivor from all right answers, in words; "" if none does."""
    for asked in survivor:
        others = [_same_call(asked, each) for each in right]
        known = [other for other in others if other is not None]
        if (
            known
            and not any(other.varies for other in known)
            and not any(
                alike(asked.first, other.first) and alike(asked.second, other.second) for other in known
            )
            and all(alike(other.first, known[0].first) for other in known)
        ):
            given = asked.second if alike(asked.first, known[0].first) else asked.first
            again = ", called twice," if given != asked.first else ""
            return f"{asked.call}{again} gives {given}; right answers give {known[0].first}"
    return ""


def left_open(one: Sequence[Asked], other: Sequence[Asked]) -> list[str]:
    """The calls, in words, for which two right answers differ; one for each function."""
    found: dict[str, str] = {}
    for asked in one:
        same = _same_call(asked, other)
        if same is not None and not asked.varies and not same.varies and not alike(asked.first, same.first):
            name = asked.call.partition("(")[0]
            found.setdefault(name, f"{asked.call} gives {asked.first} or {same.first}")
    return list(found.values())


def alike(one: str, other: str) -> bool:
    """Whether two answers in short are the same, numbers up to rounding and rows in any container."""
    words, others = (COUNTED.sub(r"(\1,)", answer).split() for answer in (one, other))
    return len(words) == len(others) and all(map(_alike, words, others))


def _alike(one: str, other: str) -> bool:
    try:
        return math.isclose(float(one), float(other), rel_tol=RELATIVE, abs_tol=ABSOLUTE) or one == other
    except ValueError:
        return one == other


def _same_call(asked: Asked, others: Iterable[Asked]) -> Asked | None:
    return next((other for other in others if other.call == asked.call), None)


def _message(report: Report, check: str) -> list[list[object]]:
    """The JSON that a check failed with, without the place that follows it; nothing if there is none."""
    for result in report.checks:
        if result.check.id == check and result.message:
            try:
                found, _ = json.JSONDecoder().raw_decode(result.message)
            except ValueError:
                return []
            return found if isinstance(found, list) else []
    return []


def _check(name: str) -> Check:
    return Check(name, 1, Text.verbatim(name), "hidden")
