"""How help looks: in colour on a terminal, plain elsewhere."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from grader.cli.parser import parser


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What `grader` writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-P", "-m", "grader", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLUMNS": "80", **environment},
    )
    os.close(theirs)
    written = b""
    try:
        while part := os.read(ours, 65536):
            written += part
    except OSError:  # Linux's end of file from a terminal
        pass
    os.close(ours)
    assert run.wait(20) in (0, 2)
    return written.decode()


def test_colours_on_a_terminal() -> None:
    """A terminal gets colours, and NO_COLOR takes them away."""
    assert "\x1b[3" in on_a_terminal("grade", "--help")
    assert "\x1b[3" not in on_a_terminal("grade", "--help", NO_COLOR="1")


def test_a_pipe_gets_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard output or standard error is not a terminal, nothing but text is written."""
    text = parser().format_help()
    assert text.startswith("Usage: grader") and "\x1b" not in text
    with pytest.raises(SystemExit):
        parser().parse_args(["grade"])
    assert "\x1b" not in capsys.readouterr().err


def test_commands_stand_in_one_column() -> None:
    """The list of commands has a line for each, without a placeholder above it."""
    lines = parser().format_help().partition("Commands:\n")[2].splitlines()
    assert lines[0].startswith("  grade       Grade a class") and not any(
        "COMMAND" in line for line in lines[:8]
    )


def test_brackets_are_text() -> None:
    """Square brackets in a description are shown, not taken for markup."""
    whole = parser()
    whole.description = "Grade [bold]everything[/bold]."
    assert "[bold]everything[/bold]" in whole.format_help()
