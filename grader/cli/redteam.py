"""`grader redteam`: what every known cheat earns."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from grader.classroom.proving import redteam
from grader.cli.display import note, table
from grader.cli.progress_bar import progress_bar
from grader.course import loader
from grader.proof.earnings import RedTeamResult


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
    if options.keep:
        _keep(result, options.keep, options.quiet)
    problems = result.problems
    for problem in problems:
        note(str(problem))
    note(result.summary, options.quiet and not problems)
    return 1 if problems else 0


def _keep(result: RedTeamResult, folder: Path, quiet: bool) -> None:
    """Write each notebook that gained something below `folder`, and say where it is."""
    for name, earnings in result.assignments.items():
        for attempt in earnings.successful:
            path = folder / name / f"{attempt.name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(attempt.content)
            note(f"{path}: passes what it must not", quiet)
