"""A ZIP file of pages that an LMS hands to its students, under the names that their files had there.

Canvas takes it at "Upload Submissions", Moodle at "Upload multiple feedback files in a zip".
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.exchange.outgoing.reproducible_zip import add

_CANVAS = re.compile(r"((?:.+?_)?(?:LATE_)?(?:\d+|anon_\w{5,})_\d+_).+", re.DOTALL)
_MOODLE = re.compile(r"(?:.*/)?([^/]+_\d+_assignsubmission_file)(?:_?/|_).+", re.DOTALL)


@dataclass(frozen=True)
class Returned:
    """A page that goes back for a file of a download."""

    path: str  # in the download
    assignment: str
    page: Path


def page_name(path: str, assignment: str, system: str) -> str:
    """The name of the page that goes back for the file at `path` in a download.

    Canvas and Moodle find the student by the numbers in it.
    """
    last = path.rpartition("/")[2]
    if system == "Canvas" and (found := _CANVAS.fullmatch(last)):
        return f"{found[1]}{assignment}.html"
    if system == "Moodle" and (found := _MOODLE.fullmatch(path)):
        return f"{found[1]}_/{assignment}.html"
    folder = path.rpartition("/")[0]
    return f"{folder}/{assignment}.html" if folder else f"{last}.html"


def feedback(file: IO[bytes], returned: Iterable[Returned], system: str) -> int:
    """Write the ZIP file. How many pages are in it."""
    names = set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in returned:
            name = page_name(each.path, each.assignment, system)
            if name not in names:
                names.add(name)
                add(archive, name, each.page.read_bytes())
    return len(names)
