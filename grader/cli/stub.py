"""`grader stub`: regenerate stubs from solutions."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from grader.course import loader, public_folder, stub


def run(options: argparse.Namespace) -> int:
    """Bring the stubs, the files beside them and what the public folder says up to date.

    Says which files changed.
    """
    course = loader.load(options.course, need_stubs=False)
    changed: dict[Path, bool] = {}
    for assignment in course.select(options.tasks):
        changed |= stub.write(assignment)
    changed |= public_folder.write(course)
    for path, is_new in changed.items() if not options.json else ():
        print(f"{path}: {('written' if path.exists() else 'removed') if is_new else 'up to date'}")
    if options.json:
        print(json.dumps({str(path): is_new for path, is_new in changed.items()}, ensure_ascii=False))
    return 0
