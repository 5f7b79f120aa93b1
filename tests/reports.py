"""Reports and what they are made of, in memory."""

from __future__ import annotations

from dataclasses import replace

from grader.model.report import (
    FAILED,
    GRADED,
    PASSED,
    CellRun,
    Check,
    CheckResult,
    Execution,
    Output,
    Provenance,
    Reason,
    Report,
    total,
)

PROVENANCE = Provenance("0.1.0", "c0ffee", {"python": "3.11.7", "torch": "2.13.0"}, 0, "bubblewrap")
CHECKS = (
    Check(
        "test_line", 2, "The line is close", "public", "直线接近", "Are the gradients cleared?", "清零了吗?"
    ),
    Check("test_other", 2.5, "Another line as well", "hidden", depends=("test_line",)),
    Check("test_last", 5.5, "The last one", "hidden", hint="Look again."),
)


def result(
    check: Check, verdict: str = PASSED, message: str | None = None, reason: Reason | None = None
) -> CheckResult:
    return CheckResult(check, verdict, message, reason)


def results(**verdicts: str) -> tuple[CheckResult, ...]:
    """All CHECKS passed but those named otherwise."""
    return tuple(
        result(
            check,
            verdicts.get(check.id, PASSED),
            None if verdicts.get(check.id, PASSED) == PASSED else "assert 1 == 2",
        )
        for check in CHECKS
    )


def report(
    student: str = "amy",
    assignment: str = "linreg",
    outcome: str = GRADED,
    checks: tuple[CheckResult, ...] | None = None,
    **others,
) -> Report:
    checks = results() if checks is None else checks
    values = {
        "submission_sha256": "5ub",
        "score": total(checks),
        "max_score": 10,
        "reason": None,
        "execution": Execution(sessions=1),
        "provenance": PROVENANCE,
    } | others
    return Report(student=student, assignment=assignment, outcome=outcome, checks=checks, **values)


FULL = report(
    "zoë",
    checks=(
        result(CHECKS[0]),
        replace(
            result(
                CHECKS[1],
                FAILED,
                "assert nan <= 0.5 (test_hidden.py:12)",
                Reason("raised", (("kind", "ValueError"), ("name", "fit"))),
            ),
            trace=("(2,)", "nan", "0.5"),
            mistake="not-cleared",
        ),
        result(
            CHECKS[2],
            "not_run",
            "depends on test_other",
            Reason("depends", (("needs", "Another line as well"),)),
        ),
    ),
    execution=Execution(
        "cell_error",
        2,
        "NameError: name 'w' is not defined",
        0.61,
        0.55,
        3,
        (
            CellRun(
                1,
                "x = 1\n",
                "ok",
                (Output("stdout", "hi \ud800\n"), Output("image", "a plot", "iVBORw0=", "image/png")),
            ),
            CellRun(
                2,
                "w",
                "cell_error",
                (Output("error", "Traceback"),),
                "NameError: name 'w' is not defined",
                1,
                True,
                "没有 w",
            ),
            CellRun(3, "", "not_run"),
        ),
        "没有 w",
    ),
)
