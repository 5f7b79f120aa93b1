"""nbgrader: `submitted/<student>/<assignment>/<notebook>.ipynb` with `timestamp.txt`, and its exchange.

In the exchange, folders are named `<student>+<assignment>+<timestamp>[+<random>]`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from grader.exchange.incoming.archive import Archive
from grader.exchange.incoming.delivery import Delivery, Identity, Parse, Part, System, gathered
from grader.notebook.notebook import Unreadable

_EXCHANGE = re.compile(
    r"(?:.*/)?(?P<student>[^/+]+)\+(?P<label>[^/+]+)\+(?P<when>\d{4}-\d\d-\d\d[ _]\d\d[:_]\d\d[^/+]*)"
    r"(?:\+[^/]*)?/(?P<file>.+)"
)
_SUBMITTED = re.compile(r"(?:.*/)?submitted/(?P<student>[^/]+)/(?P<label>[^/]+)/(?P<file>.+)")
STAMP, SECRET = "timestamp.txt", "submission_secret.txt"
MAX_STAMP_BYTES = 10_000


def parse(path: str) -> Part | None:
    """What a path below `submitted/`, or in the exchange, says."""
    if found := _EXCHANGE.fullmatch(path):
        when = timestamp(found["when"])
        key = f"{found['student']}+{found['label']}+{found['when']}"
    elif found := _SUBMITTED.fullmatch(path):
        when, key = None, f"{found['student']}+{found['label']}"
    else:
        return None
    file = "" if found["file"] == SECRET else found["file"]
    return Part(key, file, Identity(login=found["student"]), found["label"], when)


def timestamp(text: str) -> str | None:
    """`2024-09-24 21:26:31.123456 UTC` in ISO 8601. Without a zone it is UTC, as nbgrader writes it."""
    found = re.match(
        r"(\d{4}-\d\d-\d\d)[ _T](\d\d)[:_](\d\d)[:_](\d\d)(?:\.\d+)?\s*(UTC|Z|[+-]\d\d:?\d\d)?", text.strip()
    )
    if not found:
        return None
    day, hour, minute, second, zone = found.groups()
    offset = zone if zone and zone[0] in "+-" else "+00:00"
    try:
        return datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}{offset}").isoformat()
    except ValueError:
        return None


def gather(archive: Archive, parse: Parse) -> list[Delivery]:
    """The deliveries, with the times that `timestamp.txt` tells."""
    stamps = {}
    for entry in archive.entries:
        part = parse(entry.path)
        if part and part.file == STAMP:
            try:
                stamps[part.key] = timestamp(archive.read(entry, MAX_STAMP_BYTES).decode("utf-8", "replace"))
            except Unreadable:
                continue

    def completed(path: str) -> Part | None:
        part = parse(path)
        if part is None:
            return None
        file = "" if part.file == STAMP else part.file
        return replace(part, file=file, submitted_at=stamps.get(part.key) or part.submitted_at)

    return gathered(archive, completed)


SYSTEM = System("nbgrader", parse, gather)
