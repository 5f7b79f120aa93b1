"""A report's parts are the whole report, and equal parts of many reports are kept in memory once."""

from __future__ import annotations

import json
from dataclasses import replace

from grader.gradebook.rows import packed, parts, parts_of, summary, unpacked, whole
from grader.model.codec import to_data
from grader.model.file import Beside
from reports import FULL, report


def test_there_and_back() -> None:
    """Nothing is lost, lone surrogates included."""
    for each in (FULL, report(), replace(FULL, beside=Beside(("x",), (), "f"))):
        assert whole(*parts_of(each)) == each
    assert parts(json.loads(json.dumps(to_data(FULL)))) == parts_of(FULL)


def test_a_summary_is_small() -> None:
    """It holds no traces and no cells, and results that are equal are the same objects."""
    checks, rest, bulk = parts_of(FULL)
    one, two = summary(checks, rest), summary(*parts_of(replace(FULL, student="bob"))[:2])
    assert one.checks is two.checks and one.execution.cells == ()
    other = summary(*parts_of(report())[:2])
    assert other.checks[0].check is one.checks[0].check
    assert len(unpacked(bulk)["cells"]) == 3


def test_packed() -> None:
    """JSON's data comes back."""
    assert unpacked(packed({"a": ["\ud800", 1.5, None]})) == {"a": ["\ud800", 1.5, None]}
