"""`grader stub`: regenerate stubs from solutions."""

from __future__ import annotations

import argparse
import json

from grader.course import loader, stub


def run(options: argparse.Namespace) -> int:
    """Bring stubs, and the files beside them, up to date and say which changed."""
    course = loader.load(options.course, need_stubs=False)
    changed = {}
    for assignment in course.select(options.tasks):
        for path, is_new in stub.write(assignment).items():
            changed[str(path)] = is_new
            if not options.json:
                print(f"{path}: {'written' if is_new else 'up to date'}")
    if options.json:
        print(json.dumps(changed, ensure_ascii=False))
    return 0
