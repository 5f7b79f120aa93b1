"""Assignments and courses as values."""

from __future__ import annotations

import pytest

from courses import HIDDEN, PUBLIC, made, write
from grader.course.loader import load_assignment
from grader.errors import UsageError
from grader.model.file import File


def test_alternatives(tmp_path):
    """Right answers in other styles are the notebooks in their folder, sorted by name."""
    folder = tmp_path / "solutions/halve/alternatives"
    course = made(
        tmp_path, {f"solutions/halve/alternatives/{name}": "" for name in ("b.ipynb", "a.ipynb", "notes.md")}
    )
    assert course.assignments["halve"].alternatives == [folder / "a.ipynb", folder / "b.ipynb"]
    assert made(tmp_path / "none").assignments["halve"].alternatives == []
    assert load_assignment(tmp_path / "assignments" / "halve").alternatives == []


def test_the_rubric_by_content(tmp_path):
    """A rubric has the bytes of its files in the order in which they run, and the same checks."""
    halve = made(tmp_path).assignments["halve"]
    assert halve.rubric.files == (
        File("test_public.py", PUBLIC.encode()),
        File("test_hidden.py", HIDDEN.encode()),
    )
    assert halve.rubric.checks == halve.checks and halve.rubric.max_score == halve.max_score


def test_the_public_rubric_alone(tmp_path):
    """Without its hidden part, an assignment's rubric is the public file."""
    halve = load_assignment(write(tmp_path) / "assignments" / "halve")
    assert [file.name for file in halve.rubric.files] == ["test_public.py"]


def test_relative(tmp_path):
    """Files are named from the course's root, and files elsewhere by their whole path."""
    course = made(tmp_path)
    assert course.relative(course.assignments["halve"].stub) == "assignments/halve/halve.ipynb"
    assert course.relative(tmp_path.parent) == str(tmp_path.parent)


def test_select(tmp_path):
    """Without a name, all assignments are selected."""
    course = made(tmp_path)
    assert (
        [each.name for each in course.select([])]
        == [each.name for each in course.select(["halve"])]
        == ["halve"]
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("halv", "did you mean 'halve'?"),
        ("Halve", "did you mean 'halve'?"),
        ("xyz", "There are: halve"),
        ("", "There are: halve"),
    ],
)
def test_select_an_unknown_one(tmp_path, name, message):
    """An unknown name is refused with the nearest one, or with all that there are."""
    with pytest.raises(UsageError) as caught:
        made(tmp_path).select([name])
    assert message in str(caught.value)
