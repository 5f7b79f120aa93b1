"""Other values for a notebook's parameters, as the kind of thing that the student made of the old ones.

A rerun's cells call `like` where the new value can't simply be written in place of the old one (see
grader.notebook.parameters). They find this module under NAME, which is the same in every kind of session.
"""

from __future__ import annotations

import math
import sys
from typing import Any

NAME = "grader_likeness"
sys.modules[NAME] = sys.modules[__name__]


def like(old: Any, new: Any) -> Any:
    """`new` with the container, the dtype and the shape of `old`, as far as it fits and loses nothing.

    `new` is plain data: a number, a text, a list. If it can't be made into something like `old`, it stays.
    """
    try:
        return _like(old, new)
    except Exception:  # a student's class may raise anything
        return new


def _like(old: Any, new: Any) -> Any:
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and isinstance(old, torch.Tensor):
        return _tensor(torch, old, new)
    if numpy is not None and isinstance(old, numpy.ndarray):
        return _array(numpy, old, new)
    if numpy is not None and isinstance(old, numpy.generic):
        return type(old)(new) if _fits(old.dtype.kind in "iu", new) else numpy.asarray(new)[()]
    if isinstance(old, (bool, str, dict, type(None))) or isinstance(new, (bool, str, dict, type(None))):
        return new
    if isinstance(old, (int, float)):
        return float(new) if isinstance(old, float) and isinstance(new, int) else new
    if type(old) in (list, tuple):
        return _nested(old, new)
    return type(old)(new)


def _fits(integers: bool, new: Any) -> bool:
    """Whether no fraction is lost."""
    if isinstance(new, (list, tuple)):
        return all(_fits(integers, part) for part in new)
    return not integers or isinstance(new, int)


def _tensor(torch: Any, old: Any, new: Any) -> Any:
    made = torch.tensor(new, device=old.device)
    integers = not (old.is_floating_point() or old.is_complex())
    if _fits(integers, new):
        made = made.to(old.dtype)
    made = made.reshape(_shape_for(tuple(old.shape), tuple(made.shape)))
    if torch.equal(made, old.detach()):
        return old  # it follows from the new value already
    if isinstance(old, torch.nn.Parameter):
        return torch.nn.Parameter(made, requires_grad=old.requires_grad)
    return made.requires_grad_(old.requires_grad)


def _array(numpy: Any, old: Any, new: Any) -> Any:
    made = numpy.array(new)
    if _fits(old.dtype.kind in "iu", new):
        made = made.astype(old.dtype)
    return made.reshape(_shape_for(old.shape, made.shape)).view(type(old))


def _shape_for(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[int, ...]:
    """The old shape if it has room for as many numbers; a column for a column; otherwise the new one."""
    if math.prod(old) == math.prod(new):
        return old
    if len(old) == len(new) + 1:
        if old[-1] == 1:
            return (*new, 1)
        if old[0] == 1:
            return (1, *new)
    return new


def _nested(old: Any, new: Any) -> Any:
    """Lists and tuples like those of `old`."""
    levels, shape, part = [], [], old
    while type(part) in (list, tuple):
        levels.append(type(part))
        shape.append(len(part))
        part = part[0] if part else None
    sizes, inner = [], new
    while isinstance(inner, (list, tuple)):
        sizes.append(len(inner))
        inner = inner[0] if inner else None
    target = _shape_for(tuple(shape), tuple(sizes))
    levels += [list] * len(target)
    flat = [like(part, number) for number in _flat(new)]
    if not flat or math.prod(target) != len(flat):
        return new  # nothing, or rows of different lengths
    for size, level in reversed(list(zip(target, levels))):
        flat = [level(flat[at : at + size]) for at in range(0, len(flat), size)]
    return flat[0]


def _flat(new: Any) -> list[Any]:
    if isinstance(new, (list, tuple)):
        return [number for part in new for number in _flat(part)]
    return [new]
