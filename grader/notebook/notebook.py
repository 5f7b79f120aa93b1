"""A notebook as a value."""

from __future__ import annotations

from dataclasses import dataclass

from grader.language.catalogue import Text


class Unreadable(Exception):
    """The file is not a notebook that can be graded. The text tells the student what is wrong and what to do next."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text.en


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook; what it once printed is not kept."""

    kind: str  # "code", "markdown" or "raw"
    source: str
    tags: tuple[str, ...] = ()
    id: str = ""  # unique in a notebook that was read; "" lets `dump` choose


@dataclass(frozen=True)
class Notebook:
    """A notebook as it was written by its author: cells in order."""

    cells: tuple[Cell, ...]

    @property
    def code(self) -> tuple[tuple[int, Cell], ...]:
        """The code cells with their numbers, from 1, as a reader counts them: the empty ones too."""
        return tuple(enumerate((cell for cell in self.cells if cell.kind == "code"), start=1))
