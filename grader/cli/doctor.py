"""`grader doctor`: what this machine can protect against, and whether a course's packages are there."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence

from grader.cli.display import table
from grader.course.settings import settings_in
from grader.proof import doctor
from grader.proof.findings import ACTIVE, MISSING, Finding


def run(options: argparse.Namespace) -> int:
    """Try every protection, print what was found, and return the exit code."""
    settings = settings_in(options.course, options.course / "assignments")
    if options.scheduler is not None:
        # Imported here: Dask is an extra.
        from grader.classroom.machines import examine_machines

        machines = examine_machines(options.scheduler, settings.environment)
        if options.json:
            data = {name: [dataclasses.asdict(each) for each in found] for name, found in machines.items()}
            json.dump(data, sys.stdout, indent=1)
            print()
        else:
            show_machines(machines)
        return 1 if any(map(lacks, machines.values())) else 0
    findings = doctor.examine(settings.environment)
    if options.json:
        json.dump([dataclasses.asdict(finding) for finding in findings], sys.stdout, indent=1)
        print()
    else:
        rows = ([finding.protection, finding.state, finding.found] for finding in findings)
        table(["protection", "state", "found"], rows)
        for remedy in dict.fromkeys(finding.remedy for finding in findings if finding.remedy):
            print(f"\n{remedy}")
    return 1 if lacks(findings) else 0


def lacks(findings: Sequence[Finding]) -> bool:
    """Whether a protection is missing."""
    return any(finding.state == MISSING for finding in findings)


def show_machines(machines: Mapping[str, Sequence[Finding]]) -> None:
    """Print a row for each machine, then what is not as it should be on which, and what to do about it."""
    rows = []
    for name, found in machines.items():
        state = MISSING if lacks(found) else ACTIVE
        rows.append([name, state, f"{sum(each.state == ACTIVE for each in found)} of {len(found)}"])
    table(["machine", "state", "protections"], rows)
    remedies: dict[str, list[str]] = {}
    for name, found in machines.items():
        for each in found:
            if each.state != ACTIVE:
                print(f"\n{name}\n  {each.protection}: {each.found}")
            if each.state == MISSING and each.remedy:
                remedies.setdefault(each.remedy, []).append(name)
    for remedy, names in remedies.items():
        print(f"\nOn {', '.join(dict.fromkeys(names))}:\n{remedy}")
