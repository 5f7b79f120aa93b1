"""The doctor on every machine of a scheduler, with machines that answer as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from grader.classroom import machines
from grader.classroom.machines import examine_machines, findings_here
from grader.course.environment import Environment
from grader.errors import MachineError
from grader.proof.findings import ACTIVE, MISSING, Finding

FOUND = Finding("no network", ACTIVE, "refused")


class FakeCluster:
    """Machines by name, each with what its function returns or raises."""

    results: dict[str, Any]

    def __init__(self, address: str) -> None:
        self.address = address

    def __enter__(self) -> FakeCluster:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def machines(self) -> dict[str, int]:
        return dict.fromkeys(self.results, 1)

    def call(self, name: str, function: Callable[..., Any], environment: Environment) -> Any:
        result = self.results[name]

        class Future:
            def result(self, timeout: float) -> Any:
                if isinstance(result, Exception):
                    raise result
                return function(environment) if result is None else result

        return Future()


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "Cluster", FakeCluster)
    monkeypatch.setattr(machines.doctor, "examine", lambda environment: [FOUND])


def test_each_machine_has_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come as data. A machine that does not answer, or has no grader, has the finding that says so."""
    wrong = {"b": ModuleNotFoundError("No module named 'grader'"), "c": b"[{}]"}
    monkeypatch.setattr(FakeCluster, "results", {"a": None, **wrong}, raising=False)
    found = examine_machines("tcp://there", Environment())
    assert found["a"] == [FOUND]
    (missing,) = found["b"]
    assert (missing.state, missing.found) == (MISSING, "ModuleNotFoundError: No module named 'grader'")
    assert missing.remedy and found["c"][0].state == MISSING


def test_findings_are_data() -> None:
    """What a machine sends is JSON, whatever reads it."""
    assert json.loads(findings_here(Environment()))[0]["protection"] == "no network"


def test_no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler without machines is an error, not a clean bill of health."""
    monkeypatch.setattr(FakeCluster, "results", {}, raising=False)
    with pytest.raises(MachineError, match="no machine has joined"):
        examine_machines("tcp://there", Environment())
