"""`grader new`: a complete assignment to start from."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path

from grader.course import scaffold as newtask


def run(options: argparse.Namespace) -> int:
    name = options.name
    made = newtask.make(options.course, name)
    if options.json:
        json.dump([str(path) for path in made], sys.stdout, ensure_ascii=False)
        print()
        return 0
    for path in made:
        print(path)
    where = "" if options.course == Path() else f" --course {shlex.quote(str(options.course))}"
    if not options.quiet:
        print(
            f"\nIt is complete and valid. Now make it yours, beginning with solutions/{name}/solution.ipynb, and after every change:\n"
            f"  grader stub {name}{where}        # what students start from, made anew from the solution\n"
            f"  grader validate {name}{where}    # whether solution, stub, mistakes and checks still fit together"
        )
    return 0
