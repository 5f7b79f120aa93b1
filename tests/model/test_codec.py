"""Values travel as JSON and arrive as they were."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace

import pytest

from grader.language.catalogue import Text
from grader.model.codec import from_data, to_data
from grader.model.report import INTERNAL, CellRun, CheckResult, Execution, Output, Reason, Report
from reports import FULL, report, results


def returned(value: Report) -> Report:
    found: Report = from_data(Report, json.loads(json.dumps(to_data(value))))
    return found


def same_types(one: object, other: object) -> bool:
    """Whether two values are alike down to the types of their parts."""
    if is_dataclass(one):
        return type(one) is type(other) and all(
            same_types(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)
        )
    if isinstance(one, tuple):
        return type(other) is tuple and len(one) == len(other) and all(map(same_types, one, other))
    return type(one) is type(other)


@pytest.mark.parametrize(
    "value",
    [
        FULL,
        report(),
        report(checks=results(test_other="failed")),
        report(outcome=INTERNAL, checks=(), score=None, reason=Text.verbatim("no\ndisk")),
        report("\ud800 张伟", "a/b"),
    ],
    ids=["full", "passed", "failed", "internal", "odd names"],
)
def test_a_report_travels(value: Report) -> None:
    """A report arrives equal and of the same types: tuples stay tuples, whole points whole, None None."""
    assert returned(value) == value
    assert same_types(returned(value), value)


def test_a_full_report_is_full() -> None:
    """The report of these tests has something in every field, so that none can be lost unseen."""
    execution, check = FULL.execution, FULL.checks[1]
    values = (
        execution.cells[1],
        execution.cells[0].outputs[1],
        execution,
        check,
        check.reason,
        replace(FULL.provenance, verdict_sha256="c0de"),
    )
    for value in values:
        assert all(getattr(value, field.name) not in (None, (), "") for field in fields(value)), value
    parts = (execution.cells[0], execution.cells[0].outputs[0], execution, check, check.reason)
    assert {type(value) for value in parts} == {CellRun, Output, Execution, CheckResult, Reason}


def test_arrived_values_can_be_compared_and_hashed() -> None:
    """Reasons and checks of an arrived report are values like those that were sent."""
    assert {each.check for each in returned(FULL).checks} == {each.check for each in FULL.checks}
    reason = returned(FULL).checks[1].reason
    assert reason is not None and reason.words == (("kind", "ValueError"), ("name", "fit"))


def test_every_field_is_there() -> None:
    """Data has a value for every field, also for those that have their defaults."""
    data = to_data(report())
    assert list(data) == [field.name for field in fields(Report)]
    assert data["reason"] is None and data["checks"][0]["check"]["hint"] == {
        "en": "Are the gradients cleared?", "zh": "清零了吗?"
    }  # fmt: skip


def test_fields_that_are_missing_have_their_defaults() -> None:
    """Data of a version that did not know a field yet is read with the field's default."""
    data = to_data(FULL)
    data["provenance"] = {key: value for key, value in data["provenance"].items() if key != "rubric"}
    found: Report = from_data(Report, data)
    assert found == FULL


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"student": "amy"},
        {**to_data(FULL), "more": 1},
        {**to_data(FULL), "execution": {"status": "deadlocked"}},
    ],
    ids=["empty", "one field", "one too many", "unknown status"],
)
def test_data_that_is_no_report(data: dict) -> None:
    """Data with fields missing, with others, or with unknown words is not taken for a report."""
    with pytest.raises((TypeError, KeyError, ValueError)):
        from_data(Report, data)
