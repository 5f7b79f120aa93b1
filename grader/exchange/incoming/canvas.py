"""Canvas: `submissions.zip`, flat: `<name>[_LATE]_<user>_<attachment>_<file>`, as `ContentZipper` names them.

The name is sortable and squeezed: `Zhang, Wei` becomes `zhangwei`. The user's number is the column `ID` of
the gradebook. Nothing says when a file was handed in, only whether that was late.
"""

from __future__ import annotations

import re

from grader.exchange.incoming.delivery import Identity, Part, System, gathered

_FILE = re.compile(
    r"(?:(?!LATE_)(?P<name>.+?)_)?(?:(?P<late>LATE)_)?(?P<user>\d+|anon_\w{5,})_(?P<attachment>\d+)_(?P<file>.+)",
    re.DOTALL,
)
# A text or a link that was handed in.
_NOTE = re.compile(
    r"(?:(?!LATE_)(?P<name>.+?)_)?(?:(?P<late>LATE)_)?(?P<user>\d+|anon_\w{5,}?)_(?P<file>text|link)\.html",
    re.DOTALL,
)
_AGAIN = re.compile(r"-\d{1,2}(?=\.ipynb$)")  # put behind the name of a file that was handed in again


def parse(path: str) -> Part | None:
    """What a path in a Canvas download says."""
    name = path.rpartition("/")[2] if path.count("/") <= 1 else ""
    note = _NOTE.fullmatch(name)
    found = note or _FILE.fullmatch(name)
    if not found:
        return None
    student = Identity(name=found["name"] or "", number=found["user"])
    file = "" if note else _AGAIN.sub("", found["file"])
    return Part(found["user"], file, student, late=bool(found["late"]))


SYSTEM = System("Canvas", parse, gathered)
