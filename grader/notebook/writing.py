"""Notebooks as files."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.notebook.notebook import Cell, Notebook

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # nbformat 4.5

if TYPE_CHECKING:
    from nbformat import NotebookNode


def _identified(cells: list[Cell]) -> tuple[Cell, ...]:
    """The cells with unique ids: the first to have an id keeps it, the others are named by their position."""
    taken: set[str] = set()
    keeps = []
    for cell in cells:
        keeps.append(_ID.fullmatch(cell.id) is not None and cell.id not in taken)
        taken.add(cell.id)
    named = []
    for position, (cell, keep) in enumerate(zip(cells, keeps), start=1):
        if not keep:
            free = next(name for n in itertools.count(position) if (name := f"cell-{n}") not in taken)
            taken.add(free)
            cell = replace(cell, id=free)
        named.append(cell)
    return tuple(named)


def dump(notebook: Notebook) -> str:
    """The notebook as a file of nbformat 4.5, as Jupyter itself would format it; the same text for the same cells.

    Cells without an id, or with one that is malformed or taken, get `cell-<position>`.
    """
    import nbformat

    node = _node(notebook, keep_tags=True)
    node["metadata"] = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    nbformat.validate(node)
    return nbformat.writes(node, version=nbformat.NO_CONVERT) + "\n"


def _node(notebook: Notebook, *, keep_tags: bool) -> NotebookNode:
    import nbformat

    cells: list[dict[str, Any]] = []
    for cell in _identified(list(notebook.cells)):
        metadata = {"tags": list(cell.tags)} if keep_tags and cell.tags else {}
        node = {"id": cell.id, "cell_type": cell.kind, "metadata": metadata, "source": cell.source}
        cells.append(node | {"execution_count": None, "outputs": []} if cell.kind == "code" else node)
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
