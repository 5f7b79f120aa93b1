"""An autograder for Gradescope."""

from __future__ import annotations

import io
import subprocess
import zipfile

from downloads import written
from grader.exchange.outgoing.autograder import autograder, requirements


def made(tmp_path) -> zipfile.ZipFile:
    written(tmp_path / "assignments" / "double" / "assignment.toml", b"title = 'x'")
    written(tmp_path / "assignments" / "double" / "__pycache__" / "x.pyc", b"")
    written(tmp_path / "solutions" / "double" / "test_hidden.py", b"")
    content = io.BytesIO()
    folders = (tmp_path / "assignments" / "double", tmp_path / "solutions" / "double")
    autograder(content, *folders, sandbox="bubblewrap", lang="zh", settings="title = 'x'\n")
    return zipfile.ZipFile(content)


def test_what_is_in_it(tmp_path):
    """Both scripts are at the top and can be run. The grader and one assignment are there."""
    archive = made(tmp_path)
    names = archive.namelist()
    assert {"setup.sh", "run_autograder", "requirements.txt", "course/course.toml"} <= set(names)
    assert {"course/assignments/double/assignment.toml", "course/solutions/double/test_hidden.py"} <= set(
        names
    )
    assert "grader/cli/main.py" in names and not any("__pycache__" in name for name in names)
    assert archive.getinfo("run_autograder").external_attr >> 16 == 0o755


def test_the_scripts(tmp_path):
    """A shell takes both, and nothing in them is left to be filled in."""
    archive = made(tmp_path)
    for name in ("setup.sh", "run_autograder"):
        text = archive.read(name)
        assert b"@" not in text.replace(b'"$@"', b"")
        assert subprocess.run(["bash", "-n"], input=text, check=False).returncode == 0


def test_requirements():
    """Every package has the version with which the grader runs here."""
    found = requirements()
    assert any(each.startswith("torch==") for each in found) and not any("+" in each for each in found)
