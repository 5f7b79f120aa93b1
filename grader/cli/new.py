"""`grader new`: a complete assignment to start from."""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path

from grader.course import scaffold


def run(options: argparse.Namespace) -> int:
    """Make the assignment, list its files and say what to do next."""
    files = scaffold.make(options.course, options.name)
    if options.json:
        print(json.dumps([str(path) for path in files], ensure_ascii=False))
        return 0
    for path in files:
        print(path)
    if not options.quiet:
        print(_next_steps(options.name, options.course))
    return 0


def _next_steps(name: str, course: Path) -> str:
    where = "" if course == Path() else f" --course {shlex.quote(str(course))}"
    return (
        "\nThe assignment is complete and valid. Make it yours, starting with "
        f"solutions/{name}/solution.ipynb.\nAfter every change:\n"
        f"  grader stub {name}{where}        # regenerates the students' notebook from the solution\n"
        f"  grader validate {name}{where}    # checks that solution, stub, mistakes and rubric still fit"
    )
