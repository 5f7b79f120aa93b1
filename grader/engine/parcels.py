"""What a submission needs on another machine, as content under hashes: the rubric and its large files."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.model.file import Bound, Entry
from grader.model.task import Rubric, Task

EMPTY = Rubric((), ())


@dataclass(frozen=True)
class Parcel:
    """A rubric as it travels. `bound` are its large files and folders by their hash, as tar archives."""

    rubric: Rubric
    bound: Mapping[str, bytes]


@dataclass(frozen=True)
class Order:
    """A task without its rubric, which is known by its hash. The parcel comes where it was not sent yet."""

    task: Task
    rubric_sha256: str
    parcel: Parcel | None


def order(task: Task, is_known: bool) -> Order:
    """The order for a task. If its rubric `is_known` at the other end, it is left out.

    Raises OSError if a large file can't be read.
    """
    parcel = None if is_known else Parcel(task.rubric, _packed(task.rubric))
    return Order(replace(task, rubric=EMPTY), task.rubric.sha256, parcel)


def unpack(parcel: Parcel, folder: Path) -> tuple[Rubric, list[Bound]]:
    """Write the large files of a parcel below `folder`; the rubric with their places, and these files.

    Raises OSError if there is no room, and ValueError if the content is not what the hash says.
    """
    kept: dict[str, Bound] = {}

    def placed(entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(_placed(entry, parcel, folder, kept) for entry in entries)

    rubric = replace(
        parcel.rubric, handed_out=placed(parcel.rubric.handed_out), other=placed(parcel.rubric.other)
    )
    return rubric, list(kept.values())


def _placed(entry: Entry, parcel: Parcel, folder: Path, kept: dict[str, Bound]) -> Entry:
    if not isinstance(entry, Bound):
        return entry
    place = folder / entry.sha256
    if not place.exists():
        part = place.with_suffix(".part")
        with tarfile.open(fileobj=io.BytesIO(parcel.bound[entry.sha256])) as archive:
            # Python 3.11.4 and newer ask for one; it is the command that packed this.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(part)
        (part / "content").rename(place)
        part.rmdir()
    kept[entry.sha256] = replace(entry, path=str(place))
    return kept[entry.sha256]


def _packed(rubric: Rubric) -> dict[str, bytes]:
    packed = {}
    for entry in (*rubric.handed_out, *rubric.other):
        if isinstance(entry, Bound) and entry.sha256 not in packed:
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w") as archive:
                archive.add(entry.path, arcname="content")
            packed[entry.sha256] = buffer.getvalue()
    return packed
