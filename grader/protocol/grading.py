"""What the command and a worker say to each other.

The command sends a task and the sandbox's address through a multiprocessing connection, as a pickle: it is of
our own making, and the student's part in it is bytes. The socket of a rubric's process follows. The worker
answers with an `Answer` as one frame of JSON, never a pickle: it has talked to student code, so its answer is
read as data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from grader.model.codec import from_data, to_data
from grader.model.report import Report


@dataclass(frozen=True)
class Answer:
    """The result of one task, and whether the worker may be given another."""

    report: Report | None = None
    reusable: bool = False  # nothing unusual happened
    rubric_lost: bool = False  # the rubric's process ended early, so another try is worth it
    fault: str = ""  # our own traceback, if there is no report

    def encode(self) -> bytes:
        """The answer as bytes."""
        return json.dumps(to_data(self)).encode()

    @classmethod
    def decode(cls, data: bytes) -> Answer:
        """The answer in `data`. Raises ValueError, KeyError or TypeError if there is none."""
        answer: Answer = from_data(cls, json.loads(data))
        return answer
