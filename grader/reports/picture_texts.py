"""A text for each picture that a cell puts out: what the cell's code or the heading above it calls it."""

from __future__ import annotations

import re

from grader.language.catalogue import Text
from grader.language.catalogue import say as _

MAX_CODE = 20_000  # characters of a cell in which titles are looked for
# What sets the title of a plot, and what names its axes.
TITLES = ("title", "set_title", "suptitle")
AXES = {"xlabel": "x", "set_xlabel": "x", "ylabel": "y", "set_ylabel": "y"}
# A call with a text of one line, without escapes, as its first argument. Formatted texts are not known here.
NAMED = re.compile(
    rf"""\.({"|".join([*TITLES, *AXES])})\(\s*r?(?:"([^"\\\n]{{1,120}})"|'([^'\\\n]{{1,120}})')"""
)


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
    """The title of a plot and the names of its axes, where code gives them as plain texts."""
    found: dict[str, str] = {}
    for name, *texts in NAMED.findall(source[:MAX_CODE]):
        what = "title" if name in TITLES else AXES[name]
        found.setdefault(what, " ".join("".join(texts).split()))
    return found
