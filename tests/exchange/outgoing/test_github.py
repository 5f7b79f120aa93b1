"""GitHub's annotations and summaries."""

from __future__ import annotations

from downloads import REJECTED, mark, told
from grader.exchange.outgoing import github
from grader.exchange.outgoing.github import annotated, summary


def test_annotations():
    """A check that failed is a line, with what GitHub would take for its own escaped."""
    first, second = annotated([told(), REJECTED]).splitlines()
    assert first == (
        "::error file=double.ipynb,title=amy double%3A Any number%2C doubled::"
        "-3: -3 instead of -6%0AHint: try it"
    )
    assert second == "::error title=bo double::This is not a notebook."


def test_no_more_than_github_shows():
    """GitHub shows ten annotations of a step."""
    assert len(annotated([told(f"s{number}") for number in range(30)]).splitlines()) == 10


def test_no_commands_of_students():
    """A name or a text begins no command."""
    odd = told(mark=mark("x\n::set-env name=A::b"))
    assert all(line.startswith("::error ") for line in annotated([odd]).splitlines())


def test_a_summary(monkeypatch):
    """A table per assignment; names are text, and what is too large ends with a sign."""
    text = summary([told("a|b*c"), REJECTED], "en")
    assert "### double" in text and "| a\\|b\\*c | 8/10 | Any number, doubled; Another n |" in text
    assert "| bo | rejected |" in text
    monkeypatch.setattr(github, "MAX_SUMMARY_BYTES", 10_100)
    assert summary([told(f"s{number}") for number in range(30)], "zh").endswith("| … |  |  |\n")
