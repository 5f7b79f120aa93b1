"""The address of a sandbox, as plain data for workers."""

from __future__ import annotations

from dataclasses import dataclass

from grader.sandbox.cgroup import Groups


@dataclass(frozen=True)
class SandboxAddress:
    """What a worker must know of a sandbox to open sessions in it.

    `warm` is the path of the socket on which the warm process forks a kernel for each connection.
    `sockets` is the folder for the sessions' own sockets. `groups` is where the control groups that limit
    memory are made; None if only a watchdog can limit it.
    """

    warm: str
    sockets: str
    groups: Groups | None = None
