"""Where a kernel takes its cells and says what they put out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Channels:
    """A kernel's addresses: endpoints as ZeroMQ writes them, or descriptors of sockets that already listen.

    `key` signs the messages.
    """

    key: str
    shell: str | int
    iopub: str | int
