"""The figures of limits, and the table made of them. tests/acceptance/test_limits.py tests them in use."""

from __future__ import annotations

from grader.model.limits import ENFORCED_BY, Limits, figures, table


def test_figures_that_follow_from_others() -> None:
    """Files are memory, so a session's group has room for its disk; a process's own limit is a backstop."""
    limits = Limits(memory_mb=100, disk_mb=30, output_kb=10)
    assert (limits.group_mb, limits.data_mb, limits.message_kb) == (130, 4496, 20)
    assert figures(limits)["group_mb"] == 130 and figures(limits)["memory_mb"] == 100


def test_the_table_has_a_row_for_each_enforcer() -> None:
    """Each limit is named once, in the first of its rows."""
    rows = table(Limits(cpu_s=77)).splitlines()[2:]
    assert len(rows) == sum(len(explained.enforcers) for explained in ENFORCED_BY.values())
    named = [row.split("|")[1].strip() for row in rows]
    assert [name for name in named if name] == [f"`{name}`" for name in ENFORCED_BY]
    assert "the notebook used more than 77 s of computing time" in rows[0]
