"""GitHub Actions: annotations, which a job prints, and a summary in Markdown.

GitHub shows ten annotations of a kind in a step, and drops a summary of more than a megabyte as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.exchange.outgoing.told import Told, by_assignment
from grader.language.catalogue import say as _
from grader.language.clean import plain
from grader.model.report import FAILED, GRADED, PASSED

MAX_ANNOTATIONS = 10
MAX_SUMMARY_BYTES = 1000 << 10


def annotated(told: Sequence[Told]) -> str:
    """A command for each check that failed, as many as GitHub shows."""
    lines = []
    for each in told:
        place = f"{each.mark.student} {each.mark.assignment}"
        for check in each.checks:
            if check.verdict == FAILED:
                lines.append(_command(each.file, f"{place}: {check.title}", check.words or check.title))
        if each.mark.status not in (GRADED, "pending"):
            lines.append(_command(each.file, place, "\n".join(each.notices) or each.mark.status))
    return "".join(line + "\n" for line in lines[:MAX_ANNOTATIONS])


def _command(file: str, title: str, message: str) -> str:
    properties = ",".join(
        f"{key}={_property(value)}" for key, value in (("file", file), ("title", title)) if value
    )
    return f"::error {properties}::{_value(message)}"


def _value(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _value(text).replace(":", "%3A").replace(",", "%2C")


def summary(told: Sequence[Told], lang: str) -> str:
    """A table for each assignment: each student's points, and the checks that did not pass."""
    headings = [each[lang] for each in (_("student"), _("points"), _("less than full marks"))]
    lines: list[str] = []
    size = 0
    for assignment, submissions in by_assignment(told).items():
        lines += [f"### {_cell(assignment)}", "", _row(headings), _row(["---", "---:", "---"])]
        for each in submissions:
            row = _row([_cell(each.mark.student), _points(each), _cell("; ".join(_open_checks(each)))])
            size += len(row.encode()) + 1
            if size > MAX_SUMMARY_BYTES - 10_000:
                return "\n".join([*lines, _row(["…", "", ""]), ""])
            lines.append(row)
        lines.append("")
    return "\n".join(lines)


def _points(each: Told) -> str:
    final = each.mark.final
    return each.mark.status if final is None else f"{final:g}/{each.mark.max_score:g}"


def _open_checks(each: Told) -> list[str]:
    return [check.title for check in each.checks if check.verdict != PASSED]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    """A text that Markdown takes for nothing but text."""
    flat = " ".join(plain(text).split())
    return "".join("\\" + each if each in "\\`*_[]<>|#!~$" else each for each in flat)
