"""Traces: what a session was asked for during a check and what it answered, in a few words.

A known mistake is recognized by them (grader.classroom.diagnosis). A word is a number, a text in quotes, the
shape or size of what follows, a type, or one of those that `noted` adds: a name that was asked for, a length,
an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.inside.probe_messages import GET, LENGTH, Failure, Value
from grader.model.report import ASKED

# How words begin that are neither values nor types, beside ASKED. No value's word begins like this: a text is
# in quotes, and the name of a type has no space.
LONG, RAISED = "length ", "raised "
MISSING = "missing"
# How the words of a tensor's gradient begin. They come after the tensor's own.
GRADIENT = "grad "
# How the sizes of lists end.
COUNTED = " items"
# The most words that are kept of one check.
MAX_ENTRIES = 48
# The most numbers of one array or tensor, and the most items of one list or dict.
MAX_NUMBERS = 8
MAX_ITEMS = 6
# Larger integers are not exact as floats.
LARGE = 1 << 53


def noted(message: Mapping[str, Any], answer: Value | Failure) -> list[str]:
    """Summarize a request's answer, after the name if one of the notebook's names was asked for."""
    asked = [f"{ASKED}{message['name']}"] if message["op"] == GET else []
    if isinstance(answer, Failure):
        return [*asked, f"{RAISED}{answer.kind}: {answer.message}"]
    value = answer.value
    if asked and type(value) is dict and value.keys() == {"defined", "value"}:
        return [*asked, *(in_short(value["value"]) if value["defined"] is True else [MISSING])]
    if message["op"] == LENGTH and type(value) is int:
        return [LONG + in_short(value)[0]]
    return [*asked, *in_short(value)]


def in_short(value: Any, depth: int = 3) -> list[str]:
    """Summarize a value from a session: numbers to six digits, shapes and sizes, and types for the rest.

    An array or tensor of one element is its number, whatever its shape. A tensor's gradient follows the
    tensor. `depth` is how many levels of lists and dicts are looked into.
    """
    if isinstance(value, bool) or value is None:
        return [repr(value)]
    if isinstance(value, (int, float)):
        return [f"{value:.6g}"] if isinstance(value, float) or abs(value) < LARGE else ["large"]
    if isinstance(value, str):
        return [repr(value[:40])]
    if isinstance(value, (list, tuple)) and depth:
        return [f"{len(value)}{COUNTED}", *_items_in_short(value, depth)]
    if isinstance(value, dict) and depth:
        return [f"{len(value)} keys", *_items_in_short(list(value.values()), depth)]
    # The type's module comes first: asking a reference for an attribute would ask the session.
    if type(value).__module__.partition(".")[0] in ("numpy", "torch") and hasattr(value, "reshape"):
        flat = (value.detach() if hasattr(value, "detach") else value).reshape(-1)
        numbers = (word for item in spread(flat, MAX_NUMBERS) for word in in_short(item.item(), 0))
        shape = [] if flat.shape == (1,) else [str(tuple(value.shape))]
        gradient = value.grad if getattr(value, "is_leaf", False) else None
        followed = [] if gradient is None else in_short(gradient.detach(), 0)
        return [*shape, *numbers, *(GRADIENT + word for word in followed)]
    return [type(value).__name__]


def without_gradients(trace: Sequence[str]) -> tuple[str, ...]:
    """A trace without the gradients of tensors: whether there are any is often a matter of style."""
    return tuple(word for word in trace if not word.startswith(GRADIENT))


def with_gradients(trace: Sequence[str]) -> tuple[str, ...]:
    """A trace in which the numbers of gradients are numbers like any other."""
    return tuple(word.removeprefix(GRADIENT) for word in trace)


def gradients(trace: Sequence[str]) -> tuple[str, ...]:
    """The gradients in a trace."""
    return tuple(word.removeprefix(GRADIENT) for word in trace if word.startswith(GRADIENT))


def limited(trace: Sequence[str]) -> list[str]:
    """The first MAX_ENTRIES words of a trace, and the gradients among them."""
    kept, count = [], 0
    for word in trace:
        count += not word.startswith(GRADIENT)
        if count > MAX_ENTRIES:
            break
        kept.append(word)
    return kept


def _items_in_short(items: Sequence[Any], depth: int) -> list[str]:
    """The summaries of a few items, one level deeper."""
    return [word for item in spread(items, MAX_ITEMS) for word in in_short(item, depth - 1)]


def spread(items: Sequence[Any], count: int) -> list[Any]:
    """At most `count` items, evenly spread, the first and the last among them."""
    if len(items) <= count:
        return list(items)
    return [items[place * (len(items) - 1) // (count - 1)] for place in range(count)]
