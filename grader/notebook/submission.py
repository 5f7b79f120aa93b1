"""One student's notebook for one assignment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from grader.language.catalogue import Text
from grader.notebook.limits import FILE_LIMITS, FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.opening import read_file


@dataclass(frozen=True)
class Submission:
    """One student's notebook for one assignment. Its bytes stay on disk until `load`."""

    student: str  # for records: the folder's name, printable, distinct for distinct folders
    assignment: str
    # For files: a portable folder name, distinct even on file systems that ignore case and normalize.
    name: str
    path: Path  # the notebook, or the folder if no notebook could be chosen
    problem: Text | None = None  # why no notebook could be chosen: a sentence for the student

    def load(self, limits: FileLimits = FILE_LIMITS) -> bytes:
        """The notebook's bytes. Raises Unreadable, with a sentence for the student, if there are none."""
        if self.problem is not None:
            raise Unreadable(self.problem)
        return read_file(self.path, limits)


def fingerprint(content: bytes | Unreadable) -> str:
    """The SHA-256 that a record carries: of the notebook, or of the reason why there is none.

    So a submission that could not be read is graded again as soon as the reason changes.
    """
    data = str(content).encode("utf-8", "backslashreplace") if isinstance(content, Unreadable) else content
    return hashlib.sha256(data).hexdigest()
