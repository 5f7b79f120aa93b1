"""Reports and their parts, made in memory."""

from __future__ import annotations

from dataclasses import replace

from grader.language.catalogue import Text
from grader.model.picture import Curve, Losses
from grader.model.report import (
    FAILED,
    GRADED,
    PASSED,
    CellRun,
    Check,
    CheckResult,
    Difference,
    Execution,
    Output,
    OutputKind,
    Place,
    Provenance,
    Reason,
    Report,
    TextCell,
    total,
)
from grader.model.status import SandboxKind, Status

PROVENANCE = Provenance("0.1.0", "c0ffee", {"python": "3.11.7", "torch": "2.13.0"}, 0, SandboxKind.BUBBLEWRAP)
CHECKS = (
    Check(
        "test_line",
        2,
        Text("The line is close", "直线接近"),
        "public",
        Text("Are the gradients cleared?", "清零了吗?"),
    ),
    Check("test_other", 2.5, Text.verbatim("Another line as well"), "hidden", depends=("test_line",)),
    Check("test_last", 5.5, Text.verbatim("The last one"), "hidden", Text.verbatim("Look again.")),
)


def result(
    check: Check, verdict: str = PASSED, message: str | None = None, reason: Reason | None = None
) -> CheckResult:
    """The result of one check. It passed unless a verdict says otherwise."""
    return CheckResult(check, verdict, message, reason)


def results(**verdicts: str) -> tuple[CheckResult, ...]:
    """The results of all CHECKS. They passed, except those that have a verdict here."""
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
    """A report on a submission that passed all CHECKS, unless told otherwise."""
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
            difference=Difference("other.b", "NaN", "5.125", "0.375", 2),
            place=Place(4, 5),
            asked=("fit",),
            picture=Losses((Curve("", (1, 2), (4.0, 1.0), 2),)),
            undrawn="Undrawable: no step is finite",
        ),
        result(
            CHECKS[2],
            "not_run",
            "depends on test_other",
            Reason("depends", (("needs", "Another line as well"),)),
        ),
    ),
    execution=Execution(
        Status.CELL_ERROR,
        2,
        Text("NameError: name 'w' is not defined", "没有 w"),
        0.61,
        0.55,
        3,
        (
            CellRun(
                1,
                "x = 1\n",
                Status.OK,
                (
                    Output(OutputKind.STDOUT, "hi \ud800\n"),
                    Output(OutputKind.IMAGE, "a plot", "iVBORw0=", "image/png"),
                ),
            ),
            CellRun(
                2,
                "w",
                Status.CELL_ERROR,
                (Output(OutputKind.ERROR, "Traceback"),),
                Text("NameError: name 'w' is not defined", "没有 w"),
                1,
                True,
                True,
                Place(1, 1),
            ),
            CellRun(3, "", Status.NOT_RUN),
        ),
        (TextCell(0, "# Fit", True), TextCell(2, "Why?")),
    ),
)
