"""How much a notebook is like an assignment's stub: its cells' texts, their ids, and the names it defines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from grader.notebook.notebook import Notebook

# Measured on the course's stubs, solutions and right answers in other styles, also without ids, Markdown or
# both: see tests/exchange/test_likeness.py.
LEAST = 0.25  # of the stub's features, weighted
SHORTEST = 8  # characters of a line that counts
LEAD = 1.5  # over the second likeliest assignment
_DEFINED = re.compile(r"^(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)
KINDS = (("code", "name", "text", "id"), ("code", "name"))  # what is compared: everything, then code alone
Feature = tuple[str, str]  # its kind and its text


def squeezed(source: str) -> str:
    """A cell's source without white space, by which cells are compared."""
    return "".join(source.split())


def code_of(notebook: Notebook) -> tuple[str, ...]:
    """The code cells that are not empty, squeezed."""
    return tuple(text for _, cell in notebook.code if (text := squeezed(cell.source)))


def is_untouched(notebook: Notebook, stub: Notebook) -> bool:
    """Whether a notebook holds no code but the stub's."""
    return set(code_of(notebook)) <= set(code_of(stub))


def likest(notebook: Notebook, stubs: Mapping[str, Notebook]) -> str | None:
    """The assignment whose stub the notebook is made from; None if no stub is clearly the likest.

    If the whole notebook leaves it open, its code is compared alone: Markdown may have been deleted.
    """
    own = _features(notebook)
    features = {task: _features(stub) for task, stub in stubs.items()}
    uses = Counter(feature for each in features.values() for feature in each)

    def share(of: frozenset[Feature], kinds: tuple[str, ...]) -> float:
        asked = [feature for feature in of if feature[0] in kinds]
        whole = sum(1 / uses[feature] for feature in asked)
        return sum(1 / uses[feature] for feature in asked if feature in own) / whole if whole else 0

    for kinds in KINDS:
        shares = sorted(((share(each, kinds), task) for task, each in features.items()), reverse=True)
        if shares and shares[0][0] >= LEAST and (len(shares) == 1 or shares[0][0] >= LEAD * shares[1][0]):
            return shares[0][1]
    return None


def _features(notebook: Notebook) -> frozenset[Feature]:
    """What a notebook can have in common with another, each with its kind."""
    # Lines, not cells: a student may have split or joined cells. Short lines say nothing.
    lines = {
        ("code" if cell.kind == "code" else "text", text)
        for cell in notebook.cells
        for line in cell.source.split("\n")
        if len(text := squeezed(line)) >= SHORTEST
    }
    # Ids that were made up when the notebook was read say nothing.
    ids = {("id", cell.id) for cell in notebook.cells if not re.fullmatch(r"cell-\d+", cell.id)}
    names = {
        ("name", first or second)
        for _, cell in notebook.code
        for first, second in _DEFINED.findall(cell.source)
    }
    return frozenset(lines | ids | names)
