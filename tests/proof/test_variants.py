"""Variants are right answers in another form: what students write is rewritten, not what they are given."""

from __future__ import annotations

from grader.course.stub import without_answers
from grader.notebook.notebook import Cell, Notebook
from grader.proof.rewrites import BUNDLES, REWRITES
from grader.proof.variants import QUOTED, rewritten, variants

GIVEN = "def shown(values):\n    return [value for value in values]"
ANSWER = "def double(x):\n    ### BEGIN SOLUTION\n    y = 2 * x\n    return y\n    ### END SOLUTION"
SOLUTION = Notebook(
    (
        Cell("markdown", "# Double", id="text"),
        Cell("code", "import torch", id="imports"),
        Cell("code", "true_w = 3.0", ("parameters",), "parameters"),
        Cell("code", GIVEN, id="given"),
        Cell("code", ANSWER, id="double"),
        Cell("code", "%matplotlib inline\nw = 1", id="magics"),
    )
)
STUB = Notebook(
    tuple(
        Cell(cell.kind, without_answers(cell.source)[0], cell.tags, cell.id) if cell.kind == "code" else cell
        for cell in SOLUTION.cells
    )
)


def changed(notebook: Notebook) -> set[str]:
    """The ids of the cells that differ from the solution's."""
    return {one.id for one, other in zip(notebook.cells, SOLUTION.cells) if one.source != other.source}


def test_each_rewrite_by_itself() -> None:
    """A variant for each rewrite that applies; cells that are given change by few of them."""
    found = {each.name: each for each in variants(SOLUTION, STUB, bundled=False)}
    assert list(found) == [
        "renamed locals",
        "annotations",
        "decorators",
        "closures",
        "callable objects",
        "helper functions",
        "tensor parameters",
        "float64",
    ]
    assert set(found) <= set(REWRITES)
    assert changed(found["tensor parameters"].notebook) == {"parameters"}
    assert changed(found["float64"].notebook) == {"imports"}
    others = [each for name, each in found.items() if name not in ("tensor parameters", "float64")]
    assert all(changed(each.notebook) == {"double"} for each in others)


def test_bundles() -> None:
    """Several rewrites at once."""
    found = variants(SOLUTION, STUB, bundled=True)
    assert [each.name for each in found] == list(BUNDLES)
    [form] = [each.notebook.cells[4].source for each in found if each.name == "another form"]
    assert "my_y: object = 2 * x" in form and "@as_written" in form and "double_steps" in form


def test_a_notebook_that_nothing_applies_to() -> None:
    """The stub itself has no variant but of its imports and parameters."""
    assert {each.name for each in variants(STUB, STUB, bundled=False)} == {"tensor parameters", "float64"}


def test_parameters_of_another_answer() -> None:
    """A cell that assigns a parameter is no answer, tagged or not."""
    cells = (
        Cell("code", "true_w, k = 3.0, [n for n in range(3)]"),
        Cell("code", "k = [n for n in range(3)]"),
    )
    notebook = rewritten(Notebook(cells), STUB, ["generators consumed"])
    assert notebook.cells[0] == cells[0] and notebook.cells[1].source == "k = list((n for n in range(3)))"


def test_the_lines() -> None:
    """A variant quotes lines before and after, and says how many more there are."""
    found = {each.name: each.diff for each in variants(SOLUTION, STUB, bundled=False)}
    assert found["renamed locals"].split("\n") == [
        "-     y = 2 * x",
        "+     my_y = 2 * x",
        "-     return y",
        "+     return my_y",
    ]
    *quoted, rest = found["decorators"].split("\n")
    assert len(quoted) == QUOTED and rest.startswith("and ") and rest.endswith(" more lines")
