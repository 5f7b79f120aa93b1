"""The comments in a solution that mark its answers, and what stands in their place in a stub."""

from __future__ import annotations

STUB_MESSAGE = "write your code here"  # what an unwritten part of a stub raises NotImplementedError with


BEGIN, END, STUB = "### BEGIN SOLUTION", "### END SOLUTION", "### STUB "


def answer_lines(source: str) -> set[int]:
    """The numbers of a cell's lines that are inside an answer."""
    inside, answers = False, set()
    for number, line in enumerate(source.split("\n"), 1):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside:
            answers.add(number)
    return answers
