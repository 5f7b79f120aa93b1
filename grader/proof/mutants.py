"""Mutants: a solution with one small thing changed, the way numerical and training code goes wrong.

Each is what a student might have written by a slip. A rubric that does not notice it would not notice the
student's slip either. Only answers are mutated: what is between the solution's BEGIN and END marks.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass, replace

from grader.course.marks import answer_lines
from grader.notebook.notebook import Cell, Notebook
from grader.proof.edits import Edit
from grader.proof.mutation_operators import Mutator


@dataclass(frozen=True)
class Mutant:
    """One change to one line of an answer."""

    kind: str
    # The cell's id.
    cell: str
    # The number of the line in its cell, from 1.
    number: int
    # That line before and after, without its indentation.
    line: str
    becomes: str
    diff: str
    notebook: Notebook

    @property
    def name(self) -> str:
        """A name that no other mutant of the solution has."""
        return f"{self.cell}:{self.number} {self.kind}: {self.line} -> {self.becomes}"


def mutants(solution: Notebook) -> list[Mutant]:
    """Every mutant of a solution that is still Python, in the order of its lines; no two are alike."""
    found: dict[tuple[int, str], Mutant] = {}
    for place, cell in enumerate(solution.cells):
        answers = answer_lines(cell.source) if cell.kind == "code" else None
        if not answers:
            continue
        try:
            mutator = Mutator(cell.source, answers)
        except SyntaxError:
            continue  # magics: nothing in such a cell can be mutated
        for edit in sorted(mutator.edits(), key=lambda edit: (edit.start, edit.end, edit.text)):
            source = edit.apply(cell.source)
            if source == cell.source or (place, source) in found:
                continue
            try:
                compile(source, cell.id, "exec", ast.PyCF_ONLY_AST)
            except (SyntaxError, ValueError):
                continue
            cells = (*solution.cells[:place], replace(cell, source=source), *solution.cells[place + 1 :])
            found[place, source] = _mutant(cell, source, edit, Notebook(cells))
    return list(found.values())


def _mutant(cell: Cell, source: str, edit: Edit, notebook: Notebook) -> Mutant:
    """The mutant that an edit makes of a cell, described by the lines that differ."""
    before, after = cell.source.splitlines(), source.splitlines()
    number = cell.source.count("\n", 0, edit.start)
    # The two files' names come first.
    _, _, *lines = difflib.unified_diff(before, after, lineterm="", n=1)
    diff = [line for line in lines if not line.startswith("@@")]
    removed = [line[1:].strip() for line in diff if line.startswith("-")]
    added = [line[1:].strip() for line in diff if line.startswith("+")]
    return Mutant(
        edit.kind, cell.id, number + 1, " ".join(removed), " ".join(added), "\n".join(diff), notebook
    )
