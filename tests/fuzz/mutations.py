"""Wrong notebooks and wrong frames, made from right ones: changes to bytes and changes that know JSON.

Everything hangs on the generator that is passed in: the same seed makes the same inputs.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from fuzz.targets import frame, parts
from grader.inside import wire

ROOT = Path(__file__).resolve().parent.parent.parent

# ---- bytes

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


# ---- JSON

RAW = "\x01raw"  # a text that begins so is written without quotes, as it is
TWICE = "\x01"  # the end of a key that is written without it, and so a second time
WRITTEN_RAW, WRITTEN_TWICE = re.compile(r'"\\u0001raw((?:[^"\\]|\\.)*)"'), "\\u0001"

KEYS = (
    "cells",
    "cell_type",
    "source",
    "input",
    "metadata",
    "tags",
    "id",
    "nbformat",
    "nbformat_minor",
    "worksheets",
    "level",
    "outputs",
    "",
    "\ud800",
    "__proto__",
    "a",
)
TEXTS = (
    "",
    "a",
    "code",
    "markdown",
    "raw",
    "heading",
    "html",
    "Code",
    "\0",
    "\ud800",
    "\udfff\ud800",
    "\r",
    "\r\n\r",
    "\u2028",
    "中文",
    "😀",
    "{first}",
    "{0}",
    "%s",
    "cell-1",
    "cell-2",
    "a b",
    "é" * 65,
    "x" * 64,
    "### BEGIN SOLUTION",
    "x" * 5000,
    "1",
    "<script>",
    "\x7f\x1b[31m",
    "none",
    "list",
    "tensor",
    "array",
    "0x1p+1",
    "nan",
    "-inf",
    "float32",
)


def integers(draw: Random) -> int:
    return draw.choice(
        (
            0,
            1,
            -1,
            2,
            3,
            4,
            5,
            6,
            255,
            2**31,
            2**53,
            2**63,
            2**64,
            -(2**63),
            10 ** draw.randrange(1, 999),
            draw.randrange(100),
        )
    )


def raw(draw: Random) -> str:
    """JSON text that Python's own writer would not make, and text that is no JSON at all."""
    deep = draw.choice((5, 90, 99, 101, 2000))
    return draw.choice(
        (
            "NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            "-1e-999",
            "-0",
            "-0.0",
            "1E400",
            "0." + "1" * 400,
            "9" * 1000,
            "9" * 1001,
            "-" + "9" * 5000,
            "1" + "0" * 4400,
            "[" * deep + "]" * deep,
            '{"a":' * deep + "1" + "}" * deep,
            "[" * deep,
            '{"a":1,"a":2}',
            '{"a":1,}',
            "[1,]",
            "01",
            "+1",
            "'a'",
            "undefined",
            "nul",
            "",
            '"\n"',
            r'"\x"',
            r'"\ud800"',
            r'"\ud83d\ude00"',
            r'"\u0000"',
            '"unended',
            "/* */1",
            "1 2",
        )
    )


def anything(draw: Random, depth: int = 0) -> Any:
    """Any value of JSON, and some that it does not have."""
    kind = draw.randrange(11 if depth < 3 else 8)
    if kind == 0:
        return draw.choice((None, True, False))
    if kind in (1, 2):
        return integers(draw)
    if kind == 3:
        return draw.choice((0.5, 3.0, -1e300, 1e-320))
    if kind == 4:
        return RAW + raw(draw)
    if kind <= 7:
        return draw.choice(TEXTS)
    if kind == 8:
        return {draw.choice(KEYS): anything(draw, depth + 1) for _ in range(draw.randrange(4))}
    if kind == 9:
        return [anything(draw, depth + 1)] * draw.choice((1, 2, 50))
    return [anything(draw, depth + 1) for _ in range(draw.randrange(5))]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container's every key: where one value can be exchanged for another."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        for key, item in holder.items() if type(holder) is dict else enumerate(holder):
            found.append((holder, key))
            if type(item) in (dict, list):
                waiting.append(item)
    return found


def swap_type(holder: Any, key: Any, draw: Random) -> None:
    value = holder[key]
    holder[key] = draw.choice(
        (
            str(value),
            [value],
            {"a": value},
            None,
            True,
            0,
            1.5,
            list(value) if type(value) is str and len(value) < 3000 else "",
            {},
            [],
        )
    )


def replace(holder: Any, key: Any, draw: Random) -> None:
    holder[key] = anything(draw)


def drop(holder: Any, key: Any, draw: Random) -> None:
    del holder[key]


def double(holder: Any, key: Any, draw: Random) -> None:
    if type(holder) is dict:
        holder[key + TWICE] = draw.choice((holder[key], anything(draw)))
    else:
        holder[key:key] = [holder[key]] * draw.choice((1, 1, 40))


def rename(holder: Any, key: Any, draw: Random) -> None:
    if type(holder) is dict:
        holder[draw.choice(KEYS)] = holder.pop(key)
    else:
        draw.shuffle(holder)


def nudge(holder: Any, key: Any, draw: Random) -> None:
    """A value of the same type, so that what is checked after the type is reached."""
    value = holder[key]
    if type(value) is int:
        holder[key] = draw.choice((value + 1, value - 1, -value, value * 2, integers(draw)))
    elif type(value) is bool:
        holder[key] = not value
    elif type(value) is str:
        at = draw.randrange(len(value) + 1)
        holder[key] = draw.choice(
            (value[:at] + draw.choice(TEXTS) + value[at:], value[:at], draw.choice(TEXTS))
        )
    elif type(value) is list:
        draw.choice((value.clear, value.reverse, lambda: value.append(anything(draw))))()
    else:
        replace(holder, key, draw)


def deepen(holder: Any, key: Any, draw: Random) -> None:
    for _ in range(draw.choice((1, 3, 45, 60, 95, 110))):
        holder[key] = [holder[key]] if draw.random() < 0.7 else {"a": holder[key]}


def exchange(holder: Any, key: Any, draw: Random, others: list[tuple[Any, Any]]) -> None:
    other, name = draw.choice(others)
    holder[key] = (
        other[name] if type(other[name]) not in (dict, list) else json.loads(json.dumps(other[name]))
    )


LARGE = 100_000  # characters and places
CHANGES: tuple[Callable[[Any, Any, Random], None], ...] = (
    swap_type,
    replace,
    drop,
    double,
    rename,
    nudge,
    nudge,
    nudge,
    deepen,
)


def changed_value(value: Any, draw: Random, times: int) -> Any:
    """A JSON value with a few places changed. `value` is used up. What has grown large is not made larger: whatever is doubled
    forty times over and then is once more would fill the memory when it is written.
    """
    holder = [value]
    for _ in range(times):
        found = places(holder)
        if sum(len(place[key]) if type(place[key]) is str else 1 for place, key in found) > LARGE:
            break
        place, key = draw.choice(found)
        if draw.random() < 0.1:
            exchange(place, key, draw, found)
        else:
            draw.choice(CHANGES)(place, key, draw)
        if not holder:
            holder = [anything(draw)]
    return holder[0]


def written(value: Any, draw: Random) -> bytes:
    """JSON text, `RAW` and `TWICE` as they are meant."""
    text = json.dumps(
        value,
        ensure_ascii=draw.random() < 0.5,
        indent=draw.choice((None, None, 1)),
        separators=draw.choice((None, (",", ":"))),
    )
    text = WRITTEN_RAW.sub(lambda match: json.loads(f'"{match[1]}"'), text)
    return text.replace(WRITTEN_TWICE, "").encode("utf-8", draw.choice(("surrogatepass", "replace")))


# ---- notebooks


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


def notebooks() -> list[bytes]:
    """What to start from: the course's notebooks, the example class, and odd ones. Those that are small twice: they are quick."""
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


def mutated_notebook(seed: bytes, draw: Random) -> bytes:
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


# Pieces that take a reader longest, again and again up to the size that a file may have.
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
    """Files as large as they may be: each piece alone, in a list, in a text, as the cells and as a source."""
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


# ---- frames


def frames() -> list[bytes]:
    """What to start from: a frame's body for each kind of value and for many of them together."""
    import numpy
    import torch

    leaf = torch.ones(3, requires_grad=True)
    (leaf * 2).sum().backward()
    plain = [
        None,
        ...,
        True,
        0,
        -(2**4095),
        2**64,
        0.1,
        float("nan"),
        complex(0.1, -2),
        "",
        "a\ud800中",
        b"",
        b"\0\xff" * 9,
        [],
        (),
        {},
        set(),
        {1, "a", None, (1, 2)},
        frozenset({1.5, frozenset({2})}),
        {"a": 1, 2: [3], (1, 2): None, None: {"b": b"x"}},
        [1, [2, [3, (4,)]]],
        wire.Reference(7, "Linear"),
        [wire.Reference(1, "f")] * 3,
    ]
    arrays = [numpy.arange(6).astype(name).reshape(2, 3) for name in wire.NUMPY_TYPES] + [
        numpy.zeros((0, 3)),
        numpy.float32(1.5),
        numpy.array(2),
        numpy.zeros((1,) * 32),
    ]
    tensors = [torch.arange(6).to(getattr(torch, name)).reshape(3, 2) for name in wire.TORCH_TYPES]
    tensors += [
        torch.empty(0, 3),
        torch.tensor(3.5),
        leaf,
        torch.nn.Parameter(torch.ones(2, 2)),
        torch.zeros((1,) * 32),
        torch.ones(2, dtype=torch.complex64, requires_grad=True),
    ]
    states = [
        {"weight": torch.ones(2, 3), "bias": torch.zeros(2)},
        [(torch.ones(1), numpy.ones(2), b"x")] * 4,
        {i: [i, str(i)] for i in range(200)},
        list(range(1000)),
        leaf,
    ]
    deep: Any = []
    for _ in range(49):
        deep = [deep]
    return [
        wire.encode(value)[8:]
        for value in (
            *plain,
            *arrays,
            *tensors,
            *states,
            deep,
            [plain[:8], arrays[:3], tensors[:3], plain[8:]],
        )
    ]


SHAPES = (
    [],
    [0],
    [1],
    [2, 3],
    [3, 2],
    [6],
    [-1],
    [0, 2**26],
    [2**26, 2**26, 0],
    [2**64],
    [1] * 33,
    [True],
    [2, 0, 3],
    ["2"],
    [2.0],
)


def any_node(draw: Random, blobs: bytearray, depth: int = 0) -> Any:
    """A value of the right form, mostly, with wrong things in it here and there."""
    tag = draw.choice(
        (
            "none",
            "bool",
            "int",
            "float",
            "complex",
            "str",
            "bytes",
            "list",
            "tuple",
            "set",
            "frozenset",
            "dict",
            "ref",
            "array",
            "tensor",
            "tensor",
            "ellipsis",
        )
    )
    inner = lambda: any_node(draw, blobs, depth + 1) if depth < 4 else ["none"]  # noqa: E731
    floats = ("0x1p+1", "nan", "inf", "-0x0.0p+0", "0x1p+99999", "1", "", "0x" + "f" * 41, "x")
    if tag in ("list", "tuple", "set", "frozenset"):
        return [tag, [inner() for _ in range(draw.choice((0, 1, 2, 5)))]]
    if tag == "dict":
        return [tag, [[inner(), inner()] for _ in range(draw.choice((0, 1, 3)))]]
    if tag in ("array", "tensor"):
        names = wire.NUMPY_TYPES if tag == "array" else wire.TORCH_TYPES
        name = (
            draw.choice(names)
            if draw.random() < 0.95
            else draw.choice(("float128", "object", "", "Tensor", "bfloat16"))
        )
        shape = list(draw.choice(SHAPES))
        possible = all(type(length) is int and length >= 0 for length in shape)
        count = min(1 << 16, math.prod(shape) * wire.ITEM_SIZES.get(name, 1)) if possible else 4
        count += draw.random() < 0.05
        blobs += draw.randbytes(count)
        return [
            tag,
            name,
            shape,
            count,
            draw.random() < 0.5,
            *([inner() if draw.random() < 0.3 else ["none"]] if tag == "tensor" else []),
        ]
    rest = {
        "none": [],
        "ellipsis": [],
        "bool": [draw.random() < 0.5],
        "int": [integers(draw)],
        "float": [draw.choice(floats)],
        "complex": [draw.choice(floats), draw.choice(floats)],
        "str": [draw.choice(TEXTS)],
        "ref": [integers(draw), draw.choice(TEXTS)],
    }.get(tag)
    if rest is None:  # bytes
        count = draw.choice((0, 1, 9, 300))
        blobs += draw.randbytes(count)
        rest = [count]
    return [tag, *rest]


def mutated_frame(seed: bytes, draw: Random) -> bytes:
    how = draw.random()
    if how < 0.3:
        blobs = bytearray()
        node = any_node(draw, blobs)
        if how < 0.1:
            node = changed_value(node, draw, 1)
        return frame(written(node, draw), bytes(blobs))
    split = parts(seed)
    if split is None or how < 0.5:
        return changed_bytes(seed, draw)
    header, blobs_of_it = split
    if how < 0.65:  # the header's text, its length right again
        return frame(changed_bytes(written(header, draw), draw), blobs_of_it)
    made = frame(
        written(changed_value(header, draw, draw.choice((1, 1, 2, 5))), draw),
        changed_bytes(blobs_of_it, draw) if how > 0.9 else blobs_of_it,
    )
    return changed_bytes(made, draw) if how > 0.97 else made


LONG_NODES = (
    b"[],",
    b"[[]],",
    b'["none"],',
    b'["int",1],',
    b'["list",[]],',
    b'["str","a"],',
    b"1,",
    b"1.5,",
    b'{"a":1},',
    b'"",',
    b"null,",
    b'[["int",1],["none"]],',
    b"9",
    b'["float","0x1p1"],',
    b'["ref",1,"f"],',
    b'["array","int8",[0],0,false],',
    b'["tensor","int8",[0],0,false,["none"]],',
    b'["set",[["int",1]]],',
    b"[",
    b'["list",[',
)


def giant_frames(draw: Random, size: int) -> Iterator[bytes]:
    """Headers as long as they may be, and contents as large as they may be."""
    for piece in LONG_NODES:
        for start, end in (
            (b'["list",[', b'["none"]]]'),
            (b'["dict",[', b'["none"]]]'),
            (b'["set",[', b'["none"]]]'),
            (b'["int",', b"1]"),
            (b'["str","', b'"]'),
            (b"[", b"1]"),
        ):
            yield frame(
                start + piece * ((draw.choice((size, size, size // 30)) - 100) // len(piece)) + end, b""
            )
    for name in wire.TORCH_TYPES:
        count = wire.MAX_BYTES // wire.ITEM_SIZES[name]
        header = ["tensor", name, [count], wire.MAX_BYTES, False, ["none"]]
        yield frame(json.dumps(header).encode(), bytes(wire.MAX_BYTES))
        yield frame(json.dumps(["array", *header[1:5]]).encode(), bytes(wire.MAX_BYTES))
