"""`grader doctor`: what this machine can protect against, and whether a course's packages are there."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from grader.cli.display import table
from grader.course.settings import settings_in
from grader.proof import doctor
from grader.proof.findings import MISSING


def run(options: argparse.Namespace) -> int:
    """Try every protection, print what was found, and return the exit code."""
    settings = settings_in(options.course, options.course / "assignments")
    findings = doctor.examine(settings.environment)
    if options.json:
        json.dump([dataclasses.asdict(finding) for finding in findings], sys.stdout, indent=1)
        print()
    else:
        rows = ([finding.protection, finding.state, finding.found] for finding in findings)
        table(["protection", "state", "found"], rows)
        for remedy in dict.fromkeys(finding.remedy for finding in findings if finding.remedy):
            print(f"\n{remedy}")
    return 1 if any(finding.state == MISSING for finding in findings) else 0
