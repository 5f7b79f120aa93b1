"""Cells of a notebook file: from JSON of any shape to `Cell` values.

A message to the student names the first cell that is damaged.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.notebook.document import shown
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Cell, Unreadable

KINDS = ("code", "markdown", "raw")  # of nbformat 4


class Position(NamedTuple):
    """Where a cell stands, for messages."""

    number: int  # from 1, all kinds of cells counted
    total: int

    @property
    def text(self) -> Text:
        """The position in words: "cell 2 of 5"."""
        return _("cell {number} of {total}", number=self.number, total=self.total)


def list_of_cells(holder: Any, limits: FileLimits) -> list[Any]:
    """The raw cells of a notebook or worksheet. Raises Unreadable if there is no list or too long a one."""
    cells = holder.get("cells") if isinstance(holder, dict) else None
    if not isinstance(cells, list):
        raise Unreadable.save_again(_("This is not a usable notebook: it has no list of cells."))
    limits.demand_cells(len(cells))
    return cells


def known(raw: Any) -> Any:
    """A raw cell of a newer nbformat: one of an unknown kind becomes a raw cell, which does not run."""
    if (
        not isinstance(raw, dict)
        or raw.get("cell_type") in KINDS
        or not isinstance(raw.get("cell_type"), str)
    ):
        return raw
    source = raw.get("source")
    return {"cell_type": "raw", "id": raw.get("id"), "source": source if isinstance(source, str) else ""}


def read_cell(
    raw: Any,
    position: Position,
    limits: FileLimits,
    kinds: tuple[str, ...] = KINDS,
    source_key: str = "source",
) -> Cell:
    """The cell in a JSON value, with its id as written.

    Raises Unreadable if it isn't a cell of these kinds.
    """
    if not isinstance(raw, dict):
        raise _damaged(position, _("is {what}, not a cell", what=shown(raw)))
    kind = raw.get("cell_type")
    if kind not in kinds:
        has_type = "cell_type" in raw
        raise _damaged(position, _("has the type {kind}", kind=shown(kind)) if has_type else _("has no type"))
    metadata, cell_id = raw.get("metadata"), raw.get("id")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(
        kind=kind,
        source=_source(raw, source_key, position, limits),
        tags=tuple(_writable(tag) for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        id=cell_id if isinstance(cell_id, str) else "",
    )


def _source(raw: dict[str, Any], key: str, position: Position, limits: FileLimits) -> str:
    if key not in raw:
        raise _damaged(position, _("has no source"))
    source = raw[key]
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise _damaged(position, _("has a source that is not text"))
    if len(source) > limits.cell_characters:
        raise Unreadable(
            _(
                "The notebook's {cell} is too long: {count} characters; at most {most} can be read. "
                "Move embedded data out of it, save, and submit it again.",
                cell=position.text,
                count=len(source),
                most=limits.cell_characters,
            )
        )
    return _writable(source)


def _damaged(position: Position, problem: Text) -> Unreadable:
    return Unreadable.save_again(
        _("The notebook is damaged: {cell} {what}.", cell=position.text, what=problem)
    )


_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def _writable(text: str) -> str:
    """Text with Python's own line ends, and only characters that can be written to files and databases."""
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
