"""Random changes to JSON values, and JSON text that no writer would make.

The generator that is passed in decides everything: the same seed makes the same changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

RAW = "\x01raw"  # text with this start is written as it is, without quotes
TWICE = "\x01"  # a key with this end is written without it, and so occurs twice
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
    """JSON text that Python's own writer would not make, and text that is not JSON at all."""
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
    """Any JSON value, and some that JSON does not have."""
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
    """Every key of every container: the places where one value can be exchanged for another."""
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
    """A value of the same type, so that the checks after the type check are reached."""
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
    """A JSON value with a few places changed. `value` itself is changed too.

    A value that has grown large is not changed further. After repeated doubling, writing it would fill the
    memory.
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
    """The value as JSON text, with RAW and TWICE applied."""
    text = json.dumps(
        value,
        ensure_ascii=draw.random() < 0.5,
        indent=draw.choice((None, None, 1)),
        separators=draw.choice((None, (",", ":"))),
    )
    text = WRITTEN_RAW.sub(lambda match: json.loads(f'"{match[1]}"'), text)
    return text.replace(WRITTEN_TWICE, "").encode("utf-8", draw.choice(("surrogatepass", "replace")))
