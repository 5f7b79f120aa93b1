"""Every known cheat is a notebook that runs; the command names the checks of a rubric that one of them passes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from support import HIDDEN, PUBLIC, SOLUTION, command, notebook_of

from grader.model.report import Check
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.reading import parse
from grader.notebook.writing import dump
from grader.proof.cheats import Cheat
from grader.proof.redteam import (
    CHEAT,
    NULL,
    Attempt,
    Outcome,
    answer_names,
    cheated,
    cheats,
    gained,
    untouched,
)

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SMALL = notebook_of(*SOLUTION)
RICH = Notebook(
    (
        Cell("code", "import torch\nn = 3", ("parameters",)),
        Cell("markdown", "Words."),
        Cell("code", f"%matplotlib inline\n{BEGIN}\nmagic = 1\n{END}"),
        Cell(
            "code",
            f"class Net(torch.nn.Module):\n    def __init__(self):\n        {BEGIN}\n        super().__init__()\n        {END}\n"
            f"    def forward(self, x):\n        {BEGIN}\n        return x\n        {END}",
        ),
        Cell(
            "code",
            f"def pair(x, *, y=2):\n    {BEGIN}\n    return x, y\n    {END}\ndef given(x):\n    return x",
        ),
        Cell("code", f"{BEGIN}\nw, b = pair(n)\nfor step in range(3):\n    w += step\n{END}\nprint(w)"),
    )
)
EVERY = list(cheats(SMALL, PUBLIC))


def attempt(cheat: Cheat | None = None, kind: str = CHEAT, **marks: bool) -> Attempt:
    class Declared:
        checks = (Check("test_open", 1, "t", "public"), Check("test_secret", 2, "t", "hidden"))

    return Attempt(Declared(), kind, cheat.name if cheat else "x", "", b"", **marks)  # type: ignore[arg-type]


def test_there_are_enough_of_them() -> None:
    """At least twenty, each with a name of its own and words on what it tries."""
    assert len(EVERY) >= 20 and len({cheat.name for cheat in EVERY}) == len(EVERY)
    assert all(cheat.tries.strip() and len(cheat.tries) <= 140 for cheat in EVERY)


@pytest.mark.parametrize("solution", [SMALL, RICH], ids=["small", "rich"])
@pytest.mark.parametrize("number", range(len(EVERY)), ids=[cheat.name for cheat in EVERY])
def test_every_cheat_is_a_notebook(solution: Notebook, number: int) -> None:
    """It can be read back, every cell of it but those with magics is Python, and the solution's own lines are not in it."""
    cheat = list(cheats(solution, PUBLIC))[number]
    made = parse(dump(cheated(solution, cheat)).encode())
    for _, cell in made.code:
        if "%matplotlib" not in cell.source:
            ast.parse(cell.source)
    assert len(made.code) == len(solution.code) + bool(cheat.before) + bool(cheat.after)
    text = "\n".join(cell.source for _, cell in made.code)
    assert "__NAMES__" not in text
    if solution is SMALL:
        assert "2 * x" not in text and "n = 5" in text


def test_names_of_answers() -> None:
    """What answers define at the top level, whatever statement does it; not what is given, nor what can't be read."""
    assert answer_names(SMALL) == {"double"}
    assert answer_names(RICH) == {"Net", "pair", "w", "b", "step"}


def test_names_are_bound_where_they_are_defined() -> None:
    """A cheat that replaces functions and classes binds them in their own cell, so that the cells after it use them."""
    made = cheated(RICH, Cheat("x", "x", bound="thing({name!r})"))
    assert [cell.source for _, cell in made.code][2:] == [
        "Net = thing('Net')",
        "pair = thing('pair')\ndef given(x):\n    return x",
        "w = thing('w')\nb = thing('b')\nstep = thing('step')\nw = thing('w')\nprint(w)",
    ]


def test_a_hidden_check_is_always_a_gain() -> None:
    """Whoever passes it, and whatever it is that they know."""
    for kind, marks in ((CHEAT, {}), (CHEAT, {"knows": True}), (NULL, {})):
        assert gained(Outcome(attempt(kind=kind, **marks), ("test_secret",), "ok"), {"test_secret"}) == [
            "test_secret"
        ]


def test_a_public_check_is_a_gain_where_nothing_else_passes_it() -> None:
    """Not for what knows its values, and not where a null answer passes it too."""
    passes = ("test_open",)
    assert gained(Outcome(attempt(), passes, "ok"), ()) == ["test_open"]
    assert gained(Outcome(attempt(knows=True), passes, "ok"), ()) == []
    null = Outcome(attempt(kind=NULL), passes, "ok")
    assert untouched([null, Outcome(attempt(), ("test_secret",), "ok")]) == {"test_open"}
    assert gained(Outcome(attempt(), passes, "ok"), untouched([null])) == gained(null, ()) == []


# ---- the real command

WEAK = """
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
    "test_same": ["equal to everything", "lying float"],
    "test_near": ["a bare NaN"],
    "test_again": ["memorised values"],
    "test_sound": [],
}


def test_a_weak_rubric_is_found(here: Callable, small_course: Path) -> None:
    """Hidden checks that ask for too little are named, each with what passes it, and the exit code is 1; a sound one beside them is not."""
    staff = small_course / "solutions" / "double"
    (staff / "test_hidden.py").write_text(WEAK, encoding="utf-8")
    (staff / "mistakes" / "squares.toml").unlink()
    (staff / "solution.ipynb").write_text(
        dump(notebook_of(*SOLUTION, "def same(a, b):\n    return a == b")), encoding="utf-8"
    )
    assert here("stub", "--course", small_course).returncode == 0
    tried = sorted({name for names in PASSES.values() for name in names})
    done = here(
        "redteam", "--course", small_course, "-q", *(word for name in tried for word in ("--cheat", name))
    )
    assert done.returncode == 1, done.stderr
    for check, names in PASSES.items():
        said = {
            line.split("'")[1] for line in done.stderr.splitlines() if f" passes {check} (hidden): " in line
        }
        assert said & set(tried) == set(names)
        for name in names:
            assert "PASSES" in next(line for line in done.stdout.splitlines() if line.startswith(name))
    assert "cheating" not in done.stderr and "problems" in done.stderr


def test_a_rubric_that_nothing_passes_proves_nothing(here: Callable, small_course: Path) -> None:
    """Where the solution itself fails a check, that is told: what no cheat passes there says nothing."""
    path = small_course / "solutions" / "double" / "test_hidden.py"
    path.write_text(HIDDEN.replace("== -6", "== -7"), encoding="utf-8")
    done = here("redteam", "double", "--course", small_course, "--cheat", "yes")
    assert done.returncode == 1 and "the solution itself does not pass test_any" in done.stderr


def test_an_unknown_cheat_is_wrong_usage(small_course: Path) -> None:
    """The nearest name is told."""
    done = command("redteam", "--course", small_course, "--cheat", "moc")
    assert done.returncode == 2 and "did you mean 'mock'?" in done.stderr
