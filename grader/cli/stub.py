"""`grader stub`: regenerate stubs from solutions."""

from __future__ import annotations

import argparse
import json

from grader.course import loader, public_folder, stub


def run(options: argparse.Namespace) -> int:
    """Bring the stubs, the files beside them and what the public folder says up to date.

    Says which files changed.
    """
    course = loader.load(options.course, need_stubs=False)
    changed = {
        str(path): is_new
        for assignment in course.select(options.tasks)
        for path, is_new in stub.write(assignment).items()
    }
    changed |= {str(path): is_new for path, is_new in public_folder.write(course).items()}
    for path, is_new in changed.items() if not options.json else ():
        print(f"{path}: {'written' if is_new else 'up to date'}")
    if options.json:
        print(json.dumps(changed, ensure_ascii=False))
    return 0
