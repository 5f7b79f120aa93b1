"""Pages go back under the names that files had."""

from __future__ import annotations

import io
import zipfile

import pytest

from downloads import written
from grader.exchange.outgoing.feedback import Returned, feedback, page_name


@pytest.mark.parametrize(
    ("system", "path", "wanted"),
    [
        ("Canvas", "zhangwei_LATE_101_9001_my_work.ipynb", "zhangwei_LATE_101_9001_double.html"),
        ("Canvas", "101_9001_a.ipynb", "101_9001_double.html"),
        ("Canvas", "张伟_101_9001_a.zip", "张伟_101_9001_double.html"),
        (
            "Moodle",
            "Wei Zhang_4711_assignsubmission_file/a/b.ipynb",
            "Wei Zhang_4711_assignsubmission_file_/double.html",
        ),
        (
            "Moodle",
            "X/张伟_4711_assignsubmission_file_/b.ipynb",
            "张伟_4711_assignsubmission_file_/double.html",
        ),
        ("Moodle", "张伟_4711_assignsubmission_file_b.ipynb", "张伟_4711_assignsubmission_file_/double.html"),
        ("nbgrader", "submitted/amy/ps1/a.ipynb", "submitted/amy/ps1/double.html"),
    ],
)
def test_names(system, path, wanted):
    """The numbers by which the system finds the student stay."""
    assert page_name(path, "double", system) == wanted


def test_moodle_reads_its_own_names():
    """Moodle takes a name apart at underlines: four parts, of which the second is the number."""
    parts = page_name("Wei Zhang_4711_assignsubmission_file/a.ipynb", "double", "Moodle").split("_")
    assert len(parts) >= 4 and parts[1] == "4711"


def test_the_file(tmp_path):
    """Each page is in it once."""
    page = written(tmp_path / "double.html", b"<p>8 of 10</p>")
    content = io.BytesIO()
    returned = [Returned("amy_1_2_a.ipynb", "double", page), Returned("amy_1_2_b.ipynb", "double", page)]
    assert feedback(content, returned, "Canvas") == 1
    with zipfile.ZipFile(content) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "amy_1_2_double.html": b"<p>8 of 10</p>"
        }
