"""The decorator that makes a pytest function a check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., object])

KEYWORDS = ("points", "title", "zh", "hint", "zh_hint", "depends", "picture")


def check(
    *,
    points: float,
    title: str,
    zh: str = "",
    hint: str = "",
    zh_hint: str = "",
    depends: Sequence[str] = (),
    picture: Callable[..., object] | None = None,
) -> Callable[[Function], Function]:
    """Declare a pytest function to be a check of the rubric.

    The function's name begins with `test_`. Its arguments are fixtures: `student` holds the notebook's names
    after its run, `rerun` runs the notebook again with other parameters, and `source` is its code as a syntax
    tree. The check passes if the function returns, and fails if an `assert` in it does not hold:

        @check(points=2, title="The slope is close to 3", hint="Is the gradient cleared?")
        def test_slope(student):
            assert abs(number(student.w) - 3) <= 0.01

    Students see the title and the hint, of hidden checks too, but not the function of a hidden check.

    Arguments, all by keyword and written out, not computed, since a course is read without running it:

    - `points`: what a pass earns, above 0 and below 10,000. Any other verdict earns nothing.
    - `title`: what holds when the check passes.
    - `hint`: what to look at when it does not.
    - `zh`, `zh_hint`: the title and the hint in Chinese. All four may hold `code`, *emphasis* and $formulas$.
    - `depends`: names of earlier checks. If one of them did not pass, this check is not run.
    - `picture`: a function above that takes `student` and returns a picture of what the notebook computed.
      Only public checks have pictures.
    """

    def mark(function: Function) -> Function:
        function.check_depends = tuple(depends)  # type: ignore[attr-defined]
        function.check_picture = picture  # type: ignore[attr-defined]
        return function

    return mark
