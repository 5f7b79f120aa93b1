"""Points come from passed checks alone; whatever is missing leads to no score, never to a full one."""

from __future__ import annotations

import itertools
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from grader.language.catalogue import Text
from grader.model import report as report_module
from grader.model.report import (
    FAILED,
    NOT_ATTEMPTED,
    NOT_RUN,
    PASSED,
    VERDICTS,
    Answer,
    Check,
    CheckResult,
    missing,
    tidy,
    total,
)
from reports import CHECKS, result, results


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
    """Points have no binary rounding errors, and no `.0`."""
    assert str(tidy(points)) == expected


@pytest.mark.parametrize("count", range(4))
def test_missing(count):
    """Every declared check without a result is missing, in the order declared."""
    for given in itertools.combinations(range(3), count):
        assert missing(CHECKS, [result(CHECKS[place]) for place in given]) == [
            check.id for place, check in enumerate(CHECKS) if place not in given
        ]


def test_missing_goes_by_declared_checks():
    """Results of undeclared checks, or several of one check, make up for no other."""
    invented = Check("test_invented", 10, Text.verbatim("x"), "public")
    found = missing(CHECKS, [result(CHECKS[0])] * 3 + [result(invented)])
    assert found == ["test_other", "test_last"]


def test_answers_are_told_apart():
    """Equal texts have equal hashes, whatever question they answer and whatever a student typed."""
    assert Answer("why", "x").sha256 == Answer("how", "x").sha256 != Answer("why", "y").sha256
    assert len(Answer("why", "\ud800").sha256) == 64


def test_values_are_frozen():
    """The values that grading ends in can't be changed afterwards."""
    kinds = [kind for kind in vars(report_module).values() if is_dataclass(kind) and kind is not Text]
    assert len(kinds) == 15
    for kind in kinds:
        assert kind.__dataclass_params__.frozen
    with pytest.raises(FrozenInstanceError):
        result(CHECKS[0]).verdict = PASSED  # type: ignore[misc]
    # Nothing starts from "passed".
    optional = {field.name for field in fields(CheckResult) if field.default is not field.default_factory}
    assert "verdict" not in optional
