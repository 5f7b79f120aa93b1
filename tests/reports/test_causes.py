"""Sentences about the causes that lie in a notebook."""

from __future__ import annotations

import re

import pytest

from grader.model.file import Beside, LeftOut, Obstacle
from grader.model.report import Cause, Provenance
from grader.model.status import SandboxKind
from grader.reports import causes
from grader.worker import causes as found_names
from grader.worker import cell_errors, reasons

WORDS = {
    "cell_ended": {"status": "timed_out"},
    "cell_failed": {"error": "ValueError: 3"},
    "dots_left": {},
    "gradients_off": {"call": "torch.set_grad_enabled(False)"},
    "name_commented": {"name": "fit"},
    "name_deleted": {"lines": "import torch"},
    "name_in_text": {"kind": "markdown", "name": "fit"},
    "name_later": {"name": "w", "other": "7"},
    "name_local": {"name": "w", "function": "fit"},
    "name_removed": {"name": "w"},
    "name_similar": {"name": "fit", "other": "fit_line"},
    "new_tensor": {"name": "w"},
    "no_file": {"file": "data.csv"},
    "no_gpu": {},
    "no_input": {},
    "absent_module": {"module": "google.colab"},
    "no_module": {"module": "pandas"},
    "no_network": {},
    "no_window": {"module": "_tkinter"},
    "other_dtype": {"call": "torch.set_default_dtype(torch.float64)"},
    "other_language": {"language": "R"},
    "placeholder_left": {},
    "recursion": {},
    "split_cell": {},
    "unknown_magic": {"magic": "%tensorboard"},
}


def test_every_cause_is_here() -> None:
    """Each code that can be found has its words above."""
    modules = (found_names, cell_errors, reasons)
    codes = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and re.fullmatch("[a-z]+_[a-z_]+|recursion", value)
    }
    assert codes - {reasons.NOT_ATTEMPTED} == set(WORDS)


@pytest.mark.parametrize("code", WORDS)
def test_every_cause_has_a_sentence(code: str) -> None:
    """It tells where the cause lies, and what it is, in both languages."""
    said = causes.sentence(Cause(code, 4, 2, tuple(WORDS[code].items())))
    assert said.en != said.zh and "{" not in said.en + said.zh
    assert said.en.endswith((".", ".”")) and said.zh.endswith("。")
    if code != "name_deleted":
        assert re.search(r"\b[Cc]ell 4\b", said.en) and "第 4 个单元格" in said.zh
    for word in set(WORDS[code].values()) - {"timed_out", "markdown", "ValueError: 3", "_tkinter"}:
        assert word in said.en and word in said.zh


def test_what_to_do_about_a_module() -> None:
    """What exists on Colab only, what is well known, and what may be one's own file get different advice."""
    said = [
        causes.sentence(Cause("no_module", 1, 1, (("module", module),))).en
        for module in ("google.colab", "google.colab.files", "pandas", "sklearn.datasets", "helpers", "<b>")
    ]
    assert ["on Google Colab only" in each for each in said] == [True, True, False, False, False, False]
    assert ["a file of your own" in each for each in said] == [False, False, False, False, True, False]
    assert said[-1] == "Cell 1, line 1: a package is not installed where notebooks are graded."


def test_a_file_that_was_handed_out() -> None:
    """A file that is looked for elsewhere lies beside the notebook, under the name that is given."""
    cause = Cause("no_file", 1, 2, (("file", "Train.csv"),))
    said = causes.sentence(cause, handed_out=["train.csv"]).en
    assert "Beside your notebook lies train.csv. Open it by exactly this name." in said


def test_what_is_there_in_place_of_a_missing_module() -> None:
    """The advice names what the course's notebooks can use instead."""
    cause = Cause("no_module", 1, 1, (("module", "seaborn"),))
    said = causes.sentence(cause, packages=["pandas", "scikit-learn"])
    assert said.en.endswith("uses it: torch, NumPy, Matplotlib, pandas and scikit-learn are there.")
    assert said.zh.endswith("可以用的有 torch、NumPy、Matplotlib、pandas 和 scikit-learn。")
    provenance = Provenance(
        "0", "", {"python": "3.11", "torch": "2", "pandas": "3.1", "cv2": "absent"}, 0, SandboxKind.NONE
    )
    line = causes.packages_line(provenance)
    assert line is not None and line.en == "Packages here: torch, NumPy, Matplotlib and pandas 3.1."
    assert (
        causes.packages_line(Provenance("0", "", {"torch": "2", "cv2": "absent"}, 0, SandboxKind.NONE))
        is None
    )


def test_a_text_cell_at_the_beginning() -> None:
    """A text cell has no number of its own: it is found by the code cell before it."""
    words = (("kind", "raw"), ("name", "fit"))
    assert "in a raw cell at the beginning," in causes.sentence(Cause("name_in_text", None, None, words)).en
    assert "in a raw cell after cell 3," in causes.sentence(Cause("name_in_text", 3, None, words)).en


def test_a_file_without_a_name() -> None:
    """Where the error does not name the file, nothing is made up."""
    said = causes.sentence(Cause("no_file", 1, 2, (("file", ""),))).en
    assert said == "Cell 1, line 2: a file is not there when your notebook is graded."


def test_a_missing_file_that_lay_beside_the_notebook() -> None:
    """Nobody is told to hand in what was handed in: the name was another one, or the file was left out."""
    cause = Cause("no_file", 1, 2, (("file", "Data.csv"),))
    for placed in ("data.csv", "data/Data.csv"):
        said = causes.sentence(cause, Beside((placed,)))
        assert f"Beside your notebook lies {placed}. Open it by exactly this name." in said.en
        assert placed in said.zh
    left = Beside(("other.csv",), (LeftOut(Obstacle.TOO_LARGE, 1, ("Data.csv",)),))
    assert "the file Data.csv lay beside your notebook, but was not there" in causes.sentence(cause, left).en
    for beside in (None, Beside(("other.csv",))):
        assert "Hand it in beside the notebook" in causes.sentence(cause, beside).en
    assert "a file is not there" in causes.sentence(Cause("no_file", 1, 2, (("file", ""),)), left).en
