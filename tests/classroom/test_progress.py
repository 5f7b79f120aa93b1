"""Progress is a value that nobody need look at."""

from __future__ import annotations

from grader.classroom.progress import Progress, ignore


def test_progress_is_a_value() -> None:
    """Two with the same numbers and words are equal, and zero steps have no words."""
    assert Progress(0, 3) == Progress(0, 3, "")
    assert Progress(1, 3, "a") != Progress(2, 3, "a")


def test_nobody_watches() -> None:
    """The callback for that does nothing."""
    assert ignore(Progress(1, 1, "done")) is None  # type: ignore[func-returns-value]
