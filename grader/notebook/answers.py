"""Answers that a person marks: what stands below a cell's line `<!-- answer: NAME -->` or `# answer: NAME`.

The first form is for text cells, where Jupyter and Colab don't show it, the second for code cells. The mark
is part of the cell's text, so it survives every tool that keeps the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from grader.notebook.notebook import Notebook

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MARK = re.compile(
    rf"""^[ \t]*(?:<!--[ \t]*answer:[ \t]*(?P<text>{NAME.pattern})[ \t]*-->
    |\#+[ \t]*answer:[ \t]*(?P<code>{NAME.pattern}))[ \t]*$""",
    re.MULTILINE | re.IGNORECASE | re.VERBOSE,
)
MAX_CHARACTERS = 20_000  # of one answer; the rest is cut off
MAX_ANSWERS = 100  # of one notebook


class Marked(NamedTuple):
    """A cell's text around its first mark."""

    name: str
    before: str  # up to the mark's own line, that included
    below: str


def marked(source: str) -> Marked | None:
    """A cell's text around its mark; None if it has none."""
    found = MARK.search(source)
    if found is None:
        return None
    name = (found["text"] or found["code"]).lower()
    return Marked(name, source[: found.end()], source[found.end() :].removeprefix("\n"))


def answers(notebook: Notebook, stub: Notebook) -> dict[str, str]:
    """The answers by name, in the order of the notebook, without empty lines around them.

    A cell that lost its mark is found by the id that it has in the stub. Of a copied cell, both count. An
    answer that is as the stub has it is empty.
    """
    ids = {cell.id: found.name for cell in stub.cells if (found := marked(cell.source))}
    parts: dict[str, list[str]] = {}
    for cell in notebook.cells:
        found = marked(cell.source)
        if found is not None:
            parts.setdefault(found.name, []).append(found.below.strip())
    for cell in notebook.cells:
        name = ids.get(cell.id)
        if name is not None and name not in parts and marked(cell.source) is None:
            parts[name] = [cell.source.strip()]
    given = {found.name: found.below.strip() for cell in stub.cells if (found := marked(cell.source))}
    return {
        name: "\n\n".join(dict.fromkeys(part for part in own if part and part != given.get(name)))[
            :MAX_CHARACTERS
        ]
        for name, own in list(parts.items())[:MAX_ANSWERS]
    }
