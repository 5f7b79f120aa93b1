"""What the commands that read a gradebook accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.parser import parser


def test_what_is_asked_for() -> None:
    """Names, places and whether to ask."""
    options = parser().parse_args(["forget", "amy", "halve", "--out", "o", "--yes"])
    assert (options.student, options.assignment, options.out, options.yes) == (
        "amy",
        "halve",
        Path("o"),
        True,
    )
    assert parser().parse_args(["forget", "amy", "--out", "o"]).assignment is None
    assert parser().parse_args(["report", "o"]).gradebook is None
    options = parser().parse_args(["compare", "a", "postgresql://x/y"])
    assert (options.before, options.after) == ("a", "postgresql://x/y")


@pytest.mark.parametrize("command", [["history", "amy", "--out", "o"], ["forget", "amy"], ["compare", "a"]])
def test_what_is_missing(command: list[str]) -> None:
    """Is wrong usage."""
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(command)
    assert ended.value.code == 2
