"""`doctor` prints what was found, each remedy once, and fails where a protection is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.proof import doctor
from grader.proof.findings import ACTIVE, DEGRADED, MISSING, Finding

FOUND = [
    Finding("bubblewrap", ACTIVE, "/usr/bin/bwrap"),
    Finding("limit on memory", DEGRADED, "a watchdog", "Grade as root."),
    Finding("limit on disk", DEGRADED, "half of it", "Grade as root."),
]


@pytest.mark.parametrize(("state", "code"), [(ACTIVE, 0), (DEGRADED, 0), (MISSING, 1)])
def test_the_exit_code(here: Callable, monkeypatch: pytest.MonkeyPatch, state: str, code: int) -> None:
    """A degraded protection still protects."""
    monkeypatch.setattr(doctor, "examine", lambda _: [*FOUND, Finding("no network", state, "x")])
    assert here("doctor").returncode == code


def test_the_table(here: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every finding has a row. A remedy of several findings is printed once."""
    monkeypatch.setattr(doctor, "examine", lambda _: FOUND)
    printed = here("doctor").stdout
    assert printed.split()[:3] == ["protection", "state", "found"] and "/usr/bin/bwrap" in printed
    assert printed.count("Grade as root.") == 1


def test_the_data(here: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--json` holds the same."""
    monkeypatch.setattr(doctor, "examine", lambda _: FOUND)
    data = json.loads(here("doctor", "--json").stdout)
    assert data[1] == {
        "protection": "limit on memory",
        "state": "degraded",
        "found": "a watchdog",
        "remedy": "Grade as root.",
    }


def test_the_packages_of_a_course_are_tried(
    here: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Those that its `course.toml` names, or else the copy in the public folder."""
    asked = []
    monkeypatch.setattr(doctor, "examine", lambda packages: asked.append(packages.requires) or FOUND)
    public = tmp_path / "assignments"
    public.mkdir()
    here("doctor", "--course", tmp_path)
    (public / "course.toml").write_text("[environment]\nrequires = ['public']\n")
    here("doctor", "--course", tmp_path)
    (tmp_path / "course.toml").write_text("[environment]\nrequires = ['whole']\n")
    here("doctor", "--course", tmp_path)
    assert asked == [(), ("public",), ("whole",)]
