"""A course is proved by cases, each of which must earn what it deserves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from courses import FILES, MISTAKE, SOLUTION, made
from grader.course.course import Equivalent
from grader.errors import Problem
from grader.language.catalogue import Text
from grader.model.report import FAILED, INTERNAL, NOT_ATTEMPTED, NOT_RUN, PASSED, REJECTED, CellRun, Execution
from grader.model.status import Status
from grader.notebook.notebook import Notebook
from grader.notebook.reading import parse
from grader.notebook.writing import dump
from grader.proof import null_answers as nulls
from grader.proof.decoys import ONE_STEP, UNMOVED, UNTRAINED
from grader.proof.mutants import meaning_mutants, mutants
from grader.proof.validation import ALTERED, MUTANT_LIMITS, MUTANTS, PART, Case, caught, judge, plan
from reports import CHECKS, report, results
from support import notebook_of

MISTAKE_FILE = list(FILES)[3]
STUB_FILE, SOLUTION_FILE = "assignments/halve/halve.ipynb", "solutions/halve/solution.ipynb"
EQUIVALENT_FILE, ALTERNATIVES = "solutions/halve/equivalent.toml", "solutions/halve/alternatives"
LINE = "return x / 2 if x is not None else None"
BECOMES = {
    "operator": "return x * 2 if x is not None else None",
    "constant": "return x / 3 if x is not None else None",
    "condition": "return x / 2 if not (x is not None) else None",
}
# What an answer means that takes n for each x.
MEANS = "return 8 / 2 if 8 is not None else None"
ALL = tuple(check.id for check in CHECKS)
TWO_PARTS = Notebook(
    (
        *SOLUTION.cells[:3],
        replace(SOLUTION.cells[3], source="### BEGIN SOLUTION\nresult = halve(n)\n### END SOLUTION"),
    )
)


# ---- plans


def planned(root, changes=None, seeds=(0,), **options) -> tuple[list[Case], list[str]]:
    course = made(root, changes)
    cases, problems = plan(course, course.assignments["halve"], seeds, **options)
    return cases, [str(problem) for problem in problems]


def equivalent(becomes: str, line: str = LINE) -> str:
    return f'[[mutant]]\nline = "{line}"\nbecomes = "{becomes}"\nreason = "The same."\n'


def test_a_plan(tmp_path):
    """Right answers are graded with every seed, everything else with the first."""
    cases, problems = planned(
        tmp_path, {f"{ALTERNATIVES}/{name}.ipynb": dump(SOLUTION) for name in ("other", "another")}, [3, 4]
    )
    assert problems == []
    assert [(case.kind, case.name, case.seed, case.file) for case in cases] == [
        ("solution", "solution", 3, SOLUTION_FILE),
        ("solution", "solution", 4, SOLUTION_FILE),
        *(
            ("alternative", name, seed, f"{ALTERNATIVES}/{name}.ipynb")
            for name in ("another", "other")
            for seed in (3, 4)
        ),
        ("stub", "stub", 3, STUB_FILE),
        *(("null answer", name, 3, SOLUTION_FILE) for name in nulls.NAMES),
        *(("cross", name, 3, MISTAKE_FILE) for name in ("functions renamed", "halve raises")),
        ("mistake", "doubles", 3, MISTAKE_FILE),
        ("cross", "doubles, functions renamed", 3, MISTAKE_FILE),
        *(
            ("mutant", f"halve:4 {kind}: {LINE} -> {BECOMES[kind]}", 3, SOLUTION_FILE)
            for kind in ("operator", "constant", "condition")
        ),
        ("meaning", f"halve:4 argument: {LINE} -> {MEANS}", 3, SOLUTION_FILE),
    ]


def test_what_is_graded(tmp_path):
    """Each case holds the notebook that its name says."""
    other = notebook_of("n = 8", "halve = lambda x: x and x / 2", "result = halve(n)")
    cases, _ = planned(tmp_path, {f"{ALTERNATIVES}/other.ipynb": dump(other)})
    solution, alternative, stub, *rest = (parse(case.content) for case in cases)
    found = {case.name: notebook for case, notebook in zip(cases[3:], rest)}
    assert solution == SOLUTION and [cell.source for cell in alternative.cells] == [
        cell.source for cell in other.cells
    ]
    assert stub == parse((tmp_path / STUB_FILE).read_bytes())
    assert {name: found[name] for name in nulls.NAMES} == nulls.null_answers(SOLUTION, stub)
    assert "x * 2 if" in found["doubles"].cells[2].source
    made_mutants = [*mutants(SOLUTION), *meaning_mutants(SOLUTION)]
    assert [found[mutant.name] for mutant in made_mutants] == [mutant.notebook for mutant in made_mutants]


def test_what_goes_with_a_case(tmp_path):
    """A mistake has the checks that it must fail. A mutant has its description, and limits of its own."""
    cases, _ = planned(tmp_path)
    for case in cases:
        assert case.fails == (("test_half", "test_others", "test_rerun") if case.kind == "mistake" else ())
        assert case.label == (case.kind if case.kind in ("solution", "stub") else f"{case.kind} {case.name}")
        assert (case.mutant is not None) == (case.kind in MUTANTS) and case.equivalent is None
        limits = cases[0].assignment.limits
        assert case.assignment.limits == (
            replace(limits, **MUTANT_LIMITS) if case.kind in MUTANTS else limits
        )
        assert case.assignment.limits.memory_mb == limits.memory_mb


def test_a_plan_without_mutants(tmp_path):
    """Mutants can be left out. Then the list of equivalent mutants is ignored."""
    cases, problems = planned(tmp_path, {EQUIVALENT_FILE: equivalent("no such line")}, with_mutants=False)
    kinds = {"solution", "stub", "null answer", "mistake"}
    assert {case.kind for case in cases} == kinds and problems == []
    assert not any(case.holds for case in cases if case.kind == "cross")


def test_a_plan_with_variants(tmp_path):
    """The solution in each other form and the alternatives in several at once, with seeds of their own."""
    other = notebook_of("n = 8", "def halve(x):\n    y = x and x / 2\n    return y", "result = halve(n)")
    changes = {f"{ALTERNATIVES}/other.ipynb": dump(other)}
    cases, _ = planned(tmp_path, changes, [3, 4], with_mutants=False, variant_seeds=[3])
    found = [case for case in cases if case.kind == "variant"]
    assert [(case.name, case.seed) for case in found] == [
        *(
            (f"{name} of the solution", 3)
            for name in (
                "annotations",
                "decorators",
                "closures",
                "callable objects",
                "lambdas",
                "helper functions",
            )
        ),
        ("another form of the alternative other", 3),
        ("other values of the alternative other", 3),
    ]
    assert {case.file for case in found} == {SOLUTION_FILE, f"{ALTERNATIVES}/other.ipynb"}
    assert all(case.rewritten and case.content != cases[0].content for case in found)
    assert not any(case.kind == "variant" for case in planned(tmp_path / "without", changes)[0])


def test_a_plan_with_mutants_of_alternatives(tmp_path):
    """A search adds some, with the first seed and the limits of mutants."""
    other = notebook_of("n = 8", "def halve(x):\n    return n and x / 2", "result = halve(n)")
    changes = {f"{ALTERNATIVES}/other.ipynb": dump(other)}
    cases, _ = planned(tmp_path, changes, [3, 4], with_altered=True)
    found = [case for case in cases if case.kind == ALTERED]
    assert found and all(case.seed == 3 and case.file.endswith("other.ipynb") for case in found)
    assert all(case.mutant and case.name.startswith("other, ") for case in found)
    assert not any(case.kind == ALTERED for case in planned(tmp_path / "without", changes)[0])


def test_a_plan_with_equivalents(tmp_path):
    """A mutant that is listed has its entry. An entry that fits no mutant is a problem."""
    one, other = BECOMES["constant"], BECOMES["operator"]
    cases, problems = planned(
        tmp_path, {EQUIVALENT_FILE: equivalent(one) + equivalent("return 1") + equivalent(other, "x")}
    )
    assert [case.equivalent for case in cases if case.kind == "mutant"] == [
        None,
        Equivalent(LINE, one, "The same."),
        None,
    ]
    assert problems == [
        f"{EQUIVALENT_FILE}: no mutant turns `{old}` into `{new}`"
        for old, new in ((LINE, "return 1"), ("x", other))
    ]


PARTS = """[[part]]
name = "halve"
costs = "The result comes from it."

[[part]]
name = "double"
costs = "It is not there."
"""


def test_parts_of_a_plan(tmp_path):
    """Each part of the stub is left unwritten once; what a mistake or a part may cost goes with its case."""
    changes = {"solutions/halve/unwritten.toml": PARTS, MISTAKE_FILE: f'costs = "Everything."\n{MISTAKE}'}
    course = made(tmp_path, changes, solution=TWO_PARTS)
    cases, problems = plan(course, course.assignments["halve"], [0], with_mutants=False)
    parts = [case for case in cases if case.kind == PART]
    assert [(case.name, case.costs, case.label) for case in parts] == [
        ("halve", "The result comes from it.", "part halve unwritten"),
        ("result", "", "part result unwritten"),
    ]
    assert {case.costs for case in cases if case.kind == "mistake"} == {"Everything."}
    assert [str(problem) for problem in problems] == [
        "solutions/halve/unwritten.toml: the stub has no part 'double': there are halve, result"
    ]
    assert judge(parts[0], report(checks=results(test_line=FAILED))) == []


def test_reasons_for_a_single_part(tmp_path):
    """A stub with one part is the unwritten part, so that no reason is wanted."""
    _, problems = planned(tmp_path, {"solutions/halve/unwritten.toml": PARTS}, with_mutants=False)
    assert problems[0].endswith("the stub has no part 'halve': it has only one")


def test_a_plan_with_a_broken_mistake(tmp_path):
    """A mistake that can't be planted is a problem, and everything else is planned."""
    cases, [problem] = planned(tmp_path, {MISTAKE_FILE: MISTAKE.replace("x / 2", "x // 2")})
    kinds = ["solution", "stub", *["null answer"] * 6, *["cross"] * 2, *["mutant"] * 3, "meaning"]
    assert [case.kind for case in cases] == kinds
    assert problem.startswith(f"{MISTAKE_FILE}: the text to replace occurs 0 times")


def test_a_plan_with_a_broken_alternative(tmp_path):
    """An alternative that is not a notebook is a problem, and everything else is planned."""
    cases, [problem] = planned(
        tmp_path, {f"{ALTERNATIVES}/a.ipynb": "{", f"{ALTERNATIVES}/b.ipynb": dump(SOLUTION)}
    )
    assert [case.name for case in cases if case.kind == "alternative"] == ["b"] and len(cases) == 17
    assert "alternatives/a.ipynb: can't be read: " in problem and "submit" not in problem


# ---- cases


def judged(kind: str, graded, fails: tuple[str, ...] = (), equivalent: Equivalent | None = None) -> list[str]:
    """The messages of the problems that a report shows of a case of this kind."""
    name = kind if kind in ("solution", "stub") else "some-name"
    case = Case(None, kind, name, "the/file", b"", 7, fails, None, equivalent)  # type: ignore[arg-type]
    found = judge(case, graded)
    assert all(isinstance(problem, Problem) and problem.file == "the/file" for problem in found)
    return [problem.message for problem in found]


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("solution", "solution"),
        ("alternative", "alternative some-name"),
        ("variant", "variant some-name"),
        ("stub", "stub"),
        ("null answer", "null answer some-name"),
        ("mistake", "mistake some-name"),
        ("decoy", "decoy some-name"),
        ("cross", "cross some-name"),
        ("mutant", "mutant some-name"),
        ("meaning", "meaning some-name"),
    ],
)
@pytest.mark.parametrize("outcome", [INTERNAL, REJECTED])
def test_cases_that_were_not_graded(kind, label, outcome):
    """A case that was not graded proves nothing, and is a problem whatever its kind."""
    [message] = judged(kind, report(outcome=outcome, checks=(), reason=Text.verbatim("no disk")), ALL)
    assert message == f"the {label} was not graded: {outcome}: no disk"


@pytest.mark.parametrize(
    ("kind", "label"),
    [("solution", "solution"), ("alternative", "alternative some-name"), ("variant", "variant some-name")],
)
@pytest.mark.parametrize("verdict", [PASSED, FAILED, NOT_RUN, NOT_ATTEMPTED])
def test_right_answers(kind, label, verdict):
    """Each check that a right answer does not pass is a problem, with the seed and the rubric's message."""
    words = f"the {label} does not pass test_other with seed 7: assert 1 == 2"
    assert judged(kind, report(checks=results(test_other=verdict))) == ([] if verdict == PASSED else [words])


@pytest.mark.parametrize("kind", ["solution", "alternative", "mistake"])
def test_a_picture_that_can_not_be_drawn(kind):
    """The solution has every picture that is declared; the author reads why one is missing."""
    first, *others = results()
    undrawn = replace(first, undrawn="Undrawable: x is not made of numbers")
    said = "the solution has no picture for test_line with seed 7: Undrawable: x is not made of numbers"
    assert judged(kind, report(checks=(undrawn, *others))) == ([said] if kind == "solution" else [])


def test_a_right_answer_that_stops():
    """If a cell raised an error, that is the one problem, with its cell and the checks that it costs."""
    cell = CellRun(2, "x\ny", Status.CELL_ERROR, (), Text.verbatim("NameError: no y"), 2)
    run = Execution(Status.CELL_ERROR, 2, Text.verbatim("NameError: no y"), cells=(cell,))
    stopped = report(checks=results(test_other=FAILED, test_last=FAILED), execution=run)
    assert judged("solution", stopped) == [
        "the solution stops with seed 7: cell 2, line 2: NameError: no y; "
        "so it does not pass test_other, test_last"
    ]
    assert judged("solution", report(checks=results(), execution=run)) == []


def test_a_variant():
    """The lines that were rewritten are shown."""
    case = Case(None, "variant", "lambdas of the solution", "f", b"", 7, rewritten="-a\n+b")  # type: ignore[arg-type]
    [problem] = judge(case, report(checks=results(test_other=FAILED)))
    words = "the variant lambdas of the solution does not pass test_other with seed 7: assert 1 == 2"
    assert problem.message == f"{words}; it was rewritten so:\n-a\n+b"


def test_a_stub():
    """A stub must pass nothing: each check that it passes is a problem."""
    nothing = results(test_line=NOT_ATTEMPTED, test_other=NOT_RUN, test_last=FAILED)
    assert judged("stub", report(checks=nothing)) == []
    [message] = judged("stub", report(checks=results(test_line=FAILED, test_other=FAILED)))
    assert message.startswith("the stub passes test_last")


@pytest.mark.parametrize(
    ("fails", "verdicts", "messages"),
    [
        (("test_other",), {"test_other": FAILED}, []),
        (("test_other", "test_last"), {"test_other": FAILED, "test_last": NOT_RUN}, []),
        (("test_other",), {}, ["the mistake passes test_other, which should catch it"]),
        (
            ("test_other",),
            {"test_other": FAILED, "test_last": FAILED},
            ["the mistake also fails test_last, which it does not list: assert 1 == 2"],
        ),
        (
            ("test_other",),
            {"test_line": NOT_RUN},
            [
                "the mistake passes test_other, which should catch it",
                "the mistake also fails test_line, which it does not list: assert 1 == 2",
            ],
        ),
        ((), {}, []),
    ],
)
def test_a_mistake(fails, verdicts, messages):
    """A mistake must fail exactly the checks that it lists."""
    assert judged("mistake", report(checks=results(**verdicts)), fails) == messages


@pytest.mark.parametrize("verdict", [FAILED, NOT_RUN, NOT_ATTEMPTED])
def test_a_null_answer(verdict):
    """A null answer may pass a public check, of a shape or a type, and no hidden one."""
    assert [check.visibility for check in CHECKS] == ["public", "hidden", "hidden"]
    assert judged("null answer", report(checks=results(test_other=verdict, test_last=verdict))) == []
    assert judged("null answer", report(checks=results(test_line=verdict, test_other=verdict))) == [
        "the null answer 'some-name' passes test_last although it computes nothing"
    ]
    assert len(judged("null answer", report())) == 2


@pytest.mark.parametrize("kind", ["decoy", "cross"])
def test_decoys_and_crosses(kind):
    """They may earn anything: what they are taken for is judged apart."""
    for verdict in (PASSED, FAILED):
        assert judged(kind, report(checks=results(test_other=verdict))) == []


def test_decoys_of_a_plan(tmp_path):
    """The solution with nothing trained is planned once, where it has a loop to cut short."""
    loop = "    for _ in x: x -= 1\n    return x / 2"
    cells = [replace(cell, source=cell.source.replace("    return x / 2", loop)) for cell in SOLUTION.cells]
    looping = Notebook(tuple(cells))
    course = made(tmp_path, solution=looping)
    cases, _ = plan(course, course.assignments["halve"], [0], with_mutants=False)
    assert [case.name for case in cases if case.kind == "decoy"] == [UNTRAINED, ONE_STEP, UNMOVED]
    assert len({case.content for case in cases}) == len(cases)


@pytest.mark.parametrize("kind", MUTANTS)
@pytest.mark.parametrize("verdict", [PASSED, FAILED, NOT_RUN, NOT_ATTEMPTED])
def test_a_mutant(kind, verdict):
    """A mutant is not a problem, noticed or not, unless it is listed as equivalent and noticed."""
    listed = Equivalent("a", "b", "The same.")
    found = report(checks=results(test_other=verdict))
    assert judged(kind, found) == []
    words = "listed as equivalent, but test_other notices it: some-name"
    assert judged(kind, found, equivalent=listed) == ([] if verdict == PASSED else [words])


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
    """A rubric has noticed what fails a check. A fault of the rubric's own does not count."""
    assert caught(found) is noticed
