"""Reports travel between processes as JSON and arrive as they were."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass

import pytest
from reports import FULL, report, results

from grader.score import INTERNAL, CellRun, Execution, Output, Reason, Report
from grader.worker import from_data, to_data


def returned(value: Report) -> Report:
    return from_data(Report, json.loads(json.dumps(to_data(value))))


def same_types(one: object, other: object) -> bool:
    """Whether two values are alike down to the types of what is in them."""
    if is_dataclass(one):
        return type(one) is type(other) and all(same_types(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, tuple):
        return type(other) is tuple and len(one) == len(other) and all(map(same_types, one, other))
    return type(one) is type(other)


@pytest.mark.parametrize("value", [
    FULL, report(), report(checks=results(test_other="failed")), report(outcome=INTERNAL, checks=(), score=None, reason="no\ndisk"), report("\ud800 张伟", "a/b"),
], ids=["full", "passed", "failed", "internal", "odd names"])
def test_a_report_travels(value):
    """A full report arrives equal and of the same types: tuples stay tuples, whole points whole, None None."""
    assert returned(value) == value
    assert same_types(returned(value), value)


def test_a_full_report_is_full():
    """The report that travels in these tests has something in every field, so that none can be lost unseen."""
    execution = FULL.execution
    for value in (FULL.execution.cells[1], execution.cells[0].outputs[1], execution, FULL.checks[1].reason, FULL.provenance):
        assert all(getattr(value, field.name) not in (None, (), "") for field in fields(value)), value
    assert {type(value) for value in (execution.cells[0], execution.cells[0].outputs[0], execution, FULL.checks[1].reason)} == {CellRun, Output, Execution, Reason}


def test_arrived_values_can_be_compared_and_hashed():
    """Reasons and checks of an arrived report are values like those that were sent."""
    assert {each.check for each in returned(FULL).checks} == {each.check for each in FULL.checks}
    assert returned(FULL).checks[1].reason.words == (("kind", "ValueError"), ("name", "fit"))


@pytest.mark.parametrize("data", [{}, {"student": "amy"}, {**to_data(FULL), "more": 1}])
def test_data_that_is_no_report(data):
    """Data with fields missing, or with others, is not taken for a report."""
    with pytest.raises((TypeError, KeyError)):
        from_data(Report, data)
