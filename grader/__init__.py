"""An automated grader for Jupyter notebooks.

A rubric needs little more than this:

    from grader import check

    @check(points=2, title="The slope is close to 3")
    def test_slope(student):
        assert abs(student.w.item() - 3) <= 0.21
"""

import importlib

from grader.course.check import check

__version__ = "0.1.0"

# Where each public name lives. Imported on first use: `grader --help` must not wait for torch.
_HOMES = {
    "InvalidValue": "grader.rubric.errors",
    "NotAttempted": "grader.rubric.errors",
    "StudentError": "grader.rubric.errors",
    "Source": "grader.notebook.source",
    "fetch": "grader.rubric.student",
    "number": "grader.rubric.number",
    "place": "grader.rubric.student",
}
__all__ = ["check", *_HOMES]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")
