"""The decorator that makes a pytest function a check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., object])

KEYWORDS = ("points", "title", "zh", "hint", "zh_hint", "depends")


def check(
    *, points: float, title: str, zh: str = "", hint: str = "", zh_hint: str = "", depends: Sequence[str] = ()
) -> Callable[[Function], Function]:
    """Declare a test function to be a check that is worth `points`.

    `title` says what holds when the check passes, `hint` what to look at when it does not; `zh` and
    `zh_hint` are the same in Chinese. A student sees all four. `depends` names checks that must have
    passed first; otherwise this one is not run.

    All arguments are written out, not computed: a course is read, and its mistakes found, without
    running it.
    """

    def mark(function: Function) -> Function:
        function.check_depends = tuple(depends)  # type: ignore[attr-defined]
        return function

    return mark
