"""Cells as they ran, made in memory, and a stub to which they belong."""

from __future__ import annotations

from grader.course.stub import PLACEHOLDER
from grader.language.catalogue import Text
from grader.model.report import CellRun, Output, OutputKind
from grader.model.status import Status
from support import notebook_of

LEFT = f"def fit(x, y, rate):\n    {PLACEHOLDER}\n    return x"
STUB_ERROR = "NotImplementedError: write your code here"
STUB = notebook_of(
    "import torch\nfrom torch import nn", f"def fit(x, y, rate):\n    {PLACEHOLDER}", f"x = 1\n{PLACEHOLDER}"
)


def cell(
    number: int, source: str, error: str | None = None, line: int | None = 1, frames: str = ""
) -> CellRun:
    """A cell that ran, or one that ended with an error."""
    if error is None:
        return CellRun(number, source, Status.OK)
    traceback = Output(OutputKind.ERROR, frames or f"Cell In[{number}], line {line}")
    return CellRun(number, source, Status.CELL_ERROR, (traceback,), Text.verbatim(error), line)


def undefined(name: str) -> str:
    return f"NameError: name '{name}' is not defined"
