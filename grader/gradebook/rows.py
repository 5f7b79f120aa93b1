"""A report in parts, as its row holds it.

Listing a class needs neither cells nor traces, which are nearly all of a report's bytes, and checks that went
the same way for many students are the same bytes. So a report is kept as

- `checks`: the results of its checks, without their traces,
- `rest`: everything but checks, code cells and text cells,
- `bulk`: these cells, and the traces by check.
"""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from grader.model.codec import from_data, to_data
from grader.model.report import CellRun, CheckResult, Provenance, Report, TextCell

Parts = tuple[bytes, bytes, bytes]  # checks, rest, bulk


def packed(data: Any) -> bytes:
    """JSON's data as compressed bytes."""
    return zlib.compress(json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode())


def unpacked(data: bytes) -> Any:
    """What `packed` made the bytes of."""
    return json.loads(zlib.decompress(data))


def parts(report: Mapping[str, Any]) -> Parts:
    """The parts of a report that is given as JSON's data."""
    execution = {**report["execution"]}
    cells, texts = execution.pop("cells", ()), execution.pop("texts", ())
    checks = [{**result} for result in report["checks"]]
    traces = {result["check"]["id"]: result.pop("trace", ()) for result in checks}
    rest = {name: value for name, value in report.items() if name != "checks"} | {"execution": execution}
    return packed(checks), packed(rest), packed({"cells": cells, "texts": texts, "traces": traces})


def parts_of(report: Report) -> Parts:
    """The parts of a report."""
    return parts(to_data(report))


def summary(checks: bytes, rest: bytes) -> Report:
    """The report without cells and traces."""
    report: Report = from_data(Report, {**unpacked(rest), "checks": ()})
    return replace(report, checks=_results(checks), provenance=_shared(report.provenance))


@functools.lru_cache(maxsize=4096)
def _results(checks: bytes) -> tuple[CheckResult, ...]:
    """The results of checks. Equal ones are one object, so that a large class takes little memory."""
    results = from_data(tuple[CheckResult, ...], unpacked(checks))
    return tuple(_one(replace(result, check=_one(result.check))) for result in results)


_provenances: dict[str, Provenance] = {}


def _shared(provenance: Provenance) -> Provenance:
    """The same object for equal values: a class has few, each with the versions of all packages."""
    return _provenances.setdefault(repr(provenance), provenance)


@functools.lru_cache(maxsize=1 << 16)
def _one(value: Hashable) -> Any:
    return value


def whole(checks: bytes, rest: bytes, bulk: bytes) -> Report:
    """The report as it was made."""
    return filled(summary(checks, rest), bulk)


def filled(report: Report, bulk: bytes) -> Report:
    """A summary, with cells and traces."""
    data = unpacked(bulk)
    cells = from_data(tuple[CellRun, ...], data["cells"])
    results = tuple(
        replace(result, trace=tuple(data["traces"].get(result.check.id, ()))) for result in report.checks
    )
    texts = from_data(tuple[TextCell, ...], data.get("texts", ()))
    execution = replace(report.execution, cells=cells, texts=texts)
    return replace(report, execution=execution, checks=results)
