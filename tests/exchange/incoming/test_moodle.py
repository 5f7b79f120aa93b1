"""Names in Moodle downloads."""

from __future__ import annotations

import pytest

from grader.exchange.incoming.moodle import SYSTEM, parse


@pytest.mark.parametrize(
    ("path", "name", "file"),
    [
        ("Zhang Wei_4711_assignsubmission_file/double.ipynb", "Zhang Wei", "double.ipynb"),
        ("Zhang Wei_4711_assignsubmission_file_/double.ipynb", "Zhang Wei", "double.ipynb"),
        ("Zhang Wei_4711_assignsubmission_file_double.ipynb", "Zhang Wei", "double.ipynb"),
        ("张伟_4711_assignsubmission_file/data/a_1_b.csv", "张伟", "data/a_1_b.csv"),
        ("Course-Double-99/张伟_4711_assignsubmission_file/double.ipynb", "张伟", "double.ipynb"),
        ("Participant_4711_assignsubmission_file/double.ipynb", "", "double.ipynb"),
        ("Zhang Wei_4711_assignsubmission_onlinetext/onlinetext.html", "Zhang Wei", ""),
    ],
)
def test_a_file(path, name, file):
    """A folder, or the start of a name, tells the full name and the participant's number."""
    part = parse(path)
    assert part is not None
    assert (part.student.name, part.student.number, part.file) == (name, "4711", file)


@pytest.mark.parametrize(
    "path", ["double.ipynb", "amy/double.ipynb", "Zhang Wei_assignsubmission_file/a.ipynb"]
)
def test_other_names(path):
    """Other names are not Moodle's."""
    assert parse(path) is None


def test_numbers():
    """A participant has another number in every assignment."""
    assert not SYSTEM.has_lasting_numbers
