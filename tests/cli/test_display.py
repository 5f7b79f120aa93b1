"""What a person sees in a terminal or a log, and that no student's text can control either."""

from __future__ import annotations

import sys

import pytest

from grader.cli import display
from grader.cli.display import say, wrapped


def test_progress_without_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log gets a line now and then and always the last; every line with `verbose`, none with `quiet`."""
    for options, count in (({}, 1), ({"verbose": True}, 3), ({"quiet": True}, 0)):
        with display.progress(3, "grading", **options) as step:
            for student in ("amy", "::error::ben", "\x1b[2Jcleo"):
                step(student)
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == count and "\x1b" not in "".join(lines)
        assert not lines or lines[-1].startswith("grading 3/3, in 0 s: cleo")


def test_plain_progress_estimates_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line in the middle says how long the rest takes at the pace so far."""
    clock = iter([0.0, 6.0, 7.0, 20.0])
    monkeypatch.setattr(display.time, "monotonic", lambda: next(clock))
    with display.progress(3, "grading") as step:
        for student in ("amy", "ben", "cleo"):
            step(student)
    assert capsys.readouterr().err.splitlines() == [
        "grading 1/3, about 12 s left: amy",
        "grading 3/3, in 20 s: cleo",
    ]


def test_progress_on_a_terminal_is_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal gets a bar, and a student's name can't send it an escape sequence."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    with display.progress(2, "grading") as step:
        step("\x1b[2Jamy")
        step("[bold]ben")
    shown = capsys.readouterr().err
    assert "2/2" in shown and "\x1b[2J" not in shown and "[bold]ben" in shown


def test_notes_can_be_silenced(capsys: pytest.CaptureFixture[str]) -> None:
    """A note is a line on standard error, without escapes; `quiet` drops it."""
    display.note("note: \x1b]0;title\x07skipped")
    display.note("nothing", quiet=True)
    assert capsys.readouterr() == ("", "note: skipped\n")


def test_a_table_is_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are shown as written, numbers to the right; `fits` compares the widest row with the screen."""
    rows = [["amy", "9"], ["[red]ben", "10"]]
    display.table(["student", "points"], rows, numbers=[1])
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "student   points",
        "amy            9",
        "[red]ben      10",
    ]
    assert display.fits(["student", "points"], rows)
    monkeypatch.setattr(display, "WIDTH", 12)
    assert not display.fits(["student", "points"], rows)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Count the steps, check the sign", ["Count the steps,", "check the sign"]),
        ("每一步都是梯度。数一数步数,", ["每一步都是梯度。", "数一数步数,"]),
        ("每一步都是梯度吗，数一数", ["每一步都是梯度", "吗，数一数"]),
        ("x" * 40, ["x" * 17, "x" * 17, "x" * 6]),
        ("", [""]),
    ],
)
def test_paragraphs_are_broken_between_words(text: str, lines: list[str]) -> None:
    """Lines have at most so many columns. Chinese is broken anywhere but before a comma."""
    assert wrapped(text, 17) == lines


def test_a_paragraph_that_is_not_shown_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """It is one line, however long."""
    say("word " * 40, "  → ")
    assert capsys.readouterr().out == f"  → {'word ' * 40}\n"


def test_what_is_waited_for(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows it while it lasts; a log does not, nor does a terminal with `quiet`."""
    for terminal, quiet, is_shown in ((False, False, False), (True, True, False), (True, False, True)):
        monkeypatch.setattr(sys.stderr, "isatty", lambda answer=terminal: answer, raising=False)
        monkeypatch.setenv("TERM", "xterm")
        with display.waiting(quiet) as show:
            show("Starting \x1b[2Jit")
        shown = capsys.readouterr().err
        assert ("Starting it" in shown) is is_shown and "\x1b[2J" not in shown
