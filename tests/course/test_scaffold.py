"""`grader new` makes an assignment that is complete and valid as it stands, and never a part of one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from grader.course import scaffold, stub
from grader.course.loader import load
from grader.errors import UsageError
from support import command

FILES = {
    "assignments": {"assignment.toml", "my-task.ipynb", "test_public.py"},
    "solutions": {
        "solution.ipynb",
        "test_hidden.py",
        "mistakes/ready-made.toml",
        "mistakes/width-is-written-in.toml",
        "mistakes/windows-do-not-overlap.toml",
        "alternatives/loop-over-slices.ipynb",
        "alternatives/running-sums.ipynb",
    },
}
BAD = [
    "",
    "My-Task",
    "my_task",
    "my task",
    "-task",
    "task-",
    "my--task",
    "../task",
    "a/b",
    ".task",
    "作业",
    "task\n",
    "täsk",
    "my.task",
]


def files(root: Path) -> dict[str, bytes]:
    """Every file below a folder, with what is in it."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that was empty before `grader new my-task`."""
    root = tmp_path_factory.mktemp("empty")
    done = command("new", "my-task", cwd=root)
    assert done.returncode == 0, done.stderr
    assert {line for line in done.stdout.splitlines() if "/my-task/" in line and " " not in line} == set(
        files(root)
    )
    assert "grader stub my-task" in done.stdout and "grader validate my-task" in done.stdout
    return root


def test_an_empty_folder_becomes_a_course(fresh: Path) -> None:
    """Everything that an assignment has is made, and nothing else is left behind."""
    assert set(files(fresh)) == {f"{tree}/my-task/{name}" for tree, names in FILES.items() for name in names}
    assert {path.name for path in fresh.iterdir()} == set(FILES)
    assert all([path.name for path in (fresh / tree).iterdir()] == ["my-task"] for tree in FILES)


def test_what_is_made_is_valid(fresh: Path) -> None:
    """The real validation finds no problem with what was made."""
    done = command("validate", "my-task", "--seeds", 1, cwd=fresh)
    assert done.returncode == 0, done.stderr
    assert "the course is valid" in done.stderr


def test_the_stub_is_what_the_solution_generates(fresh: Path) -> None:
    """`stub` finds nothing to change."""
    done = command("stub", cwd=fresh)
    assert done.returncode == 0 and done.stdout.endswith("my-task.ipynb: up to date\n")


def test_what_is_made_is_a_model(fresh: Path) -> None:
    """It shows one of each thing that an assignment can have, and its titles have its name."""
    task = load(fresh).assignments["my-task"]
    assert task.max_score == 10 and [check.visibility for check in task.checks].count("public") == 2
    assert any(check.depends for check in task.checks)
    assert (
        len(task.mistakes) == 3
        and len(list((fresh / "solutions" / "my-task" / "alternatives").iterdir())) == 2
    )
    assert {name for mistake in task.mistakes for name in mistake.fails} == {
        check.id for check in task.checks
    }
    assert "my-task" in task.title.en and "my-task" in task.title.zh
    assert not [name for name, content in files(fresh).items() if re.search(rb"\bNAME\b", content)]


def test_beside_other_assignments(small_course: Path) -> None:
    """A course keeps what it has, and the new assignment can be read with it."""
    before = files(small_course)
    done = command("new", "another-1", "--course", small_course, "--json")
    assert done.returncode == 0, done.stderr
    made = {Path(path).relative_to(small_course).as_posix() for path in json.loads(done.stdout)}
    after = files(small_course)
    assert made == set(after) - set(before) and {name: after[name] for name in before} == before
    assert set(load(small_course).assignments) == {"double", "another-1"}


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    """A name is lower-case words with hyphens. Any other is refused with an example, and nothing is made."""
    with pytest.raises(UsageError, match="my-task"):
        scaffold.make(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_wrong_usage(tmp_path: Path) -> None:
    """The command refuses a bad name and a missing folder with exit code 2 and a sentence."""
    for arguments, message in (
        (("My Task",), "my-task"),
        (("my-task", "--course", tmp_path / "nowhere"), "nowhere"),
    ):
        done = command("new", *arguments, cwd=tmp_path)
        assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tree", FILES)
@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_is_overwritten(tmp_path: Path, tree: str, kind: str) -> None:
    """A file, folder or link of that name in either tree is named in the refusal and left alone."""
    taken = tmp_path / tree / "my-task"
    taken.parent.mkdir()
    if kind == "folder":
        taken.mkdir()
    elif kind == "file":
        taken.write_text("mine", encoding="utf-8")
    else:
        taken.symlink_to("nowhere")
    with pytest.raises(UsageError, match=f"{tree}.my-task is there already"):
        scaffold.make(tmp_path, "my-task")
    assert list(tmp_path.rglob("*")) == [taken.parent, taken]
    assert kind != "file" or taken.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("late", [False, True])
def test_an_interrupted_run_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """After an interrupt, before the first folder is renamed or between the two, no part stays."""
    rename, renamed = Path.rename, []

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def rename_once(path: Path, to: Path) -> Path:
        if renamed:
            raise KeyboardInterrupt
        renamed.append(to)
        return rename(path, to)

    if late:
        monkeypatch.setattr(Path, "rename", rename_once)
    else:
        monkeypatch.setattr(stub, "text_of", interrupted)
    with pytest.raises(KeyboardInterrupt):
        scaffold.make(tmp_path, "my-task")
    assert files(tmp_path) == {} and len(renamed) == late
    monkeypatch.undo()
    assert scaffold.make(tmp_path, "my-task")


def test_what_a_killed_run_leaves_is_no_assignment(tmp_path: Path) -> None:
    """Folders left by a killed command begin with a dot. They are not read and not in the way."""
    scaffold.make(tmp_path, "done")
    for tree in FILES:
        (tmp_path / tree / ".my-task-1").mkdir()
    assert set(load(tmp_path).assignments) == {"done"}
    scaffold.make(tmp_path, "my-task")
    assert set(load(tmp_path).assignments) == {"done", "my-task"}
