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
    around = archive.around
    return gathered(archive, lambda path: parse(path.removeprefix(around)))


SYSTEM = System("a folder for each student", parse, gather)
