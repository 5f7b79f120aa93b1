"""Names in Canvas downloads."""

from __future__ import annotations

import pytest

from grader.exchange.incoming.canvas import parse


@pytest.mark.parametrize(
    ("path", "name", "number", "file", "late"),
    [
        ("zhangwei_101_9001_double.ipynb", "zhangwei", "101", "double.ipynb", False),
        ("zhangwei_LATE_101_9001_double.ipynb", "zhangwei", "101", "double.ipynb", True),
        ("LATE_101_9001_double.ipynb", "", "101", "double.ipynb", True),
        ("101_9001_double.ipynb", "", "101", "double.ipynb", False),
        ("张伟_101_9001_作业_1_2.ipynb", "张伟", "101", "作业_1_2.ipynb", False),
        ("zhangwei_101_9001_double-1.ipynb", "zhangwei", "101", "double.ipynb", False),
        ("anon_Xy123_9001_double.ipynb", "", "anon_Xy123", "double.ipynb", False),
        ("submissions/zhangwei_101_9001_a.ipynb", "zhangwei", "101", "a.ipynb", False),
    ],
)
def test_a_file(path, name, number, file, late):
    """A name tells the student's squeezed name and number, the file's own name, and whether it was late."""
    part = parse(path)
    assert part is not None
    assert (part.student.name, part.student.number, part.file, part.late) == (name, number, file, late)


def test_texts_and_links():
    """Texts and links that were handed in are no files of a student's, and no strangers either."""
    for path in ("zhangwei_101_text.html", "zhangwei_LATE_101_link.html"):
        part = parse(path)
        assert part is not None and (part.file, part.student.number) == ("", "101")


@pytest.mark.parametrize("path", ["double.ipynb", "amy/double.ipynb", "a/b/zhangwei_101_9_a.ipynb", "x_1_y"])
def test_other_names(path):
    """Other names are not Canvas's."""
    assert parse(path) is None
