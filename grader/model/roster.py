"""Who takes a course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Student:
    """One line of a roster."""

    id: str  # the name of the student's folder of submissions, and in records
    name: str = ""
    email: str = ""
    section: str = ""
    others: Mapping[str, str] = field(default_factory=dict)  # further columns by heading: an LMS's own ids
