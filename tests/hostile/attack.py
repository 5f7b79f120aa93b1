r"""Reads attacks and positive controls from their files.

An attack is a file in `attacks/`, a positive control one in `controls/`. These files are never imported. A
file begins with a docstring, whose first line says what is tried and whose other lines say what must come of
it. The notebook's cells follow, each below a line `# %%`.

    outcome: graded          status: timed_out          score: 0          assignment: line
    cell: 2                  contains: refused          absent: 1.1.1.1   like: A13_a_near_miss
    student: "a\nb"          within: 1

- `outcome`, `score` and `status` (the record's `execution.status`) allow either of two: `a | b`.
- `cell` is the cell in which it happened, counted in the file.
- `contains` and `absent` are texts of the page that the student gets. Those that it contains stand there more
  often than in the attack's own cells.
- `rooted` is one more text that the page contains where root grades and each session has a user of its own.
- `watched` is what `status` is where a watchdog enforces the memory limit.
- `like` names an attack whose student reads exactly the same.
- `student` is the name of the student's folder, as a Python literal.
- `within` is how many seconds grading may take.

Some cells stand for others. A cell that is the single line `# honest` or `# wrong` stands for right or wrong
answers to the assignment. The first line `# times 40` repeats a cell. The line `# becomes "x" * 10` is a cell
whose source is the value of that expression.

A cell that begins with `# makes` is not handed in. The test runs it to make what is handed in. It knows
`path`, where the notebook is expected, `good`, the bytes of an honest one, and `book(cell, …)`, a notebook as
a dict.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.notebook.writing import dump
from hostile.course import FULL, HONEST, WRONG, notebook_of

# The status of each outcome where the file names none.
UNSAID = {"graded": "ok", "rejected": "not_run", "internal": "not_run"}

HERE = Path(__file__).parent
KEYS = (
    "assignment",
    "outcome",
    "status",
    "score",
    "cell",
    "contains",
    "absent",
    "like",
    "student",
    "within",
    "watched",
    "rooted",
)


@dataclass(frozen=True)
class Attack:
    """One file: what is tried and what must come of it."""

    name: str
    aim: str
    cells: tuple[str, ...]
    places: tuple[int, ...]  # for each cell the number of the file's cell that it comes from, counted from 1
    assignment: str = "line"
    outcomes: tuple[str, ...] = ("graded",)
    statuses: tuple[str, ...] = ("ok",)
    scores: tuple[float, ...] = ()
    cell: int | None = None
    contains: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    like: str | None = None
    student: str = ""  # the folder's name
    within: float | None = None
    makes: str = ""  # code that makes what is handed in
    # The statuses where a watchdog enforces the memory limit, if they differ there.
    watched: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The letter and number that the name begins with."""
        return self.name.partition("_")[0]


def attacks() -> list[Attack]:
    """All attacks, by name."""
    return [read_attack(path, "line") for path in sorted((HERE / "attacks").glob("*.py"))]


def controls() -> list[Attack]:
    """All positive controls, by name."""
    return [read_attack(path, "calm") for path in sorted((HERE / "controls").glob("*.py"))]


def read_attack(path: Path, assignment: str) -> Attack:
    """The attack in a file, on `assignment` unless the file names another one.

    Raises ValueError, with the file's name, where a line of the docstring is not understood.
    """
    head, *cells = re.split(r"^# %%\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    aim, *lines = ast.literal_eval(head.strip()).strip().splitlines()
    found: dict[str, list[str]] = defaultdict(list)
    for line in filter(str.strip, lines):
        key, colon, value = line.strip().partition(":")
        if not colon or key not in KEYS:
            raise ValueError(f"{path.name}: {line!r} is not understood")
        found[key].append(value.strip())

    def first(key: str, default: str) -> str:
        return found[key][0] if found[key] else default

    def either(key: str, default: str) -> tuple[str, ...]:
        return tuple(filter(None, map(str.strip, first(key, default).split("|"))))

    assignment = first("assignment", assignment)
    outcomes = either("outcome", "graded")
    makes = "\n".join(cell for cell in cells if cell.startswith("# makes"))
    cells = [cell for cell in cells if not cell.startswith("# makes")]
    expanded = [
        (place, source)
        for place, cell in enumerate(cells, 1)
        for source in expand_cell(cell.strip("\n"), assignment)
    ]
    return Attack(
        name=path.stem,
        aim=aim,
        cells=tuple(source for _, source in expanded),
        places=tuple(place for place, _ in expanded),
        assignment=assignment,
        outcomes=outcomes,
        statuses=either("status", " | ".join(UNSAID[outcome] for outcome in outcomes)),
        scores=tuple(map(float, either("score", str(FULL[assignment])))),
        cell=int(found["cell"][0]) if found["cell"] else None,
        contains=(*found["contains"], *(found["rooted"] if os.geteuid() == 0 else ())),
        absent=tuple(found["absent"]),
        like=found["like"][0] if found["like"] else None,
        student=ast.literal_eval(found["student"][0]) if found["student"] else path.stem,
        within=float(found["within"][0]) if found["within"] else None,
        makes=makes,
        watched=either("watched", ""),
    )


def expand_cell(cell: str, assignment: str) -> Sequence[str]:
    """The notebook's cells that one cell of a file stands for."""
    first, _, rest = cell.partition("\n")
    if cell in ("# honest", "# wrong"):
        return HONEST[assignment] if cell == "# honest" else WRONG[assignment]
    if first.startswith("# times "):
        return [rest] * int(first.removeprefix("# times "))
    if first.startswith("# becomes "):
        return [eval(first.removeprefix("# becomes "), {})]
    return [cell]


def make_submission(folder: Path, attack: Attack) -> Path:
    """Run an attack's code that makes what it hands in, and return the path where a notebook is expected."""
    path = folder / attack.student / f"{attack.assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)

    def book(*cells: str) -> dict:
        return json.loads(dump(notebook_of(*cells)))

    good = dump(notebook_of(*HONEST[attack.assignment])).encode()
    exec(attack.makes, {"path": path, "good": good, "book": book, "HONEST": HONEST})
    return path
