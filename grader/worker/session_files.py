"""Puts files into a session's working folder before its first cell.

They go over the probe socket, so the session's own process writes them, with its own rights and on its own
disk. That is after the kernel has imported what it needs: no file can take the place of a module of ours.
Each session gets a copy of its own. What a notebook does to it, no other session sees.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.inside import wire
from grader.inside.probe_messages import WRITE, request
from grader.model.file import File
from grader.worker.process import Process, while_alive
from grader.worker.silent_kernel import ask

PART = 1 << 20  # bytes of a file that cross at once


async def place(process: Process, files: Sequence[File]) -> None:
    """Write the files, one after another. Raises SessionOver if one could not be written."""
    if files:
        process.probe.setblocking(False)
    for file in files:
        for start in range(0, max(len(file.content), 1), PART):
            message = request(WRITE, name=file.name, content=file.content[start : start + PART])
            await while_alive(process, ask(process, message, wire.DONE))
