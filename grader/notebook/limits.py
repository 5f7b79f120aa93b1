"""Limits on the size of a notebook file and of what is in it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.language.catalogue import say as _
from grader.notebook.notebook import Unreadable


@dataclass(frozen=True)
class FileLimits:
    """The largest notebook that is read.

    The limits are far above any honest notebook. Together they bound the time and memory of `reading.parse`.
    """

    file_bytes: int = 20_000_000
    cells: int = 2_000
    cell_characters: int = 1_000_000  # the source of one cell
    depth: int = 100  # levels of nested JSON; nbformat's own structure needs 8
    # Strings, lists and objects in the JSON, outputs included. Four numbers count as one value.
    values: int = 500_000
    digits: int = 1_000  # of one integer: reading one takes quadratic time

    def demand_size(self, size: int) -> None:
        """Raise Unreadable if a file of `size` bytes is too large."""
        if size > self.file_bytes:
            most = f"{self.file_bytes / 1e6:g} MB"
            raise Unreadable.clear_outputs(
                _("The file is too large: more than {most}, usually because of stored outputs.", most=most)
            )

    def demand_cells(self, count: int) -> None:
        """Raise Unreadable if `count` cells are too many."""
        if count > self.cells:
            raise Unreadable(
                _(
                    "The notebook has too many cells: {count}; at most {most} can be read. "
                    "Delete the ones that the assignment does not need, save, and submit it again.",
                    count=count,
                    most=self.cells,
                )
            )


FILE_LIMITS = FileLimits()
