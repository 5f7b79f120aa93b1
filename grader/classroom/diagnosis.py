"""Which known mistake a wrong answer is: the one that answers the same questions in the same way.

While a rubric asks, what the student's code answers is written down in short. The same is done for the solution and for each of
the assignment's mistakes, with the same hidden inputs. Where a failed check got from a submission what it gets from a mistake, and
not what it gets from the solution, the report says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.model.report import FAILED, PASSED, Report

RELATIVE, ABSOLUTE = 1e-4, 1e-6  # float32 against float64, sums in another order


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two traces say the same, numbers within rounding."""
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    except ValueError:
        return False


def diagnose(report: Report, solution: Report, mistakes: Mapping[str, Report]) -> Report:
    """The report with the name of a known mistake at each failed check that one explains.

    A mistake that explains more of the failed checks goes before one that explains fewer.
    """
    right = {result.check.id: result.trace for result in solution.checks}
    explained: dict[str, list[str]] = {}
    for name, known in mistakes.items():
        traces = {result.check.id: result.trace for result in known.checks if result.verdict == FAILED}
        explained[name] = [
            result.check.id
            for result in report.checks
            if result.verdict == FAILED
            and result.trace
            and alike(result.trace, traces.get(result.check.id, ()))
            and not alike(result.trace, right.get(result.check.id, ()))
        ]
    failed = {result.check.id for result in report.checks if result.verdict != PASSED}

    def fit(name: str) -> tuple[int, int]:
        others = {result.check.id for result in mistakes[name].checks if result.verdict != PASSED}
        return len(explained[name]), -len(failed ^ others)

    best = sorted(explained, key=fit, reverse=True)
    return replace(
        report,
        checks=tuple(
            replace(result, mistake=next((name for name in best if result.check.id in explained[name]), ""))
            for result in report.checks
        ),
    )
