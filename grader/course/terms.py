"""An assignment's terms in `course.toml`: when it is due, what lateness costs, which attempt counts.

Nothing here computes a mark: `grader.classroom.standing` does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, TypeVar

from grader.course.problems import did_you_mean
from grader.course.toml_file import TomlFile

DEFAULTS = "every-assignment"  # the table with what holds wherever an assignment says nothing else
COMMON = {"grace_minutes": int, "late": dict, "counts": str, "release": str}
KEYS = {"due": date, **COMMON, "extensions": dict}
WAYS = ("per_day", "steps", "cut_off")


class Counts(StrEnum):
    """Which of several attempts counts."""

    LAST = "last"
    BEST = "best"
    LAST_BEFORE_DEADLINE = "last_before_deadline"


class Release(StrEnum):
    """When students may have their pages."""

    AT_ONCE = "at_once"
    AFTER_DUE = "after_due"


@dataclass(frozen=True)
class Step:
    """How long after the due date an attempt may come, at the latest, to lose this much of its points."""

    percent: float
    days: int = 0
    hours: int = 0

    def end(self, due: datetime) -> datetime:
        """The last moment of this step. A day ends at the time of day at which the assignment is due."""
        return moment(due, self.days) + timedelta(hours=self.hours)


@dataclass(frozen=True)
class LateRule:
    """What lateness costs, in per cent of the points. Without any rule, nothing."""

    per_day: float = 0  # for each day that has begun
    most: float = 100  # of what days cost together
    steps: tuple[Step, ...] = ()  # in order of time; after the last one, nothing is left
    cut_off: bool = False  # late is too late


@dataclass(frozen=True)
class Terms:
    """The terms of one assignment."""

    due: datetime | None = None  # aware
    grace_minutes: int = 0
    late: LateRule = field(default_factory=LateRule)
    counts: Counts = Counts.LAST
    release: Release = Release.AT_ONCE
    extensions: Mapping[str, datetime] = field(default_factory=dict)  # other due dates, by student

    def due_for(self, student: str) -> datetime | None:
        """When the assignment is due for a student."""
        return self.extensions.get(student, self.due)

    @property
    def released_at(self) -> datetime | None:
        """From when on students may have their pages: when it was due for everyone. None for at once."""
        dates = [each for each in (self.due, *self.extensions.values()) if each is not None]
        if self.release is Release.AT_ONCE or not dates:
            return None
        return moment(max(dates, key=moment)) + timedelta(minutes=self.grace_minutes)


Choice = TypeVar("Choice", Counts, Release)


def moment(local: datetime, days: int = 0) -> datetime:
    """A time in its own zone, and some days later by the clock on the wall there, in UTC.

    A time that a clock shows twice when it is set back is the second one. A time that it skips is as long
    after the change as it would have been. Both are to the student's advantage.
    """
    later = local + timedelta(days=days)
    return max(later.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def with_offset(time: str | None, zone: tzinfo) -> str | None:
    """A time as a system told it, in ISO 8601 with an offset. One that has none is by the clock of `zone`.

    None if there is none, or if it can't be read.
    """
    try:
        told = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=zone)).isoformat()


def read_terms(file: TomlFile, values: Mapping[str, Any], zone: tzinfo | None) -> dict[str, Terms]:
    """The terms by assignment, and the common ones. What is wrong is noted, and left out.

    `zone` is the course's time zone; without one, each date needs an offset.
    """
    table = file.values(values.get(DEFAULTS, {}), COMMON, header=DEFAULTS)
    common = _Reader(file, DEFAULTS, zone).terms(table, Terms())
    found = {DEFAULTS: common} if DEFAULTS in values else {}
    for name, table in values.get("assignment", {}).items():
        header = f"assignment.{name}"
        if isinstance(table, Mapping):
            own = file.values(table, KEYS, header=header)
            found[name] = _Reader(file, header, zone).terms(own, common)
            if "extensions" in table and "due" not in table:
                file.complain(f"[{header}] has extensions, but no 'due'", "extensions", header)
        else:
            file.complain(f"[{header}] must be a table", name, "assignment")
    return found


class _Reader:
    """Reads one table of terms. Whatever is wrong is noted at its line."""

    def __init__(self, file: TomlFile, header: str, zone: tzinfo | None) -> None:
        self.file = file
        self.header = header
        self.zone = zone

    def complain(self, message: str, key: str) -> None:
        self.file.complain(message, key, self.header)

    def terms(self, values: Mapping[str, Any], common: Terms) -> Terms:
        """The terms in a table; those that it does not set are the common ones."""
        grace = values.get("grace_minutes", common.grace_minutes)
        if grace < 0:
            self.complain("'grace_minutes' must not be below 0", "grace_minutes")
        return Terms(
            self.date(values["due"], "due") if "due" in values else None,
            max(grace, 0),
            self.late(values["late"]) if "late" in values else common.late,
            self.choice(values, "counts", common.counts),
            self.choice(values, "release", common.release),
            dict(self.extensions(values.get("extensions", {}))),
        )

    def extensions(self, table: Mapping[str, Any]) -> Iterator[tuple[str, datetime]]:
        """Each student's own due date."""
        header = f"{self.header}.extensions"
        for student, value in table.items():
            if not isinstance(value, date):
                message = f"the extension of {student} must be a date, as in 2026-12-03T23:59:00"
                self.file.complain(message, student, header)
            elif (due := self.date(value, student, header)) is not None:
                yield student, due

    def date(self, value: date, key: str, header: str = "") -> datetime | None:
        """A time as the file has it, with a zone. A date alone is the end of that day."""
        local = value if isinstance(value, datetime) else datetime.combine(value, time(23, 59, 59))
        if local.tzinfo is not None:
            return local
        if self.zone is None:
            message = (
                f'{local.isoformat()} is a time of which zone? Add timezone = "Asia/Shanghai" or the like'
            )
            self.file.complain(f"{message} to {self.file.path.name}", key, header or self.header)
            return None
        return local.replace(tzinfo=self.zone)

    def choice(self, values: Mapping[str, Any], key: str, common: Choice) -> Choice:
        """One of the words that there are; the common one if the table has none."""
        words = [each.value for each in type(common)]
        word = values.get(key, common.value)
        if word in words:
            return type(common)(word)
        known = f"; it can be {', '.join(map(repr, words))}"
        self.complain(f"{key!r} can't be {word!r}{did_you_mean(word, words, known)}", key)
        return common

    def late(self, table: Mapping[str, Any]) -> LateRule:
        """What lateness costs: one of three ways to say it."""
        types = {"per_day": object, "most": object, "steps": list, "cut_off": bool}
        values = self.known(table, types)
        ways = [way for way in WAYS if way in values]
        if table and len(ways) != 1:
            self.complain(f"'late' needs exactly one of {', '.join(WAYS)}", "late")
            return LateRule()
        if "most" in values and "per_day" not in values:
            self.complain("'most' goes with 'per_day' alone", "late")
        return LateRule(
            self.percent(values.get("per_day", 0), "per_day"),
            self.percent(values.get("most", 100), "most"),
            tuple(self.steps(values.get("steps", []))),
            values.get("cut_off", False),
        )

    def known(self, table: Mapping[str, Any], types: Mapping[str, type]) -> dict[str, Any]:
        """As `TomlFile.values`, of a table that stands in one line with `late`."""
        good = {}
        for key, value in table.items():
            if key not in types:
                known = f"; known are {', '.join(types)}"
                self.complain(f"'late' knows no {key!r}{did_you_mean(key, types, known)}", "late")
            elif not isinstance(value, types[key]):
                self.complain(f"{key!r} in 'late' has a value of a wrong kind: {value!r}", "late")
            else:
                good[key] = value
        return good

    def percent(self, value: Any, key: str) -> float:
        if _is_number(value) and 0 <= value <= 100:
            return value
        self.complain(f"{key!r} in 'late' must be a number of per cent, from 0 to 100, not {value!r}", "late")
        return 0

    def steps(self, entries: Iterable[Any]) -> Iterator[Step]:
        """The steps, each later than the one before."""
        last = timedelta(0)
        for entry in entries:
            if not isinstance(entry, Mapping) or set(entry) not in (
                {"days", "percent"},
                {"hours", "percent"},
            ):
                message = "each step in 'late' is { days = 1, percent = 10 } or { hours = 12, percent = 5 }"
                self.complain(f"{message}, not {entry!r}", "late")
                continue
            unit = "days" if "days" in entry else "hours"
            length = entry[unit]
            if isinstance(length, bool) or not isinstance(length, int) or not 0 < length < 10_000:
                self.complain(f"{unit!r} in 'late' must be a whole number above 0, not {length!r}", "late")
                continue
            if timedelta(**{unit: length}) <= last:
                self.complain("the steps in 'late' must be in the order of time", "late")
            last = timedelta(**{unit: length})
            yield Step(self.percent(entry["percent"], "percent"), **{unit: length})


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
