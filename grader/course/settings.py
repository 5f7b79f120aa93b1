"""`course.toml`: what a course says of itself as a whole.

The file lies beside `assignments/`. Students find a copy of what concerns them in each assignment's folder
(grader.course.public_folder).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.course.environment import Environment, read_environment
from grader.course.problems import Problems
from grader.course.toml_file import TomlFile
from grader.language.catalogue import Text, either

NAME = "course.toml"
TEXTS = {"title": str, "zh_title": str, "contact": str}
KNOWN = {**TEXTS, "environment": dict}


@dataclass(frozen=True)
class Settings:
    """What `course.toml` says."""

    title: Text = field(default=Text("", ""))
    # Whom to ask: an address, or any words.
    contact: str = ""
    environment: Environment = field(default_factory=Environment)


def read_settings(path: Path, problems: Problems) -> Settings | None:
    """The settings in a file; None if there is none. What is wrong with them is noted."""
    file = TomlFile.read(path, problems) if path.exists() else None
    if file is None:
        return None
    values = file.values(file.table, KNOWN)
    return Settings(
        either(values.get("title"), values.get("zh_title", "")),
        values.get("contact", ""),
        read_environment(file, values.get("environment", {})),
    )


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
