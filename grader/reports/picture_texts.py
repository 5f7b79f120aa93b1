"""A text for each picture that a cell puts out: what the cell's code or the heading above it calls it."""

from __future__ import annotations

import ast
import re

from grader.language.catalogue import Text
from grader.language.catalogue import say as _

MAX_TITLE = 120
MAX_CODE = 20_000  # characters of a cell in which titles are looked for
# What sets the title of a plot, and what names its axes.
TITLES = {"title", "set_title", "suptitle"}
AXES = {"xlabel": "x", "set_xlabel": "x", "ylabel": "y", "set_ylabel": "y"}


def picture_text(source: str, heading: str, number: int, which: int, count: int) -> Text:
    """The text of picture `which` of the `count` that cell `number` puts out, both counted from 1.

    It is the title that the cell's code gives its plot, or the heading above the cell.
    """
    found = _named(source)
    title = found.get("title", "") if count == 1 else ""
    title = title or heading
    axes = ", ".join(f"{axis}: {found[axis]}" for axis in ("x", "y") if axis in found) if count == 1 else ""
    place = (
        _("Picture of cell {number}", number=number)
        if count == 1
        else _("Picture {which} of {count} of cell {number}", which=which, count=count, number=number)
    )
    said = Text(f"{place.en}: {title}", f"{place.zh}：{title}") if title else place
    return Text(f"{said.en} ({axes})", f"{said.zh}（{axes}）") if axes else said


def _named(source: str) -> dict[str, str]:
    """The title of a plot and the names of its axes, where code gives them as texts."""
    found: dict[str, str] = {}
    if len(source) > MAX_CODE or not any(name in source for name in (*TITLES, *AXES)):
        return found  # most cells draw nothing, and parsing takes time
    lines = [line for line in source.split("\n") if not re.match(r"\s*[%!]", line)]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        what = "title" if name in TITLES else AXES.get(name)
        if what and isinstance(node.args[0].value, str):
            found.setdefault(what, " ".join(node.args[0].value.split())[:MAX_TITLE])
    return found
