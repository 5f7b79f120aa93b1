"""Whatever is in a folder of submissions, each notebook is found once, and everything else is named."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exchange import folder as exchange_folder
from grader.exchange.folder import discover
from grader.language.catalogue import LANGUAGES, Text
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.submission import Submission
from submissions import UNSAFE_NAMES, put
from support import in_chinese

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX file types and names")
TASKS = ("linreg-manual", "linreg-torch", "convnet")


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "submissions"


def found(folder: Path) -> dict[tuple[str, str], str]:
    """What `discover` finds: for a student and a task the file relative to the folder, or the problem."""
    submissions = discover(folder, TASKS).submissions
    return {
        (each.student, each.assignment): each.problem.en
        if each.problem
        else each.path.relative_to(folder).as_posix()
        for each in submissions
    }


def in_chinese_too(folder: Path) -> str:
    """The problem of the only submission."""
    (only,) = discover(folder, TASKS).submissions
    return in_chinese(
        only.problem, *TASKS, *(part for path in folder.rglob("*") for part in (path.name, path.stem))
    )


def warned(folder: Path) -> list[str]:
    return discover(folder, TASKS).warnings


def test_both_layouts_are_found_in_order(folder):
    """Files and folders named after a task count alike. Submissions are sorted by student and task."""
    put(folder, "zoe/convnet.ipynb", "amy/linreg-manual/my final version.ipynb")
    put(folder, "amy/convnet.ipynb", "李 雷/convnet.ipynb")
    submissions, warnings, *_ = discover(folder, TASKS)
    assert submissions == [
        Submission("amy", "convnet", "amy", folder / "amy/convnet.ipynb"),
        Submission("amy", "linreg-manual", "amy", folder / "amy/linreg-manual/my final version.ipynb"),
        Submission("zoe", "convnet", "zoe", folder / "zoe/convnet.ipynb"),
        Submission("李 雷", "convnet", "李 雷", folder / "李 雷/convnet.ipynb"),
    ]
    assert warnings == []


def test_load_reads_the_chosen_file_within_the_limit(folder):
    """A submission reads the chosen file when asked, not before, and keeps the size limit."""
    put(folder, "amy/convnet.ipynb")
    (only,) = discover(folder, TASKS).submissions
    (folder / "amy/convnet.ipynb").write_bytes(b"later\r\n")
    assert only.load() == b"later\r\n"
    with pytest.raises(Unreadable, match="too large"):
        only.load(FileLimits(file_bytes=3))


def test_the_folder_may_be_given_as_a_string_or_be_a_link_itself(folder, tmp_path):
    """The folder that the instructor names is trusted. Only what is in it is not."""
    put(folder, "amy/convnet.ipynb")
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    assert len(discover(str(link), TASKS)[0]) == 1


@pytest.mark.parametrize(
    "name", ["Linreg-Manual.ipynb", "LINREG-MANUAL.IPYNB", "linreg-manual.IPYNB", "Linreg-manual/x.ipynb"]
)
def test_the_case_of_a_name_does_not_matter(name, folder):
    """A task is recognised in upper and lower case."""
    put(folder, f"amy/{name}")
    assert found(folder) == {("amy", "linreg-manual"): f"amy/{name}"}


def test_the_very_name_comes_before_another_case(folder):
    """Of two files that differ in case, the exact name is taken and a warning names the other."""
    put(folder, "amy/CONVNET.ipynb", "amy/convnet.ipynb")
    assert found(folder) == {("amy", "convnet"): "amy/convnet.ipynb"}
    assert warned(folder) == [
        "amy: convnet.ipynb is graded for convnet, because of its name; not graded: CONVNET.ipynb."
    ]


def test_tasks_that_differ_only_in_case_need_the_very_name(folder):
    """If a name could mean two tasks, none is guessed."""
    put(folder, "amy/A1.ipynb", "bob/a1.ipynb", "cat/á.ipynb")
    submissions, *_ = discover(folder, ("A1", "a1", "Á"))
    assert [(each.student, each.assignment) for each in submissions] == [
        ("amy", "A1"),
        ("bob", "a1"),
        ("cat", "Á"),
    ]
    put(folder, "dan/xx.ipynb")
    assert "dan" not in [each.student for each in discover(folder, ("A1", "a1", "xX", "Xx"))[0]]


def test_two_other_cases_are_a_problem(folder):
    """If there are two candidates and neither has the exact name, the student has to decide."""
    put(folder, "amy/CONVNET.ipynb", "amy/Convnet.ipynb")
    assert "2 notebooks for convnet: CONVNET.ipynb, Convnet.ipynb." in found(folder)["amy", "convnet"]
    assert in_chinese_too(folder) == (
        "convnet 有 2 个笔记本：CONVNET.ipynb、Convnet.ipynb。"
        "请只留下要评分的那一个，命名为 convnet.ipynb，然后重新提交。"
    )


def test_the_named_notebook_wins_in_a_folder(folder):
    """In <task>/ the notebook named after the task is taken, and a warning names the others."""
    put(folder, "amy/convnet/convnet.ipynb", "amy/convnet/scratch.ipynb", "amy/convnet/Convnet.ipynb")
    assert found(folder) == {("amy", "convnet"): "amy/convnet/convnet.ipynb"}
    assert warned(folder) == [
        "amy: convnet/convnet.ipynb is graded for convnet, because of its name; "
        "not graded: convnet/Convnet.ipynb, convnet/scratch.ipynb."
    ]


def test_the_named_notebook_wins_in_any_case(folder):
    """Case does not matter in a folder either, unless two names differ only in case."""
    put(folder, "amy/convnet/ConvNet.ipynb", "amy/convnet/scratch.ipynb")
    assert found(folder) == {("amy", "convnet"): "amy/convnet/ConvNet.ipynb"}


def test_several_notebooks_without_the_name_are_a_problem(folder):
    """Nothing is guessed among several. The problem names up to five of them and the remedy."""
    put(folder, *(f"amy/convnet/v{n}.ipynb" for n in range(7)))
    (only,) = discover(folder, TASKS).submissions
    assert only.problem.en == (
        "There are 7 notebooks for convnet: convnet/v0.ipynb, convnet/v1.ipynb, convnet/v2.ipynb, "
        "convnet/v3.ipynb, convnet/v4.ipynb and 2 more. "
        "Keep only the one to be graded, named convnet.ipynb, and submit again."
    )
    assert "、convnet/v4.ipynb，另外还有 2 个。" in in_chinese_too(folder)
    with pytest.raises(Unreadable, match="Keep only the one"):
        only.load()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["amy/convnet/"], "is empty; it contains no notebook."),
        (
            ["amy/convnet/.ipynb_checkpoints/convnet.ipynb", "amy/convnet/.DS_Store"],
            "is empty; it contains no notebook.",
        ),
        (["amy/convnet/answer.pdf", "amy/convnet/figures/x.png"], "no notebook, only answer.pdf, figures/."),
    ],
)
def test_a_folder_without_a_notebook_is_a_problem(names, words, folder):
    """A folder named after the task was meant as a submission: the problem says what is in it."""
    put(folder, *names)
    problem = found(folder)["amy", "convnet"]
    assert words in problem and problem.endswith("Submit convnet.ipynb.")
    assert in_chinese_too(folder).endswith("请提交 convnet.ipynb。")


def test_a_file_beside_a_folder_with_another_notebook_is_a_problem(folder):
    """Between <task>.ipynb and a notebook in <task>/ nothing is guessed: one may be an old version."""
    put(folder, "amy/convnet.ipynb", "amy/convnet/convnet.ipynb")
    assert (
        "2 notebooks for convnet: convnet/convnet.ipynb, convnet.ipynb. Keep only"
        in found(folder)["amy", "convnet"]
    )
    assert "convnet/convnet.ipynb、convnet.ipynb。" in in_chinese_too(folder)


def test_a_file_beside_a_folder_without_notebooks_is_taken(folder):
    """A folder of data or pictures with the task's name does not compete with the notebook."""
    put(folder, "amy/convnet.ipynb", "amy/convnet/data.csv")
    assert found(folder) == {("amy", "convnet"): "amy/convnet.ipynb"}


@pytest.mark.parametrize(
    "name",
    [
        ".DS_Store", "__MACOSX/amy/convnet.ipynb", ".ipynb_checkpoints/convnet.ipynb", "._amy",
        ".git/x/convnet.ipynb", "desktop.ini", "amy/.DS_Store", "amy/._convnet.ipynb",
        "amy/.ipynb_checkpoints/convnet-checkpoint.ipynb", "amy/__MACOSX/convnet.ipynb", "amy/Thumbs.db",
        "amy/convnet.ipynb:Zone.Identifier",
    ],
)  # fmt: skip
def test_traces_of_systems_are_passed_over_in_silence(name, folder):
    """Checkpoints, resource forks and the like are not submissions and cause no warning."""
    put(folder, "amy/convnet.ipynb", name)
    assert discover(folder, TASKS)[:2] == (
        [Submission("amy", "convnet", "amy", folder / "amy/convnet.ipynb")],
        [],
    )


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("amy/lingreg-torch/a.ipynb", "folder lingreg-torch skipped, because no assignment has this name"),
        ("amy/lingreg-torch.ipynb", "did you mean linreg-torch.ipynb?"),
        ("amy/essay.ipynb", "amy: file essay.ipynb skipped, because no assignment has this name."),
        ("amy/convnet.txt", "because it is not a notebook (.ipynb); did you mean convnet.ipynb?"),
        ("amy/convnet.py", "because it is not a notebook (.ipynb); did you mean convnet.ipynb?"),
        (
            "amy/convnet",
            "file convnet skipped, because it is not a notebook (.ipynb); did you mean convnet.ipynb?",
        ),
        ("amy/photo.png", "amy: file photo.png skipped, because it is not a notebook (.ipynb)."),
        (
            "convnet.ipynb",
            "convnet.ipynb: skipped, because it is not in a student's folder; expected: SUBMISSIONS/",
        ),
        ("bob/", "bob: the folder is empty."),
        ("bob/.DS_Store", "bob: the folder is empty."),
    ],
)
def test_what_is_skipped_is_named(name, warning, folder):
    """Each thing that is not graded gets a warning, with the nearest assignment's name if there is one."""
    put(folder, "zoe/convnet.ipynb", name)
    submissions, (only,), *_ = discover(folder, TASKS)
    assert [each.student for each in submissions] == ["zoe"]
    assert warning in only and only[-1] in ".?" and only.isprintable()


def test_warnings_about_one_folder_are_bounded(folder):
    """A student who submits a thousand files does not drown the warnings about others."""
    put(folder, "zoe/convnet.ipynb", "bob/")
    put(folder, *(f"{beside}{n}.txt" for n in range(50) for beside in ("", "amy/")))
    warnings = warned(folder)
    assert len(warnings) == 2 * (exchange_folder.MAX_WARNINGS + 1) + 1
    assert "amy: 30 more skipped." in warnings and "30 more skipped." in warnings
    assert "bob: the folder is empty." in warnings


@POSIX
def test_a_linked_student_folder_is_not_followed(folder, tmp_path):
    """A link beside the students' folders is skipped with a warning, wherever it points."""
    put(folder, "amy/convnet.ipynb")
    (folder / "bob").symlink_to(folder / "amy", target_is_directory=True)
    (folder / "eve").symlink_to(tmp_path / "nowhere")
    submissions, warnings, *_ = discover(folder, TASKS)
    assert [each.student for each in submissions] == ["amy"]
    assert [warning.split(",")[0] for warning in warnings] == ["bob: skipped", "eve: skipped"]
    assert all("links are not followed" in warning for warning in warnings)


@POSIX
@pytest.mark.parametrize(
    "kind", ["link", "linked folder", "pipe", "folder", "pipe in folder", "link in folder"]
)
def test_what_is_no_file_is_found_and_refused(kind, folder, tmp_path):
    """A link, pipe or folder in a notebook's place is a submission that `load` refuses."""
    put(folder, "amy/")
    put(tmp_path, "secret/convnet.ipynb")
    match kind:
        case "link":
            (folder / "amy/convnet.ipynb").symlink_to(tmp_path / "secret/convnet.ipynb")
        case "linked folder":
            (folder / "amy/convnet").symlink_to(tmp_path / "secret", target_is_directory=True)
        case "pipe":
            os.mkfifo(folder / "amy/convnet.ipynb")
        case "folder":
            put(folder, "amy/convnet.ipynb/inner.ipynb")
        case "pipe in folder":
            put(folder, "amy/convnet/")
            os.mkfifo(folder / "amy/convnet/a.ipynb")
        case "link in folder":
            put(folder, "amy/convnet/")
            (folder / "amy/convnet/a.ipynb").symlink_to(tmp_path / "secret/convnet.ipynb")
    (only,), warnings, *_ = discover(folder, TASKS)
    assert (only.student, only.assignment, warnings) == ("amy", "convnet", [])
    with pytest.raises(Unreadable, match=kind.split()[0].replace("linked", "link")) as caught:
        only.load()
    in_chinese(caught.value.text)


@pytest.mark.parametrize("closed", ["amy", "amy/convnet"])
def test_a_folder_that_can_not_be_read_is_named(closed, folder, monkeypatch):
    """Other students are graded all the same. A closed task folder is its student's problem."""
    put(folder, "amy/convnet/a.ipynb", "zoe/convnet.ipynb")
    scandir = os.scandir

    def refuse(path):
        if Path(path) == folder / closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(exchange_folder.os, "scandir", refuse)
    submissions, (warning,), *_ = discover(folder, TASKS)
    assert "skipped, because the folder can't be read (Permission denied)" in warning and warning.startswith(
        "amy: "
    )
    assert submissions[-1].student == "zoe" and submissions[-1].problem is None
    problems = [each.problem for each in submissions if each.student == "amy"]
    sentence = Text(
        "The folder convnet can't be opened (Permission denied). Submit convnet.ipynb again.",
        "文件夹 convnet 打不开（没有访问权限）。请重新提交 convnet.ipynb。",
    )
    assert problems == ([] if closed == "amy" else [sentence])


def test_a_missing_folder_is_wrong_usage(folder):
    """The message names the folder and the layout."""
    with pytest.raises(
        UsageError, match="there is no folder .*/submissions; expected: SUBMISSIONS/<student>/"
    ):
        discover(folder, TASKS)


def test_a_file_is_wrong_usage(folder):
    """The message for a notebook in the folder's place differs from that for a missing folder."""
    put(folder, "x.ipynb")
    with pytest.raises(
        UsageError, match="is not a folder; name the folder that contains the students' folders"
    ):
        discover(folder / "x.ipynb", TASKS)


@pytest.mark.parametrize(
    "name", [".DS_Store", "amy/", "convnet.ipynb", "amy/essay.ipynb", "1/2/3/4/5/convnet.ipynb"]
)
def test_nothing_found_is_wrong_usage(name, folder):
    """The message names the layout, the assignments and the first things that were skipped."""
    put(folder, name)
    with pytest.raises(UsageError) as caught:
        discover(folder, TASKS)
    message = str(caught.value)
    assert "no submission found" in message and exchange_folder.LAYOUT in message
    assert "one of convnet, linreg-manual, linreg-torch" in message
    assert name == ".DS_Store" or name.split("/")[0] in message.splitlines()[1]


def test_a_class_that_lies_one_folder_deeper(folder):
    """Folders around notebooks are searched. If the whole class has them, a note doubts the folder."""
    put(folder, "class/amy/convnet.ipynb", "class/ben/convnet.ipynb")
    seen = discover(folder, TASKS)
    assert [each.student for each in seen.submissions] == ["class"] and seen.submissions[0].problem
    assert seen.warnings[-1].endswith("name the folder that contains the students' folders.")
    put(folder, "class/linreg-manual.ipynb")
    assert not [each for each in discover(folder, TASKS).warnings if "students' folders" in each]


def test_a_closed_folder_is_wrong_usage(folder, monkeypatch):
    """The system's reason is passed on."""
    folder.mkdir()
    monkeypatch.setattr(
        exchange_folder.os, "scandir", lambda _: (_ for _ in ()).throw(PermissionError(13, "Denied"))
    )
    with pytest.raises(UsageError, match=r"can't be read \(Denied\)"):
        discover(folder, TASKS)


@POSIX
def test_hostile_folder_names_are_graded_under_safe_ones(folder):
    """Folders with any name that the system allows are found, distinct, and harmless to show."""
    raw = [
        name
        for name in UNSAFE_NAMES
        if name not in ("", ".", "..", ".hidden") and not {"/", "\0", "\ud800"} & set(name)
    ]
    for name in [*raw, "Zoë", unicodedata.normalize("NFD", "Zoë"), "amy", "AMY"]:
        try:
            put(folder, f"{name}/convnet.ipynb")
        except OSError:
            pass  # not every file system takes every name
    made = os.listdir(folder)
    submissions, warnings, *_ = discover(folder, TASKS)
    assert len(submissions) == len(made) >= 30
    assert len({each.student for each in submissions}) == len(made)
    assert len({each.name.casefold() for each in submissions}) == len(made)
    for each in submissions:
        assert each.student.isprintable()
        each.student.encode("utf-8")
        assert each.load()
        (folder.parent / each.name).mkdir()
    assert all(
        "\n" not in warning and "\x1b" not in warning and "\u202e" not in warning for warning in warnings
    )
    assert [(each.student, each.assignment) for each in submissions] == sorted(
        (each.student, each.assignment) for each in submissions
    )


def test_look_alikes_are_both_graded_and_named(folder):
    """Folders that differ only in case or accents are two students, and a warning says so."""
    put(folder, "Zoe/convnet.ipynb", "zoe/convnet.ipynb")
    if len(os.listdir(folder)) < 2:
        pytest.skip("this file system takes both for one")
    submissions, (warning,), *_ = discover(folder, TASKS)
    assert [each.student for each in submissions] == ["Zoe", "zoe"]
    assert len({each.name.casefold() for each in submissions}) == 2
    assert warning.startswith("Zoe, zoe: these folders differ only in case")


@POSIX
def test_hostile_file_names_are_escaped_in_sentences(folder):
    """A student's name for a file reaches neither terminal nor report unescaped."""
    nasty = "\x1b[31m\u202e\n"
    put(
        folder,
        f"amy/{nasty}.ipynb",
        f"amy/convnet/{nasty}1.ipynb",
        f"amy/convnet/{nasty}2.ipynb",
        f"{nasty}.txt",
    )
    put(folder, f"bob/convnet/{nasty}.pdf")
    submissions, warnings, *_ = discover(folder, TASKS)
    sentences = [*warnings, *(each.problem[lang] for each in submissions for lang in LANGUAGES)]
    assert len(sentences) == 6
    for sentence in sentences:
        assert sentence.isprintable() and r"\u001b[31m\u202e\u000a" in sentence


def test_a_submission_can_be_compared_and_kept_in_a_set(folder):
    """A submission is an immutable value."""
    put(folder, "amy/convnet.ipynb")
    assert len({*discover(folder, TASKS)[0], *discover(folder, TASKS)[0]}) == 1


def test_everybody_in_the_folder_is_found(folder: Path) -> None:
    """A student of whom nothing can be graded is named, with the reason."""
    put(folder, "amy/convnet.ipynb", "bob/", "cat/essay.docx", "dan/.DS_Store")
    found = discover(folder, TASKS)
    assert {student: reason.en for student, reason in found.without.items()} == {
        "bob": "The student's folder is empty.",
        "cat": "There is no notebook for any assignment, only essay.docx.",
        "dan": "The student's folder is empty.",
    }
    assert found.folders == {name: name for name in ("amy", "bob", "cat", "dan")}
    assert in_chinese(found.without["cat"], "essay.docx") == "没有任何作业的笔记本，只有 essay.docx。"
