"""A report told anew with the words and points that its rubric has now. Nothing is run for it."""

from __future__ import annotations

from dataclasses import replace

from grader.course.course import Assignment
from grader.model.report import GRADED, PASSED, REJECTED, CheckResult, Report, total


def rescored(report: Report, assignment: Assignment) -> Report:
    """The report that grading again would give, if only titles, hints or points of checks have changed.

    It may say so, since hidden inputs are drawn from what verdicts depend on and from nothing else. A report
    on a rubric with other code stays as it is.
    """
    was = report.provenance
    if was.verdict_sha256 != assignment.verdict_sha256 or was.rubric_sha256 == assignment.rubric_sha256:
        return report
    declared = {check.id: check for check in assignment.checks}
    if report.checks and [result.check.id for result in report.checks] != list(declared):
        return report
    verdicts = {result.check.id: result.verdict for result in report.checks}
    titles = {name: check.title.en for name, check in declared.items()}

    def told(result: CheckResult) -> CheckResult:
        check, reason = declared[result.check.id], result.reason
        if reason is not None and reason.code == "depends":
            unmet = [name for name in check.depends if verdicts.get(name) != PASSED]
            words = {**dict(reason.words), "needs": ", ".join(titles[name] for name in unmet)}
            reason = replace(reason, words=tuple(sorted(words.items())))
        return replace(result, check=check, reason=reason)

    checks = tuple(map(told, report.checks))
    return replace(
        report,
        checks=checks,
        score=total(checks) if report.outcome in (GRADED, REJECTED) else None,
        max_score=assignment.max_score,
        provenance=replace(was, rubric_sha256=assignment.rubric_sha256),
    )
