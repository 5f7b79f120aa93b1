"""Malformed frames of values, made from good ones."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from random import Random
from typing import Any

from fuzz.bytes_changes import changed_bytes
from fuzz.json_changes import TEXTS, changed_value, integers, written
from fuzz.targets import frame, parts
from grader.inside import wire


def seeds() -> list[bytes]:
    """Frames to start from: a frame's body for each kind of value, and for many of them together."""
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
        wire.Handle(7, "Linear"),
        [wire.Handle(1, "f")] * 3,
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
    """A value of mostly the right form, with errors here and there."""
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


def mutated(seed: bytes, draw: Random) -> bytes:
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


def giants(draw: Random, size: int) -> Iterator[bytes]:
    """Headers of the largest size, and contents of the largest size."""
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
