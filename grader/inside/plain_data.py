"""Finds the plain data in an instance of a subclass: the number in an IntEnum, the entries of a defaultdict.

What the base class itself keeps is read, by the base class's own methods. No method of the subclass takes
part, so one that lies about its contents changes nothing. `wire_writer` uses it.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

# How the value of each type is read from an instance of a subclass.
SCALARS: dict[type, Callable[[Any], Any]] = {
    int: int.__int__,
    float: float.__float__,
    complex: complex.__pos__,
    str: str.__str__,
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
}
CONTAINERS = (list, tuple, set, frozenset)
# Most values are of these types, and need no look at what they inherit from.
EXACT = frozenset((*SCALARS, *CONTAINERS, bool, dict))


def scalar(value: Any) -> Any:
    """The number, text or bytes in a value of a subclass of these. Any other value itself."""
    kind = type(value)
    if kind in EXACT or kind.__module__ == "numpy" or _is_called(kind):
        return value
    read = next((read for base, read in SCALARS.items() if issubclass(kind, base)), None)
    return value if read is None else read(value)


def container(value: Any) -> type | None:
    """The one of `CONTAINERS` that a value is, itself or by its base class. None if it is none."""
    kind = type(value)
    if issubclass(kind, tuple):
        return tuple
    return next((base for base in CONTAINERS if issubclass(kind, base) and not _is_called(kind)), None)


def entries(value: Any) -> tuple[int, Iterator[tuple[Any, Any]]] | None:
    """How many entries a dict has, and these, in order. None for anything but a dict."""
    kind = type(value)
    if not issubclass(kind, dict) or _is_called(kind):
        return None
    # An OrderedDict keeps an order of its own.
    items = OrderedDict.items(value) if issubclass(kind, OrderedDict) else dict.items(value)
    return dict.__len__(value), iter(items)


def array(value: Any) -> Any:
    """An array as a `numpy.ndarray`: a matrix, a masked array without masked elements, a student's own kind.

    None for anything else.
    """
    numpy, kind = sys.modules.get("numpy"), type(value)
    if numpy is None or not issubclass(kind, numpy.ndarray):
        return None
    if issubclass(kind, numpy.ma.MaskedArray) and numpy.any(vars(value).get("_mask", False)):
        return None
    return numpy.ndarray.view(value, numpy.ndarray)


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor, a Parameter, or of a student's own subclass of them.

    Subclasses of torch's own, such as a parameter without a shape yet, keep their numbers in other ways.
    """
    torch, kind = sys.modules.get("torch"), type(value)
    if torch is None or not issubclass(kind, torch.Tensor):
        return False
    if kind is torch.Tensor or kind is torch.nn.Parameter:
        return True
    own = kind.__module__.partition(".")[0] != "torch"
    return own and kind.__torch_dispatch__ is torch.Tensor.__torch_dispatch__


def _is_called(kind: type) -> bool:
    """Whether instances can be called. Then a rubric may call them, so they stay where they are."""
    return any("__call__" in vars(base) for base in kind.__mro__)
