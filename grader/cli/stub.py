"""`grader stub`: regenerate stubs from solutions."""

from __future__ import annotations

import argparse

from grader.course import loader as course
from grader.course import stub


def run(options: argparse.Namespace) -> int:
    the_course = course.load(options.course, need_stubs=False)
    for assignment in the_course.select(options.tasks):
        changed = stub.write(assignment)
        print(f"{assignment.stub}: {'written' if changed else 'up to date'}")
    return 0
