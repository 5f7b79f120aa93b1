"""Sentences: what happened, in plain language."""

from __future__ import annotations

import pytest

from grader.model.file import Beside, LeftOut, Obstacle
from grader.model.report import CellRun, Execution, Reason, SourceFile
from grader.model.status import Status
from grader.reports import sentences
from pages import CODES, SECRET


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence(code):
    """Each reason is one text in each language, with nothing left to fill in."""
    for words in ((), (("kind", "ValueError"), ("name", "fit"), ("needs", "“T1”"))):
        said = sentences.sentence(Reason(code, words))
        assert said.en != said.zh
        assert said.en != sentences.sentence(Reason("no such code")).en
        assert said.en.endswith(".") and said.zh.endswith("。")
        assert "{" not in said.en + said.zh


@pytest.mark.parametrize("code", ["assertion", "differs"])
def test_a_wrong_value_has_no_sentence(code):
    """The check's title says what should hold. Only a rerun is told, with its data and values."""
    assert sentences.sentence(Reason(code)) is None
    said = sentences.sentence(Reason(code, (("data", "a.csv"), ("values", "n = 2"))))
    assert said.en == "This check ran your notebook again with n = 2 and other data in a.csv."


def test_only_pythons_own_errors_are_named():
    """An exception class of a student's can carry data in its name: it is not shown."""
    assert "ValueError" in sentences.sentence(Reason("raised", (("kind", "ValueError"),))).en
    for kind in ("", "X_0_25_0_5", "print", SECRET):
        assert "raised an error" in sentences.sentence(Reason("raised", (("kind", kind),))).en


def test_a_parameter_that_no_cell_assigns():
    """The student reads which parameter it is, if it is a name."""
    said = sentences.sentence(Reason("unassigned", (("name", "true_w"),)))
    assert "another true_w, and no cell assigns true_w at top level" in said.en
    assert said.zh.count("true_w") == 3
    assert "one of the names" in sentences.sentence(Reason("unassigned", (("name", "<b>"),))).en


def test_phrases_are_no_names():
    """A phrase such as `this part` is not the name of anything."""
    assert sentences.sentence(Reason("not_attempted", (("name", "this part"),))).en.startswith(
        "This part has not been written"
    )
    assert sentences.sentence(Reason("not_attempted", (("name", "fit"),))).en.startswith(
        "fit has not been written"
    )


@pytest.mark.parametrize("status", [status for status in Status if status not in (Status.OK, Status.NOT_RUN)])
def test_every_status_has_a_sentence(status):
    """How a notebook ended badly is told with the cell's number, and without one where it was no cell's
    doing.
    """
    with_cell = sentences.execution(Execution(status, 3))
    assert with_cell.en.startswith("Cell 3 ") and "第 3 个单元格" in with_cell.zh
    assert "Cell" not in sentences.execution(Execution(status)).en
    assert sentences.execution(Execution()) is None


def test_cells_that_could_not_be_run_are_told():
    """It is not said that all other cells were run where some were not."""
    run = Execution(Status.DIED, 1, cells=(CellRun(1, "x", Status.DIED), CellRun(2, "y", Status.NOT_RUN)))
    assert (
        sentences.execution(run).en
        == "Cell 1 ended Python itself. Not all of the other cells could be run after that."
    )


@pytest.mark.parametrize(
    ("source", "en", "zh"),
    [
        (SourceFile("a.ipynb"), None, None),
        (SourceFile(None, ("a", "b")), None, None),
        (
            SourceFile("a (1).ipynb", (), "similar_name"),
            "This file was graded: a (1).ipynb. It was recognized by its name.",
            "评分的文件：a (1).ipynb。它是根据文件名认出的。",
        ),
        (
            SourceFile("x.ipynb", ("a.ipynb", "b.ipynb"), "content", "worked_on"),
            "This file was graded: x.ipynb. It was recognized by its content. Not graded: a.ipynb, b.ipynb. "
            "Only the graded file was worked on and can be read.",
            "评分的文件：x.ipynb。它是根据内容认出的。 没有评分的文件：a.ipynb、b.ipynb。",
        ),
        (
            SourceFile("a.ipynb", ("b.ipynb",), "name", "newest"),
            "This file was graded: a.ipynb. Not graded: b.ipynb. "
            "Of the files that fit best, the one with the latest date was taken.",
            "评分的文件：a.ipynb。",
        ),
    ],
)
def test_the_file_that_was_graded(source, en, zh):
    """A file that was not the only one, or not named as expected, is named with the reason."""
    found = sentences.source(source)
    if en is None:
        assert found is None
    else:
        assert found.en == en and found.zh.replace("。没", "。 没").startswith(zh)


def test_files_that_were_left_out():
    """Each reason is said in both languages, with the first files; nothing is said if nothing was left."""
    assert sentences.left_out(Beside(("data.csv",), (), "f11e5")) is None
    many = LeftOut(Obstacle.TOO_MANY, 300, tuple(f"{number}.png" for number in range(20)))
    said = sentences.left_out(Beside((), (LeftOut(Obstacle.TOO_LARGE, 1, ("film.mp4",)), many)))
    assert said.en == (
        "These files beside your notebook were not there when it was run: film.mp4 (larger than 16 MB); "
        "0.png, 1.png, 2.png, 3.png, 4.png and 295 more (too many files). "
        "If your code needs one of them, ask your teacher."
    )
    assert "film.mp4（超过 16 MB）；0.png、1.png" in said.zh
    for why in set(Obstacle) - {Obstacle.HANDED_OUT}:
        each = sentences.left_out(Beside((), (LeftOut(why, 1, ("a",)),)))
        assert each.en.count("(") == 1 and each.zh.count("（") == 1


def test_a_file_chosen_by_its_place():
    """Of two of the same name, the one that lies above is graded, and the page says why."""
    said = sentences.source(SourceFile("a.ipynb", ("old/a.ipynb",), "name", "place"))
    assert said.en.endswith("The others lie in folders that are not named after the assignment.")


def test_a_changed_copy_of_what_was_handed_out():
    """It was there, as it was handed out: nobody need be asked."""
    changed = LeftOut(Obstacle.HANDED_OUT, 1, ("garden.py",))
    said = sentences.left_out(Beside(left_out=(changed,)))
    assert (
        said.en == "Your notebook ran with the assignment's own garden.py, not with yours."
        and "teacher" not in said.en
    )
    both = sentences.left_out(Beside(left_out=(changed, LeftOut(Obstacle.TOO_MANY, 1, ("x.png",)))))
    assert both.en.startswith("Your notebook ran with") and "x.png (too many files)" in both.en
