"""What a session answered, in short: by this a known mistake is recognised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MAX_ENTRIES = 48  # of one check
MAX_NUMBERS = 8  # of one value, evenly spread over it
MAX_ITEMS = 6


def in_short(value: Any, depth: int = 3) -> list[str]:
    """A value from a session as a few words: numbers to six digits, shapes, kinds."""
    if isinstance(value, bool) or value is None:
        return [repr(value)]
    if isinstance(value, (int, float)):
        return [f"{value:.6g}"] if isinstance(value, float) or abs(value) < 1 << 53 else ["large"]
    if isinstance(value, str):
        return [repr(value[:40])]
    if isinstance(value, (list, tuple)) and depth:
        return [
            f"{len(value)} items",
            *(word for item in spread(value, MAX_ITEMS) for word in in_short(item, depth - 1)),
        ]
    if isinstance(value, dict) and depth:
        return [
            f"{len(value)} keys",
            *(word for item in spread(list(value.values()), MAX_ITEMS) for word in in_short(item, depth - 1)),
        ]
    if type(value).__module__.partition(".")[0] in ("numpy", "torch") and hasattr(
        value, "reshape"
    ):  # no attribute of a reference is asked for
        flat = (value.detach() if hasattr(value, "detach") else value).reshape(-1)
        return [
            str(tuple(value.shape)),
            *(word for item in spread(flat, MAX_NUMBERS) for word in in_short(item.item(), 0)),
        ]
    return [type(value).__name__]


def spread(items: Sequence[Any], count: int) -> list[Any]:
    """At most `count` items, evenly spread, the first and the last among them."""
    if len(items) <= count:
        return list(items)
    return [items[place * (len(items) - 1) // (count - 1)] for place in range(count)]
