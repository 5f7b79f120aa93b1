"""Where sealed kernels are forked, as plain data for workers."""

from __future__ import annotations

from dataclasses import dataclass

from grader.sandbox.cgroup import Groups


@dataclass(frozen=True)
class SandboxAddress:
    """Where sealed kernels are forked: what a worker must know of the sandbox, as plain data."""

    warm: str
    sockets: str
    groups: Groups | None = None  # where the system keeps memory limits; None where only a watchdog can
