"""Decoys are solutions in which nothing, or nearly nothing, is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses import made
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.reading import parse
from grader.proof.decoys import ONE_STEP, UNMOVED, UNTRAINED, decoys, with_training

LOOP = """def fit(x):
    ### BEGIN SOLUTION
    w = 0
    for _ in range(5):
        w = w - x
        w += 1
        optimizer.step()
        note(w)
    return w
    ### END SOLUTION
"""


def changed(source: str, kind: str, *tags: str) -> str:
    return with_training(Notebook((Cell("code", source, tags),)), kind).cells[0].source


def ran(source: str, kind: str, x: int = 2) -> tuple[object, list[object]]:
    """What the function in `source` returns, and what it notes."""
    noted: list[object] = []
    space = {"note": noted.append, "optimizer": Counting()}
    exec(changed(source, kind), space)
    return space["fit"](x), noted


class Counting:
    def step(self) -> None:
        raise AssertionError("a step was taken")


@pytest.mark.parametrize(("kind", "result"), [(UNTRAINED, (0, [])), (UNMOVED, (0, [0] * 5))])
def test_untrained(kind, result):
    """Nothing is trained: loops do not run, or they run and nothing is updated in them."""
    assert ran(LOOP, kind) == result


def test_one_step():
    """Each loop runs once, the outer and the inner."""
    source = LOOP.replace("optimizer.step()", "for _ in range(3): note(7)")
    assert ran(source, ONE_STEP) == (-1, [7, -1])


def test_while():
    """A `while` never runs, or runs once; one that moves nothing would never end."""
    source = LOOP.replace("for _ in range(5)", "while w < 9").replace("        optimizer.step()\n", "")
    assert ran(source, UNTRAINED) == (0, [])
    assert ran(source, ONE_STEP) == (-1, [-1])
    assert ran(source, UNMOVED) == (0, [0])


@pytest.mark.parametrize("kind", [UNTRAINED, ONE_STEP, UNMOVED])
@pytest.mark.parametrize(
    "source",
    [
        "for x in y:\n    w -= x",
        "%matplotlib inline\n### BEGIN SOLUTION\nfor x in y: w -= x\n### END SOLUTION",
        "### BEGIN SOLUTION\nw = 1\nw -= 1  # not in a loop\n### END SOLUTION",
        "for x in y:\n    w -= x\n### BEGIN SOLUTION\nz = 1\n### END SOLUTION",
    ],
)
def test_what_stays(kind, source):
    """Code that students are given, cells with magics and answers without a loop stay as they are."""
    assert changed(source, kind) == source


def test_a_given_loop_around_an_answer():
    """A loop that students are given is cut short if the answer stands in it."""
    source = "for x in y:\n    ### BEGIN SOLUTION\n    w -= x\n    ### END SOLUTION"
    assert changed(source, UNTRAINED) == "for x in ():\n    w -= x"
    assert changed(source, UNMOVED) == "for x in y:\n    pass"


def test_the_decoys_of_an_assignment(tmp_path: Path):
    """They are the stub, two null answers and, where there is a loop, the untrained solution."""
    found = decoys(made(tmp_path).assignments["halve"])
    assert list(found) == ["stub", "zeros", "copy of the input"]
    assert "raise NotImplementedError" in parse(found["stub"]).cells[2].source
    assert "return x * 0" in parse(found["zeros"]).cells[2].source
