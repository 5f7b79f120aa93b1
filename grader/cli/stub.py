"""`grader stub`: regenerate stubs from solutions."""

from __future__ import annotations

import argparse
import json

from grader.course import loader, stub


def run(options: argparse.Namespace) -> int:
    """Bring the stubs of the chosen assignments up to date and say which changed."""
    course = loader.load(options.course, need_stubs=False)
    changed = {}
    for assignment in course.select(options.tasks):
        path = str(assignment.stub)
        changed[path] = stub.write(assignment)
        if not options.json:
            print(f"{path}: {'written' if changed[path] else 'up to date'}")
    if options.json:
        print(json.dumps(changed, ensure_ascii=False))
    return 0
