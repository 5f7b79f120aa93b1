"""Points come from passed checks alone; whatever is missing leads to no score, never to a full one."""

from __future__ import annotations

import itertools
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest
from reports import CHECKS, PROVENANCE, result, results

from grader.course.stub import PLACEHOLDER
from grader.model import report as score
from grader.model.limits import Limits
from grader.model.report import (
    FAILED,
    GRADED,
    INTERNAL,
    NOT_ATTEMPTED,
    NOT_RUN,
    PASSED,
    REJECTED,
    VERDICTS,
    CellRun,
    Check,
    CheckResult,
    Execution,
    Reason,
    missing,
    tidy,
    total,
)
from grader.notebook.source import Source
from grader.worker.examination import Findings
from grader.worker.recipe import Task, judged, report, unwritten

TASK = Task("amy", "linreg", "5ub", b"", None, (), CHECKS, Limits(), PROVENANCE, None, "")


def verdict(word: str = PASSED, code: str = "", message: str | None = None, **words) -> dict:
    """What a rubric says of a check."""
    return {"verdict": word, "code": code, "message": message, "words": words}


# ---- points


@pytest.mark.parametrize("word", [*VERDICTS, "", "Passed", "PASSED", "ok", None, True, 1])
def test_only_passed_has_points(word):
    """A check earns its points by the verdict `passed` and by nothing else."""
    assert CheckResult(CHECKS[1], word).points == (2.5 if word == PASSED else 0)


@pytest.mark.parametrize(
    ("verdicts", "points"),
    [
        ({}, 10),
        ({"test_line": FAILED}, 8),
        ({"test_other": NOT_RUN}, 7.5),
        ({"test_last": NOT_ATTEMPTED}, 4.5),
        (dict.fromkeys(["test_line", "test_other", "test_last"], FAILED), 0),
    ],
)
def test_totals(verdicts, points):
    """The score is the sum of what passed; whole numbers are whole."""
    found = total(results(**verdicts))
    assert found == points and isinstance(found, int) == (points == int(points))


def test_nothing_is_nothing():
    """Without results there are no points."""
    assert total([]) == 0


@pytest.mark.parametrize(
    ("points", "expected"),
    [(8.0, "8"), (0.1 + 0.2, "0.3"), (2.5, "2.5"), (0, "0"), (1 / 3, "0.333333"), (9.9999999, "10")],
)
def test_tidy(points, expected):
    """Points have no binary dust, and no `.0`."""
    assert str(tidy(points)) == expected


@pytest.mark.parametrize("count", range(4))
def test_missing(count):
    """Every declared check without a result is missing, in the order declared."""
    for given in itertools.combinations(range(3), count):
        assert missing(CHECKS, [result(CHECKS[place]) for place in given]) == [
            check.id for place, check in enumerate(CHECKS) if place not in given
        ]


def test_missing_goes_by_declared_checks():
    """Results of checks that nobody declared, or twice of one, make up for none."""
    assert missing(CHECKS, [result(CHECKS[0])] * 3 + [result(Check("test_invented", 10, "x", "public"))]) == [
        "test_other",
        "test_last",
    ]


def test_values_are_frozen():
    """The values that grading ends in can't be changed afterwards."""
    kinds = [kind for kind in vars(score).values() if is_dataclass(kind)]
    assert len(kinds) == 8
    for kind in kinds:
        assert kind.__dataclass_params__.frozen
    with pytest.raises(FrozenInstanceError):
        result(CHECKS[0]).verdict = PASSED  # type: ignore[misc]
    assert "verdict" not in {
        field.name for field in fields(CheckResult) if field.default is not field.default_factory
    }  # nothing starts from "passed"


# ---- what the rubric said


def test_judged():
    """The rubric's words become results in the order in which checks are declared, with a reason unless they passed."""
    findings = Findings(
        {
            "test_last": verdict(FAILED, "raised", "ValueError: 3", kind="ValueError"),
            "test_line": verdict(),
            "test_other": verdict(
                NOT_RUN, "depends", "depends on test_line", needs=["test_line", "test_unknown"]
            ),
        }
    )
    first, second, third = judged(CHECKS, findings)
    assert first == CheckResult(CHECKS[0], PASSED, None, None)
    assert second == CheckResult(
        CHECKS[1],
        NOT_RUN,
        "depends on test_line",
        Reason("depends", (("needs", "The line is close, test_unknown"),)),
    )
    assert third == CheckResult(
        CHECKS[2], FAILED, "ValueError: 3", Reason("raised", (("kind", "ValueError"),))
    )


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"test_line": verdict()},
        {"test_line": verdict(), "test_other": verdict(), "test_lost": verdict()},
        {"test_line": verdict(), "test_other": verdict(), "test_last": verdict("")},
        {"test_line": verdict(), "test_other": verdict(), "test_last": verdict("PASSED")},
        {"test_line": verdict(), "test_other": verdict(), "test_last": verdict(None)},
        {"test_line": verdict(), "test_other": verdict(), "test_last": verdict(True)},
        {"test_line": verdict(), "test_other": verdict(), "test_last": {}},
        {"test_line": verdict(), "test_other": verdict(), "test_last": None},
    ],
    ids=range(9),
)
def test_nothing_is_made_up(said):
    """A check without a verdict that there is has no result, and is missing; a verdict for no check of ours counts for nothing."""
    found = judged(CHECKS, Findings(said))
    assert "test_last" in missing(CHECKS, found)
    assert total(found) < 10
    assert {each.check.id for each in found} <= {"test_line", "test_other"}


@pytest.mark.parametrize("word", VERDICTS)
def test_what_was_answered(word):
    """What the student's code answered goes with the result of every check, passed or not; nobody has named a mistake yet."""
    [found] = judged(CHECKS[:1], Findings({"test_line": {**verdict(word), "trace": ["(2,)", "nan"]}}))
    assert (found.trace, found.mistake) == (("(2,)", "nan"), "")
    assert judged(CHECKS[:1], Findings({"test_line": verdict(word)}))[0].trace == ()


def test_words_that_are_no_text():
    """Only texts among the rubric's words go into a reason, sorted."""
    [found] = judged(
        CHECKS[:1],
        Findings({"test_line": verdict(FAILED, "missing", "m", name="fit", number=3, kind=None, a="b")}),
    )
    assert found.reason == Reason("missing", (("a", "b"), ("name", "fit")))


# ---- reports


def test_an_internal_report_has_no_score():
    """What of ours broke leaves no score at all: not zero, and not what had been earned so far."""
    for given in ((), results()):
        found = report(TASK, INTERNAL, "the worker died", Execution("died"), given)
        assert (found.outcome, found.score, found.max_score, found.reason) == (
            INTERNAL,
            None,
            10,
            "the worker died",
        )


def test_a_rejected_report():
    """A file that could not be read has no points, and every check is there, not run."""
    found = report(TASK, REJECTED, "This is not a notebook.")
    assert (found.score, found.max_score, found.reason) == (0, 10, "This is not a notebook.")
    assert found.checks == tuple(CheckResult(check, NOT_RUN, None, Reason("rejected")) for check in CHECKS)
    assert report(TASK, REJECTED, "x", None, results()).checks == found.checks


def test_a_graded_report():
    """A graded report has the points of its results, and says what it depends on."""
    found = report(TASK, GRADED, None, Execution("ok", sessions=2), results(test_other=FAILED))
    assert (found.student, found.assignment, found.submission_sha256, found.provenance) == (
        "amy",
        "linreg",
        "5ub",
        PROVENANCE,
    )
    assert (found.score, found.max_score, found.execution.sessions) == (7.5, 10, 2)
    assert report(TASK, GRADED).score == 0


# ---- what was not written


def cell(number: int, source: str, error: str | None = None) -> CellRun:
    return CellRun(number, source, "cell_error" if error else "ok", error=error)


STUB_ERROR = "NotImplementedError: write your code here"


def test_the_placeholders_error_is_the_one_looked_for():
    """What the stub raises reads just so in a cell's error."""
    with pytest.raises(NotImplementedError) as caught:
        exec(PLACEHOLDER)
    assert f"{type(caught.value).__name__}: {caught.value}" == STUB_ERROR


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ([], []),
        ([cell(1, "w = 1")], []),
        ([cell(1, "w, b = fit(x)", STUB_ERROR)], ["b", "w"]),
        (
            [
                cell(1, "w = fit(x)", STUB_ERROR),
                cell(2, "print(w)\ny = w", "NameError: name 'w' is not defined"),
                cell(3, "z = y", "NameError: name 'y' is not defined"),
            ],
            ["w", "y", "z"],
        ),
        ([cell(1, "w = fitt(x)", "NameError: name 'fitt' is not defined")], []),
        ([cell(1, "w = fit(x)", "NotImplementedError: conv3d")], []),
        ([cell(1, "w = fit(x)", "ValueError: write your code here")], []),
        ([cell(1, "w = fit(x)", "NotImplementedError: ")], []),
        ([cell(1, "y = w", "NameError: name 'w' is not defined"), cell(2, "w = fit(x)", STUB_ERROR)], ["w"]),
    ],
)
def test_unwritten(cells, names):
    """Names are unwritten whose cell ended in the stub's placeholder, and those that were to be computed from them."""
    assert unwritten(cells) == names


def test_names_that_a_cell_only_uses_are_not_unwritten():
    """What a cell merely fills a place of is another's to define."""
    assert unwritten([cell(1, "losses[epoch] = fit(x)", STUB_ERROR)]) == []
    assert Source(["losses[epoch] = 1\nmodel.bias = 2\nw = 3"]).defines == {"w"}
