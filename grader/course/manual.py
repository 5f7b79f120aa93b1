"""Questions that a person marks: [[manual]] in `assignment.toml`."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.course.toml_file import TomlFile
from grader.language.catalogue import Text, either
from grader.notebook.answers import NAME

KEYS = {"id": str, "title": str, "zh_title": str, "points": float, "items": list}
ITEM = {"points", "text", "zh"}
MAX_POINTS = 10_000  # of one question, exclusive


@dataclass(frozen=True)
class Item:
    """A part of an answer that earns points: a help for whoever marks it."""

    points: float
    text: Text


@dataclass(frozen=True)
class Question:
    """A question whose answer a person reads."""

    id: str
    title: Text
    points: float
    items: tuple[Item, ...] = ()


def read_questions(file: TomlFile, entries: Any) -> tuple[Question, ...]:
    """The questions in [[manual]]. What is wrong is noted, and left out."""
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        file.complain("questions are tables: write [[manual]] above each", "manual")
        return ()
    found: dict[str, Question] = {}
    for number, entry in enumerate(entries):
        question = _Reader(file, number).question(entry, found)
        if question is not None:
            found[question.id] = question
    return tuple(found.values())


class _Reader:
    """Reads one [[manual]] table. `number` counts them from 0."""

    def __init__(self, file: TomlFile, number: int) -> None:
        self.file = file
        self.number = number

    def complain(self, message: str, key: str) -> None:
        self.file.complain(message, key, "manual", self.number)

    def question(self, entry: Mapping[str, Any], taken: Collection[str]) -> Question | None:
        before = len(self.file.problems)
        values = self.file.values(entry, KEYS, header="manual", nth=self.number)
        for key in ("id", "title", "points"):
            if key not in entry:
                self.complain(f"a [[manual]] question needs {key!r}", key)
        name, points = values.get("id", ""), values.get("points", 0)
        if "id" in values and not NAME.fullmatch(name):
            self.complain(
                f"the id {name!r} must be lower-case words joined by hyphens, as in why-zero-grad", "id"
            )
        if name in taken:
            self.complain(f"there are two questions {name!r}", "id")
        if "points" in values and not (_is_number(points) and 0 < points < MAX_POINTS):
            self.complain(f"'points' must be a number above 0 and below {MAX_POINTS:,}", "points")
        items = tuple(self.items(values.get("items", [])))
        if len(self.file.problems) > before:
            return None
        return Question(name, either(values["title"], values.get("zh_title", "")), points, items)

    def items(self, entries: Iterable[Any]) -> Iterator[Item]:
        for entry in entries:
            if (
                isinstance(entry, Mapping)
                and {"points", "text"} <= set(entry) <= ITEM
                and _is_number(entry["points"])
                and all(isinstance(entry.get(key, ""), str) for key in ("text", "zh"))
            ):
                yield Item(entry["points"], either(entry["text"], entry.get("zh", "")))
            else:
                message = 'each of \'items\' is { points = 1, text = "…" }, in Chinese with zh = "…"'
                self.complain(f"{message}, not {entry!r}", "items")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
