"""`course.toml`: what a course says of itself as a whole.

The file lies beside `assignments/`. Students find a copy of what concerns them in each assignment's folder
(grader.course.public_folder).
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.course.environment import Environment, read_environment
from grader.course.problems import Problems, did_you_mean
from grader.course.roster import read_roster
from grader.course.terms import DEFAULTS, Terms, read_terms
from grader.course.toml_file import TomlFile
from grader.errors import CourseError, Problem
from grader.language.catalogue import Text, either
from grader.model.roster import Student

NAME = "course.toml"
TEXTS = {"title": str, "zh_title": str, "contact": str, "timezone": str, "roster": str}
KNOWN = {**TEXTS, "environment": dict, DEFAULTS: dict, "assignment": dict}


@dataclass(frozen=True)
class Settings:
    """What `course.toml` says."""

    title: Text = field(default=Text("", ""))
    # Whom to ask: an address, or any words.
    contact: str = ""
    environment: Environment = field(default_factory=Environment)
    # As the tz database names it: "Asia/Shanghai".
    timezone: str = ""
    # By assignment, and what holds for every other one.
    terms: Mapping[str, Terms] = field(default_factory=dict)
    # The file that names the students, and who they are; none if there is no such file here.
    roster: Path | None = None
    students: tuple[Student, ...] = ()

    @property
    def zone(self) -> tzinfo:
        """The course's time zone; UTC if it names none."""
        return zoneinfo.ZoneInfo(self.timezone) if self.timezone else UTC

    def terms_of(self, assignment: str) -> Terms:
        """The terms of an assignment, whether or not the file names it."""
        return self.terms.get(assignment) or self.terms.get(DEFAULTS) or Terms()

    def held_back(self, now: datetime) -> dict[str, datetime]:
        """The assignments whose pages students may not have yet, and from when on they may."""
        dates = {name: own.released_at for name, own in self.terms.items() if name != DEFAULTS}
        return {name: date.astimezone(self.zone) for name, date in dates.items() if date and now < date}

    def require_roster(self) -> None:
        """Raise CourseError if a roster is named and not there: a class can't be graded by half of it.

        The course can be read without, so that it can be proved where no student may be named.
        """
        if self.roster and not self.roster.is_file():
            message = f"'roster' names {self.roster.name}, which is missing"
            raise CourseError([Problem(NAME, 0, message)])


def read_settings(path: Path, problems: Problems, assignments: Collection[str] = ()) -> Settings | None:
    """The settings in a file; None if there is none. What is wrong with them is noted.

    `assignments` are the names that it may use; by default, any.
    """
    file = TomlFile.read(path, problems) if path.exists() else None
    if file is None:
        return None
    values = file.values(file.table, KNOWN)
    zone = _zone(file, values.get("timezone", ""))
    terms = read_terms(file, values, zone)
    roster = path.parent / values["roster"] if values.get("roster") else None
    students = read_roster(roster, problems) if roster and roster.is_file() else ()
    _require_names(file, terms, assignments, [each.id for each in students])
    return Settings(
        either(values.get("title"), values.get("zh_title", "")),
        values.get("contact", ""),
        read_environment(file, values.get("environment", {})),
        values.get("timezone", ""),
        terms,
        roster,
        students,
    )


def _zone(file: TomlFile, name: str) -> tzinfo | None:
    """The time zone of a name, None for none. A problem, and some zone, if there is no such zone."""
    known = zoneinfo.available_timezones() if name else ()
    if name in known:
        return zoneinfo.ZoneInfo(name)
    if not name:
        return None
    hint = did_you_mean(name, known, "; a name is a place, as in Asia/Shanghai or America/New_York")
    file.complain(f"there is no time zone {name!r}{hint}", "timezone")
    return UTC


def _require_names(
    file: TomlFile, terms: Mapping[str, Terms], assignments: Collection[str], students: Collection[str]
) -> None:
    """Note each name of an assignment or of a student that there is not."""
    for name, own in terms.items():
        if assignments and name not in (*assignments, DEFAULTS):
            hint = did_you_mean(name, assignments, f"; there are {', '.join(sorted(assignments))}")
            line = file.line_of_header(f"assignment.{name}") or file.line_of(name)
            file.problems.add(file.path, f"there is no assignment {name!r}{hint}", line)
        for student in own.extensions if students else ():
            if student not in students:
                hint = did_you_mean(student, students, "")
                header = f"assignment.{name}.extensions"
                file.complain(f"the roster has no student {student!r}{hint}", student, header)


def settings_beside(assignment: Path) -> Settings:
    """The settings of the course that an assignment's folder belongs to, as staff or students have it.

    Raises CourseError with every problem of a broken file.
    """
    public = assignment.resolve().parent
    return settings_in(*([public.parent] if public.name == "assignments" else []), assignment, public)


def settings_in(*folders: Path) -> Settings:
    """The settings in the first of these folders that has any. Raises CourseError as `settings_beside`."""
    for folder in folders:
        problems = Problems(folder)
        settings = read_settings(folder / NAME, problems)
        problems.raise_if_any()
        if settings is not None:
            return settings
    return Settings()
