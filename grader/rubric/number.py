"""The one number in a value that a student computed."""

from __future__ import annotations

import math
from typing import Any

from grader.rubric.errors import InvalidValue
from grader.rubric.reference import Reference


def number(value: Any) -> float:
    """The one number in a Python number, a NumPy number, or an array or tensor of one element.

    Raises InvalidValue for anything else, bool and NaN included.
    """
    kind = type(value)
    if kind in (int, float):
        result = _float(value)
    elif (
        hasattr(value, "dtype")
        and not isinstance(value, Reference)
        and kind.__module__.partition(".")[0] in ("numpy", "torch")
    ):
        count = value.numel() if hasattr(value, "numel") else value.size
        if count != 1:
            raise InvalidValue(f"one number was expected, not {count}")
        item = value.item()
        if type(item) not in (int, float):
            raise InvalidValue(f"a number was expected, not {item!r}")
        result = _float(item)
    else:
        raise InvalidValue(f"a number was expected, not {value!r:.60}")
    if math.isnan(result):
        raise InvalidValue("the number is NaN")
    return result


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise InvalidValue("the number is too large") from None
