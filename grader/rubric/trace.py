"""Traces: what a session answered during a check, in a few words. A known mistake is recognized by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# The most words that are kept of one check.
MAX_ENTRIES = 48
# The most numbers of one array or tensor, and the most items of one list or dict.
MAX_NUMBERS = 8
MAX_ITEMS = 6
# Larger integers are not exact as floats.
LARGE = 1 << 53


def in_short(value: Any, depth: int = 3) -> list[str]:
    """Summarize a value from a session: numbers to six digits, shapes and sizes, and types for the rest.

    `depth` is how many levels of lists and dicts are looked into.
    """
    if isinstance(value, bool) or value is None:
        return [repr(value)]
    if isinstance(value, (int, float)):
        return [f"{value:.6g}"] if isinstance(value, float) or abs(value) < LARGE else ["large"]
    if isinstance(value, str):
        return [repr(value[:40])]
    if isinstance(value, (list, tuple)) and depth:
        return [f"{len(value)} items", *_items_in_short(value, depth)]
    if isinstance(value, dict) and depth:
        return [f"{len(value)} keys", *_items_in_short(list(value.values()), depth)]
    # The type's module comes first: asking a reference for an attribute would ask the session.
    if type(value).__module__.partition(".")[0] in ("numpy", "torch") and hasattr(value, "reshape"):
        flat = (value.detach() if hasattr(value, "detach") else value).reshape(-1)
        numbers = (word for item in spread(flat, MAX_NUMBERS) for word in in_short(item.item(), 0))
        return [str(tuple(value.shape)), *numbers]
    return [type(value).__name__]


def _items_in_short(items: Sequence[Any], depth: int) -> list[str]:
    """The summaries of a few items, one level deeper."""
    return [word for item in spread(items, MAX_ITEMS) for word in in_short(item, depth - 1)]


def spread(items: Sequence[Any], count: int) -> list[Any]:
    """At most `count` items, evenly spread, the first and the last among them."""
    if len(items) <= count:
        return list(items)
    return [items[place * (len(items) - 1) // (count - 1)] for place in range(count)]
