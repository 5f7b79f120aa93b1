"""GitHub Classroom: `<assignment>-<login>/…`, a repository for each student, as its tool clones them."""

from __future__ import annotations

from collections import Counter

from grader.exchange.incoming.archive import Archive
from grader.exchange.incoming.delivery import Delivery, Identity, Parse, Part, System, gathered


def parse(path: str) -> Part | None:
    """A path in a repository. Where the assignment's name ends, only all repositories together say."""
    folder, slash, file = path.partition("/")
    if not slash or "-" not in folder:
        return None
    return Part(folder, file, Identity(login=folder))


def prefix_of(folders: list[str]) -> str:
    """What the names of most repositories begin with: the assignment's name and a hyphen. "" if nothing."""
    starts = Counter(
        folder[: at + 1] for folder in folders for at, letter in enumerate(folder) if letter == "-"
    )
    common = [start for start, count in starts.items() if count >= max(2, 0.8 * len(folders))]
    return max(common, key=len, default="")


def gather(archive: Archive, parse: Parse) -> list[Delivery]:
    """The repositories as deliveries. One that has another name is a student's of that name."""
    around = archive.around
    found = gathered(archive, lambda path: parse(path.removeprefix(around)))
    prefix = prefix_of([each.students[0].login for each in found])
    deliveries = []
    for each in found:
        folder = each.students[0].login
        own = folder.startswith(prefix) and folder != prefix
        login = folder.removeprefix(prefix) if own else folder
        label = prefix.rstrip("-") if own else ""
        deliveries.append(Delivery((Identity(login=login),), each.files, label))
    return deliveries


SYSTEM = System("GitHub Classroom", parse, gather)
