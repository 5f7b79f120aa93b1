"""A notebook is recognized by what it has in common with a stub, and only if that is clear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.exchange.likeness import code_of, is_untouched, likest
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.reading import parse
from support import ROOT, notebook_of

STUBS = {
    path.parent.name: parse(path.read_bytes()) for path in sorted((ROOT / "assignments").glob("*/*.ipynb"))
}


def renumbered(book: Notebook) -> Notebook:
    return Notebook(tuple(replace(cell, id=f"cell-{n}") for n, cell in enumerate(book.cells, 1)))


@pytest.mark.parametrize("task", STUBS)
def test_the_course_is_told_apart(task: str) -> None:
    """Stubs and solutions are recognized, also without ids; without Markdown too, or nothing is said."""
    solution = parse((ROOT / "solutions" / task / "solution.ipynb").read_bytes())
    for book in (STUBS[task], solution):
        code = tuple(cell for cell in book.cells if cell.kind == "code")
        joined = notebook_of("\n\n".join(cell.source for cell in code))
        assert likest(book, STUBS) == likest(renumbered(book), STUBS) == task
        for version in (Notebook(code), renumbered(Notebook(code)), joined):
            assert likest(version, STUBS) in ({task} if book is STUBS[task] else {task, None})


@pytest.mark.parametrize("task", STUBS)
def test_right_answers_in_other_styles_are_never_taken_for_another_assignment(task: str) -> None:
    """They keep little of the stub. Then nothing is said, rather than something wrong."""
    for path in (ROOT / "solutions" / task / "alternatives").glob("*.ipynb"):
        assert likest(parse(path.read_bytes()), STUBS) in (task, None)


def test_strangers_are_not_recognized() -> None:
    """Imports and usual names are no likeness."""
    assert likest(notebook_of("import torch\nfrom torch import nn", "def train():\n    pass"), STUBS) is None
    assert likest(Notebook(()), STUBS) is None and likest(notebook_of("x = 1"), {}) is None


def test_untouched() -> None:
    """White space, outputs, Markdown and deleted cells are no work; any other code is."""
    stub = notebook_of("def f(x):\n    ...", "y = f(1)")
    assert is_untouched(stub, stub) and is_untouched(Notebook(()), stub)
    assert is_untouched(notebook_of("def f(x):\n\n      ...\n", ""), stub)
    assert is_untouched(Notebook((*stub.cells, Cell("markdown", "my thoughts"))), stub)
    assert not is_untouched(notebook_of("def f(x):\n    return x", "y = f(1)"), stub)
    assert code_of(notebook_of("a = 1", " ")) == ("a=1",)
