"""A student of a roster is a plain value."""

from __future__ import annotations

from grader.model.roster import Student


def test_a_student_needs_an_id_alone() -> None:
    """Everything else may be unknown."""
    assert Student("amy") == Student("amy", "", "", "", {})
