"""How far a use case has come, for whatever shows it: a terminal, a page, nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How many of `total` steps are done.

    A use case reports zero steps before it begins, then one more after each. `words` say in short what was
    finished; they are empty at zero. `phase` names the part of the work, if there are several: each begins
    at zero again.
    """

    done: int
    total: int
    words: str = ""
    phase: str = ""


OnProgress = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """The callback for a use case whose progress is not shown."""
