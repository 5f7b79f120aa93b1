"""Which system a download comes from."""

from __future__ import annotations

import pytest

from downloads import Held
from grader.exchange.incoming.recognition import recognized

LAYOUTS = {
    "Canvas": ["zhangwei_101_9001_a.ipynb", "liname_LATE_102_9002_a.ipynb"],
    "Moodle": ["张伟_1_assignsubmission_file/a.ipynb", "李娜_2_assignsubmission_file_/b.ipynb"],
    "Gradescope": ["assignment_1_export/submission_metadata.yml", "assignment_1_export/submission_1/a.ipynb"],
    "Blackboard": ["HW_amy_attempt_2024-09-24-21-26-31.txt", "HW_amy_attempt_2024-09-24-21-26-31_a.ipynb"],
    "Brightspace": ["1-2 - Amy Lee - Sep 24, 2024 926 PM/a.ipynb", "index.html"],
    "nbgrader": ["submitted/amy/ps1/a.ipynb", "submitted/amy/ps1/timestamp.txt"],
    "GitHub Classroom": ["ps1-amy/a.ipynb", "ps1-bo/a.ipynb", "ps1-bo/README.md"],
    "a folder for each student": ["amy/a.ipynb", "bo/a.ipynb"],
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_system(name):
    """Each layout is recognized by its names."""
    system = recognized(Held(dict.fromkeys(LAYOUTS[name], b"")))
    assert system is not None and system.name == name


@pytest.mark.parametrize("name", ["GitHub Classroom", "a folder for each student", "nbgrader", "Moodle"])
def test_a_folder_around_everything(name):
    """A folder that unpacking, or a tool, put around everything changes nothing."""
    system = recognized(Held({f"download/{path}": b"" for path in LAYOUTS[name]}))
    assert system is not None and system.name == name


def test_no_system():
    """Notebooks without anybody's name are no system's."""
    assert recognized(Held({"a.ipynb": b"", "b.ipynb": b""})) is None
    assert recognized(Held({})) is None
