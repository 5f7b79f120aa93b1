"""The comments in a solution that mark its answers, and the regions that they cut a cell into."""

from __future__ import annotations

from dataclasses import dataclass

# A line of an answer that begins with STUB holds what the stub shows in the answer's place.
BEGIN, END, STUB = "### BEGIN SOLUTION", "### END SOLUTION", "### STUB"

# The message of the NotImplementedError that an unwritten part of a stub raises.
STUB_MESSAGE = "write your code here"


class UnbalancedMarks(ValueError):
    """An answer is not opened or not closed. The message names the line and what to do."""


@dataclass(frozen=True)
class Region:
    """A stretch of a cell between two marks: an answer, or code that students are given.

    The marks themselves belong to no region.
    """

    # The number of its first line in the cell, from 1.
    first: int
    lines: tuple[str, ...]
    is_answer: bool
    # The indentation of an answer's first mark.
    indent: str = ""

    @property
    def last(self) -> int:
        """The number of its last line; `first - 1` if it has no line."""
        return self.first + len(self.lines) - 1

    @property
    def stub(self) -> tuple[str, ...]:
        """What an answer's stub lines hold, at the answer's indentation and without the mark."""
        if not self.is_answer:
            return ()
        held = [line.lstrip() for line in self.lines if line.lstrip().startswith(STUB)]
        return tuple(self.indent + text.removeprefix(STUB).removeprefix(" ") for text in held)


def regions(source: str) -> tuple[Region, ...]:
    """Cut a cell into its regions, in order. Regions of given code without a line are left out.

    Lines are counted as Python's syntax tree counts them. A newline at the cell's end opens no line.
    Raises UnbalancedMarks if an answer is not opened, not closed, or opened inside another one.
    """
    lines = source.removesuffix("\n").split("\n")
    found: list[Region] = []
    # The number of the mark that opened an answer, or 0; and of the region's first line.
    opened, first = 0, 1
    for number, line in enumerate(lines, 1):
        mark = line.strip()
        if mark not in (BEGIN, END):
            continue
        if mark == BEGIN and opened:
            raise UnbalancedMarks(
                f"line {number}: {BEGIN} inside an answer; end the one that begins in line {opened} first"
            )
        if mark == END and not opened:
            raise UnbalancedMarks(
                f"line {number}: {END} without {BEGIN}; add {BEGIN} where the answer begins"
            )
        if opened or number > first:
            found.append(_region(lines, first, number - 1, opened))
        opened, first = number if mark == BEGIN else 0, number + 1
    if opened:
        raise UnbalancedMarks(f"line {opened}: {BEGIN} without {END}; add {END} where the answer ends")
    if first <= len(lines):
        found.append(_region(lines, first, len(lines), opened))
    return tuple(found)


def _region(lines: list[str], first: int, last: int, opened: int) -> Region:
    """The region from one line to another: an answer if `opened` is the number of its first mark."""
    mark = lines[opened - 1] if opened else ""
    indent = mark[: len(mark) - len(mark.lstrip())]
    return Region(first, tuple(lines[first - 1 : last]), bool(opened), indent)


def answer_lines(source: str) -> set[int]:
    """The numbers, from 1, of a cell's lines that are inside an answer. Raises UnbalancedMarks."""
    return {
        number
        for region in regions(source)
        if region.is_answer
        for number in range(region.first, region.last + 1)
    }
