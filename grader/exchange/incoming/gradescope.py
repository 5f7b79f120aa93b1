"""Gradescope: `assignment_<id>_export/submission_<id>/…`, and `submission_metadata.yml`: whose they are.

The one owner of PyYAML. The file is read as a stream of events, of which few are kept: it holds the results
of every check, and nothing in it is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from grader.errors import UsageError
from grader.exchange.incoming.archive import Archive
from grader.exchange.incoming.delivery import Delivery, Identity, Parse, Part, System, delivery_of
from grader.exchange.incoming.nbgrader import timestamp
from grader.notebook.notebook import Unreadable

METADATA = "submission_metadata.yml"
MAX_METADATA_BYTES = 64 << 20
MAX_SUBMITTERS = 100
_FILE = re.compile(r"(?:[^/]+/)?(?P<key>submission_\d+)/(?P<file>.+)", re.DOTALL)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(path: str) -> Part | None:
    """What a path in a Gradescope export says."""
    if path.rpartition("/")[2] == METADATA and path.count("/") <= 1:
        return Part("", "")
    found = _FILE.fullmatch(path)
    return Part(found["key"], found["file"]) if found else None


def gather(archive: Archive, parse: Parse) -> list[Delivery]:
    """The deliveries with the submitters and times of the metadata. Raises UsageError if it is missing."""
    listed = next((each for each in archive.entries if each.path.rpartition("/")[2] == METADATA), None)
    if listed is None:
        raise UsageError(
            f"the export has no {METADATA}, which says whose submissions these are; export it again"
        )
    try:
        known = metadata(archive.read(listed, MAX_METADATA_BYTES))
    except (Unreadable, yaml.YAMLError, ValueError) as error:
        raise UsageError(f"{METADATA} of the export can't be read ({error}); export it again") from None
    parts: dict[str, list] = {}
    for entry in archive.entries:
        if (part := parse(entry.path)) and part.file:
            parts.setdefault(part.key, []).append((part, entry))
    deliveries = []
    for key, own in sorted(parts.items(), key=lambda item: (len(item[0]), item[0])):
        students, when = known.get(key, ((Identity(login=key),), None))
        files = delivery_of(own).files
        deliveries.append(Delivery(students, files, submitted_at=when))
    return deliveries


def metadata(content: bytes) -> dict[str, tuple[tuple[Identity, ...], str | None]]:
    """Submitters and time of each submission in `submission_metadata.yml`. Raises YAMLError or ValueError."""
    events = yaml.parse(content, Loader=_LOADER)
    found = {}
    for key, value in _top(events):
        people = value.get(":submitters") or []
        students = tuple(
            Identity(each.get(":name", ""), "", each.get(":sid", ""), each.get(":email", ""))
            for each in people[:MAX_SUBMITTERS]
            if isinstance(each, dict)
        )
        if students:
            when = value.get(":created_at")
            found[key] = (students, timestamp(when) if isinstance(when, str) else None)
    return found


KEPT = (":submitters", ":created_at")


def _top(events: Iterator[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The submissions in a stream of YAML events, with what is kept of each."""
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            break
        if isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent)):
            raise ValueError("it is not a list of submissions")
    for event in events:
        if not isinstance(event, yaml.ScalarEvent):
            return
        start = next(events)
        if not isinstance(start, yaml.MappingStartEvent):
            _skip(start, events)
            continue
        yield event.value, {key: value for key, value in _pairs(events, KEPT, 3)}


def _pairs(events: Iterator[Any], kept: tuple[str, ...], depth: int) -> Iterator[tuple[str, Any]]:
    """Keys and values of a mapping whose start was read. Only those in `kept`, if any is named."""
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            return
        value = next(events)
        if isinstance(event, yaml.ScalarEvent) and (not kept or event.value in kept):
            yield event.value, _value(value, events, depth)
        else:
            if not isinstance(event, yaml.ScalarEvent):
                raise ValueError("a key is not a word")
            _skip(value, events)


def _value(event: Any, events: Iterator[Any], depth: int) -> Any:
    if isinstance(event, yaml.ScalarEvent):
        return event.value
    if depth == 0 or isinstance(event, yaml.AliasEvent):
        _skip(event, events)
        return None
    if isinstance(event, yaml.MappingStartEvent):
        return dict(_pairs(events, (), depth - 1))
    found = []
    for item in events:
        if isinstance(item, yaml.SequenceEndEvent):
            break
        found.append(_value(item, events, depth - 1))
    return found


def _skip(event: Any, events: Iterator[Any]) -> None:
    """Read to the end of the value that begins with `event`."""
    starts, ends = (
        (yaml.MappingStartEvent, yaml.SequenceStartEvent),
        (yaml.MappingEndEvent, yaml.SequenceEndEvent),
    )
    depth = int(isinstance(event, starts))
    while depth:
        event = next(events)
        depth += isinstance(event, starts) - isinstance(event, ends)


SYSTEM = System("Gradescope", parse, gather)
