"""Comparisons that say what differs: what it is, what was got and wanted, and how far apart they may be.

A check that compares with these has a small table on the page, if students may see it. NaN is never the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy

from grader.rubric.errors import Mismatch
from grader.rubric.reference import Reference

MAX_SHOWN = 200  # characters of a value
MAX_DEPTH = 20  # containers, one in another
DIGITS = 6  # of a number, unless two different ones would look the same
WHOLE = 1e15  # below it a float holds every whole number, which is shown to its last digit


def same(got: Any, want: Any, *, atol: float = 0.0, rtol: float = 0.0, what: str = "the result") -> None:
    """Raise Mismatch unless `got` is `want`, up to `atol` + `rtol` · |`want`|.

    If a number is wanted, a tensor or array of one element is its number. Tensors, arrays and nested lists of
    numbers are compared element by element, after their shapes; dtypes don't count. Lists, tuples and dicts
    are compared by their items. Text, truth values and None must be equal. `what` names the value to the
    student: "w", "the gradient at 3".
    """
    _compare(got, want, atol, rtol, what, 0)


def within(got: Any, low: float | None, high: float | None, *, what: str = "the result") -> None:
    """Raise Mismatch unless `got` is a number from `low` to `high`; None leaves that side open."""
    value = _number(got)
    if value is None or (low is not None and not value >= low) or (high is not None and not value <= high):
        if low is None or high is None:
            wanted = f"≤ {_short(high)}" if low is None else f"≥ {_short(low)}"
        else:
            wanted = f"{_short(low)} … {_short(high)}"
        raise Mismatch(what, _described(got), wanted)


def shape_of(got: Any, shape: Sequence[int], *, what: str = "the result") -> None:
    """Raise Mismatch unless `got` is a tensor, an array or a nested list of numbers of this shape."""
    array = array_of(got)
    if array is None:
        raise Mismatch(what, _described(got), f"numbers of shape {tuple(shape)}")
    if array.shape != tuple(shape):
        raise Mismatch(f"shape of {what}", str(array.shape), str(tuple(shape)))


def _compare(got: Any, want: Any, atol: float, rtol: float, what: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Mismatch(what, "containers without end", _described(want))
    if isinstance(want, Mapping):
        _compare_mappings(got, want, atol, rtol, what, depth)
    elif want is None or isinstance(want, (bool, str, bytes)):
        if type(got) is not type(want) or got != want:
            raise Mismatch(what, _described(got), _described(want))
    elif isinstance(want, (int, float)):
        _compare_numbers(got, float(want), atol, rtol, what)
    elif (wanted := array_of(want)) is not None:
        _compare_arrays(got, wanted, atol, rtol, what)
    else:
        _compare_sequences(got, list(want), atol, rtol, what, depth)


def _compare_numbers(got: Any, want: float, atol: float, rtol: float, what: str) -> None:
    value = _number(got)
    margin = atol + rtol * abs(want)
    if value is None or not (value == want or abs(value - want) <= margin):
        shown = _pair(value, want) if value is not None else (_described(got), _short(want))
        raise Mismatch(what, *shown, _short(margin) if margin else "")


def _compare_arrays(got: Any, want: Any, atol: float, rtol: float, what: str) -> None:
    array = array_of(got)
    if array is None:
        raise Mismatch(what, _described(got), f"numbers of shape {want.shape}")
    if array.shape != want.shape:
        raise Mismatch(f"shape of {what}", str(array.shape), str(want.shape))
    margin = atol + rtol * numpy.abs(want)
    with numpy.errstate(invalid="ignore", over="ignore"):
        fits = (array == want) | (numpy.abs(array - want) <= margin)
    if not fits.all():
        first = tuple(int(index) for index in numpy.argwhere(~fits)[0])
        where = f"{what}[{', '.join(map(str, first))}]" if first else what
        allowed = float(numpy.broadcast_to(margin, want.shape)[first])
        raise Mismatch(
            where,
            *_pair(float(array[first]), float(want[first])),
            _short(allowed) if allowed else "",
            others=int((~fits).sum()) - 1,
        )


def _compare_mappings(
    got: Any, want: Mapping[Any, Any], atol: float, rtol: float, what: str, depth: int
) -> None:
    if not isinstance(got, Mapping):
        raise Mismatch(what, _described(got), _described(want))
    if got.keys() != want.keys():
        raise Mismatch(f"keys of {what}", _listed(got), _listed(want))
    for key, value in want.items():
        _compare(got[key], value, atol, rtol, f"{what}[{key!r}]", depth + 1)


def _compare_sequences(
    got: Any, want: Sequence[Any], atol: float, rtol: float, what: str, depth: int
) -> None:
    if not isinstance(got, (list, tuple)):
        raise Mismatch(what, _described(got), _described(want))
    if len(got) != len(want):
        raise Mismatch(f"length of {what}", str(len(got)), str(len(want)))
    for index, value in enumerate(want):
        _compare(got[index], value, atol, rtol, f"{what}[{index}]", depth + 1)


def _number(value: Any) -> float | None:
    """A number, or the one element of an array or tensor, as a float; None if it is neither, or too large."""
    if isinstance(value, (list, tuple)) or str(getattr(value, "dtype", "")).endswith("bool"):
        return None
    array = array_of(value)
    return float(array.reshape(())) if array is not None and array.size == 1 else None


def array_of(value: Any) -> Any:
    """Numbers as an array of float64; None if the value is anything else."""
    if isinstance(value, (Reference, str, bytes, bool, Mapping)) or value is None:
        return None
    if isinstance(value, (list, tuple)) and not _holds_numbers(value):
        return None
    if hasattr(value, "detach"):
        value = value.detach().cpu().resolve_conj().resolve_neg()
        if value.is_complex():
            return None
        value = value.double().numpy()
    try:
        array = numpy.asarray(value)
        return array.astype(numpy.float64) if array.dtype.kind in "biuf" else None
    except (ValueError, TypeError, OverflowError):  # a ragged list, for one
        return None


def _holds_numbers(values: Sequence[Any], depth: int = 0) -> bool:
    """Whether nested lists hold nothing but numbers; tensors and arrays in them are compared one by one."""
    return depth <= MAX_DEPTH and all(
        _holds_numbers(value, depth + 1)
        if isinstance(value, (list, tuple))
        else isinstance(value, (int, float)) and not isinstance(value, bool)
        for value in values
    )


def _pair(got: float, want: float) -> tuple[str, str]:
    """Two numbers, with as many digits as it takes to tell them apart."""
    shown = _short(got), _short(want)
    return shown if shown[0] != shown[1] else (repr(got), repr(want))


def _short(number: float | None) -> str:
    if number is None:
        return ""
    if abs(number) < WHOLE and number == int(number):
        return str(int(number))
    return "NaN" if math.isnan(number) else f"{number:.{DIGITS}g}"


def _described(value: Any) -> str:
    """A value in a few words: a number as it is, something large by its kind and shape."""
    if value is None or isinstance(value, (bool, str, bytes)):
        return repr(value)[:MAX_SHOWN]
    if isinstance(value, Reference):
        return f"an object ({repr(value)[:MAX_SHOWN]})"
    if isinstance(value, (int, float)):
        return _short(float(value)) if abs(value) < 1e300 else repr(value)[:MAX_SHOWN]
    if isinstance(value, Mapping):
        return f"a dict with the keys {_listed(value)}" if value else "an empty dict"
    if hasattr(value, "shape"):
        kind = "a tensor" if hasattr(value, "detach") else "an array"
        return f"{kind} of shape {tuple(value.shape)}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"


def _listed(keys: Iterator[Any] | Mapping[Any, Any]) -> str:
    return ", ".join(map(repr, keys))[:MAX_SHOWN] or "none"
