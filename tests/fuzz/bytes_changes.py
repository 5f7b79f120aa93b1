"""Random changes to bytes, whatever they mean.

The generator that is passed in decides everything: the same seed makes the same changes.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from random import Random

TOKENS = (
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b"\\",
    b",",
    b":",
    b"\0",
    b"\r\n",
    b"NaN",
    b"-Infinity",
    b"null",
    b"true",
    b"-0",
    b"1e999",
    b"1.5",
    b"9" * 30,
    b"\\ud800",
    b"\\udc00\\ud800",
    b"\\u0000",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xff\xfe\0\0",
    b"\n<<<<<<< HEAD\n",
    b"PK\x03\x04",
    b"%PDF",
    b"<html",
    b"\xe2\x80\xa8",
    b'"cells":[]',
    b'"nbformat":3',
    b'"cell_type":"code"',
    b'["none"]',
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
)


def flip(data: bytearray, draw: Random) -> None:
    for _ in range(draw.choice((1, 1, 2, 8))):
        if data:
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def overwrite(data: bytearray, draw: Random) -> None:
    for _ in range(draw.choice((1, 1, 3))):
        if data:
            data[draw.randrange(len(data))] = draw.choice(
                (0, 10, 13, 34, 91, 92, 93, 123, 125, 127, 128, 255, draw.randrange(256))
            )


def cut_out(data: bytearray, draw: Random) -> None:
    if data:
        begin = draw.randrange(len(data))
        del data[begin : begin + draw.choice((1, 2, 10, 100, 1000))]


def truncate(data: bytearray, draw: Random) -> None:
    del data[draw.randrange(len(data) + 1) :]


def behead(data: bytearray, draw: Random) -> None:
    del data[: draw.randrange(len(data) + 1)]


def repeat(data: bytearray, draw: Random) -> None:
    if data:
        begin = draw.randrange(len(data))
        data[begin:begin] = data[begin : begin + draw.choice((1, 3, 20, 200))] * draw.choice((1, 2, 30))


def insert(data: bytearray, draw: Random) -> None:
    begin = draw.randrange(len(data) + 1)
    data[begin:begin] = draw.choice(TOKENS) * draw.choice((1, 1, 1, 2, 150))


def move(data: bytearray, draw: Random) -> None:
    if data:
        begin = draw.randrange(len(data))
        piece = data[begin : begin + draw.choice((2, 20, 200))]
        del data[begin : begin + len(piece)]
        to = draw.randrange(len(data) + 1)
        data[to:to] = piece


BYTES: tuple[Callable[[bytearray, Random], None], ...] = (
    flip,
    overwrite,
    cut_out,
    truncate,
    behead,
    repeat,
    insert,
    move,
)


def changed_bytes(data: bytes, draw: Random) -> bytes:
    content = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4))):
        draw.choice(BYTES)(content, draw)
    return bytes(content)


def recoded(data: bytes, draw: Random) -> bytes:
    """The same text in another encoding, with its mark, a wrong one or none."""
    text = data.decode("utf-8", "replace")
    encoding = draw.choice(("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-8", "latin-1", "utf-7"))
    mark = draw.choice(
        (
            b"",
            codecs.BOM_UTF8,
            codecs.BOM_UTF16_LE,
            codecs.BOM_UTF16_BE,
            codecs.BOM_UTF32_LE,
            codecs.BOM_UTF32_BE,
        )
    )
    return mark + text.encode(encoding, "replace")
