"""Which system a download comes from, by the names in it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exchange.incoming import (
    blackboard,
    brightspace,
    canvas,
    github,
    gradescope,
    moodle,
    nbgrader,
    plain,
)
from grader.exchange.incoming.archive import Archive, Entry
from grader.exchange.incoming.delivery import System

# Those with the strictest names first: what fits a strict pattern fits loose ones too.
STRICT = (
    moodle.SYSTEM,
    gradescope.SYSTEM,
    blackboard.SYSTEM,
    brightspace.SYSTEM,
    nbgrader.SYSTEM,
    canvas.SYSTEM,
)
LEAST = 0.8  # of the files must have names of the system's form


def recognized(archive: Archive) -> System | None:
    """The system whose names most of the files have; None if there is no way to tell students apart."""
    for system in STRICT:
        if share(archive.entries, system) >= LEAST:
            return system
    paths = [each.path.removeprefix(archive.around) for each in archive.entries]
    folders = sorted({path.partition("/")[0] for path in paths if "/" in path})
    if len(folders) >= 2 and github.prefix_of(folders):
        return github.SYSTEM
    return plain.SYSTEM if share(archive.entries, plain.SYSTEM) >= LEAST else None


def share(entries: Sequence[Entry], system: System) -> float:
    """The share of files whose names the system could have made."""
    return sum(system.parse(each.path) is not None for each in entries) / len(entries) if entries else 0
