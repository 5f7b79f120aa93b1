"""The pages of a small class, made in memory: every kind of page with everything that can be on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from grader.course.course import Assignment, Mistake
from grader.course.settings import Settings
from grader.course.terms import Terms
from grader.language.catalogue import Text
from grader.model.mark import Attempt, Late, Mark, Override
from grader.model.picture import Batches, Costs, Curve, Descent, Layer, Line, Losses, Shapes, Walk
from grader.model.report import (
    FAILED,
    NOT_ATTEMPTED,
    PASSED,
    Cause,
    CellRun,
    CheckResult,
    Difference,
    Execution,
    Output,
    OutputKind,
    Place,
    Reason,
    Report,
    SourceFile,
    TextCell,
    total,
)
from grader.model.roster import Student
from grader.model.status import Status
from grader.reports.arithmetic import Standing
from grader.reports.html import staff_page, student_page
from pages import PIXEL, assignment, checks, class_pages, internal, rejected, report, stopped

LONG = "a-student-whose-name-has-no-place-to-break-and-goes-on-for-as-long-as-a-folder-can-be"
FORMULA = r"$$\hat{y}_i = w x_i + b,\qquad L = \frac{1}{n}\sum_{i=1}^{n}(y_i - \hat{y}_i)^2 + \lambda w^2$$"
STATEMENT = Text(
    f"Fit a line to `x` and `y`, then print **both** of them.\n\n- first by hand\n- then again\n\n{FORMULA}",
    f"用直线拟合 `x` 和 `y`，打印**两个**参数。\n\n- 先手动\n- 再来一次\n\n{FORMULA}",
)
SLIP = Mistake(
    "slip",
    "",
    Text("Gradients are not cleared", "梯度没有清零"),
    ("test_line",),
    (),
    Text("`zero_()`", "`zero_()`"),
)
# A function that cell 5 calls and that raises, given cells with an output and without one, and texts.
MORE = (
    CellRun(4, "def fit(x):\n    return x / 0", Status.OK),
    CellRun(
        5,
        "fit(1)",
        Status.CELL_ERROR,
        (Output(OutputKind.ERROR, "Traceback"),),
        Text.verbatim("ZeroDivisionError: division by zero"),
        1,
        origin=Place(4, 2),
    ),
    CellRun(6, "import torch", Status.OK, given=True),
    CellRun(7, "n = ...", Status.OK),
    CellRun(8, "plt.show()", Status.OK, (Output(OutputKind.IMAGE, "", PIXEL, "image/png"),), given=True),
)
TEXTS = (
    TextCell(0, "# A very long heading " + "x" * 200),
    TextCell(2, "- a list\n- of `code`\n\n```\n" + "x" * 300 + "\n```"),
    TextCell(5, "## Given", given=True),
)
PICTURES = (
    Line((0.0, 0.5, 1.0), (0.8, 2.4, 3.8), 500, (2.5, 1.25), (3.0, 0.8)),
    Losses(
        (
            Curve("sgd", (1.0, 2.0, 3.0), (8.0, 1e5, 1e30), 3, "NaN"),
            Curve("adam", (1.0, 2.0, 3.0), (8.0, 2.0, 0.01), 3),
        ),
        rate=0.5,
    ),
    Descent((-3.0, -1.0, 1.0, 3.0), (4.0, 0.0, 4.0, 16.0), (Walk((3.0, 1.0), (16.0, 4.0), 5),), lowest=-1.0),
    Costs(
        (0.0, 1.0),
        (0.0, 1.0, 2.0),
        ((3.0, 2.0), (1.0, 0.5), (2.0, 1.0)),
        (1.0, 1.0),
        ((0.0, 2.0), (1.0, 1.0)),
    ),
    Shapes(
        (Layer("conv1", (1, 10, 24, 24), (1, 10, 24, 24)), Layer("pool", (1, 10, 11, 11), (1, 10, 12, 12)))
    ),
    Batches(((0, 1, 2), (3, 4, 5), (6, 7)), 8),
)
KINDS = ("student", "student index", "staff", "assignment", "class")


def write_pages(root: Path, lang: str) -> dict[str, Path]:
    """Write every page below `root`."""
    course = {each.name: each for each in assignments()}
    reports = submissions()
    folders = {each.student: each.student for each in reports}
    settings = Settings(
        Text("Deep learning, first steps", "深度学习入门"),
        "teacher@example.org",
        students=(Student("amy", "Amy Adams"), Student("ned", "Ned Nobody")),
    )
    earlier = replace(reports[0], score=1)
    attempts = {
        ("amy", "linreg"): [
            Attempt(1, "1", "2026-11-26T10:00:00+00:00", earlier),
            Attempt(2, "2", "2026-11-27T10:00:00+00:00", reports[0]),
        ]
    }
    by_hand = Override("amy", "linreg", "test_other", 2, "half right", "eve", "2026-11-28T10:00:00+00:00")
    late = Late(90_000, 10, "per_day")
    mark = Mark("amy", "linreg", "graded", 2, 10, late, None, 1.8, 2, 2, "2026-11-27T10:00:00+00:00", {})
    waits = Mark("s01", "linreg", "pending", 8, 10, None, None, None, 1, 1, None, {"why": None})
    pages = class_pages(
        *(reports, list(course.values()), lang, folders, settings),
        without=["ned"],
        attempts=attempts,
        marks={("amy", "linreg"): mark, ("s01", "linreg"): waits},
    )
    due = Terms(datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    for each in reports:
        task = course[each.assignment]
        standing = Standing(mark, due, (by_hand,)) if each is reports[0] else None
        student, staff = f"students/{each.student}/{task.name}.html", f"staff/{task.name}/{each.student}.html"
        pages[student] = student_page(each, task, lang, standing)
        pages[staff] = staff_page(each, task, lang, each.student, standing)
    for name, page in pages.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")


def path_of(kind: str) -> str:
    """The file of one kind of page, about amy's work."""
    return {
        "student": "students/amy/linreg.html",
        "student index": "students/amy/index.html",
        "staff": "staff/linreg/amy.html",
        "assignment": "staff/linreg/index.html",
        "class": "staff/index.html",
    }[kind]


def assignments() -> list[Assignment]:
    """One with everything in its texts, and five more."""
    first = assignment(title=Text("Linear regression with autograd alone", "只用 autograd 做线性回归"))
    first = replace(first, statement=STATEMENT, mistakes=(SLIP,))
    others = ("convnet", "optimizers", "gradient-descent-numpy", "loss-surface", "minibatch-sgd")
    return [first, *(replace(first, name=name, title=Text(name, f"作业 {name}")) for name in others)]


def submissions() -> list[Report]:
    """A class of thirty: amy's notebook has everything, others were rejected, stopped, untouched or right."""
    amy = report()
    shown = replace(
        amy.checks[0],
        difference=Difference("losses[3]", "NaN", "0.25", "0.05", 3),
        reason=Reason("assertion"),
    )
    known = replace(amy.checks[3], mistake="slip", place=Place(4, 2))
    cells = [*amy.execution.cells, *MORE]
    wide = Output(OutputKind.STDOUT, " ".join(f"{number:8.5f}" for number in range(60)) + "\n" + "x" * 300)
    cells[1] = replace(
        cells[1], source="show()\n" + "value = " + "1 + " * 80 + "1", outputs=(*cells[1].outputs, wide)
    )
    drawn = tuple(
        CheckResult(replace(checks()[0], id=f"test_picture_{number}", points=0), FAILED, picture=picture)
        for number, picture in enumerate(PICTURES)
    )
    amy = replace(
        amy,
        checks=(shown, *amy.checks[1:3], known, amy.checks[4], *drawn),
        execution=replace(amy.execution, cells=tuple(cells), texts=TEXTS),
        causes=(Cause("dots_left", 7, 1),),
        source=SourceFile("linreg (1).ipynb", ("linreg.ipynb",), "similar_name", "worked_on"),
    )
    found = [amy, rejected(), internal(), stopped()]
    untouched = tuple(CheckResult(check, NOT_ATTEMPTED) for check in checks())
    found.append(report(student="una", score=0, checks=untouched, execution=Execution()))
    for number in range(25):
        student = LONG if number == 24 else f"s{number:02}"
        results = tuple(
            CheckResult(check, FAILED if (number >> at) & 1 and at < 3 else PASSED, mistake="slip" * (at < 1))
            if (number >> at) & 1 and at < 3
            else CheckResult(check, PASSED)
            for at, check in enumerate(checks())
        )
        run = Execution(wall_s=0.1 * number, sessions=1)
        for task in ("linreg", "convnet", "optimizers", "gradient-descent-numpy", "loss-surface"):
            found.append(
                report(student=student, assignment=task, score=total(results), checks=results, execution=run)
            )
    return found
