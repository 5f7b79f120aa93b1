"""Brightspace: `<user>-<folder> - <name> - Sep 24, 2024 926 PM/<file>`, or flat, and `index.html`."""

from __future__ import annotations

import re
from datetime import datetime

from grader.exchange.incoming.delivery import Identity, Part, System, gathered

_FILE = re.compile(
    r"(?P<user>\d+)-(?P<box>\d+) - (?P<name>.+?) - "
    r"(?P<when>[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{3,4} [AP]M)(?:/| - )(?P<file>.+)",
    re.DOTALL,
)
_OTHER = re.compile(
    r"(?P<user>\d+)-(?P<box>\d+) - (?P<name>[^/]+?) - (?P<when>[^/]*\d{4}[^/]*?)(?:/)(?P<file>.+)"
)


def parse(path: str) -> Part | None:
    """What a path in a Brightspace download says. Dates in other languages stay unread."""
    inner = path.partition("/")[2]
    if path == "index.html" or inner == "index.html":
        return Part("", "")
    for text in (path, inner):
        if found := _FILE.fullmatch(text) or _OTHER.fullmatch(text):
            student = Identity(found["name"], found["user"])
            return Part(
                f"{found['user']} {found['when']}", found["file"], student, submitted_at=_when(found["when"])
            )
    return None


def _when(text: str) -> str | None:
    """`Sep 24, 2024 926 PM` in ISO 8601, in the time zone of whoever made the download."""
    day, _, hour = text.replace(",", "").rpartition(" ")[0].rpartition(" ")
    half = text[-2:]
    for form in ("%b %d %Y %I%M %p", "%B %d %Y %I%M %p"):
        try:
            return datetime.strptime(f"{day} {hour.zfill(4)} {half}", form).isoformat()
        except ValueError:
            continue
    return None


SYSTEM = System("Brightspace", parse, gathered)
