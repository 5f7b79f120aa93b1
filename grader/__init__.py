"""An automated grader for Jupyter notebooks.

A rubric needs little more than this:

    from grader import check

    @check(points=2, title="The slope is close to 3")
    def test_slope(student):
        assert abs(student.w.item() - 3) <= 0.21

What the commands do can be called from Python too. Each use case takes values and a callback for its
progress, returns values and raises a GraderError if a person has to fix something first:

    from pathlib import Path
    import grader

    course = grader.load_course(Path("."))
    graded = grader.grade(course, Path("submissions"), Path("reports"))
    for report in graded.reports:
        print(report.student, report.assignment, report.score)

`grade`, `check_notebook`, `validate`, `redteam` and `doctor` are the commands of the same names
(`check_notebook` is `grader check`: `check` is the rubric's decorator). In a notebook's own cell,
`grader.check("linreg-manual")` checks the notebook itself. Guard a script that calls them with
`if __name__ == "__main__":`, as everything that starts processes.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from grader.course import check as _declaring

if TYPE_CHECKING:
    from grader.classroom.checking import check_notebook
    from grader.classroom.grading import GradedClass, grade
    from grader.classroom.progress import Progress
    from grader.classroom.proving import redteam, validate
    from grader.classroom.self_check import SelfCheck
    from grader.course.course import Assignment, Course
    from grader.course.loader import load as load_course
    from grader.errors import CourseError, GraderError, MachineError, Problem, UsageError
    from grader.model.report import Report
    from grader.notebook.source import Source
    from grader.proof.doctor import examine as doctor
    from grader.proof.earnings import RedTeamResult
    from grader.proof.findings import Finding
    from grader.proof.tally import Validation
    from grader.rubric.compare import same, shape_of, within
    from grader.rubric.errors import InvalidValue, Mismatch, NotAttempted, StudentError
    from grader.rubric.number import number
    from grader.rubric.pictures import (
        draw_batches,
        draw_border,
        draw_costs,
        draw_descent,
        draw_line,
        draw_losses,
        draw_shapes,
    )
    from grader.rubric.student import fetch, held, place, scale_gradients

__version__ = "0.2.0.dev0"

__all__ = [  # noqa: RUF022  (by purpose)
    # for rubrics
    "check",
    "number",
    "same",
    "shape_of",
    "within",
    "place",
    "fetch",
    "held",
    "scale_gradients",
    "draw_line",
    "draw_border",
    "draw_losses",
    "draw_descent",
    "draw_costs",
    "draw_shapes",
    "draw_batches",
    "Source",
    "InvalidValue",
    "Mismatch",
    "NotAttempted",
    "StudentError",
    # use cases
    "load_course",
    "grade",
    "check_notebook",
    "validate",
    "redteam",
    "doctor",
    # their values
    "Assignment",
    "Course",
    "Finding",
    "GradedClass",
    "Progress",
    "RedTeamResult",
    "Report",
    "Validation",
    # what they raise
    "CourseError",
    "GraderError",
    "MachineError",
    "Problem",
    "UsageError",
]

# Where each public name is defined. Imported on first use: neither a rubric nor `grader --help` waits for all
# of it.
_DEFINED_IN = {
    "Assignment": "grader.course.course",
    "Course": "grader.course.course",
    "CourseError": "grader.errors",
    "Finding": "grader.proof.findings",
    "GradedClass": "grader.classroom.grading",
    "GraderError": "grader.errors",
    "InvalidValue": "grader.rubric.errors",
    "MachineError": "grader.errors",
    "Mismatch": "grader.rubric.errors",
    "NotAttempted": "grader.rubric.errors",
    "Problem": "grader.errors",
    "Progress": "grader.classroom.progress",
    "RedTeamResult": "grader.proof.earnings",
    "Report": "grader.model.report",
    "Source": "grader.notebook.source",
    "StudentError": "grader.rubric.errors",
    "UsageError": "grader.errors",
    "Validation": "grader.proof.tally",
    "check_notebook": "grader.classroom.checking",
    "doctor": "grader.proof.doctor:examine",
    "draw_batches": "grader.rubric.pictures",
    "draw_border": "grader.rubric.pictures",
    "draw_costs": "grader.rubric.pictures",
    "draw_descent": "grader.rubric.pictures",
    "draw_line": "grader.rubric.pictures",
    "draw_losses": "grader.rubric.pictures",
    "draw_shapes": "grader.rubric.pictures",
    "fetch": "grader.rubric.student",
    "grade": "grader.classroom.grading",
    "held": "grader.rubric.student",
    "load_course": "grader.course.loader:load",
    "number": "grader.rubric.number",
    "place": "grader.rubric.student",
    "redteam": "grader.classroom.proving",
    "same": "grader.rubric.compare",
    "scale_gradients": "grader.rubric.student",
    "shape_of": "grader.rubric.compare",
    "validate": "grader.classroom.proving",
    "within": "grader.rubric.compare",
}


Function = TypeVar("Function", bound=Callable[..., object])


@overload
def check(notebook: str, /, **options: Any) -> SelfCheck | None: ...


@overload
def check(
    *,
    points: float,
    title: str,
    zh: str = "",
    hint: str = "",
    zh_hint: str = "",
    depends: Sequence[str] = (),
    picture: Callable[..., object] | None = None,
) -> Callable[[Function], Function]: ...


def check(notebook: str | None = None, /, **arguments: Any) -> Any:
    """Declare a check of a rubric: see `grader.course.check.check`, which has the arguments.

    With a name, as in `grader.check("linreg-manual")`, check the notebook in whose cell this is called, as
    it was last saved: see `grader.classroom.self_check.check_saved`.
    """
    if notebook is None:
        return _declaring.check(**arguments)
    return importlib.import_module("grader.classroom.self_check").check_saved(notebook, **arguments)


def __getattr__(name: str) -> object:
    """A public name, imported when it is first used."""
    if name not in _DEFINED_IN:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    module, _, attribute = _DEFINED_IN[name].partition(":")
    return getattr(importlib.import_module(module), attribute or name)
