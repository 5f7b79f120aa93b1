"""Notebooks of nbformat 2 and 3, converted to version 4 by nbformat."""

from __future__ import annotations

from typing import Any

from grader.language.catalogue import say as _
from grader.notebook.cells import KINDS, Position, list_of_cells, read_cell
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Unreadable

_OLD_KINDS = (*KINDS, "heading", "html")


def converted(document: dict[str, Any], limits: FileLimits) -> list[Any]:
    """The raw cells of a notebook of version 2 or 3 as version 4 has them.

    nbformat gets a clean copy that contains only sources, tags and heading levels. Raises Unreadable.
    """
    import nbformat

    worksheets = document.get("worksheets")
    if not isinstance(worksheets, list):
        raise Unreadable.save_again(
            _("This is not a usable notebook: it has no worksheets, as its version should.")
        )
    old = [cell for worksheet in worksheets for cell in list_of_cells(worksheet, limits)]
    limits.demand_cells(len(old))
    cells = [_clean_copy(raw, Position(number, len(old)), limits) for number, raw in enumerate(old, start=1)]
    version = document["nbformat"]
    clean = {"nbformat": version, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    try:
        new_cells = nbformat.convert(nbformat.from_dict(clean), 4)["cells"]
    except Exception:  # whatever nbformat stumbles over, this file caused it
        raise Unreadable.save_again(
            _("The notebook's format, nbformat {major}, can't be converted.", major=version)
        ) from None
    for cell in new_cells:
        cell.pop("id", None)  # nbformat makes up a random one
    return new_cells


def _clean_copy(raw: Any, position: Position, limits: FileLimits) -> dict[str, Any]:
    """An old cell with nothing in it that the converter does not need."""
    is_code = isinstance(raw, dict) and raw.get("cell_type") == "code"
    source_key = "input" if is_code else "source"
    cell = read_cell(raw, position, limits, _OLD_KINDS, source_key)
    clean: dict[str, Any] = {
        "cell_type": cell.kind,
        source_key: cell.source,
        "metadata": {"tags": list(cell.tags)},
    }
    if cell.kind == "code":
        clean |= {"language": "python", "outputs": []}
    elif cell.kind == "heading":
        # nbformat writes that many "#", so a level of a billion must not get through.
        level = raw.get("level")
        clean["level"] = level if type(level) is int and 1 <= level <= 6 else 1
    return clean
