"""What proves a course: what its trials must end in, and what its files must not show."""

from __future__ import annotations

import pytest
from courses import FILES, HIDDEN, MISTAKE, PUBLIC, SOLUTION, made
from reports import CHECKS, report, results

from grader.course import Mistake
from grader.errors import Problem
from grader.inspection import inspect
from grader.notebook import Cell, Notebook, parse
from grader.score import FAILED, INTERNAL, NOT_ATTEMPTED, NOT_RUN, REJECTED
from grader.validation import Trial, examine, mistaken, plan

TOML_FILE, PUBLIC_FILE, HIDDEN_FILE, MISTAKE_FILE = FILES
STUB_FILE, SOLUTION_FILE = "assignments/halve/halve.ipynb", "solutions/halve/solution.ipynb"
ALL = tuple(check.id for check in CHECKS)


# ---- mistakes


def planted(*replacements: tuple[str, str], solution: Notebook = SOLUTION) -> list[str]:
    return [cell.source for cell in mistaken(solution, Mistake("m", "m.toml", "M", (), replacements)).cells]


def test_a_mistake_is_planted():
    """The text is replaced in its cell, and everything else is the solution's, tags included."""
    planted_cells = mistaken(SOLUTION, Mistake("m", "m.toml", "M", (), (("x / 2", "x * 2"),))).cells
    assert planted_cells[2].source == SOLUTION.cells[2].source.replace("x / 2", "x * 2") != SOLUTION.cells[2].source
    assert [planted_cells[place] for place in (0, 1, 3)] == [SOLUTION.cells[place] for place in (0, 1, 3)]


def test_several_replacements_in_turn():
    """Replacements follow one another, and a later one sees what an earlier one wrote."""
    assert "return x * 3 if" in planted(("x / 2", "x * 2"), ("x * 2", "x * 3"))[2]
    assert planted(("n = 8", "n = 9"), ("halve(n)", "n"))[1::2] == ["n = 9", "result = n\nprint('the result of this notebook is', result)"]


def test_newlines_around_a_replacement():
    """The newlines that TOML's long texts bring at their ends are not part of the text."""
    assert planted(("\nn = 8\n", "\nn = 9\n"))[1] == "n = 9"
    assert planted(("\nresult = halve(n)\nprint('the", "\nresult = 1\nprint('the"))[3].startswith("result = 1\nprint")


@pytest.mark.parametrize(("replacements", "told"), [
    ((), "replaces nothing"), ((("y / 2", "x"),), "occurs 0 times"), ((("halve", "x"),), "occurs 2 times"), ((("result", "x"),), "occurs 3 times"),
    (((" prose ", "x"),), "occurs 0 times"), ((("\n", "x"),), "not once"), ((("n = 8", "n = 9"), ("n = 8", "n = 7")), "occurs 0 times"),
])
def test_mistakes_that_can_not_be_planted(replacements, told):
    """A text that does not occur exactly once in the code, prose not counted, is refused."""
    with pytest.raises(ValueError, match=told):
        planted(*replacements)


def test_a_plan(tmp_path):
    """A course is proved by its solution with every seed, its stub, and each mistake with the checks that it names."""
    course = made(tmp_path)
    trials, problems = plan(course, course.assignments["halve"], [0, 1])
    assert problems == []
    assert [(trial.kind, trial.name, trial.seed, trial.file) for trial in trials] == [
        ("solution", "solution", 0, SOLUTION_FILE), ("solution", "solution", 1, SOLUTION_FILE), ("stub", "stub", 0, STUB_FILE), ("mistake", "doubles", 0, MISTAKE_FILE)]
    assert trials[3].fails == ("test_half", "test_others", "test_rerun")
    assert "x * 2" in parse(trials[3].content).cells[2].source
    assert parse(trials[2].content) == parse((tmp_path / STUB_FILE).read_bytes())


def test_a_plan_with_a_broken_mistake(tmp_path):
    """A mistake that can't be planted is a problem, and the rest is planned."""
    course = made(tmp_path, {MISTAKE_FILE: MISTAKE.replace("x / 2", "x // 2")})
    trials, [problem] = plan(course, course.assignments["halve"], [0])
    assert [trial.kind for trial in trials] == ["solution", "stub"]
    assert str(problem).startswith(f"{MISTAKE_FILE}: the text to replace occurs 0 times")


# ---- trials


def told(kind: str, trial_report, fails: tuple[str, ...] = ()) -> list[str]:
    trial = Trial(None, kind, "wrong-sign" if kind == "mistake" else kind, "the/file", b"", 7, fails)  # type: ignore[arg-type]
    found = examine(trial, trial_report)
    assert all(isinstance(problem, Problem) and problem.file == "the/file" for problem in found)
    return [problem.message for problem in found]


@pytest.mark.parametrize("kind", ["solution", "stub", "mistake"])
@pytest.mark.parametrize("outcome", [INTERNAL, REJECTED])
def test_trials_that_were_not_graded(kind, outcome):
    """A trial without a grading proves nothing, and is a problem whatever it was."""
    [message] = told(kind, report(outcome=outcome, checks=(), reason="no disk"), ALL)
    assert message == f"the {'mistake wrong-sign' if kind == 'mistake' else kind} was not graded: {outcome}: no disk"


def test_a_solution_that_passes():
    """A solution with every check passed is no problem."""
    assert told("solution", report()) == []


@pytest.mark.parametrize("verdict", [FAILED, NOT_RUN, NOT_ATTEMPTED])
def test_a_solution_that_does_not(verdict):
    """Each check that a solution does not pass is told, with its seed and the rubric's words."""
    assert told("solution", report(checks=results(test_other=verdict))) == ["the solution does not pass test_other with seed 7: assert 1 == 2"]


def test_a_stub():
    """A stub must pass nothing: each check that it passes is told."""
    nothing = results(test_line=NOT_ATTEMPTED, test_other=NOT_RUN, test_last=FAILED)
    assert told("stub", report(checks=nothing)) == []
    [message] = told("stub", report(checks=results(test_line=FAILED, test_other=FAILED)))
    assert message.startswith("the stub passes test_last")


@pytest.mark.parametrize(("fails", "verdicts", "messages"), [
    (("test_other",), {"test_other": FAILED}, []), (("test_other", "test_last"), {"test_other": FAILED, "test_last": NOT_RUN}, []),
    (("test_other",), {}, ["the mistake passes test_other, which was to catch it"]),
    (("test_other",), {"test_other": FAILED, "test_last": FAILED}, ["the mistake fails test_last as well, which it does not name: assert 1 == 2"]),
    (("test_other",), {"test_line": NOT_RUN}, ["the mistake passes test_other, which was to catch it", "the mistake fails test_line as well, which it does not name: assert 1 == 2"]),
    ((), {}, []),
])
def test_a_mistake(fails, verdicts, messages):
    """A mistake must fail exactly the checks that it names."""
    assert told("mistake", report(checks=results(**verdicts)), fails) == messages


# ---- files


def inspected(tmp_path, changes=None, **others) -> list[str]:
    course = made(tmp_path, changes, **others)
    return [str(problem) for problem in inspect(course, course.assignments["halve"])]


def test_a_good_course_shows_nothing(tmp_path):
    """A good course has no problem, with caches and checkpoints in its folders."""
    assert inspected(tmp_path, {f"{folder}/halve/{name}/x": "x" for folder in ("assignments", "solutions") for name in ("__pycache__", ".ipynb_checkpoints")}) == []


def test_a_stale_stub(tmp_path):
    """A stub that is not what the solution generates is told, with the command that mends it."""
    assert inspected(tmp_path, stub='{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n') == [
        f"{STUB_FILE}: is not what the solution generates; run: grader stub halve"]


def test_a_solution_without_answers(tmp_path):
    """A solution that marks no answer is told by its own place in the course."""
    bare = Notebook((Cell("code", "x = 1"),))
    [problem] = inspected(tmp_path, solution=bare)
    assert problem.startswith(f"{SOLUTION_FILE}: has no answer")


@pytest.mark.parametrize("name", [
    "assignments/halve/answers.txt", "assignments/halve/test_hidden.py", "assignments/halve/solution.ipynb", "assignments/halve/data/x.csv", "solutions/halve/notes.md",
    "solutions/halve/test_public.py", "solutions/halve/mistakes/notes.txt",
])
def test_files_that_do_not_belong(tmp_path, name):
    """A file that is no part of a course is told, on both sides and among the mistakes."""
    place = name.removesuffix("/x.csv")
    found = inspected(tmp_path, {name: "x"})
    assert [problem.partition(":")[0] for problem in found] == [place]
    assert "does not belong here; expected are " in found[0]


ANSWER_LINE = "return x / 2 if x is not None else None"
HIDDEN_LINE = "assert [student.halve(number) for number in (10, 7.5, -3)] == [5, 3.75, -1.5]"


def statement(text: str) -> str:
    return FILES[TOML_FILE].replace('"Write halve."', f"'''\nWrite halve.\n  {text}  \n'''")


@pytest.mark.parametrize(("line", "source"), [(ANSWER_LINE, SOLUTION_FILE), (HIDDEN_LINE, HIDDEN_FILE)])
def test_lines_that_leak(tmp_path, line, source):
    """A line of an answer or of a hidden check in a public text is told, with its place and where it is from."""
    assert inspected(tmp_path, {TOML_FILE: statement(line)}) == [f"{TOML_FILE}:4: shows a line of {source}: {line[:60]}"]


@pytest.mark.parametrize("line", [
    ANSWER_LINE[:-1], "return x / 2", "def halve(x):", "A longer line of prose that students are given.", "print('the result of this notebook is', result)", "### BEGIN SOLUTION",
])
def test_lines_that_are_no_secret(tmp_path, line):
    """Part of a line, a short line and whatever students are given anyway betray nothing."""
    assert inspected(tmp_path, {TOML_FILE: statement(line)}) == []


def test_a_stub_that_is_the_solution(tmp_path):
    """The solution in the stub's place is stale, and its answers are told."""
    from grader.notebook import dump

    stale, leaked = inspected(tmp_path, stub=dump(SOLUTION))
    assert stale.startswith(f"{STUB_FILE}: is not what the solution generates")
    assert leaked.startswith(f"{STUB_FILE}:") and leaked.endswith(f"shows a line of {SOLUTION_FILE}: {ANSWER_LINE[:60]}")


def test_a_hidden_check_among_the_public_ones(tmp_path):
    """A hidden check that a public one repeats to the letter is told, whatever its name, decorator, docstring and layout."""
    body = "assert [student.halve(number)\n            for number in (10, 7.5, -3)] == [5, 3.75, -1.5]"
    public = PUBLIC + f'\n\n@check(points=1, title="Copied")\ndef test_copied(student):\n    """Other words."""\n    # a comment\n    {body}\n'
    assert f"{PUBLIC_FILE}: test_copied is the hidden check test_others to the letter" in inspected(tmp_path, {PUBLIC_FILE: public})
    assert inspected(tmp_path / "other", {PUBLIC_FILE: public.replace("7.5", "7.25")}) == []


def test_what_the_public_checks_show_is_no_secret(tmp_path):
    """A line that public and hidden checks share may stand in public."""
    shared = "    values = [student.halve(2 * number) for number in range(5)]\n"
    changes = {PUBLIC_FILE: PUBLIC + shared, HIDDEN_FILE: HIDDEN + shared, TOML_FILE: statement(shared.strip())}
    assert inspected(tmp_path, changes) == []
