"""A checked notebook as lines of text."""

from __future__ import annotations

from pathlib import Path

from courses import made
from grader.model.report import FAILED, PASSED, CheckResult, Reason
from grader.reports.lines import Line, lines, titles_waited_for
from reports import CHECKS, report


def test_each_line_says_how_it_stands_and_looks(tmp_path: Path) -> None:
    """The marks and what is indented are apart from the words, so that a terminal can wrap them."""
    failed = CheckResult(CHECKS[0], FAILED, "assert False", Reason("assertion"))
    found = list(
        lines(
            report(checks=(failed, CheckResult(CHECKS[1], PASSED))), made(tmp_path).assignments["halve"], "en"
        )
    )
    assert found[0] == Line("Halve a number", style="bold")
    assert [(each.before, each.style) for each in found if each.style in ("red", "green")] == [
        ("✗ ", "red"),
        ("✓ ", "green"),
    ]
    assert found[-1].text.startswith("Public checks: ")


def test_titles_waited_for() -> None:
    """A check that waits names the titles of those it waits for."""
    waiting = CheckResult(CHECKS[1], "not_run")
    assert [title.en for title in titles_waited_for(waiting, report())] == ["The line is close"]
