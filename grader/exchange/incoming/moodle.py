"""Moodle: `<full name>_<participant>_assignsubmission_file/<file>`, or the same flat.

The participant's number is the one in the worksheet's column Identifier. It is another one in every
assignment. Online texts are `onlinetext.html` in a folder of the same form.
"""

from __future__ import annotations

import re

from grader.exchange.incoming.delivery import Identity, Part, System, gathered

_FILE = re.compile(
    r"(?P<name>[^/]+)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_?/|_)(?P<file>.+)",
    re.DOTALL,
)
_BLIND = re.compile(r"^(?:Participant|Teilnehmer/in|参与者|參與者)[ _]?\d*$")


def parse(path: str) -> Part | None:
    """What a path in a Moodle download says. A folder around everything is one that unpacking made."""
    found = _FILE.fullmatch(path) or _FILE.fullmatch(path.partition("/")[2])
    if not found:
        return None
    name = found["name"].replace("_", " ")
    student = Identity("" if _BLIND.match(name) else name, found["number"])
    return Part(found["number"], found["file"] if found["kind"] == "file" else "", student)


SYSTEM = System("Moodle", parse, gathered, has_lasting_numbers=False)
