"""What other systems are told of each submission: what its student may read, as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from grader.course.course import Course
from grader.exchange.outgoing.told import Told, ToldCheck
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.mark import Mark
from grader.model.report import Report
from grader.reports.checks import CheckView
from grader.reports.submission import student_view


def told(mark: Mark, report: Report, course: Course, lang: str) -> Told:
    """A mark, with what its student may read of the report on it."""
    view = student_view(report, course.assignments[mark.assignment], lang)
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
