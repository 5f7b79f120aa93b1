"""What proves a course: its trials, and what they must end in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from courses import FILES, MISTAKE, SOLUTION, made
from reports import CHECKS, report, results
from support import notebook_of

from grader.course.course import Equivalent, Mistake
from grader.course.mistakes import known_answers, mistaken
from grader.errors import Problem
from grader.model.report import FAILED, INTERNAL, NOT_ATTEMPTED, NOT_RUN, PASSED, REJECTED
from grader.notebook.notebook import Notebook
from grader.notebook.reading import parse
from grader.notebook.writing import dump
from grader.proof import null_answers as nulls
from grader.proof.mutants import mutants
from grader.proof.validation import MUTANT_LIMITS, Trial, caught, enough, examine, plan

MISTAKE_FILE = list(FILES)[3]
STUB_FILE, SOLUTION_FILE = "assignments/halve/halve.ipynb", "solutions/halve/solution.ipynb"
EQUIVALENT_FILE, ALTERNATIVES = "solutions/halve/equivalent.toml", "solutions/halve/alternatives"
LINE = "return x / 2 if x is not None else None"
BECOMES = {
    "operator": "return x * 2 if x is not None else None",
    "constant": "return x / 3 if x is not None else None",
    "condition": "return x / 2 if not (x is not None) else None",
}
ALL = tuple(check.id for check in CHECKS)


# ---- mistakes


def planted(*replacements: tuple[str, str], solution: Notebook = SOLUTION) -> list[str]:
    return [cell.source for cell in mistaken(solution, Mistake("m", "m.toml", "M", (), replacements)).cells]


def test_a_mistake_is_planted():
    """The text is replaced in its cell, and everything else is the solution's, tags included."""
    planted_cells = mistaken(SOLUTION, Mistake("m", "m.toml", "M", (), (("x / 2", "x * 2"),))).cells
    assert (
        planted_cells[2].source
        == SOLUTION.cells[2].source.replace("x / 2", "x * 2")
        != SOLUTION.cells[2].source
    )
    assert [planted_cells[place] for place in (0, 1, 3)] == [SOLUTION.cells[place] for place in (0, 1, 3)]


def test_several_replacements_in_turn():
    """Replacements follow one another, and a later one sees what an earlier one wrote."""
    assert "return x * 3 if" in planted(("x / 2", "x * 2"), ("x * 2", "x * 3"))[2]
    assert planted(("n = 8", "n = 9"), ("halve(n)", "n"))[1::2] == [
        "n = 9",
        "result = n\nprint('the result of this notebook is', result)",
    ]


def test_newlines_around_a_replacement():
    """The newlines that TOML's long texts bring at their ends are not part of the text."""
    assert planted(("\nn = 8\n", "\nn = 9\n"))[1] == "n = 9"
    assert planted(("\nresult = halve(n)\nprint('the", "\nresult = 1\nprint('the"))[3].startswith(
        "result = 1\nprint"
    )


@pytest.mark.parametrize(
    ("replacements", "told"),
    [
        ((), "replaces nothing"),
        ((("y / 2", "x"),), "occurs 0 times"),
        ((("halve", "x"),), "occurs 2 times"),
        ((("result", "x"),), "occurs 3 times"),
        (((" prose ", "x"),), "occurs 0 times"),
        ((("\n", "x"),), "not once"),
        ((("n = 8", "n = 9"), ("n = 8", "n = 7")), "occurs 0 times"),
    ],
)
def test_mistakes_that_can_not_be_planted(replacements, told):
    """A text that does not occur exactly once in the code, prose not counted, is refused."""
    with pytest.raises(ValueError, match=told):
        planted(*replacements)


# ---- plans


def planned(root, changes=None, seeds=(0,), **options) -> tuple[list[Trial], list[str]]:
    course = made(root, changes)
    trials, problems = plan(course, course.assignments["halve"], seeds, **options)
    return trials, [str(problem) for problem in problems]


def equivalent(becomes: str, line: str = LINE) -> str:
    return f'[[mutant]]\nline = "{line}"\nbecomes = "{becomes}"\nreason = "The same."\n'


def test_a_plan(tmp_path):
    """A course is proved by its right answers with every seed, and with the first its stub, null answers, mistakes and mutants."""
    trials, problems = planned(
        tmp_path, {f"{ALTERNATIVES}/{name}.ipynb": dump(SOLUTION) for name in ("other", "another")}, [3, 4]
    )
    assert problems == []
    assert [(trial.kind, trial.name, trial.seed, trial.file) for trial in trials] == [
        ("solution", "solution", 3, SOLUTION_FILE),
        ("solution", "solution", 4, SOLUTION_FILE),
        *(
            ("alternative", name, seed, f"{ALTERNATIVES}/{name}.ipynb")
            for name in ("another", "other")
            for seed in (3, 4)
        ),
        ("stub", "stub", 3, STUB_FILE),
        *(("null answer", name, 3, SOLUTION_FILE) for name in nulls.NAMES),
        ("mistake", "doubles", 3, MISTAKE_FILE),
        *(
            ("mutant", f"halve:4 {kind}: {LINE} -> {BECOMES[kind]}", 3, SOLUTION_FILE)
            for kind in ("operator", "constant", "condition")
        ),
    ]


def test_what_is_graded(tmp_path):
    """Each trial is graded as what it is."""
    other = notebook_of("n = 8", "halve = lambda x: x and x / 2", "result = halve(n)")
    trials, _ = planned(tmp_path, {f"{ALTERNATIVES}/other.ipynb": dump(other)})
    solution, alternative, stub, *rest = (parse(trial.content) for trial in trials)
    found = {trial.name: notebook for trial, notebook in zip(trials[3:], rest)}
    assert solution == SOLUTION and [cell.source for cell in alternative.cells] == [
        cell.source for cell in other.cells
    ]
    assert stub == parse((tmp_path / STUB_FILE).read_bytes())
    assert {name: found[name] for name in nulls.NAMES} == nulls.null_answers(SOLUTION, stub)
    assert "x * 2 if" in found["doubles"].cells[2].source
    assert [found[mutant.name] for mutant in mutants(SOLUTION)] == [
        mutant.notebook for mutant in mutants(SOLUTION)
    ]


def test_what_goes_with_a_trial(tmp_path):
    """A mistake has the checks that it must fail, a mutant has what it is, and limits of its own."""
    trials, _ = planned(tmp_path)
    for trial in trials:
        assert trial.fails == (("test_half", "test_others", "test_rerun") if trial.kind == "mistake" else ())
        assert trial.called == (
            trial.kind if trial.kind in ("solution", "stub") else f"{trial.kind} {trial.name}"
        )
        assert (trial.mutant is not None) == (trial.kind == "mutant") and trial.equivalent is None
        limits = trials[0].assignment.limits
        assert trial.assignment.limits == (
            replace(limits, **MUTANT_LIMITS) if trial.kind == "mutant" else limits
        )
        assert trial.assignment.limits.memory_mb == limits.memory_mb


def test_a_plan_without_mutants(tmp_path):
    """Mutants may be left out, and then what is listed as equivalent is not looked at."""
    trials, problems = planned(tmp_path, {EQUIVALENT_FILE: equivalent("no such line")}, with_mutants=False)
    assert {trial.kind for trial in trials} == {
        "solution",
        "stub",
        "null answer",
        "mistake",
    } and problems == []


def test_a_plan_with_equivalents(tmp_path):
    """A mutant that is listed has its entry; what fits no mutant is a problem."""
    one, other = BECOMES["constant"], BECOMES["operator"]
    trials, problems = planned(
        tmp_path, {EQUIVALENT_FILE: equivalent(one) + equivalent("return 1") + equivalent(other, "x")}
    )
    assert [trial.equivalent for trial in trials if trial.kind == "mutant"] == [
        None,
        Equivalent(LINE, one, "The same."),
        None,
    ]
    assert problems == [
        f"{EQUIVALENT_FILE}: no mutant turns `{old}` into `{new}`"
        for old, new in ((LINE, "return 1"), ("x", other))
    ]


def test_a_plan_with_a_broken_mistake(tmp_path):
    """A mistake that can't be planted is a problem, and the rest is planned."""
    trials, [problem] = planned(tmp_path, {MISTAKE_FILE: MISTAKE.replace("x / 2", "x // 2")})
    assert [trial.kind for trial in trials] == ["solution", "stub", *["null answer"] * 6, *["mutant"] * 3]
    assert problem.startswith(f"{MISTAKE_FILE}: the text to replace occurs 0 times")


def test_a_plan_with_a_broken_alternative(tmp_path):
    """An alternative that is no notebook is a problem, and the rest is planned."""
    trials, [problem] = planned(
        tmp_path, {f"{ALTERNATIVES}/a.ipynb": "{", f"{ALTERNATIVES}/b.ipynb": dump(SOLUTION)}
    )
    assert [trial.name for trial in trials if trial.kind == "alternative"] == ["b"] and len(trials) == 13
    assert "alternatives/a.ipynb: can't be read: " in problem


def test_known_answers(tmp_path):
    """Wrong answers are compared with the solution and with each mistake that can be planted."""
    other = MISTAKE_FILE.replace("doubles", "broken")
    found = known_answers(made(tmp_path, {other: MISTAKE.replace("x / 2", "x // 2")}).assignments["halve"])
    assert list(found) == ["solution", "doubles"]
    assert parse(found["solution"]) == SOLUTION and "x * 2 if" in parse(found["doubles"]).cells[2].source


# ---- trials


def told(
    kind: str, trial_report, fails: tuple[str, ...] = (), equivalent: Equivalent | None = None
) -> list[str]:
    name = kind if kind in ("solution", "stub") else "some-name"
    found = examine(Trial(None, kind, name, "the/file", b"", 7, fails, None, equivalent), trial_report)  # type: ignore[arg-type]
    assert all(isinstance(problem, Problem) and problem.file == "the/file" for problem in found)
    return [problem.message for problem in found]


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        ("solution", "solution"),
        ("alternative", "alternative some-name"),
        ("stub", "stub"),
        ("null answer", "null answer some-name"),
        ("mistake", "mistake some-name"),
        ("mutant", "mutant some-name"),
    ],
)
@pytest.mark.parametrize("outcome", [INTERNAL, REJECTED])
def test_trials_that_were_not_graded(kind, called, outcome):
    """A trial without a grading proves nothing, and is a problem whatever it was."""
    [message] = told(kind, report(outcome=outcome, checks=(), reason="no disk"), ALL)
    assert message == f"the {called} was not graded: {outcome}: no disk"


@pytest.mark.parametrize(
    ("kind", "called"), [("solution", "solution"), ("alternative", "alternative some-name")]
)
@pytest.mark.parametrize("verdict", [PASSED, FAILED, NOT_RUN, NOT_ATTEMPTED])
def test_right_answers(kind, called, verdict):
    """Each check that a right answer does not pass is told, with its seed and the rubric's words."""
    words = f"the {called} does not pass test_other with seed 7: assert 1 == 2"
    assert told(kind, report(checks=results(test_other=verdict))) == ([] if verdict == PASSED else [words])


def test_a_stub():
    """A stub must pass nothing: each check that it passes is told."""
    nothing = results(test_line=NOT_ATTEMPTED, test_other=NOT_RUN, test_last=FAILED)
    assert told("stub", report(checks=nothing)) == []
    [message] = told("stub", report(checks=results(test_line=FAILED, test_other=FAILED)))
    assert message.startswith("the stub passes test_last")


@pytest.mark.parametrize(
    ("fails", "verdicts", "messages"),
    [
        (("test_other",), {"test_other": FAILED}, []),
        (("test_other", "test_last"), {"test_other": FAILED, "test_last": NOT_RUN}, []),
        (("test_other",), {}, ["the mistake passes test_other, which was to catch it"]),
        (
            ("test_other",),
            {"test_other": FAILED, "test_last": FAILED},
            ["the mistake fails test_last as well, which it does not name: assert 1 == 2"],
        ),
        (
            ("test_other",),
            {"test_line": NOT_RUN},
            [
                "the mistake passes test_other, which was to catch it",
                "the mistake fails test_line as well, which it does not name: assert 1 == 2",
            ],
        ),
        ((), {}, []),
    ],
)
def test_a_mistake(fails, verdicts, messages):
    """A mistake must fail exactly the checks that it names."""
    assert told("mistake", report(checks=results(**verdicts)), fails) == messages


@pytest.mark.parametrize("verdict", [FAILED, NOT_RUN, NOT_ATTEMPTED])
def test_a_null_answer(verdict):
    """A null answer may pass what is public, a shape or a type, and nothing hidden."""
    assert [check.visibility for check in CHECKS] == ["public", "hidden", "hidden"]
    assert told("null answer", report(checks=results(test_other=verdict, test_last=verdict))) == []
    assert told("null answer", report(checks=results(test_line=verdict, test_other=verdict))) == [
        "a null answer, 'some-name', passes test_last: it computes nothing"
    ]
    assert len(told("null answer", report())) == 2


@pytest.mark.parametrize("verdict", [PASSED, FAILED, NOT_RUN, NOT_ATTEMPTED])
def test_a_mutant(verdict):
    """A mutant is no problem by itself, noticed or not, but one that is listed as equivalent must not be noticed."""
    listed = Equivalent("a", "b", "The same.")
    found = report(checks=results(test_other=verdict))
    assert told("mutant", found) == []
    words = "listed as equivalent, but test_other notices it: some-name"
    assert told("mutant", found, equivalent=listed) == ([] if verdict == PASSED else [words])


@pytest.mark.parametrize(
    ("found", "noticed"),
    [
        (report(), False),
        (report(checks=results(test_last=FAILED)), True),
        (report(checks=results(test_line=NOT_RUN)), True),
        (report(checks=results(test_line=NOT_ATTEMPTED)), True),
        (report(outcome=INTERNAL, checks=()), False),
        (report(outcome=INTERNAL, checks=results(test_line=FAILED)), False),
        (report(outcome=REJECTED, checks=results(test_line=NOT_RUN)), False),
    ],
)
def test_caught(found, noticed):
    """A rubric has noticed what does not pass a check; a fault of the rubric's own is no notice."""
    assert caught(found) is noticed


@pytest.mark.parametrize(
    ("many", "of", "demanded", "is_enough"),
    [
        (0, 0, 0.95, True),
        (95, 100, 0.95, True),
        (94, 100, 0.95, False),
        (9, 10, 0.9, True),
        (8, 9, 0.9, False),
        (19, 20, 0.95, True),
        (1, 1, 0.95, True),
        (0, 1, 0.9, False),
    ],
)
def test_enough(many, of, demanded, is_enough):
    """Of the mutants as many must be noticed as are demanded, to the very one; of none, none."""
    assert enough(many, of, demanded) is is_enough


# ---- the command


WEAK = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x + 0\n    ### END SOLUTION"
SURVIVOR = "return 2 * x + 0", "return 2 * x - 0"
DIFF = "     ### BEGIN SOLUTION\n-    return 2 * x + 0\n+    return 2 * x - 0\n     ### END SOLUTION"


@pytest.fixture
def weak_course(small_course: Path) -> Path:
    """The small course with a solution of four mutants, one of which no rubric can notice."""
    solution = notebook_of("n = 5", WEAK, "result = double(n)")
    (small_course / "solutions" / "double" / "solution.ipynb").write_text(dump(solution), encoding="utf-8")
    return small_course


@pytest.fixture
def validated(here: Callable, weak_course: Path) -> Callable:
    return lambda *options: here("validate", "--course", weak_course, "--seeds", "1", *options)


def test_mutants_that_survive(validated: Callable, weak_course: Path) -> None:
    """`validate` shows each mutant that no check notices as a diff, and fails where there are too many; --json holds the same."""
    done = validated()
    assert done.returncode == 1
    [row] = [line.split() for line in done.stdout.splitlines() if line.startswith("double ")]
    assert row[:8] == ["double", "3", "1/1", "0", "6/6", "1/1", "3/4", "0"] and row[9:] == ["FAILED"]
    cell = parse((weak_course / "solutions" / "double" / "solution.ipynb").read_bytes()).cells[1].id
    assert f"double: no check notices this (operator, cell {cell}, line 3):\n{DIFF}\n" in done.stdout
    words = "notices 3 of 4 mutants; at least 90% are demanded"
    assert f"solutions/double/test_hidden.py: {words}" in done.stderr
    assert f"{weak_course}: the rubrics notice 3 of 4 mutants; at least 95% are demanded" in done.stderr
    assert "mutants caught: 3 of 4, 75.0%; 2 problems" in done.stderr
    data = json.loads(validated("--json").stdout)
    assert data["double"].pop("seconds") > 0
    assert data == {
        "double": {
            "checks": 3,
            "seeds": [1, 1],
            "alternatives": [0, 0],
            "stub": [1, 1],
            "null_answers": [6, 6],
            "mistakes": [1, 1],
            "mutants": [3, 4],
            "survivors": [{"name": f"{cell}:3 operator: {SURVIVOR[0]} -> {SURVIVOR[1]}", "diff": DIFF}],
            "equivalent": [],
            "problems": [f"solutions/double/test_hidden.py: {words}"],
        }
    }


def test_mutants_that_are_equivalent(validated: Callable, weak_course: Path) -> None:
    """With a reason why nothing could notice it a mutant is not counted, and the course is valid."""
    listed = weak_course / "solutions" / "double" / "equivalent.toml"
    listed.write_text(
        f'[[mutant]]\nline = "{SURVIVOR[0]}"\nbecomes = "{SURVIVOR[1]}"\nreason = "Zero has no sign."\n',
        encoding="utf-8",
    )
    done = validated("--verbose")
    assert done.returncode == 0, done.stderr
    assert "mutants caught: 3 of 3, 100.0%; the course is valid" in done.stderr
    assert (
        "no check notices this" not in done.stdout
        and f"{SURVIVOR[0]} -> {SURVIVOR[1]}\n  Zero has no sign.\n" in done.stdout
    )


def test_without_mutants(validated: Callable) -> None:
    """--no-mutants skips them, and nothing is said of them."""
    done = validated("--no-mutants", "--json")
    assert done.returncode == 0, done.stderr
    assert "9 notebooks graded" in done.stderr and "mutants caught" not in done.stderr
    assert json.loads(done.stdout)["double"]["mutants"] == [0, 0]
