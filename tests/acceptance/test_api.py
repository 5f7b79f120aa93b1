"""The public API: what the commands do, called from plain Python, without a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from support import HIDDEN, hand_in

SCRIPT = """
import json, sys
from pathlib import Path

import grader


def main():
    root, here = Path(sys.argv[1]), Path(sys.argv[2])
    seen, notes = [], []
    course = grader.load_course(root)
    graded = grader.grade(
        course, here / "class", here / "out", on_progress=seen.append, on_note=notes.append, jobs=1
    )
    report, assignment = grader.check_notebook(here / "class" / "amy" / "double.ipynb", root)
    proved = grader.validate(course, seeds=range(1), mutants=False, on_progress=seen.append)
    tried = grader.redteam(course, cheats=["memorised values"], on_progress=seen.append)
    found = grader.doctor()
    errors = []
    for call in (
        lambda: grader.load_course(here),
        lambda: grader.grade(course, here / "nowhere", here / "out"),
        lambda: grader.validate(course, ["dubble"]),
        lambda: grader.redteam(course, cheats=["no such cheat"]),
        lambda: grader.check_notebook(here / "nothing.ipynb", root),
    ):
        try:
            call()
        except grader.GraderError as error:
            errors.append([type(error).__name__, str(error)])
    print(json.dumps({
        "scores": [[report.student, report.score] for report in graded.reports],
        "warnings": list(graded.warnings), "notes": [note.en for note in notes],
        "checked": [result.verdict for result in report.checks], "title": assignment.title.en,
        "scope": report.provenance.rubric,
        "problems": [str(problem) for problem in proved.problems], "notebooks": proved.notebooks,
        "redteam": [str(problem) for problem in tried.problems], "cheats": tried.cheats,
        "protections": [[finding.protection, finding.state] for finding in found],
        "progress": [[one.done, one.total] for one in seen],
        "errors": errors,
    }))


if __name__ == "__main__":
    main()
"""


def test_every_use_case_is_callable_from_a_script(small_course: Path, tmp_path: Path) -> None:
    """A plain script grades, checks, validates, tries cheats and asks the doctor; nothing but its own output
    appears.
    """
    hand_in(tmp_path / "class", "amy", "n = 5", "def double(x):\n    return 2 * x", "result = double(n)")
    hand_in(tmp_path / "class", "ben", "n = 5", "def double(x):\n    return x", "result = double(n)")
    (tmp_path / "class" / "stray.txt").write_text("x")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", str(script), str(small_course), str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    said = json.loads(done.stdout)
    assert said["scores"] == [["amy", 4], ["ben", 0]]
    assert (
        len(said["warnings"]) == 1 and "stray.txt" in said["warnings"][0] and "stray.txt" in said["notes"][0]
    )
    assert (said["checked"], said["title"], said["scope"]) == (["passed"], "Double", "public")
    assert said["problems"] == [] and said["notebooks"] > 5
    assert said["redteam"] == [] and said["cheats"] == 1
    assert {"no network", "limit on memory"} <= {
        name for name, state in said["protections"] if state != "missing"
    }
    assert said["progress"][0] == [0, 2] and said["progress"][2] == [2, 2]
    assert [name for name, _ in said["errors"]] == ["UsageError"] * 5
    assert all("Traceback" not in words for _, words in said["errors"])


def test_a_broken_course_raises_every_problem(small_course: Path) -> None:
    """A CourseError carries each problem with its file and line."""
    hidden = small_course / "solutions" / "double" / "test_hidden.py"
    hidden.write_text(HIDDEN.replace("points=2", "points=0"), encoding="utf-8")
    with pytest.raises(grader.CourseError) as caught:
        grader.load_course(small_course)
    places = {(problem.file, problem.line > 0) for problem in caught.value.problems}
    assert ("solutions/double/test_hidden.py", True) in places
    assert len(caught.value.problems) > 1  # a mistake names the check that is none now


def test_every_public_name_is_there() -> None:
    """Each name that the package promises can be imported from it, and has a docstring."""
    for name in grader.__all__:
        assert getattr(grader, name).__doc__, name
    assert set(grader.__all__) == {"check", *grader._DEFINED_IN}


def test_importing_the_package_is_cheap() -> None:
    """`import grader` brings neither torch nor pytest nor Jupyter with it."""
    heavy = {"torch", "numpy", "pytest", "nbclient", "rich", "jinja2"}
    code = f"import sys, grader; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
