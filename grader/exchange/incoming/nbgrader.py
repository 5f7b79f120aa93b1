"""nbgrader: `submitted/<student>/<assignment>/<notebook>.ipynb` with `timestamp.txt`, and its exchange.

In the exchange, folders are named `<student>+<assignment>+<timestamp>[+<random>]`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from grader.exchange.incoming.archive import Archive
from grader.exchange.incoming.delivery import Delivery, Identity, Parse, Part, System, delivery_of
from grader.notebook.notebook import Unreadable

_EXCHANGE = re.compile(
    r"(?:.*/)?(?P<student>[^/+]+)\+(?P<label>[^/+]+)\+(?P<when>\d{4}-\d\d-\d\d[ _]\d\d[:_]\d\d[^/+]*)"
    r"(?:\+[^/]*)?/(?P<file>.+)"
)
_SUBMITTED = re.compile(r"(?:.*/)?submitted/(?P<student>[^/]+)/(?P<label>[^/]+)/(?P<file>.+)")
STAMP, SECRET = "timestamp.txt", "submission_secret.txt"


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
    parts: dict[str, list] = {}
    for entry in archive.entries:
        if part := parse(entry.path):
            parts.setdefault(part.key, []).append((part, entry))
    deliveries = []
    for _, own in sorted(parts.items()):
        delivery = (
            delivery_of([each for each in own if each[0].file != STAMP]) if len(own) > 1 else delivery_of(own)
        )
        for part, entry in own:
            if part.file == STAMP:
                try:
                    when = timestamp(archive.read(entry, 10_000).decode("utf-8", "replace"))
                except Unreadable:
                    when = None
                delivery = replace(delivery, submitted_at=when or delivery.submitted_at)
        deliveries.append(delivery)
    return deliveries


SYSTEM = System("nbgrader", parse, gather)
