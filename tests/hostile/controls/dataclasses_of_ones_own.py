"""Values live in a dataclass, in a named tuple and in an enumeration."""
# %%
# honest
# %%
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


@dataclass(frozen=True)
class Line:
    slope: float
    offset: float


class Found(NamedTuple):
    w: float
    b: float


class Kind(Enum):
    LINE = 1


original = fit


def fit(x, y):
    line = Line(*original(x, y))
    return Found(line.slope, line.offset)


w, b = fit(x, y)
