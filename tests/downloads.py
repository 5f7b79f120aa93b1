"""Downloads of learning management systems, and their tables, made in memory in each system's own shape."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.exchange.incoming.archive import Archive, Entry
from grader.exchange.outgoing.told import Told, ToldCheck
from grader.model.mark import Late, Mark, Override
from grader.notebook.writing import dump
from support import notebook_of


def notebook(*cells: str) -> bytes:
    """A notebook's bytes."""
    return dump(notebook_of(*cells)).encode()


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A ZIP file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def zipped_as(encoding: str, files: Mapping[str, bytes]) -> bytes:
    """A ZIP file whose names are in an old encoding that it does not tell."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, (name, text) in enumerate(files.items()):
            # zipfile writes names that are ASCII without saying that they are UTF-8.
            archive.writestr(chr(ord("A") + number) * len(name.encode(encoding)), text)
    made = content.getvalue()
    for number, name in enumerate(files):
        raw = name.encode(encoding)
        made = made.replace(bytes([ord("A") + number]) * len(raw), raw)
    return made


def tarred(files: Mapping[str, bytes], mode: str = "w:gz", links: Mapping[str, str] | None = None) -> bytes:
    """A tar file, packed with gzip, with symbolic links if there are any."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return content.getvalue()


class Held(Archive):
    """An archive in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        for name, content in files.items():
            self._add(name, len(content), content)

    def _content(self, entry: Entry, most: int) -> bytes:
        assert isinstance(entry.place, bytes)
        return entry.place[: most + 1]


def written(path: Path, content: bytes) -> Path:
    """A file with this content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def mark(student: str = "amy", assignment: str = "double", final: float | None = 8, **others) -> Mark:
    """A mark of 8 of 10 points, unless told otherwise."""
    values = {
        "status": "rejected" if final is None else "graded",
        "raw": final,
        "max_score": 10,
        "late": None,
        "override": None,
        "attempt": 1,
        "attempts": 1,
        "submitted_at": None,
        "manual": {},
    } | others
    return Mark(student=student, assignment=assignment, final=final, **values)


LATE = Late(90_000, 10, "per_day")
BY_HAND = Override("amy", "double", None, 9, "the network was down", "staff", "2026-12-01T10:00:00+00:00")


def told(student: str = "amy", **others) -> Told:
    """A submission with a check that passed, one that failed and one that was not run."""
    checks = (
        ToldCheck("test_two", "double(2) is 4", "passed", 1, 1),
        ToldCheck("test_any", "Any number, doubled", "failed", 0, 2, "-3: -3 instead of -6\nHint: try it"),
        ToldCheck("test_other", "Another n", "not_run", 0, 1, "It builds on the one above."),
    )
    values = {
        "mark": mark(student),
        "checks": checks,
        "file": "double.ipynb",
        "seconds": 1.6,
        "code": "x = 1",
    }
    return Told(**values | others)


REJECTED = Told(mark("bo", final=None), notices=("This is not a notebook.",))
