"""Frames for the tests of the wire format."""

from __future__ import annotations

import json
import struct
from typing import Any

from hypothesis import HealthCheck, settings

from grader.inside.wire import decode, encode

FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def crossed(value: Any) -> Any:
    """`value` as it comes out on the other side."""
    frame = encode(value)
    (size,) = struct.unpack(">Q", frame[:8])
    assert size == len(frame) - 8
    return decode(frame[8:])


def body(header: object, blobs: bytes = b"") -> bytes:
    """A frame's body from a header, as JSON text or as what JSON is made of."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">I", len(text)) + text + blobs
