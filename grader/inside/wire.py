"""Values as bytes: the only form in which anything crosses the border of a session.

A frame is 8 bytes of length, then 4 bytes of header length, a JSON header, and the raw contents of
arrays and tensors. Plain data crosses by value, everything else as a reference. There is no pickle. Sizes are
checked before anything is copied out (`encode`) or built (`decode`).

Both sides import this module. Limits and types are in `wire_format`, the writer in `wire_writer`, the reader
in `wire_reader`.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from .wire_format import (
    ITEM_SIZES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_HEADER,
    NUMPY_TYPES,
    TORCH_TYPES,
    Handle,
    Malformed,
    Refused,
)
from .wire_reader import Reader, Resolve
from .wire_writer import Keep, Writer

__all__ = [
    "DONE",
    "ITEM_SIZES",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_HEADER",
    "NUMPY_TYPES",
    "RAISED",
    "RAN",
    "TORCH_TYPES",
    "Handle",
    "Keep",
    "Malformed",
    "Refused",
    "Resolve",
    "decode",
    "encode",
]


def encode(value: Any, keep: Keep | None = None) -> bytes:
    """The frame for `value`. `keep` takes a value that does not cross and returns a reference to it.

    Raises Refused for what is too large, too deep or can't be written.
    """
    writer = Writer(keep)
    header = json.dumps(writer.node(value), separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    if len(header) > MAX_HEADER:
        raise Refused("an answer too large to look at")
    body = b"".join([struct.pack(">I", len(header)), header, *writer.blobs])
    return struct.pack(">Q", len(body)) + body


def decode(body: bytes | bytearray, resolve: Resolve | None = None) -> Any:
    """The value of a frame's body, which is everything after the 8 bytes of length.

    Raises Malformed and nothing else, whatever the bytes are.
    """
    if not 4 <= len(body) <= MAX_BYTES + MAX_HEADER + 4:
        raise Malformed("not a frame")
    (length,) = struct.unpack_from(">I", body)
    if length > MAX_HEADER or 4 + length > len(body):
        raise Malformed("not a frame")
    try:
        header = json.loads(
            bytes(body[4 : 4 + length]), parse_constant=_refuse_constant, parse_float=_refuse_constant
        )
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    reader = Reader(memoryview(body), 4 + length, resolve)
    value = reader.value(header)
    if reader.position != len(body):
        raise Malformed("bytes left over")
    return value


def _refuse_constant(_: str) -> None:
    raise Malformed("NaN or Infinity outside of a float")


# A session's answers to the worker (see `probe_messages`). To a cell: it ran to its end, or it raised. To a
# part of a file: it was written.
RAN, RAISED = encode({"ran": 1}), encode({"ran": 0})
DONE = encode({"ok": None})
