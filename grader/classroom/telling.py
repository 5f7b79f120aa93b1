"""What other systems are told of each submission: what its student may read, as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.course.course import Assignment, Course
from grader.exchange.outgoing.told import Told, ToldCheck
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.mark import Mark
from grader.model.report import Report
from grader.reports.checks import CheckView
from grader.reports.submission import student_view


def told(
    marks: Sequence[Mark], reports: Mapping[tuple[str, str], Report], course: Course, lang: str
) -> list[Told]:
    """Each mark with what its student may read. One without a report has no checks."""
    found = []
    for mark in marks:
        report = reports.get((mark.student, mark.assignment))
        assignment = course.assignments.get(mark.assignment)
        if report is None or assignment is None:
            found.append(Told(mark))
        else:
            found.append(_told(mark, report, assignment, lang))
    return found


def _told(mark: Mark, report: Report, assignment: Assignment, lang: str) -> Told:
    view = student_view(report, assignment, lang)
    shown = {each.id: each for each in _with_waiting(view.checks)}
    checks = tuple(
        ToldCheck(
            result.check.id,
            result.check.title[lang],
            result.verdict,
            result.points,
            result.check.points,
            _words(shown[result.check.id], lang),
        )
        for result in report.checks
    )
    notices = tuple(
        " ".join(_plain(part[lang]) for part in (notice.text, notice.detail) if part)
        for notice in view.notices
    )
    code = "\n\n".join(cell.source for cell in report.execution.cells)
    file = report.source.file if report.source and report.source.file else ""
    return Told(mark, checks, notices, file, report.execution.wall_s, code)


def _with_waiting(checks: Iterable[CheckView]) -> Iterator[CheckView]:
    """The checks, and those that wait for them."""
    for check in checks:
        yield check
        yield from _with_waiting(check.waiting)


def _words(shown: CheckView, lang: str) -> str:
    """Why a check did not pass, what was compared, and what may help."""
    mistake = shown.mistake
    said = (shown.reason, mistake and mistake.title, mistake and mistake.hint)
    parts = [part[lang] for part in said if part]
    if shown.difference:
        found = shown.difference
        parts.append(
            _("{what}: {got} instead of {wanted}", what=found.what, got=found.got, wanted=found.wanted)[lang]
        )
    elif shown.message:
        parts.append(shown.message)
    if shown.hint:
        parts.append(_("Hint: {hint}", hint=Text.verbatim(_plain(shown.hint[lang])))[lang])
    return "\n".join(_plain(part) for part in parts)


def _plain(text: str) -> str:
    """A text without its markup, if it is markup. What a student wrote is none."""
    return html.unescape(re.sub(r"<[^>]+>", "", text)) if hasattr(text, "__html__") else str(text)
