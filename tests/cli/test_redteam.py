"""`redteam` shows what every cheat earns, and fails where a check asks for too little."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.notebook.writing import dump
from support import HIDDEN, SOLUTION, command, notebook_of

WEAK_RUBRIC = """
from grader import check, number

@check(points=1, title="A truth value is asked for")
def test_truth(student):
    assert student.double(-3)

@check(points=1, title="The session compares")
def test_same(student):
    assert student.same(student.double(4), 8)

@check(points=1, title="NaN is not further away than 1")
def test_near(student):
    assert not abs(student.double(4) - 8) > 1

@check(points=1, title="The notebook's own values are asked for once more")
def test_again(rerun):
    assert number(rerun().result) == 10

@check(points=1, title="Another number is doubled")
def test_sound(student):
    assert number(student.double(2.5)) == 5
"""
PASSES = {
    "test_truth": ["equal to everything", "True", "memorised values", "a bare NaN", "lying float"],
    "test_same": ["equal to everything"],
    # What its base class holds is 9, and that is near.
    "test_near": ["a bare NaN", "lying float"],
    "test_again": ["memorised values"],
    "test_sound": [],
}


def test_a_weak_rubric_is_found(here: Callable, small_course: Path) -> None:
    """Hidden checks that ask for too little are named with what passes them, and a sound one is not.

    With `--keep` the notebooks that pass are there to be read.
    """
    staff = small_course / "solutions" / "double"
    (staff / "test_hidden.py").write_text(WEAK_RUBRIC, encoding="utf-8")
    (staff / "mistakes" / "squares.toml").unlink()
    (staff / "solution.ipynb").write_text(
        dump(notebook_of(*SOLUTION, "def same(a, b):\n    return a == b")), encoding="utf-8"
    )
    assert here("stub", "--course", small_course).returncode == 0
    tried = sorted({name for names in PASSES.values() for name in names})
    done = here(
        *("redteam", "--course", small_course, "-q", "--keep", small_course / "kept"),
        *(word for name in tried for word in ("--cheat", name)),
    )
    assert done.returncode == 1, done.stderr
    for check, names in PASSES.items():
        said = {
            line.split("'")[1] for line in done.stderr.splitlines() if f" passes {check} (hidden): " in line
        }
        assert said & set(tried) == set(names)
        for name in names:
            assert "PASSES" in next(line for line in done.stdout.splitlines() if line.startswith(name))
    kept = {path.stem for path in (small_course / "kept" / "double").iterdir()}
    assert kept >= set(tried) and "True" in (small_course / "kept/double/True.ipynb").read_text()
    assert "cheating" not in done.stderr and " problems" in done.stderr


def test_a_rubric_that_nothing_passes_proves_nothing(here: Callable, small_course: Path) -> None:
    """Where the solution itself fails a check, the command says so and fails."""
    path = small_course / "solutions" / "double" / "test_hidden.py"
    path.write_text(HIDDEN.replace("== -6", "== -7"), encoding="utf-8")
    done = here("redteam", "double", "--course", small_course, "--cheat", "yes")
    assert done.returncode == 1 and "the solution itself does not pass test_any" in done.stderr


def test_an_unknown_cheat_is_wrong_usage(small_course: Path) -> None:
    """The nearest name is suggested."""
    done = command("redteam", "--course", small_course, "--cheat", "moc")
    assert done.returncode == 2 and "did you mean 'mock'?" in done.stderr
