"""Puts files into a session's working folder before its first cell.

They go over the probe socket, so the session's own process writes them, with its own rights and on its own
disk. That is after the kernel has imported what it needs: no file can take the place of a module of ours.
Each session gets a copy of its own. What a notebook does to it, no other session sees. Of what is too large
for that, a sealed session gets a link to the one copy in the sandbox, which it can't change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from grader.inside import wire
from grader.inside.probe_messages import LINK, WRITE, request
from grader.model.file import FILES, Bound, Entry, File, first_part
from grader.worker.process import Process, while_alive
from grader.worker.silent_kernel import ask

PART = 1 << 20  # bytes that cross at once, of one file or of several


async def place(process: Process, handed_out: Sequence[Entry], beside: Sequence[File] = ()) -> None:
    """Write the files of the assignment and those beside the notebook.

    What the assignment hands out is found under `files/` as well. Raises SessionOver if a file could not be
    written.
    """
    if not handed_out and not beside:
        return
    process.probe.setblocking(False)
    for parts in _packed([entry for entry in (*handed_out, *beside) if isinstance(entry, File)]):
        await while_alive(process, ask(process, request(WRITE, files=parts), wire.DONE))
    if handed_out:
        await while_alive(process, ask(process, _links(process, handed_out), wire.DONE))


def _links(process: Process, handed_out: Sequence[Entry]) -> dict[str, Any]:
    """The request for what is not written: large files, and the names below `files/`."""
    bound = [entry for entry in handed_out if isinstance(entry, Bound)]
    links, copies = [], []
    if process.bound_in is None:
        copies = [[entry.name, entry.path] for entry in bound]
    else:
        links = [[entry.name, f"{process.bound_in}/{entry.sha256}"] for entry in bound]
    names = dict.fromkeys(first_part(entry.name) for entry in handed_out)
    links += [[f"{FILES}/{name}", f"../{name}"] for name in names]
    return request(LINK, links=links, copies=copies)


def _packed(files: Iterable[File]) -> Iterator[list[list[str | bytes]]]:
    """The files as lists of names and contents. Each list is about PART bytes, a large file in several."""
    pack: list[list[str | bytes]] = []
    size = 0
    for file in files:
        for start in range(0, max(len(file.content), 1), PART):
            part = file.content[start : start + PART]
            if pack and size + len(part) > PART:
                yield pack
                pack, size = [], 0
            pack.append([file.name, part])
            size += len(part)
    if pack:
        yield pack
