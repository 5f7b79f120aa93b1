"""`validate` shows what was proved of a course, and fails where something does not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.notebook.reading import parse
from grader.notebook.writing import dump
from support import notebook_of

WEAK = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x + 0\n    ### END SOLUTION"
SURVIVOR = "return 2 * x + 0", "return 2 * x - 0"
DIFF = "     ### BEGIN SOLUTION\n-    return 2 * x + 0\n+    return 2 * x - 0\n     ### END SOLUTION"


@pytest.fixture
def weak_course(small_course: Path) -> Path:
    """The small course with a solution that has four mutants, one of which no rubric can notice."""
    solution = notebook_of("n = 5", WEAK, "result = double(n)")
    (small_course / "solutions" / "double" / "solution.ipynb").write_text(dump(solution), encoding="utf-8")
    return small_course


@pytest.fixture
def validated(here: Callable, weak_course: Path) -> Callable:
    return lambda *options: here("validate", "--course", weak_course, "--seeds", "1", *options)


def test_mutants_that_survive(validated: Callable, weak_course: Path) -> None:
    """Each mutant that no check notices is shown as a diff, and too many fail. `--json` holds the same."""
    done = validated()
    assert done.returncode == 1
    [row] = [line.split() for line in done.stdout.splitlines() if line.startswith("double ")]
    assert row[:4] == ["double", "3", "1/1", "6/6"] and row[4:7] == ["0", "6/6", "1/1"]
    assert row[7:10] == ["3/4", "1/1", "0"] and row[11:] == ["FAILED"]
    cell = parse((weak_course / "solutions" / "double" / "solution.ipynb").read_bytes()).cells[1].id
    assert f"double: no check notices this (operator, cell {cell}, line 3):\n{DIFF}\n" in done.stdout
    words = "notices 3 of 4 mutants; at least 90% are required"
    assert f"solutions/double/test_hidden.py: {words}" in done.stderr
    assert f"{weak_course}: the rubrics notice 3 of 4 mutants; at least 95% are required" in done.stderr
    assert "mutants caught: 3 of 4, 75.0%; mutants of meaning: 1 of 1, 100.0%; " in done.stderr
    assert "; variants with full marks: 6 of 6; 2 problems" in done.stderr
    data = json.loads(validated("--json").stdout)
    assert data["double"].pop("seconds") > 0
    advice = data["double"]["advice"]
    assert advice and all(f"warning: {each}" in done.stderr for each in advice)
    assert data == {
        "double": {
            "checks": 3,
            "seeds": [1, 1],
            "alternatives": [0, 0],
            "variants": [6, 6],
            "stub": [1, 1],
            "null_answers": [6, 6],
            "mistakes": [1, 1],
            "mutants": [3, 4],
            "meaning": [1, 1],
            "survivors": [{"name": f"{cell}:3 operator: {SURVIVOR[0]} -> {SURVIVOR[1]}", "diff": DIFF}],
            "equivalent": [],
            "prices": [{"name": "mistake squares", "points": 1, "of": 4, "reason": ""}],
            "advice": advice,
            "problems": [f"solutions/double/test_hidden.py: {words}"],
        }
    }


def test_mutants_that_are_equivalent(validated: Callable, weak_course: Path) -> None:
    """A mutant that is listed as equivalent, with a reason, does not count, and the course is valid."""
    listed = weak_course / "solutions" / "double" / "equivalent.toml"
    listed.write_text(
        f'[[mutant]]\nline = "{SURVIVOR[0]}"\nbecomes = "{SURVIVOR[1]}"\nreason = "Zero has no sign."\n',
        encoding="utf-8",
    )
    done = validated("--verbose")
    assert done.returncode == 0, done.stderr
    assert "mutants caught: 3 of 3, 100.0%; mutants of meaning: " in done.stderr
    assert "; the course is valid" in done.stderr
    assert (
        "no check notices this" not in done.stdout
        and f"{SURVIVOR[0]} -> {SURVIVOR[1]}\n  Zero has no sign.\n" in done.stdout
    )


def test_without_mutants(validated: Callable) -> None:
    """`--no-mutants` leaves them out, and the summary does not mention them."""
    done = validated("--no-mutants", "--json")
    assert done.returncode == 0, done.stderr
    assert "9 notebooks graded" in done.stderr and "mutants caught" not in done.stderr
    found = json.loads(done.stdout)["double"]
    assert found["mutants"] == found["meaning"] == found["variants"] == [0, 0]


def test_what_a_mistake_costs(validated: Callable, weak_course: Path) -> None:
    """A mistake that costs more than half of the points is a warning, until its file says why."""
    label, file = "mistake squares", "solutions/double/mistakes/squares.toml"
    done = validated("--no-mutants")
    assert done.returncode == 0
    assert f"warning: {file}: with the {label} only 1/4 points remain: say why with `costs`" in done.stderr
    mistake = weak_course / file
    mistake.write_text(f'costs = "All depends on it."\n{mistake.read_text("utf-8")}', encoding="utf-8")
    done = validated("--no-mutants", "--verbose")
    assert done.returncode == 0 and "points remain" not in done.stderr
    assert [line.split() for line in done.stdout.splitlines()][-1] == (
        ["double", "mistake", "squares", "1/4", "All", "depends", "on", "it."]
    )


def test_variants_with_every_seed(validated: Callable) -> None:
    """`--variants` grades right answers in other forms with every seed, even without mutants."""
    found = json.loads(validated("--no-mutants", "--variants", "--seeds", "2", "--json").stdout)["double"]
    assert found["variants"] == [12, 12] and found["seeds"] == [2, 2]
