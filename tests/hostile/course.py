"""The course that is attacked: `line` with small limits, `calm`, the same with the usual ones, and `net`.

Its files hold canaries: texts that no student may ever see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.course.stub import without_answers
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump

FULL = {"line": 10, "calm": 10, "net": 3}
WALL_S = 15  # of `line`, whose limits are small so that a test of one takes seconds

INPUT, ANSWER = "4.4371924853", "14.1115774559"
# What no student may ever see, by where it is.
CANARIES = {
    "a line of the rubric": "CANARY-of-the-rubric",
    "the solution": "CANARY-of-the-solution",
    "the grader's environment": "CANARY-of-the-environment",
    "a file of the host": "CANARY-of-the-host",
    "a neighbour's notebook": "CANARY-of-a-neighbour",
    "the course's path": "CANARY-path",
    "a hidden input": INPUT[:8],
    "an expected value": ANSWER[:8],
}
NEIGHBOUR = "0-neighbour"

PUBLIC = """
from grader import check, number


@check(points=2, title="w and b are those of the line",
       hint="Look at the slope and at where the line cuts the axis.")
def test_values(student):
    assert abs(number(student.w) - 3) <= 0.21
    assert abs(number(student.b) - 0.8) <= 0.12
"""
HIDDEN = f'''
import torch

from grader import check, number

NOTE = "{CANARIES["a line of the rubric"]}"
INPUT, ANSWER = {INPUT}, {ANSWER}


@check(points=2, title="predict follows the line", hint="Try it with negative numbers.")
def test_predict(student):
    x = torch.rand(40) * 20 - 10
    assert (student.predict(x) - (3 * x + 0.8)).abs().max() <= 0.5


@check(points=2, title="predict takes one number")
def test_secret(student):
    found = number(student.predict(torch.tensor([INPUT], dtype=torch.float64)))
    assert abs(found - ANSWER) <= 0.25, f"{{found}} instead of {{ANSWER}}"


@check(points=1, title="fit finds any line")
def test_fit(student):
    slope, offset = (torch.rand(2) * 8 - 4).tolist()
    x = torch.linspace(-3, 3, 60)
    found = student.fit(x, slope * x + offset + 0.02 * torch.randn(60))
    assert abs(number(found[0]) - slope) <= 0.05
    assert abs(number(found[1]) - offset) <= 0.05


@check(points=1, title="fit is written by hand", depends=["test_fit"])
def test_source(source):
    assert not source.uses(".polyfit", ".lstsq", "torch.optim")


@check(points=2, title="Another line is found as well")
def test_other(rerun):
    other = rerun(true_w=-2.0, true_b=5.0, n=120)
    assert abs(number(other.w) + 2) <= 0.21
    assert abs(number(other.b) - 5) <= 0.12
    assert (number(other.w), number(other.b)) != (-2, 5)  # not from data with noise
'''
NET_PUBLIC = """
import torch

from grader import check


@check(points=1, title="Net gives three numbers for each row")
def test_shape(student):
    assert student.Net()(torch.randn(5, 4)).shape == (5, 3)
"""
NET_HIDDEN = """
import torch

from grader import check


@check(points=2, title="Net is a network")
def test_network(student):
    torch.manual_seed(torch.randint(1 << 30, ()).item())
    net, x = student.Net(), torch.randn(6, 4)
    out = net(x)
    assert out.shape == (6, 3) and out.isfinite().all()
    assert (net(x[2:3]) - out[2:3]).abs().max() <= 1e-5  # a row's numbers do not depend on the other rows
    weights = {name: value.detach() + 0.5 for name, value in net.state_dict().items()}
    net.load_state_dict(weights)
    assert (net(x) - out).abs().max() > 1e-3  # and they come from the weights
"""
TITLES = 'title = "{title}"\nstatement = "Write it."\nzh_title = "{title}"\nzh_statement = "写。"\n'
SMALL = f"""[limits]
cpu_s = 10
wall_s = {WALL_S}
cell_s = 2
cell_wall_s = 4
call_s = 2
call_wall_s = 4
memory_mb = 300
output_kb = 512
disk_mb = 32
processes = 48
rubric_s = 10
"""

LINE = (
    "true_w, true_b, n = 3.0, 0.8, 200",
    "import torch\nx = torch.rand(n) * 4 - 2\ny = true_w * x + true_b + 0.1 * torch.randn(n)",
    "def fit(x, y):\n    ### BEGIN SOLUTION\n    dx = x - x.mean()\n"
    "    slope = (dx * (y - y.mean())).sum() / (dx * dx).sum()\n"
    "    return slope.item(), (y.mean() - slope * x.mean()).item()\n    ### END SOLUTION",
    "def predict(x):\n    ### BEGIN SOLUTION\n    return w * x + b\n    ### END SOLUTION",
    "w, b = fit(x, y)",
)
LINE_WRONG = (
    LINE[0],
    LINE[1],
    "def fit(x, y):\n    return 0.0, 0.0",
    "def predict(x):\n    return x * 0 - 100",
    "w, b = 9.0, -5.0",
)
NET = (
    "import torch",
    "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.layer = torch.nn.Linear(4, 3)\n\n"
    "    def forward(self, x):\n        ### BEGIN SOLUTION\n"
    "        return self.layer(x).tanh()\n        ### END SOLUTION",
)
NET_WRONG = (NET[0], "class Net(torch.nn.Module):\n    def forward(self, x):\n        return None")


def without_markers(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells as a student would hand them in: without the markers around answers."""
    return tuple(re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", cell, flags=re.MULTILINE) for cell in cells)


HONEST = {"line": without_markers(LINE), "calm": without_markers(LINE), "net": without_markers(NET)}
WRONG = {"line": LINE_WRONG, "calm": LINE_WRONG, "net": NET_WRONG}


def build_course(root: Path) -> None:
    """Write the course's files below `root`."""
    for name, cells, public, hidden, limits in (
        ("line", LINE, PUBLIC, HIDDEN, SMALL),
        ("calm", LINE, PUBLIC, HIDDEN, ""),
        ("net", NET, NET_PUBLIC, NET_HIDDEN, SMALL),
    ):
        canary = f"\n# {CANARIES['the solution']}" if name == "net" else ""
        notebook = notebook_of(cells[0] + canary, *cells[1:])
        stubs = (
            Cell("code", without_answers(cell.source)[0], cell.tags, cell.id)
            for cell in notebook_of(*cells).cells
        )
        for path, text in (
            (f"assignments/{name}/assignment.toml", TITLES.format(title=name.title()) + limits),
            (f"assignments/{name}/test_public.py", public),
            (f"assignments/{name}/{name}.ipynb", dump(Notebook(tuple(stubs)))),
            (f"solutions/{name}/test_hidden.py", hidden),
            (f"solutions/{name}/solution.ipynb", dump(notebook)),
        ):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")


def notebook_of(*cells: str) -> Notebook:
    """A notebook of code cells. Those that assign `true_w` are tagged as parameters."""
    return Notebook(
        tuple(
            Cell("code", source, ("parameters",) if source.startswith("true_w") else ()) for source in cells
        )
    )


def hand_in(folder: Path, student: str, assignment: str, cells: Iterable[str]) -> Path:
    """Put a student's notebook where `grade` finds it."""
    path = folder / student / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(notebook_of(*cells)), encoding="utf-8")
    return path
