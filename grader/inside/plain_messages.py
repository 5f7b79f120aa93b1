"""What a worker and a plain kernel say to each other before the first cell.

The worker writes one `StartOrder` as JSON to the new process's standard input and closes it. The process
connects to the worker's port, and when its kernel is ready it sends the order's token there, as bare text.
From then on that connection is the session's probe socket and carries the dialect of `probe_messages`.

The worker believes only the token, which tells its own child from any other program of the machine that
connects. A plain kernel is not protected: what it says later is the student's, as in a sealed session.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from .channels import Channels


@dataclass(frozen=True)
class StartOrder:
    """The worker's only message. Without `channels`, nobody reads what cells put out."""

    channels: Channels | None
    seed: int
    token: str
    # The worker's port on 127.0.0.1.
    probe: int
    # Modules that can be imported in vain.
    absent: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """The order as it is written."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> StartOrder:
        """The order that was read. Raises ValueError, KeyError or TypeError if it isn't one."""
        fields = json.loads(data)
        channels = Channels(**fields["channels"]) if fields["channels"] else None
        return cls(channels, fields["seed"], fields["token"], fields["probe"], tuple(fields["absent"]))
