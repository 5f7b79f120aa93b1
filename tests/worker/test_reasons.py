"""Which causes in the notebook explain that checks did not pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.course.stub import PLACEHOLDER
from grader.language.catalogue import Text
from grader.model.report import (
    FAILED,
    NOT_ATTEMPTED,
    NOT_RUN,
    PASSED,
    Cause,
    CellRun,
    CheckResult,
    Place,
    Reason,
)
from grader.model.status import Status
from grader.notebook.notebook import Notebook
from grader.worker.reasons import MAX_CAUSES, MAX_CODE, explained
from reports import CHECKS
from support import notebook_of

STUB = notebook_of("import torch", f"def fit(x, y, rate):\n    {PLACEHOLDER}")
NO_PANDAS = ("import pandas\nimport torch", "ModuleNotFoundError: No module named 'pandas'")
PANDAS = Cause("no_module", 1, 1, (("module", "pandas"),))


def runs(*cells: str | tuple[str, str]) -> list[CellRun]:
    """Cells that ran, and cells with the error that ended them on their first line."""
    made = []
    for number, each in enumerate(cells, 1):
        source, error = (each, None) if isinstance(each, str) else each
        status = Status.CELL_ERROR if error else Status.OK
        made.append(CellRun(number, source, status, (), error and Text.verbatim(error), 1 if error else None))
    return made


def result(
    code: str = "assertion", verdict: str = FAILED, message: str = "", asked: str = "", **words: str
) -> CheckResult:
    trace = tuple(f"get {name}" for name in asked.split())
    return CheckResult(CHECKS[0], verdict, message, Reason(code, tuple(words.items())), trace)


def of(result: CheckResult, *cells: str | tuple[str, str]) -> tuple[CheckResult, list[Cause]]:
    """A result as it is explained, and all causes."""
    ran = runs(*cells)
    causes, (after,) = explained(notebook_of(*(run.source for run in ran)), STUB, ran, [result])
    return after, list(causes)


def test_what_went_well_needs_no_cause() -> None:
    """Where all cells ran and all checks passed, nothing is looked at."""
    passed = CheckResult(CHECKS[0], PASSED)
    assert explained(notebook_of("x = ("), Notebook(()), runs("x = ("), [passed]) == ((), (passed,))


def test_a_name_that_is_missing_because_of_a_cell() -> None:
    """The check says which cell is to blame, and the cause is told once."""
    after, causes = of(result("missing", name="torch"), NO_PANDAS)
    assert after.reason == Reason("waits", (("cell", "1"), ("name", "torch"))) and causes == [PANDAS]


def test_something_was_written() -> None:
    """A check whose part stands under another name was attempted. One whose part is gone was not."""
    after, (cause,) = of(
        result("not_attempted", NOT_ATTEMPTED, name="fit"), "import torch\ndef fit_it(x, y, rate):\n    pass"
    )
    assert (after.verdict, cause.code) == (FAILED, "name_similar")
    after, (cause,) = of(result("not_attempted", NOT_ATTEMPTED, name="fit"), "import torch")
    assert (after.verdict, cause.code) == (NOT_ATTEMPTED, "name_deleted")


def test_a_function_under_another_name_is_told() -> None:
    """It is told also where no check has asked for it, as a student's own run has only the public ones."""
    before = result(message="assert 1 == 2")
    after, (cause,) = of(before, "import torch\ndef fit_it(x, y, rate):\n    pass")
    assert (after, cause.code) == (before, "name_similar")


def test_a_name_that_is_nowhere() -> None:
    """A name that no code mentions, and that no cell of the stub makes, is told to be nowhere."""
    after, causes = of(
        result("not_attempted", NOT_ATTEMPTED, name="q"), "import torch\ndef fit(x, y, rate): 1"
    )
    assert after.reason == Reason("nowhere", (("name", "q"),)) and causes == []
    before = result("not_attempted", NOT_ATTEMPTED, name="q")
    assert of(before, "import torch\nq = ...")[0] == replace(before, place=Place(1))


def test_what_is_not_written_yet_stays() -> None:
    """A placeholder in its own place is no cause."""
    cells = ("import torch", f"def fit(x, y, rate):\n    {PLACEHOLDER}")
    before = result("not_attempted", NOT_ATTEMPTED, name="this part")
    placed = Place(2, 2)
    assert of(before, *cells) == (replace(before, place=placed), [])
    stopped = ("w = fit(1, 2, 3)", "NotImplementedError: write your code here")
    before = result("not_attempted", NOT_ATTEMPTED, name="w")
    assert of(before, *cells, stopped) == (replace(before, place=placed), [])


def test_a_placeholder_beside_code() -> None:
    """A function that stops at a placeholder beside its code was attempted."""
    after, causes = of(
        result("not_attempted", NOT_ATTEMPTED, name="this part"),
        "import torch",
        f"def fit(x, y, rate):\n    {PLACEHOLDER}\n    return x",
    )
    assert (after.verdict, after.reason) == (
        FAILED,
        Reason("stopped", (("cell", "2"), ("name", "this part"))),
    )
    assert causes == [Cause("placeholder_left", 2, 2)]


def test_a_value_of_a_cell_that_failed() -> None:
    """A wrong value is not guessed at if the cell that makes it has failed before."""
    failed = ("1 / 0\nw = 2", "ZeroDivisionError: division by zero")
    after, (cause,) = of(result(asked="x w"), "import torch\nx = 1", failed)
    assert after.reason == Reason("stale", (("cell", "2"), ("name", "w")))
    assert cause == Cause("cell_failed", 2, 1, (("error", "ZeroDivisionError: division by zero"),))


def test_a_value_that_was_made_before_its_cell_failed() -> None:
    """A value whose statement was complete is judged by itself."""
    ran = runs("import torch", ("w = 2\n1 / 0", "ZeroDivisionError: d"))
    ran[1] = CellRun(2, ran[1].source, Status.CELL_ERROR, (), ran[1].error, 2)
    before = result(asked="w")
    _, (after,) = explained(notebook_of(*(run.source for run in ran)), STUB, ran, [before])
    assert after == replace(before, place=Place(2))


@pytest.mark.parametrize(
    ("message", "cells", "code"),
    [
        (
            "the student's code raised NameError: name 'torch' is not defined",
            (NO_PANDAS, "def fit(x, y, rate): return torch.ones(1)"),
            "no_module",
        ),
        (
            "the student's code raised StdinNotImplementedError: raw_input was called",
            ("import torch", "def fit(x, y, rate):\n    return input()"),
            "no_input",
        ),
        (
            "the student's code raised AssertionError: Torch not compiled with CUDA enabled",
            ("import torch", "def fit(x, y, rate):\n    return x.to('cuda')"),
            "no_gpu",
        ),
        (
            "the student's code raised RuntimeError: element 0 of tensors does not require grad",
            ("import torch", "torch.set_grad_enabled(False)"),
            "gradients_off",
        ),
        (
            "the student's code raised RuntimeError: expected scalar type Float but found Double",
            ("import torch", "torch.set_default_dtype(torch.float64)"),
            "other_dtype",
        ),
    ],
)
def test_a_call_that_raised(message: str, cells: tuple[str | tuple[str, str], ...], code: str) -> None:
    """An error in the student's code that has its cause in the notebook is explained by it."""
    after, causes = of(result("raised", message=message), *cells)
    assert after.reason is not None and after.reason.code == "stopped"
    assert [cause.code for cause in causes] == [code]


@pytest.mark.parametrize(
    ("message", "cells"),
    [
        # Nothing is missing, so the name in the message is the student's own.
        ("the student's code raised NameError: name 'torch' is not defined", ("import torch\ndef fit(): 1",)),
        # Another name than the one whose cause is known.
        ("the student's code raised NameError: name 'q' is not defined", ("def fit(): return q",)),
        # Two causes: which one it was, only the message tells, and the student's code may have written it.
        (
            "the student's code raised StdinNotImplementedError: …",
            ("import torch\ndef fit(): input()", "def g(): input()"),
        ),
        (
            "the student's code raised RuntimeError: element 0 of tensors does not require grad",
            ("import torch", "torch.set_grad_enabled(False)", "torch.set_grad_enabled(True)"),
        ),
        ("the student's code raised ValueError: CUDA", ("import torch",)),
        ("assert 1 == 2", ("import torch",)),
    ],
)  # fmt: skip
def test_a_call_that_raised_for_reasons_of_its_own(message: str, cells: tuple[str, ...]) -> None:
    """Where the notebook does not tell the cause, or tells more than one, nothing is guessed."""
    before = result("raised", message=message)
    assert of(before, *cells)[0] == before


def test_checks_that_wait_for_others_stay() -> None:
    """A check that was not run says for which one it waits."""
    before = result("depends", NOT_RUN, needs="Other")
    assert of(before, NO_PANDAS) == (before, [PANDAS])


def test_plain_errors_of_later_cells_are_left_to_the_cells() -> None:
    """The first cell that failed is told on top, and later ones where a check needs what they make."""
    first, later = ("1 / 0", "ZeroDivisionError: d"), ("plot()", "ValueError: p")
    _, causes = of(result(), "import torch\ndef fit(x, y, rate): pass", first, later)
    assert [cause.cell for cause in causes] == [2]


COLAB = "the student's code raised AbsentPackage: google.colab is not there where notebooks are graded: …"


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("from google.colab import drive\ndef fit(): drive.mount()",), 1),
        (("import torch\nfrom google import colab\ndef fit(): colab.x()",), 2),
        (("import torch\nimport google.colab.drive as d",), 2),
        (("def fit(): raise AbsentPackage('…')",), None),
        (("import google.colab", "import google.colab"), None),
    ],
)
def test_a_function_that_uses_what_is_absent(cells: tuple[str, ...], line: int | None) -> None:
    """It is said where the module is imported, if the notebook has exactly one such place."""
    found, causes = of(result("raised", message=COLAB), *cells)
    if line is None:
        assert found.reason == Reason("raised") and causes == []
    else:
        assert causes == [Cause("absent_module", 1, line, (("module", "google.colab"),))]
        assert found.reason == Reason("stopped", (("cell", "1"),))


def test_causes_are_few_and_in_order() -> None:
    """Causes come in the order of the cells, and no more than can be read."""
    cells = [(f"import pandas{k}", f"ModuleNotFoundError: No module named 'pandas{k}'") for k in range(20)]
    _, causes = of(result(), "import torch", *cells)
    assert [cause.cell for cause in causes] == [*range(2, 2 + MAX_CAUSES)]


def test_a_notebook_that_is_too_long_is_not_explained() -> None:
    """More code than is analyzed leaves the results as they are."""
    before = result("missing", name="w")
    assert of(before, "x = 1\n" * MAX_CODE) == (before, [])
    assert of(before, "!ls\n" * 2000) == (before, [])
    chain = [(f"x{k} = x{k + 1}", f"NameError: name 'x{k + 1}' is not defined") for k in range(1500)]
    assert of(before, *reversed(chain))[0].verdict == of(before, *chain)[0].verdict == FAILED
    deep = f"x = {'1 + ' * 3000}1\n{PLACEHOLDER}"
    assert of(before, (deep, "NotImplementedError: write your code here"))[0].verdict == FAILED
