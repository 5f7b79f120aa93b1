"""Closed sets of words in records: how cells and notebooks ran, and under which conditions."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """How a cell, or a notebook as a whole, ran. Declared from harmless to worst."""

    OK = "ok"
    CELL_ERROR = "cell_error"  # a cell raised; the cells after it ran all the same
    TOO_MUCH_OUTPUT = "too_much_output"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    DIED = "died"  # the kernel's process ended
    PROTOCOL = "protocol"  # the kernel sent messages that no kernel sends
    NOT_RUN = "not_run"

    @property
    def severity(self) -> int:
        """0 for the most harmless, more for worse. A cell that was not run did no harm."""
        return 0 if self is Status.NOT_RUN else list(Status).index(self)

    @property
    def ends_session(self) -> bool:
        """Whether the session in which the cell ran has ended."""
        return self not in (Status.OK, Status.CELL_ERROR, Status.NOT_RUN)


class SandboxKind(StrEnum):
    """What separates student code from this machine."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


class MemoryKeeper(StrEnum):
    """What keeps the memory limit of a session."""

    CONTROL_GROUP = "control group"  # the system's kernel, exactly
    WATCHDOG = "watchdog"  # our own look at /proc, every 50 ms


class RubricScope(StrEnum):
    """Which checks a report is based on."""

    FULL = "full"
    PUBLIC = "public"  # a student's own run, without the hidden checks
