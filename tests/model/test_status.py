"""The words of records, and what each of them means for a session."""

from __future__ import annotations

import json

import pytest

from grader.model.status import MemoryKeeper, RubricScope, SandboxKind, Status


def test_statuses_are_ordered_from_harmless_to_worst() -> None:
    """A notebook's status is the most severe of its cells'. What was not run did no harm."""
    ordered = sorted(Status, key=lambda status: status.severity)
    assert ordered == [
        "ok", "not_run", "cell_error", "too_much_output", "timed_out", "out_of_memory", "died", "protocol"
    ]  # fmt: skip
    assert Status.OK.severity == Status.NOT_RUN.severity == 0


@pytest.mark.parametrize("status", Status)
def test_what_ends_a_session(status: Status) -> None:
    """A cell that ran, raised or was not run leaves its session alive; everything else ended it."""
    assert status.ends_session is (status not in ("ok", "cell_error", "not_run"))


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (Status.OUT_OF_MEMORY, "out_of_memory"),
        (SandboxKind.BUBBLEWRAP, "bubblewrap"),
        (SandboxKind.NONE, "none"),
        (MemoryKeeper.CONTROL_GROUP, "control group"),
        (MemoryKeeper.WATCHDOG, "watchdog"),
        (RubricScope.FULL, "full"),
        (RubricScope.PUBLIC, "public"),
    ],
)
def test_words_of_records(word: str, value: str) -> None:
    """In a record each is a plain string, which other programs read."""
    assert json.dumps(word) == f'"{value}"' and f"{word}" == value


def test_other_words_are_refused() -> None:
    """The sets are closed."""
    with pytest.raises(ValueError, match="deadlocked"):
        Status("deadlocked")
