"""Long tracebacks are cut to their first and last frames, and say so."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from grader.inside.tracebacks import ENDS, LINKS, MOST, shorten


def endless(n: int) -> Any:
    return endless(n + 1)


def there(n: int) -> Any:
    return back(n + 1)


def back(n: int) -> Any:
    return there(n + 1)


def raised(function: Callable[[int], Any]) -> BaseException:
    """The error that a function raises."""
    try:
        function(0)
    except BaseException as error:
        return error
    raise AssertionError("no error was raised")


def frames(error: BaseException) -> list[str]:
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


@pytest.mark.parametrize("function", [endless, there])
def test_endless_recursion(function: Callable[[int], Any]) -> None:
    """The first and the last frames stay, in their order, and a note counts the others."""
    error = raised(function)
    before = frames(error)
    shorten(error)
    assert frames(error) == before[:ENDS] + before[-ENDS:]
    assert error.__notes__ == [
        f"({len(before) - 2 * ENDS:,} calls in the middle of this traceback are left out.)"
    ]
    shorten(error)
    assert len(error.__notes__) == 1


def test_ordinary_tracebacks_are_left_alone() -> None:
    """A traceback of MOST frames stays whole, without a note."""

    def deep(n: int) -> Any:
        return deep(n + 1) if n < MOST - 2 else 1 / 0

    error = raised(deep)
    shorten(error)
    assert len(frames(error)) == MOST and not hasattr(error, "__notes__")


def test_chains_of_errors() -> None:
    """Of many errors that led to each other, the last and the first ones stay, each of them shortened."""

    def chained(n: int) -> Any:
        try:
            return chained(n + 1)
        except Exception as error:
            raise ValueError(n) from error

    error = raised(chained)
    shorten(error)
    found: list[BaseException] = [error]
    while following := found[-1].__cause__ or found[-1].__context__:
        found.append(following)
    assert [str(each) for each in found[:LINKS]] == ["0", "1", "2"] and len(found) == 2 * LINKS
    assert isinstance(found[-1], RecursionError) and "errors in between are left out" in error.__notes__[0]
    assert all(len(frames(each)) <= MOST for each in found)


def test_groups_and_circles() -> None:
    """Errors in a group are shortened, and errors that led to each other come to an end."""
    inner = raised(endless)
    group = ExceptionGroup("several", [inner])  # type: ignore[list-item]
    shorten(group)
    assert len(frames(inner)) == 2 * ENDS
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    shorten(first)
