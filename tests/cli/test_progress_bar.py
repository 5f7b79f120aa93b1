"""What a use case reports appears on standard error, step by step."""

from __future__ import annotations

import pytest

from grader.classroom.progress import Progress
from grader.cli.progress_bar import progress_bar


def test_steps_are_lines_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    """The report of zero steps is no line, every finished step is one where all are asked for."""
    with progress_bar("working", verbose=True) as show:
        show(Progress(0, 2))
        assert capsys.readouterr().err == ""
        show(Progress(1, 2, "first"))
        show(Progress(2, 2, "second"))
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("working 1/2") and first.endswith(": first")
    assert second.startswith("working 2/2") and second.endswith(": second")


def test_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed, and nothing is needed to have been reported."""
    with progress_bar("working", quiet=True) as show:
        show(Progress(0, 1))
        show(Progress(1, 1, "first"))
    with progress_bar("working"):
        pass
    assert capsys.readouterr().err == ""
