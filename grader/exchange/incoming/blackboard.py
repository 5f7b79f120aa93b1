"""Blackboard: `<assignment>_<user>_attempt_2024-09-24-21-26-31_<file>`, and a `….txt` with what it knows.

User names may contain `_`, so the text file decides where one begins. The time is the server's.
"""

from __future__ import annotations

import re
from dataclasses import replace

from grader.exchange.incoming.archive import Archive
from grader.exchange.incoming.delivery import Delivery, Identity, Parse, Part, System, gathered
from grader.notebook.notebook import Unreadable

_FILE = re.compile(
    r"(?P<label>.+)_(?P<user>.+?)_(?:attempt|尝试|嘗試)_(?P<when>\d{4}(?:-\d{2}){5})(?:_(?P<file>.+)|\.txt)",
    re.DOTALL,
)
_NAME = re.compile(r"^(?:Name|姓名|名称)\s*[:：]\s*(?P<name>.*?)\s*\((?P<user>[^()\n]+)\)\s*$", re.MULTILINE)
MAX_NOTE_BYTES = 1_000_000


def parse(path: str) -> Part | None:
    """What a path in a Blackboard download says."""
    found = _FILE.fullmatch(path.rpartition("/")[2] if path.count("/") <= 1 else "")
    if not found:
        return None
    day, clock = found["when"][:10], found["when"][11:].replace("-", ":")
    key = f"{found['label']}_{found['user']} {found['when']}"
    return Part(key, found["file"] or "", Identity(login=found["user"]), found["label"], f"{day}T{clock}")


def gather(archive: Archive, parse: Parse) -> list[Delivery]:
    """The deliveries. Names of users that contain `_`, and full names, come from the text files."""
    notes = {}
    for entry in archive.entries:
        part = parse(entry.path)
        if part and not part.file:
            try:
                text = archive.read(entry, MAX_NOTE_BYTES).decode("utf-8-sig", "replace")
            except Unreadable:
                continue
            if told := _NAME.search(text):
                notes[part.key] = (told["name"], told["user"])

    def completed(path: str) -> Part | None:
        part = parse(path)
        if part is None or part.key not in notes:
            return part
        name, user = notes[part.key]
        whole = f"{part.label}_{part.student.login}"
        label = whole.removesuffix(f"_{user}") if whole.endswith(f"_{user}") else part.label
        return replace(part, student=Identity(name=name, login=user), label=label)

    return gathered(archive, completed)


SYSTEM = System("Blackboard", parse, gather)
