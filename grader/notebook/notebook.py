"""A notebook as a value, and the error for a file that isn't one."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from grader.language.catalogue import Text
from grader.language.catalogue import say as _


class Unreadable(Exception):
    """The file is not a notebook that can be graded.

    The text tells the student what is wrong and what to do next. The problem alone, without what a student
    is to do, is for the authors of a course, who submit nothing.
    """

    def __init__(self, text: Text, problem: Text | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.problem = problem or text

    def __str__(self) -> str:
        return self.text.en

    @classmethod
    def save_again(cls, problem: Text) -> Unreadable:
        """The error for a problem that goes away when the notebook is saved again."""
        remedy = _("Save the notebook in Jupyter and submit the .ipynb file again.")
        return cls(_("{first} {rest}", first=problem, rest=remedy), problem)

    @classmethod
    def clear_outputs(cls, problem: Text) -> Unreadable:
        """The error for a problem that stored outputs usually cause."""
        remedy = _(
            "Clear all outputs (Edit > Clear Outputs of All Cells), save, and submit the notebook again."
        )
        return cls(_("{first} {rest}", first=problem, rest=remedy), problem)


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook, without its stored outputs."""

    kind: str  # "code", "markdown" or "raw"
    source: str
    tags: tuple[str, ...] = ()
    id: str = ""  # unique in a notebook that was read; "" lets `dump` choose


@dataclass(frozen=True)
class Notebook:
    """A notebook as its author wrote it: cells in order."""

    cells: tuple[Cell, ...]
    title: str = ""  # what Colab calls it, whatever the file is called

    @property
    def code(self) -> tuple[tuple[int, Cell], ...]:
        """The code cells with their numbers, counted from 1 as a reader counts them, empty cells included."""
        return tuple(enumerate((cell for cell in self.cells if cell.kind == "code"), start=1))


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # nbformat 4.5


def with_unique_ids(cells: list[Cell]) -> tuple[Cell, ...]:
    """The cells with valid, unique ids.

    The first cell with an id keeps it. Ids that are missing, malformed or taken become `cell-<position>`.
    """
    taken: set[str] = set()
    keeps = []
    for cell in cells:
        keeps.append(_ID.fullmatch(cell.id) is not None and cell.id not in taken)
        taken.add(cell.id)
    identified = []
    for position, (cell, keep) in enumerate(zip(cells, keeps), start=1):
        if not keep:
            free = next(name for n in itertools.count(position) if (name := f"cell-{n}") not in taken)
            taken.add(free)
            cell = replace(cell, id=free)
        identified.append(cell)
    return tuple(identified)
