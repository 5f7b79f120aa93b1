"""The diagnosis: which known mistake a wrong answer is.

While a rubric runs, it keeps a trace of what the student's code answers. The solution and each of the
assignment's mistakes are graded with the same hidden inputs, and have traces too. If a failed check got
the same answers from a submission as from a mistake, and other answers than from the solution, the report
names the mistake.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.model.report import FAILED, PASSED, Report

# Differences below these are rounding: float32 in place of float64, or sums in another order.
RELATIVE, ABSOLUTE = 1e-4, 1e-6


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two traces are the same, apart from the rounding of numbers."""
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: str, other: str) -> bool:
    """Whether two words are the same, or numbers that differ by rounding."""
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    except ValueError:
        return False


def diagnose(report: Report, solution: Report, mistakes: Mapping[str, Report]) -> Report:
    """Name a known mistake at each failed check that one explains.

    `mistakes` are the reports of the mistakes by name. The mistake that explains most of the failed checks
    wins. On a tie, the one that fails the same checks as the submission wins. Other checks name no mistake.
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
        """How many checks a mistake explains, then how few it and the submission fail differently."""
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
