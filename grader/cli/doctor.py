"""`grader doctor`: what this machine can protect against."""

from __future__ import annotations

import argparse
import json
import sys

from grader.cli.display import table
from grader.proof import doctor


def run(options: argparse.Namespace) -> int:
    findings = doctor.examine()
    if options.json:
        json.dump([finding.__dict__ for finding in findings], sys.stdout, indent=1)
        print()
    else:
        table(
            ["protection", "state", "found"],
            ([finding.protection, finding.state, finding.found] for finding in findings),
        )
        remedies = dict.fromkeys(finding.remedy for finding in findings if finding.remedy)
        for remedy in remedies:
            print(f"\n{remedy}")
    return 0 if all(finding.state != doctor.MISSING for finding in findings) else 1
