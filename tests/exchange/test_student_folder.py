"""Files in one student's folder are matched with assignments by name or by content, and one is chosen."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from grader.exchange.student_folder import StudentFolder
from grader.model.report import SourceFile
from grader.notebook.notebook import Notebook
from grader.notebook.writing import dump
from submissions import put
from support import notebook_of

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX file types")
TASKS = ("linreg-manual", "linreg-torch", "convnet")
STUBS = {
    task: notebook_of(f"def {name}(x):\n    raise NotImplementedError", f"answer_of_{name} = {name}(3)")
    for task, name in (("linreg-manual", "fit_line"), ("linreg-torch", "fit_module"), ("convnet", "network"))
}
ANSWERS = {
    task: Notebook(
        (replace(stub.cells[0], source=stub.cells[0].source.replace("raise", "return")), stub.cells[1])
    )
    for task, stub in STUBS.items()
}


def notebook(folder: Path, name: str, book: Notebook, age_s: float = 0) -> None:
    """A notebook in `folder`, changed that many seconds ago."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(book), encoding="utf-8")
    os.utime(path, (1_000_000_000 - age_s,) * 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "amy"


def looked(folder: Path) -> StudentFolder:
    """The folder after it was looked through."""
    student = StudentFolder(folder, TASKS, STUBS.get)
    student.look()
    return student


def only(folder: Path) -> tuple[str, SourceFile, str | None]:
    """The only choice: its assignment, its source, and the problem."""
    ((task, choice),) = looked(folder).choices.items()
    return task, choice.source, choice.problem and choice.problem.en


@pytest.mark.parametrize("name", [
    "convnet (1).ipynb", "convnet(2).ipynb", "Copy of convnet.ipynb", "convnet-copy.ipynb",
    "convnet copy 2.ipynb", "convnet - Copy.ipynb", "convnet副本.ipynb", "复制的 convnet.ipynb",
    "amy_convnet.ipynb", "hw3-convnet-final.ipynb", "convnet.ipynb.ipynb", "convnet.ipynb.txt",
    "convnet.ipynb (1)", "convnet.IPYNB.json", "convnet.ipynb.1", "ｃｏｎｖｎｅｔ.ipynb", "convnet2.ipynb",
    "convnet.txt", "convnet.json", "convnet", "Conv-Net.ipynb", "CONVNET (1).ipynb",
])  # fmt: skip
def test_a_changed_name_is_recognized(name: str, folder: Path) -> None:
    """What browsers, systems and people make of a name is still the assignment's, and is said."""
    notebook(folder, name, ANSWERS["convnet"])
    assert only(folder) == ("convnet", SourceFile(name, (), "similar_name"), None)
    assert looked(folder).warnings == [f"{name} is graded for convnet, because of its name."]


def test_a_notebook_under_any_name_is_recognized_by_its_content(folder: Path) -> None:
    """A name that says nothing, or is misspelled, leaves it to the content."""
    notebook(folder, "Untitled.ipynb", ANSWERS["convnet"])
    assert only(folder) == ("convnet", SourceFile("Untitled.ipynb", (), "content"), None)
    notebook(folder, "Untitled.ipynb", notebook_of("print('nothing of the course')"))
    student = looked(folder)
    assert student.choices == {}
    assert student.warnings == ["file Untitled.ipynb skipped, because no assignment has this name."]
    assert student.nothing().en == "There is no notebook for any assignment, only Untitled.ipynb."


def test_a_name_that_may_mean_several_is_decided_by_content(folder: Path) -> None:
    """A name with two assignments in it belongs to the one that the content is made from, if any."""
    notebook(folder, "convnet and linreg-torch.ipynb", ANSWERS["linreg-torch"])
    assert only(folder)[0] == "linreg-torch"
    notebook(folder, "convnet and linreg-torch.ipynb", notebook_of("pass"))
    assert looked(folder).choices == {}


def test_the_longest_name_wins(folder: Path) -> None:
    """A name with a longer assignment's name in it means that one; a shorter one's content is looked at."""
    stubs = {"descent": STUBS["convnet"], "descent-numpy": STUBS["linreg-torch"]}
    for name, answers, task in (
        ("descent-numpy (1).ipynb", "convnet", "descent-numpy"),
        ("descent (1).ipynb", "convnet", "descent"),
        ("descent np.ipynb", "linreg-torch", "descent-numpy"),
    ):
        notebook(folder / task / answers, name, ANSWERS[answers])
        student = StudentFolder(folder / task / answers, stubs, stubs.get)
        student.look()
        assert list(student.choices) == [task]


@pytest.mark.parametrize("other", ["convnet (1).ipynb", "Untitled.ipynb", "convnet/final.ipynb"])
def test_what_was_worked_on_comes_before_the_stub(other: str, folder: Path) -> None:
    """An untouched stub loses against any notebook that was worked on, even if it is newer."""
    notebook(folder, "convnet.ipynb", STUBS["convnet"])
    notebook(folder, other, ANSWERS["convnet"], age_s=100)
    task, source, problem = only(folder)
    assert (task, source.file, source.left, source.chosen) == (
        "convnet",
        other,
        ("convnet.ipynb",),
        "worked_on",
    )
    assert problem is None and "not graded: convnet.ipynb." in looked(folder).warnings[0]


def test_the_newest_of_several(folder: Path) -> None:
    """Of two that were worked on, the file that was changed last is taken, whatever its name."""
    notebook(folder, "convnet.ipynb", ANSWERS["convnet"], age_s=100)
    notebook(folder, "convnet (1).ipynb", notebook_of("x = 1"))
    assert only(folder)[1] == SourceFile("convnet (1).ipynb", ("convnet.ipynb",), "similar_name", "newest")


def test_an_ambiguity_is_a_row_with_a_sentence(folder: Path) -> None:
    """Two that were worked on, of the same time and equally good names: the student has to decide."""
    notebook(folder, "convnet (1).ipynb", ANSWERS["convnet"])
    notebook(folder, "convnet (2).ipynb", notebook_of("x = 1"))
    _, source, problem = only(folder)
    assert source == SourceFile(None, ("convnet (1).ipynb", "convnet (2).ipynb"))
    assert problem is not None and "There are 2 notebooks for convnet" in problem


def test_pictures_beside_a_notebook_are_no_submission(folder: Path) -> None:
    """A folder `<task>-files` without a notebook does not compete with the notebook."""
    notebook(folder, "convnet.ipynb", ANSWERS["convnet"])
    put(folder, "convnet-files/plot.png", ".ipynb_checkpoints/convnet-checkpoint.ipynb")
    assert only(folder) == ("convnet", SourceFile("convnet.ipynb"), None)


@POSIX
def test_nothing_is_followed_in_order_to_choose(folder: Path, tmp_path: Path) -> None:
    """Links and pipes among candidates are neither opened nor waited for."""
    notebook(tmp_path, "secret.ipynb", ANSWERS["convnet"])
    notebook(folder, "convnet (1).ipynb", ANSWERS["convnet"])
    (folder / "convnet.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (folder / "Untitled.ipynb").symlink_to(tmp_path / "secret.ipynb")
    os.mkfifo(folder / "convnet (2).ipynb")
    _, source, _ = only(folder)
    assert source.file == "convnet (1).ipynb" and source.left == ("convnet (2).ipynb", "convnet.ipynb")


def test_a_folder_around_the_notebooks_is_searched(folder: Path) -> None:
    """A whole folder was handed in: its notebooks are found by name, by folder and by content."""
    notebook(folder, "homework/convnet.ipynb", ANSWERS["convnet"])
    notebook(folder, "homework/more/linreg-torch/final.ipynb", ANSWERS["linreg-torch"])
    notebook(folder, "homework/Untitled.ipynb", ANSWERS["linreg-manual"])
    put(folder, "homework/data.csv")
    student = looked(folder)
    assert {task: (each.source.file, each.source.recognized) for task, each in student.choices.items()} == {
        "convnet": ("homework/convnet.ipynb", "name"),
        "linreg-torch": ("homework/more/linreg-torch/final.ipynb", "name"),
        "linreg-manual": ("homework/Untitled.ipynb", "content"),
    }
    assert all(each.nested for each in student.choices.values())
    assert student.warnings == [
        "homework/Untitled.ipynb is graded for linreg-manual, because of its content."
    ]


def test_a_folder_in_the_assignments_own_is_searched(folder: Path) -> None:
    """`<task>/<task>/<any>.ipynb`, as some programs unpack an archive."""
    notebook(folder, "convnet/convnet/final.ipynb", ANSWERS["convnet"])
    assert only(folder)[1].file == "convnet/convnet/final.ipynb"


def test_what_lies_above_comes_first(folder: Path) -> None:
    """A notebook in another folder is an older one, unless only it was worked on."""
    notebook(folder, "convnet.ipynb", ANSWERS["convnet"], age_s=1000)
    notebook(folder, "backup/convnet.ipynb", notebook_of("x = 1"))
    assert only(folder)[1] == SourceFile("convnet.ipynb", ("backup/convnet.ipynb",), "name", "place")
    assert "because the others lie in folders of other names" in looked(folder).warnings[0]
    notebook(folder, "convnet.ipynb", STUBS["convnet"])
    assert only(folder)[1].file == "backup/convnet.ipynb" and only(folder)[1].chosen == "worked_on"


def test_folders_are_searched_within_limits(folder: Path) -> None:
    """Neither deep nor many folders hold up the search."""
    notebook(folder, "1/2/3/4/convnet.ipynb", ANSWERS["convnet"])
    put(folder, *(f"many/{number}/x.txt" for number in range(100)))
    assert looked(folder).choices == {}


def test_files_beside_a_chosen_notebook_are_not_called_skipped(folder: Path) -> None:
    """They come along. What may have been meant as a missing submission is still named."""
    notebook(folder, "convnet.ipynb", ANSWERS["convnet"])
    put(folder, "data.csv", "helpers.py", "data/train.csv", "convnet.py", "linreg-manuel.pdf", "other.ipynb")
    assert looked(folder).warnings == [
        "file linreg-manuel.pdf skipped, because it is not a notebook (.ipynb); "
        "did you mean linreg-manual.ipynb?",
        "file other.ipynb skipped, because no assignment has this name.",
    ]


def test_the_name_that_colab_gave(folder: Path) -> None:
    """Where neither name nor content decides, the name that the notebook had in Colab does."""
    written = json.loads(dump(notebook_of("x = 1")))
    written["metadata"]["colab"] = {"name": "Copy of convnet.ipynb"}
    folder.mkdir()
    (folder / "Untitled7.ipynb").write_text(json.dumps(written), encoding="utf-8")
    assert only(folder)[:2] == ("convnet", SourceFile("Untitled7.ipynb", (), "content"))
    written["metadata"]["colab"] = {"name": ["convnet"]}
    (folder / "Untitled7.ipynb").write_text(json.dumps(written), encoding="utf-8")
    assert looked(folder).choices == {}
