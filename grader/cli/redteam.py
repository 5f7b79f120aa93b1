"""`grader redteam`: what every known cheat earns."""

from __future__ import annotations

import argparse
import json
import sys

from grader.classroom.proving import redteam
from grader.cli.display import note, table
from grader.cli.progress_bar import progress_bar
from grader.course import loader


def run(options: argparse.Namespace) -> int:
    """Try the cheats, print what each earned, and return the exit code."""
    course = loader.load(options.course)
    with progress_bar("cheating", options.quiet) as show:
        result = redteam(
            course,
            options.tasks,
            cheats=options.cheats,
            seed=options.seed,
            sandbox=options.sandbox,
            jobs=options.jobs,
            on_progress=show,
        )
    if options.json:
        json.dump(result.as_data(), sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        for name, earnings in result.assignments.items():
            print(f"\n{name}")
            table(earnings.headings, earnings.rows)
    problems = result.problems
    for problem in problems:
        note(str(problem))
    note(result.summary, options.quiet and not problems)
    return 1 if problems else 0
