"""The marks of a solution cut its cells into answers and given code, and nothing else reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

import grader
from grader.course.marks import BEGIN, END, STUB, Region, UnbalancedMarks, answer_lines, regions


def lines(*text: str) -> str:
    return "\n".join(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", (Region(1, ("",), False),)),
        ("x = 1\ny = 2\n", (Region(1, ("x = 1", "y = 2"), False),)),
        (lines(BEGIN, END), (Region(2, (), True),)),
        (
            lines("a", BEGIN, "b", "c", END, "d"),
            (Region(1, ("a",), False), Region(3, ("b", "c"), True), Region(6, ("d",), False)),
        ),
        (lines(BEGIN, "a", END, BEGIN, "b", END), (Region(2, ("a",), True), Region(5, ("b",), True))),
        (
            lines("def f():", f"  \t{BEGIN}  ", "    return 1", END),
            (Region(1, ("def f():",), False), Region(3, ("    return 1",), True, "  \t")),
        ),
        (lines(f"# {BEGIN}", "x", f"'{END}'"), (Region(1, (f"# {BEGIN}", "x", f"'{END}'"), False),)),
    ],
    ids=range(7),
)
def test_regions(source, expected):
    """Regions have the lines between marks. A mark stands alone on its line, however indented."""
    assert regions(source) == expected


def test_lines_are_pythons_lines():
    """A form feed and other breaks that Python does not count as the end of a line are part of it."""
    source = lines("a = '\x0c \u2028 \x85'", BEGIN, "b", END)
    assert regions(source) == (Region(1, ("a = '\x0c \u2028 \x85'",), False), Region(3, ("b",), True))
    assert answer_lines(source) == {3}


def test_first_and_last():
    """A region knows the numbers of its lines, and one without lines ends before it begins."""
    given, answer, empty = regions(lines("a", "b", BEGIN, "c", "d", END, BEGIN, END))
    assert [(each.first, each.last) for each in (given, answer, empty)] == [(1, 2), (4, 5), (8, 7)]


def test_stub_lines():
    """An answer's stub lines are shown at its indentation, without the mark and one blank behind it."""
    source = lines(f"    {BEGIN}", f"{STUB} w = ...", "    w = 1", f"        {STUB}     b = ...", STUB, END)
    [region] = regions(source)
    assert region.stub == ("    w = ...", "        b = ...", "    ")
    assert regions(f"{STUB} w = ...")[0].stub == ()


def test_answer_lines():
    """The lines inside answers are numbered from 1 through the whole cell, stub lines included."""
    assert answer_lines(lines("a", BEGIN, f"{STUB} b", "c", END, "d", BEGIN, "e", END)) == {3, 4, 8}
    assert answer_lines(lines(BEGIN, END)) == answer_lines("x = 1") == set()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (lines("x", BEGIN, "y"), f"line 2: {BEGIN} without {END}; add {END} where the answer ends"),
        (lines("x", END), f"line 2: {END} without {BEGIN}; add {BEGIN} where the answer begins"),
        (lines(BEGIN, END, END), f"line 3: {END} without {BEGIN}; add {BEGIN} where the answer begins"),
        (
            lines("x", BEGIN, BEGIN, END),
            f"line 3: {BEGIN} inside an answer; end the one that begins in line 2 first",
        ),
    ],
)
def test_marks_that_are_not_balanced(source, message):
    """An answer that is not opened or not closed is refused with the line and the remedy, by every reader."""
    for read in (regions, answer_lines):
        with pytest.raises(UnbalancedMarks) as caught:
            read(source)
        assert str(caught.value) == message


def test_one_parser():
    """No other module compares lines with the marks."""
    package = Path(grader.__file__).parent
    readers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "skeleton" not in path.parts and "### BEGIN" in path.read_text(encoding="utf-8")
    }
    assert readers == {"course/marks.py"}
