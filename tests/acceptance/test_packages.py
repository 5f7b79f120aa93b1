"""A course's packages, through the real command: required, preloaded, absent, recorded and shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from packages import install, python_path
from support import command, hand_in, records

DOUBLE = ("n = 5", "def double(x): return 2 * x", "result = double(n)")
COURSE = """
[environment]
requires = ["tiny-tools>=2"]
preload = ["tiny_tools"]
absent = ["google.colab"]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that sandboxes of root can enter."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)
    return tmp_path


@pytest.fixture
def course(small_course: Path) -> Path:
    (small_course / "course.toml").write_text(COURSE, encoding="utf-8")
    return small_course


def test_what_is_missing_is_said_before_anything_runs(course: Path, place: Path) -> None:
    """Each command ends with exit code 2, and with the one command that installs what is missing."""
    notebook = hand_in(place / "class", "amy", *DOUBLE)
    old = {"PYTHONPATH": python_path(install(place, "tiny_tools", version="1.5"))}
    for arguments, environment, found in (
        (("grade", place / "class", "--out", place / "out"), {}, "not installed"),
        (("check", notebook), old, "1.5 is installed"),
        (("validate",), old, "1.5 is installed"),
        (("redteam",), {}, "not installed"),
    ):
        done = command(*arguments, "--course", course, **environment)
        assert done.returncode == 2, (arguments, done.stderr)
        assert f"tiny-tools>=2 ({found})" in done.stderr
        assert f"{sys.executable} -m pip install 'tiny-tools>=2'" in done.stderr
    assert not (place / "out").exists()


def test_a_class_is_graded_with_its_packages(course: Path, place: Path) -> None:
    """Sessions find what is preloaded already imported. Reports name its version, and depend on it."""
    folder = install(place, "tiny_tools", "COUNT = 3\nprint('hello')", version="2.1")
    first = "import sys\nassert 'tiny_tools' in sys.modules\nimport tiny_tools\nn = tiny_tools.COUNT + 2"
    hand_in(place / "class", "amy", first, *DOUBLE[1:])
    hand_in(place / "class", "ben", "import sys\nfrom google.colab import drive", *DOUBLE)
    hand_in(place / "class", "cai", "import scipy_is_missing", *DOUBLE)
    grade = ("grade", place / "class", "--out", place / "out", "--course", course)
    done = command(*grade, PYTHONPATH=python_path(folder))
    assert done.returncode == 0, done.stderr
    found = records(place / "out")
    assert {name: record["score"] for (name, _), record in found.items()} == {"amy": 4, "ben": 4, "cai": 4}
    environment = found["amy", "double"]["provenance"]["environment"]
    assert (environment["tiny-tools"], environment["google.colab"]) == ("2.1", "absent")
    page = (place / "out" / "students" / "cai" / "double.html").read_text(encoding="utf-8")
    assert "Packages here: torch, NumPy, Matplotlib and tiny-tools 2.1." in page
    assert "all that uses it: torch, NumPy, Matplotlib and tiny-tools are there." in page
    assert "可以用的有 torch、NumPy、Matplotlib 和 tiny-tools。" in page

    again = command(*grade, PYTHONPATH=python_path(folder))
    assert "3 of 3 submissions are graded already" in again.stderr
    newer = install(place / "newer", "tiny_tools", "COUNT = 3", version="2.2")
    again = command(*grade, PYTHONPATH=python_path(newer))
    assert "graded already" not in again.stderr
    assert records(place / "out")["amy", "double"]["provenance"]["environment"]["tiny-tools"] == "2.2"


GONE = """import sys
sys.meta_path[:] = [each for each in sys.meta_path if "absent" not in type(each).__module__]
import google.colab"""
USES = {
    "the import alone": ("import google.colab\nfrom google.colab import drive, files as f", None),
    "a call": ("from google.colab import drive\ndrive.mount('/content/drive')", 2),
    "an attribute's call": ("import google.colab as colab\n\ncolab.files.upload()", 3),
    "a module below it": ("from google.colab.patches import cv2_imshow\ncv2_imshow(1)", 2),
    "the stand-in removed": (GONE, 3),
}


@pytest.mark.parametrize("sandbox", ["bubblewrap", "none"])
def test_what_is_absent_can_be_imported_and_not_used(course: Path, place: Path, sandbox: str) -> None:
    """The use is a cause on the page in both languages, with its line. It is so without a sandbox too."""
    folder = install(place, "tiny_tools", version="2.1")
    # Without a sandbox a kernel takes seconds.
    uses = USES if sandbox == "bubblewrap" else {"a call": USES["a call"]}
    for name, (source, _) in uses.items():
        hand_in(place / "class", name, source, *DOUBLE)
    done = command(
        *("grade", place / "class", "--out", place / "out", "--course", course, "--sandbox", sandbox),
        PYTHONPATH=python_path(folder),
    )
    assert done.returncode == 0, done.stderr
    for name, (source, line) in uses.items():
        record = records(place / "out")[name, "double"]
        causes = [(each["code"], each["cell"], each["line"]) for each in record["causes"]]
        code = "no_module" if source is GONE else "absent_module"
        assert causes == ([(code, 1, line)] if line else []), (name, record["causes"])
        assert record["score"] == 4
    page = (place / "out" / "students" / "a call" / "double.html").read_text(encoding="utf-8")
    assert "Cell 1, line 2: this uses google.colab, which is not there where notebooks are graded." in page
    assert "这里用到了 google.colab，而评分环境中没有它。" in page


def test_the_public_folder_says_it_all(course: Path, place: Path) -> None:
    """`grader stub` writes what students need, and `check` needs nothing else."""
    folder = install(place, "tiny_tools", version="2.1")
    path = python_path(folder)
    written = command("stub", "--course", course, "--json")
    assert json.loads(written.stdout)[str(course / "assignments" / "README.md")] is True

    public = (course / "assignments").rename(place / "public")
    cells = ("from google.colab import drive\ndrive.mount()", *DOUBLE)
    inside = hand_in(public, "double", *cells)
    lacking = command("check", inside)
    assert lacking.returncode == 2 and "pip install 'tiny-tools>=2'" in lacking.stderr
    done = command("check", inside, PYTHONPATH=path)
    assert "Packages here: torch, NumPy, Matplotlib and tiny-tools 2.1." in done.stderr
    assert "Cell 1, line 2: this uses google.colab" in done.stdout
