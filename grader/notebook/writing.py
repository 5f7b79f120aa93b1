"""Notebooks as files."""

from __future__ import annotations

from typing import Any

from grader.notebook.notebook import Notebook, with_unique_ids

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def dump(notebook: Notebook) -> str:
    """The notebook as a file of nbformat 4.5, formatted as Jupyter formats it. Equal cells give equal text.

    Cell ids that are missing, malformed or taken become `cell-<position>`.
    """
    import nbformat

    cells: list[dict[str, Any]] = []
    for cell in with_unique_ids(list(notebook.cells)):
        metadata = {"tags": list(cell.tags)} if cell.tags else {}
        node = {"id": cell.id, "cell_type": cell.kind, "metadata": metadata, "source": cell.source}
        cells.append(node | {"execution_count": None, "outputs": []} if cell.kind == "code" else node)
    document = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": _METADATA, "cells": cells})
    nbformat.validate(document)
    return nbformat.writes(document, version=nbformat.NO_CONVERT) + "\n"
