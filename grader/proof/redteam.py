"""The red team: notebooks that try to earn points without an answer. None may earn a hidden one.

A cheat is an assignment's own solution with every answer taken out and something else put in its place.
No cheat is aimed at one assignment. What a cheat earns shows a check that asks for too little.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from grader.course.course import PUBLIC, Assignment
from grader.course.mistakes import SOLUTION
from grader.course.stub import read_notebook, read_solution
from grader.errors import UsageError
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump
from grader.proof.answers import answer_names, with_answers_bound
from grader.proof.cheats import ANSWER_NAMES, CHEATS, Cheat
from grader.proof.knowing_cheats import HANDED_BACK, MEMORISED, handed_back, memorised
from grader.proof.null_answers import map_code, null_answers, with_answers_emptied
from grader.proof.validation import MUTANT_LIMITS, NULL, STUB

CHEAT = "cheat"


@dataclass(frozen=True)
class Attempt:
    """One notebook to grade."""

    assignment: Assignment
    # SOLUTION, STUB, NULL or CHEAT.
    kind: str
    name: str
    # What it tries, in a few words.
    tries: str
    content: bytes
    # Whether it knows what the public checks ask.
    knows: bool = False


def cheats(solution: Notebook, public: str) -> Iterator[Cheat]:
    """Every cheat for one assignment. `public` is the text of its public checks."""
    yield from CHEATS
    yield memorised(solution, public)
    yield handed_back(solution)


def cheating(solution: Notebook, cheat: Cheat) -> Notebook:
    """The notebook that a cheating student would hand in."""
    if cheat.bound:
        emptied = map_code(solution, lambda source: with_answers_bound(source, cheat.bound))
    else:
        emptied = with_answers_emptied(solution, cheat.answer)
    names = repr(sorted(answer_names(solution)))
    before, after = (
        [Cell("code", source.replace(ANSWER_NAMES, names).strip("\n"))] if source else []
        for source in (cheat.before, cheat.after)
    )
    return Notebook((*before, *emptied.cells, *after))


def require_known(names: Collection[str]) -> None:
    """Raise UsageError, with the nearest name, if one of these names is not a cheat's."""
    known = [*(cheat.name for cheat in CHEATS), MEMORISED, HANDED_BACK]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            suggestion = f"; did you mean {near[0]!r}?" if near else f". There are: {', '.join(known)}"
            raise UsageError(f"there is no cheat {name!r}{suggestion}")


def plan(assignment: Assignment, only: Collection[str] = ()) -> list[Attempt]:
    """Everything to grade for one assignment.

    The solution comes first: if it does not pass a check, no cheat's failure there proves anything. Then
    come the notebooks that must earn nothing. `only` names the cheats to try; all if it is empty.
    Raises CourseError if the solution or the stub can't be read.
    """
    assert assignment.solution is not None
    solution, stub = read_solution(assignment.solution), read_notebook(assignment.stub)
    public = (assignment.folder / PUBLIC).read_text(encoding="utf-8")
    # Some cheats hang, and none needs long.
    quick = replace(assignment, limits=replace(assignment.limits, **MUTANT_LIMITS))
    return [
        Attempt(assignment, SOLUTION, SOLUTION, "the right answer, which must pass", dump(solution).encode()),
        Attempt(quick, STUB, STUB, "nothing was written", assignment.stub.read_bytes()),
        *(
            Attempt(quick, NULL, name, "everything is defined, nothing computed", dump(notebook).encode())
            for name, notebook in null_answers(solution, stub).items()
        ),
        *(
            Attempt(
                quick, CHEAT, cheat.name, cheat.tries, dump(cheating(solution, cheat)).encode(), cheat.knows
            )
            for cheat in cheats(solution, public)
            if not only or cheat.name in only
        ),
    ]
