"""Any tree with a folder for each student: what is in it was not made by a system that is known."""

from __future__ import annotations

from grader.exchange.incoming.archive import Archive
from grader.exchange.incoming.delivery import Delivery, Identity, Parse, Part, System, gathered


def parse(path: str) -> Part | None:
    """A path below a student's folder."""
    folder, slash, file = path.partition("/")
    return Part(folder, file, Identity(login=folder), is_folder_name=True) if slash else None


def gather(archive: Archive, parse: Parse) -> list[Delivery]:
    """The students' folders. If one folder lies around all of them, it is looked into."""
    first = {entry.path.partition("/")[0] for entry in archive.entries}
    deep = all(entry.path.count("/") >= 2 for entry in archive.entries)
    if len(first) != 1 or not deep:
        return gathered(archive, parse)
    return gathered(archive, lambda path: parse(path.partition("/")[2]))


SYSTEM = System("a folder for each student", parse, gather)
