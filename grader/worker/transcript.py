"""What a page shows of a notebook beside its code: text cells, which cells were given, where errors arose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.model.report import CellRun, Execution, Place, TextCell
from grader.model.status import Status
from grader.notebook.notebook import Notebook
from grader.worker.cell_errors import deepest
from grader.worker.placeholder import given_cells

# Characters that a report keeps of one text cell, and of all of them: ten times what a long notebook has.
MAX_TEXT, MAX_TEXTS = 10_000, 50_000


def transcript(run: Execution, notebook: Notebook, stub: Notebook) -> Execution:
    """How a notebook ran, with its text cells, and its cells told apart from those of the stub."""
    given = given_cells(notebook, stub)
    cells = [
        replace(each, given=each.source.strip() in given, origin=_origin(each, run)) for each in run.cells
    ]
    return replace(run, cells=tuple(cells), texts=tuple(_texts(notebook, stub)))


def _origin(cell: CellRun, run: Execution) -> Place | None:
    """Where the error of a cell was raised."""
    return Place(*deepest(cell, run.cells)) if cell.status is Status.CELL_ERROR else None


def _texts(notebook: Notebook, stub: Notebook) -> Iterator[TextCell]:
    is_known = notebook.cells != stub.cells
    given = {cell.source.strip() for cell in stub.cells if is_known and cell.kind != "code"}
    number, room = 0, MAX_TEXTS
    for cell in notebook.cells:
        number += cell.kind == "code"
        source = cell.source.strip()[: min(room, MAX_TEXT)]
        if cell.kind == "markdown" and source:
            room -= len(source)
            yield TextCell(number, source, cell.source.strip() in given)
