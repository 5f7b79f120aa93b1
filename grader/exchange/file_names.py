"""Which assignment a file is named after: by its very name, or by a name that browsers, systems and people
make of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from grader.exchange.names import caseless


class Match(IntEnum):
    """How well a name fits an assignment's, from best to worst."""

    EXACT = 0
    CASELESS = 1
    WORDS = 2  # the same words with other separators, or none: `linreg_manual`, `LinregManual`
    PART = 3  # the assignment's words among others: `Copy of linreg-manual (1)`
    NONE = 4


@dataclass(frozen=True)
class Naming:
    """The assignments that a name may mean, the likeliest first, and how well they fit."""

    tasks: tuple[str, ...]
    match: Match


# What is put behind a notebook's name by a browser, an editor or a system: `.txt`, ` (1)`, `.download`.
_BEHIND = re.compile(r"(?:\.(?:txt|json|ipynb|download|\d{1,3})|[ _-]?\(\d{1,3}\)|[ _]copy)", re.IGNORECASE)
_NOTEBOOK = re.compile(rf"\.ipynb{_BEHIND.pattern}*$", re.IGNORECASE)


def stem(name: str) -> str:
    """A file's name without what says that it is a notebook: `a (1)` for `a (1).ipynb.txt`."""
    found = _NOTEBOOK.search(name)
    return name[: found.start()] if found else re.sub(r"\.(?:txt|json)$", "", name, flags=re.IGNORECASE)


def is_notebook(name: str) -> bool:
    """Whether a file with this name claims to be a notebook."""
    return _NOTEBOOK.search(name) is not None


def is_perhaps_notebook(name: str) -> bool:
    """Whether a file may be a notebook that lost its ending: `<task>`, `<task>.txt`, `<task>.json`."""
    return "." not in name or name.lower().endswith((".txt", ".json"))


def naming(name: str, tasks: Collection[str]) -> Naming:
    """The assignments that `name`, a stem or a folder's name, may mean.

    An exact match comes first, then one in another case, then the same words, then the longest words that
    are part of the name. `gradient-descent-numpy (1)` does not mean `gradient-descent`.
    """
    if name in tasks:
        return Naming((name,), Match.EXACT)
    same = tuple(task for task in tasks if caseless(task) == caseless(name))
    if same:
        return Naming(same, Match.CASELESS)
    own = _words(name)
    same = tuple(task for task in tasks if "".join(_words(task)) == "".join(own))
    if same:
        return Naming(same, Match.WORDS)
    places = {task: _places(_words(task), own) for task in tasks}
    whole = [
        task
        for task, found in places.items()
        if found and not all(_is_inside(place, places, task) for place in found)
    ]
    whole.sort(key=lambda task: (-len(_words(task)), task))
    return Naming(tuple(whole), Match.PART if whole else Match.NONE)


def extensions(task: str, tasks: Collection[str]) -> list[str]:
    """The other assignments whose names contain this one's."""
    return [other for other in tasks if other != task and _places(_words(task), _words(other))]


def _words(name: str) -> tuple[str, ...]:
    """Runs of Latin letters, of digits and of other letters, ignoring case, width and accents' encoding."""
    return tuple(re.findall(r"[a-z]+|\d+|[^\W\da-z_]+", caseless(unicodedata.normalize("NFKC", name))))


def _places(part: tuple[str, ...], whole: tuple[str, ...]) -> list[tuple[int, int]]:
    length = len(part)
    return [
        (at, at + length)
        for at in range(len(whole) - length + 1)
        if length and whole[at : at + length] == part
    ]


def _is_inside(place: tuple[int, int], places: dict[str, list[tuple[int, int]]], task: str) -> bool:
    """Whether a longer assignment's name lies around this place."""
    start, end = place
    return any(
        other != task and first <= start and end <= last and (first, last) != place
        for other, found in places.items()
        for first, last in found
    )
