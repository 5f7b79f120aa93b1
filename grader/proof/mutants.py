"""Mutants: a solution with one small thing changed, the way numerical and training code goes wrong.

Each is what a student might have written by a slip, or a right-looking answer that means something else. A
rubric that does not notice it would not notice the student's either. Only answers are mutated: what is
between the solution's BEGIN and END marks.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace

from grader.course.marks import answer_lines
from grader.notebook.notebook import Cell, Notebook
from grader.proof.edits import Edit
from grader.proof.meaning_operators import MeaningMutator
from grader.proof.mutation_operators import Mutator
from grader.proof.surroundings import Surroundings


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
    """Every mutant of a solution that is still Python, in the order of its lines; no two are alike.

    They are slips in its text: see `grader.proof.mutation_operators`.
    """
    return _mutants(solution, Mutator)


def meaning_mutants(solution: Notebook) -> list[Mutant]:
    """Every mutant of a solution's meaning, like `mutants`: see `grader.proof.meaning_operators`.

    Those that are slips in its text as well are left out.
    """
    surroundings = Surroundings.of(solution)
    slips = {mutant.notebook for mutant in mutants(solution)}
    found = _mutants(solution, lambda source, answers: MeaningMutator(source, answers, surroundings))
    return [mutant for mutant in found if mutant.notebook not in slips]


def alternative_mutants(alternative: Notebook, stub: Notebook, count: int) -> list[Mutant]:
    """At most `count` mutants of the meaning of a right answer in another style, evenly spread.

    It has no marks: every cell that is not the stub's is an answer.
    """
    given = {cell.source for cell in stub.cells}

    def answers(source: str) -> set[int]:
        return set() if source in given else set(range(1, source.count("\n") + 2))

    surroundings = Surroundings.of(alternative)
    found = _mutants(alternative, lambda source, lines: MeaningMutator(source, lines, surroundings), answers)
    return found if len(found) <= count else [found[place * len(found) // count] for place in range(count)]


def _mutants(
    solution: Notebook,
    mutator: Callable[[str, set[int]], Mutator | MeaningMutator],
    lines: Callable[[str], set[int]] = answer_lines,
) -> list[Mutant]:
    found: dict[tuple[int, str], Mutant] = {}
    for place, cell in enumerate(solution.cells):
        answers = lines(cell.source) if cell.kind == "code" else None
        if not answers:
            continue
        try:
            edits = sorted(
                mutator(cell.source, answers).edits(), key=lambda edit: (edit.start, edit.end, edit.text)
            )
        except SyntaxError:
            continue  # magics: nothing in such a cell can be mutated
        for edit in edits:
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
