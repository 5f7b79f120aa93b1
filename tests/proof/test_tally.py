"""A tally adds up what cases showed, and too few mutants noticed is a problem of its own."""

from __future__ import annotations

import pytest

from courses import made
from grader.course.course import Equivalent
from grader.errors import Problem
from grader.language.catalogue import Text
from grader.model.report import FAILED, INTERNAL
from grader.notebook.notebook import Notebook
from grader.proof.mutants import Mutant
from grader.proof.tally import HEADINGS, NUMBERS, Judgement, Tally, Validation, counted, enough
from grader.proof.validation import MEANING, MISTAKE, MUTANT, MUTANTS, NULL, PART, STUB, VARIANT, Case
from reports import report, results

NOTICED, UNNOTICED = report(checks=results(test_last=FAILED)), report()
BROKEN = report(outcome=INTERNAL, checks=(), reason=Text.verbatim("no disk"))
NOTHING = report(checks=results(test_line=FAILED, test_other=FAILED, test_last=FAILED))


def case(kind: str, name: str = "x", equivalent: Equivalent | None = None) -> Case:
    mutant = Mutant("operator", "cell", 3, "a", "b", "-a\n+b", Notebook(())) if kind in MUTANTS else None
    return Case(None, kind, name, "file", b"", 0, (), mutant, equivalent)  # type: ignore[arg-type]


def mutants(noticed: int, total: int, kind: str = MUTANT) -> list[Judgement]:
    """Judgements of this many mutants, of which the first are noticed."""
    return [
        Judgement.of(case(kind, str(number)), NOTICED if number < noticed else UNNOTICED, 0.5)
        for number in range(total)
    ]


@pytest.fixture
def tally(tmp_path):
    course = made(tmp_path)
    return lambda judgements, inspected=(): Tally.of(
        course, course.assignments["halve"], inspected, judgements
    )


@pytest.mark.parametrize(
    ("noticed", "total", "required", "is_enough"),
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
def test_enough(noticed, total, required, is_enough):
    """Exactly the required share is enough, and of no mutants none must be noticed."""
    assert enough(noticed, total, required) is is_enough


def test_nouns_are_counted():
    """One is singular, everything else plural."""
    assert [counted(number, "problem") for number in (0, 1, 2)] == ["0 problems", "1 problem", "2 problems"]
    assert [counted(number, "mutant of meaning") for number in (1, 2)] == [
        "1 mutant of meaning",
        "2 mutants of meaning",
    ]


def test_which_mutants_survive():
    """One that no check noticed and that was graded. One that is listed as equivalent is no survivor."""
    listed = Equivalent("a", "b", "The same.")
    assert Judgement.of(case(MUTANT), UNNOTICED, 0).survived
    assert not Judgement.of(case(MUTANT), NOTICED, 0).survived
    assert not Judgement.of(case(MUTANT, equivalent=listed), UNNOTICED, 0).survived
    assert not Judgement.of(case(NULL), UNNOTICED, 0).survived


def test_what_counts(tally):
    """A case counts by its kind and is good without a problem; equivalent mutants do not count."""
    listed = Equivalent("a", "b", "The same.")
    found = tally(
        [
            Judgement.of(case("solution"), report(), 1),
            Judgement.of(case("solution"), NOTICED, 1),
            Judgement.of(case(STUB), NOTHING, 1),
            *mutants(1, 2),
            Judgement.of(case(MUTANT, "broken"), BROKEN, 1),
            Judgement.of(case(MUTANT, "listed", listed), UNNOTICED, 1),
        ]
    )
    assert found.count("solution") == (1, 2) and found.count(STUB) == (1, 1)
    assert found.count(MUTANT) == (1, 3) and found.count(MISTAKE) == (0, 0)
    assert found.fraction("solution", STUB) == "2/3" and found.seconds == 6
    assert [case.name for case in found.survivors] == ["1"]
    assert [case.name for case in found.equivalent] == ["listed"]


@pytest.mark.parametrize(
    ("noticed", "total", "messages"),
    [
        (0, 0, []),
        (9, 10, []),
        (8, 10, ["notices 8 of 10 mutants; at least 90% are required"]),
        (0, 1, ["notices 0 of 1 mutant; at least 90% are required"]),
    ],
)
def test_too_few_mutants(tally, noticed, total, messages):
    """A rubric that notices too few is a problem of its hidden file, after all others."""
    first = Problem("file", 1, "stale")
    problems = tally(mutants(noticed, total), [first]).problems
    assert problems == [
        first,
        *(Problem("solutions/halve/test_hidden.py", 0, message) for message in messages),
    ]


@pytest.mark.parametrize(
    ("noticed", "total", "messages"),
    [
        (19, 20, []),
        (18, 20, ["notices 18 of 20 mutants of meaning; at least 95% are required"]),
        (0, 1, ["notices 0 of 1 mutant of meaning; at least 95% are required"]),
    ],
)
def test_too_few_mutants_of_meaning(tally, noticed, total, messages):
    """They count apart from the others, and more of them must be noticed."""
    found = tally([*mutants(10, 10), *mutants(noticed, total, MEANING)])
    assert [problem.message for problem in found.problems] == messages
    assert found.count(MUTANT) == (10, 10) and found.count(MEANING) == (noticed, total)
    assert len(found.survivors) == total - noticed


def test_variants(tally):
    """A variant that loses marks is a problem."""
    found = tally([Judgement.of(case(VARIANT), report(), 1), Judgement.of(case(VARIANT), NOTICED, 1)])
    assert found.fraction(VARIANT) == "1/2" and len(found.problems) == 1
    validation = Validation("course", {"halve": found}, 2)
    assert "; variants with full marks: 1 of 2; " in validation.summary


def test_the_table(tally):
    """Each assignment has a row below the headings, which says whether everything holds."""
    good = tally([Judgement.of(case("solution"), report(), 1.25), Judgement.of(case(STUB), NOTHING, 1)])
    assert good.row == ["halve", "3", "1/1", "0/0", "0", "0/0", "0/0", "0/0", "0/0", "0", "2.2", "ok"]
    bad = tally([Judgement.of(case(STUB), report(), 1), *mutants(0, 2)])
    assert bad.row == ["halve", "3", "0/0", "0/0", "FAILED", "0/0", "0/0", "0/2", "0/0", "0", "2.0", "FAILED"]
    assert len(good.row) == len(HEADINGS) and all(HEADINGS[column] for column in NUMBERS)


def test_the_data(tally):
    """Counts, survivors, equivalent mutants and problems are in the data."""
    listed = Equivalent("a", "b", "The same.")
    judgements = [*mutants(1, 2), Judgement.of(case(MUTANT, "listed", listed), UNNOTICED, 1)]
    message = "solutions/halve/test_hidden.py: notices 1 of 2 mutants; at least 90% are required"
    assert tally(judgements).as_data() == {
        "checks": 3,
        "seeds": [0, 0],
        "alternatives": [0, 0],
        "variants": [0, 0],
        "stub": [0, 0],
        "null_answers": [0, 0],
        "mistakes": [0, 0],
        "mutants": [1, 2],
        "meaning": [0, 0],
        "survivors": [{"name": "1", "diff": "-a\n+b"}],
        "equivalent": [{"name": "listed", "reason": "The same."}],
        "prices": [],
        "seconds": 2.0,
        "problems": [message],
        "advice": [],
    }


def test_a_valid_course(tally):
    """The summary counts notebooks and mutants and says that the course is valid."""
    validation = Validation("course", {"halve": tally(mutants(19, 20))}, 2.4)
    assert validation.problems == []
    assert (
        validation.summary
        == "20 notebooks graded in 2 s; mutants caught: 19 of 20, 95.0%; the course is valid"
    )
    assert list(validation.as_data()) == ["halve"]
    meaning = Validation("course", {"halve": tally(mutants(1, 1, MEANING))}, 2.4)
    assert "; mutants of meaning: 1 of 1, 100.0%; " in meaning.summary
    one = Validation("course", {"halve": tally([Judgement.of(case("solution"), report(), 1)])}, 2.4)
    assert one.summary == "1 notebook graded in 2 s; the course is valid"


def test_problems_of_a_course(tally):
    """Each assignment's problems are sorted and without repetition. The course's own come last."""
    twice = [Problem("b", 0, "x"), Problem("a", 0, "x"), Problem("b", 0, "x")]
    validation = Validation("course", {"halve": tally(mutants(9, 10), twice)}, 2.4)
    course = Problem("course", 0, "the rubrics notice 9 of 10 mutants; at least 95% are required")
    assert validation.problems == [twice[1], twice[0], course]
    assert validation.summary.endswith("; 3 problems")
    assert Validation("course", {"halve": tally([], twice[:1])}, 2.4).summary.endswith("; 1 problem")


def test_prices(tally):
    """Mistakes, then unwritten parts, each by name, with the points that remain. One may need a reason."""
    judgements = [
        Judgement.of(case(kind, name), found, 0)
        for kind, name, found in (
            (PART, "b", NOTICED),
            (PART, "a", BROKEN),
            (MISTAKE, "d", NOTHING),
            (MISTAKE, "c", NOTICED),
            (NULL, "e", NOTHING),
        )
    ]
    found = tally(judgements)
    assert [(price.label, price.left) for price in found.prices] == [
        ("mistake c", "4.5/10"),
        ("mistake d", "0/10"),
        ("part b unwritten", "4.5/10"),
    ]
    assert [entry["points"] for entry in found.as_data()["prices"]] == [4.5, 0, 4.5]
    validation = Validation("course", {"halve": found}, 1)
    assert validation.prices == found.prices and len(validation.warnings) == 3
    assert "warning" not in validation.summary


def test_advice_is_a_warning(tmp_path):
    """What an author could write better is among the warnings, and leaves the course valid."""
    course = made(tmp_path)
    advice = Problem("test_hidden.py", 3, "write it better")
    one = Tally.of(course, course.assignments["halve"], (), (), [advice])
    validation = Validation("course", {"halve": one}, 1.0)
    assert validation.warnings == [advice] and not validation.problems
    assert one.as_data()["advice"] == ["test_hidden.py:3: write it better"]
