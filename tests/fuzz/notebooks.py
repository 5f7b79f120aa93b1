"""Malformed notebook files, made from good ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from fuzz.bytes_changes import changed_bytes, recoded
from fuzz.json_changes import changed_value, written

ROOT = Path(__file__).resolve().parent.parent.parent


def code(source: Any, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    } | more


ODD: tuple[Any, ...] = (
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []},
    {
        "nbformat": 4,
        "nbformat_minor": 0,
        "metadata": {"kernelspec": {"name": "evil"}, "language_info": {"name": "R"}},
        "cells": [code(["w = 0\r\n", "b = 0"]), code("x = 1")],
    },
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            code("x = 1", id="a", metadata={"tags": ["parameters", 1, "a,b", "parameters"]}),
            code("x = 2", id="a"),
            code("", id="cell-1"),
            code("", id="not an id"),
            code(""),
            {
                "cell_type": "markdown",
                "source": "![x](attachment:a.png)",
                "attachments": {"a.png": {"image/png": "AAAA"}},
                "metadata": {"collapsed": True},
                "id": "m",
            },
            {"cell_type": "raw", "source": "", "metadata": {"format": "text/html"}, "id": "r"},
            code(
                "1",
                outputs=[
                    {"output_type": "stream", "name": "stdout", "text": ["1\n"]},
                    {"output_type": "error", "ename": "E", "evalue": "e", "traceback": []},
                    {
                        "output_type": "execute_result",
                        "execution_count": 1,
                        "metadata": {},
                        "data": {"application/json": {"a": [1, None, {"b": 1e9}]}},
                    },
                ],
            ),
        ],
    },
    {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "language": "python",
                        "outputs": [],
                        "input": ["x = 1\n", "y"],
                        "collapsed": False,
                        "prompt_number": 3,
                    },
                    {"cell_type": "heading", "level": 3, "source": "A\nB"},
                    {"cell_type": "html", "source": "<b>"},
                    {"cell_type": "markdown", "source": "m", "metadata": {"tags": ["t"]}},
                ]
            },
            {"cells": []},
        ],
    },
    {
        "nbformat": 2,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "language": "python",
                        "outputs": [{"output_type": "pyout", "output_text": "1"}],
                        "input": "x = 1",
                    },
                    {"cell_type": "html", "source": "<b>"},
                    {"cell_type": "markdown", "source": ["m"]},
                ]
            }
        ],
    },
    {"cells": [code("x = 1")], "metadata": {}, "orig_nbformat": 4},
    {"type": "module", "dependencies": {"a": "^1"}},
    [1, 2, 3],
    "a notebook",
    4,
    None,
)


def seeds() -> list[bytes]:
    """Notebooks to start from: the course's, the example class's and odd ones.

    The odd ones are small and quick, so they are repeated until they make up a third.
    """
    odd = [json.dumps(value).encode() for value in ODD]
    files = sorted(
        [
            *ROOT.glob("assignments/*/*.ipynb"),
            *ROOT.glob("solutions/*/solution.ipynb"),
            *ROOT.glob("examples/submissions/**/*.ipynb"),
        ]
    )
    return odd * max(1, len(files) // (2 * len(odd))) + [
        path.read_bytes() for path in files if path.is_file()
    ]


def mutated(seed: bytes, draw: Random) -> bytes:
    how = draw.random()
    if how < 0.65:
        try:
            value = json.loads(seed.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return changed_bytes(seed, draw)
        seed = written(changed_value(value, draw, draw.choice((1, 1, 2, 3, 8))), draw)
        how = draw.random()
    if how > 0.95:
        seed = recoded(seed, draw)
    return changed_bytes(seed, draw) if how > 0.65 else seed


# Pieces that take a reader longest. They are repeated up to the largest size of a file.
LONG = (
    b"]",
    b"[],",
    b"{},",
    b"1,",
    b"1.5,",
    b"NaN,",
    b'"',
    b"\\",
    b"\\u0041",
    b"<<<<<<< \n",
    b"\n",
    b" ",
    b"\xe4\xb8\xad",
    b"9",
    b'"a",',
    b'{"a":1},',
    b'"\\ud800",',
    b"\r",
    b"\0",
    b"/*",
    b"}{",
)


def giants(draw: Random, size: int) -> Iterator[bytes]:
    """Files of the largest size: each piece alone, in a list, in a text, as the cells and as a source."""
    for piece in LONG:
        most = (size - 200) // len(piece)
        comma = b"," if piece.endswith(b",") else b""
        for start, end in (
            (b"", b""),
            (b"[", b""),
            (b'{"nbformat":4,"metadata":[', b'1],"cells":[]}'),
            (b'{"nbformat":4,"metadata":"', b'","cells":[]}'),
            (b'{"nbformat":4,"cells":[', b"1" * bool(comma) + b"]}"),
            (b'{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"heading","source":"', b'"}]}]}'),
        ):
            yield start + piece * draw.choice((most, most, most // 30, 100_000)) + end
