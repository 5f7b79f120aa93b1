"""Asks the machines of a Dask scheduler what they can protect against."""

from __future__ import annotations

import dataclasses
import json

from grader.course.environment import Environment
from grader.engine.dask import Cluster
from grader.errors import MachineError
from grader.model.codec import from_data
from grader.proof import doctor
from grader.proof.findings import MISSING, Finding

EXAMINATION_S = 180


def examine_machines(scheduler: str, environment: Environment) -> dict[str, list[Finding]]:
    """What the doctor finds on every machine, by its name; all of them are asked at once.

    A machine that does not answer has the one finding that says so. Raises MachineError if no scheduler
    answers, or if it has no machine.
    """
    with Cluster(scheduler) as cluster:
        futures = {name: cluster.call(name, findings_here, environment) for name in cluster.machines()}
        if not futures:
            raise MachineError(f"no machine has joined the scheduler at {scheduler}: start some.")
        return {name: _findings(future) for name, future in futures.items()}


def findings_here(environment: Environment) -> bytes:
    """The doctor's findings on the machine that this runs on, as a frame of JSON."""
    return json.dumps([dataclasses.asdict(each) for each in doctor.examine(environment)]).encode()


def _findings(future: object) -> list[Finding]:
    try:
        found = json.loads(future.result(timeout=EXAMINATION_S))  # type: ignore[attr-defined]
        return [from_data(Finding, each) for each in found]
    except Exception as error:
        words = str(error).strip().splitlines() or [""]
        remedy = "Install the same version of grader there, and look at what `grader doctor` says on it."
        return [Finding("an answer", MISSING, f"{type(error).__name__}: {words[0]}", remedy)]
