"""What is wrong in a notebook is said once, where it lies, and checks that fail because of it point there."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump
from support import hand_in, records

Here = Callable[..., subprocess.CompletedProcess[str]]

PARAMETERS, DOUBLE, RESULT = "n = 5", "def double(x):\n    return x + x", "result = double(n)"
PLACEHOLDER = 'raise NotImplementedError("write your code here")'
# The cells, and what is said of them.
ACCIDENTS = {
    "colab": (
        (f"from google.colab import drive\n{PARAMETERS}", DOUBLE, RESULT),
        "Cell 1, line 1: google.colab is not installed where notebooks are graded.",
    ),
    "renamed": (
        (PARAMETERS, DOUBLE.replace("double", "double_it"), RESULT.replace("double", "double_it")),
        "Cell 2, line 1: you wrote double_it; the task asks for double.",
    ),
    "placeholder": (
        (PARAMETERS, DOUBLE.replace("    return", f"    {PLACEHOLDER}\n    return"), RESULT),
        "Cell 2, line 2: the placeholder still stands beside your code and stops it.",
    ),
    "dots": ((PARAMETERS, DOUBLE, "result = double(...)"), "Cell 3, line 1: ... still stands here."),
    "input": (
        (PARAMETERS, DOUBLE, "result = double(int(input()))"),
        "Cell 3, line 1: input() can't be answered while a notebook is graded.",
    ),
    "split": (
        (PARAMETERS, "def double(x):\n    y = x", "    return x + y", RESULT),
        "Cell 3 begins with an indented line, as if it continued the cell before it.",
    ),
    "magic": (
        (PARAMETERS, DOUBLE, f"%no_such_magic\n{RESULT}"),
        "Cell 3, line 1: %no_such_magic is not known where notebooks are graded",
    ),
}


def text_of(page: Path) -> str:
    """A page's English text."""
    source = re.sub(
        r'<(\w+)[^>]* lang="zh[^>]*>.*?</\1>', "", page.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", source)))


def test_each_accident_is_named(here: Here, small_course: Path, tmp_path: Path) -> None:
    """The page and the terminal say once what is wrong; no check guesses, and no mistake is named."""
    for student, (cells, _) in ACCIDENTS.items():
        hand_in(tmp_path / "class", student, *cells)
    text = Notebook((Cell("code", PARAMETERS), Cell("markdown", DOUBLE), Cell("code", RESULT)))
    (tmp_path / "class" / "markdown").mkdir()
    (tmp_path / "class" / "markdown" / "double.ipynb").write_text(dump(text), encoding="utf-8")
    done = here("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", small_course)
    assert done.returncode == 0, done.stderr
    found = records(tmp_path / "out")
    said = {student: words for student, (_, words) in ACCIDENTS.items()}
    said["markdown"] = "double is written in a Markdown cell after cell 1, so it never ran."
    for student, words in said.items():
        page = text_of(tmp_path / "out" / "students" / student / "double.html")
        assert page.count(words) == 1, (student, page)
        assert "not yet what this check asks for" not in page and "common mistake" not in page, student
        record = found[student, "double"]
        assert len(record["causes"]) == 1 and not any(check["mistake"] for check in record["checks"]), student


@pytest.mark.parametrize("student", ["colab", "dots"])
def test_a_student_reads_it_in_the_terminal(
    here: Here, small_course: Path, tmp_path: Path, student: str
) -> None:
    """`check` says the same above the checks, before anything is handed in."""
    cells, words = ACCIDENTS[student]
    notebook = hand_in(tmp_path, student, *cells)
    done = here("check", notebook, "--course", small_course / "assignments")
    above, *_ = re.split("[✓✗]", done.stdout)
    assert above.count(words) == done.stdout.count(words) == 1
