"""`grader validate`: prove the course."""

from __future__ import annotations

import argparse
import json
import sys

from grader.classroom.proving import validate
from grader.cli.display import note, table
from grader.cli.progress_bar import progress_bar
from grader.course import loader
from grader.errors import Problem
from grader.proof import prices
from grader.proof.tally import HEADINGS, NUMBERS, Validation


def run(options: argparse.Namespace) -> int:
    """Validate the course, print what was shown, and return the exit code."""
    course = loader.load(options.course)
    told: list[Problem] = []

    def tell(problem: Problem) -> None:
        told.append(problem)
        note(str(problem))

    with progress_bar("validating", options.quiet) as show:
        validation = validate(
            course,
            options.tasks,
            seeds=range(options.seed, options.seed + options.seeds),
            mutants=options.mutants,
            variants=options.variants,
            search=options.search,
            sandbox=options.sandbox,
            jobs=options.jobs,
            on_progress=show,
            on_problem=tell,
        )
    if options.json:
        json.dump(validation.as_data(), sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        _print(validation, options.verbose)
    problems = validation.problems
    for problem in problems:
        if problem not in told:
            note(str(problem))
    for warning in validation.warnings:
        note(f"warning: {warning}", options.quiet)
    note(validation.summary, options.quiet and not problems)
    return 1 if problems else 0


def _print(validation: Validation, verbose: bool) -> None:
    """Print the table, then every mutant that no check noticed.

    With `verbose` also print the mutants that are listed as equivalent, and the points that remain with each
    mistake and with each part of the stub unwritten.
    """
    tallies = validation.tallies
    table(HEADINGS, (tally.row for tally in tallies.values()), numbers=NUMBERS)
    for name, tally in tallies.items():
        for case in tally.survivors:
            assert case.mutant is not None
            place = f"{case.mutant.kind}, cell {case.mutant.cell}, line {case.mutant.number}"
            print(f"\n{name}: no check notices this ({place}):\n{case.mutant.diff}")
        for case in tally.equivalent if verbose else ():
            assert case.equivalent is not None
            print(f"\n{name}: still right: {case.name}\n  {case.equivalent.reason}")
        for words in validation.found.get(name, ()):
            print(f"\n{name}: {words}")
    if verbose:
        print()
        table(prices.HEADINGS, (price.row for price in validation.prices), numbers=prices.NUMBERS)
