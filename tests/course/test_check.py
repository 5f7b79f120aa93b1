"""The decorator that declares a check changes nothing about the function."""

from __future__ import annotations

import inspect

import pytest

import grader
from grader.course.check import KEYWORDS, check


def test_the_function_stays_itself():
    """A check is the function as it was written. It knows what it depends on and what draws it."""

    def test_x(student):
        return student

    assert check(points=1, title="x", depends=["test_a", "test_b"], picture=abs)(test_x) is test_x
    assert test_x(3) == 3 and test_x.check_depends == ("test_a", "test_b") and test_x.check_picture is abs
    assert grader.check(points=1, title="x")(test_x) is test_x


def test_keywords_are_those_of_the_signature():
    """What the loader accepts is what the decorator takes."""
    assert list(inspect.signature(check).parameters) == list(KEYWORDS)


@pytest.mark.parametrize("keywords", [{"title": "x"}, {"points": 1}, {"points": 1, "title": "x", "point": 1}])
def test_wrong_keywords(keywords):
    """Python refuses what the loader refuses."""
    with pytest.raises(TypeError):
        check(**keywords)
