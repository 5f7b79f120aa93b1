"""What is laid out for a sandbox before it starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.sandbox.host import Bind, Python
from grader.sandbox.staging import SHELF, lay_out, remove, shelve


@pytest.fixture
def python(tmp_path: Path) -> Python:
    """A Python with one folder to bind, in which bubblewrap lies, too."""
    (tmp_path / "python" / "bin").mkdir(parents=True)
    (tmp_path / "python" / "bin" / "bwrap").touch()
    return Python((Bind(str(tmp_path / "python"), "/session/python"),), "/session/python/bin/python", ())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sandbox"
    made.mkdir()
    return made


def test_the_code_inside_is_a_copy_for_every_user(folder: Path, python: Python) -> None:
    """Whatever the umask, every user may read it. The originals' path is not bound."""
    before = os.umask(0o077)
    try:
        stage = lay_out(folder, "/usr/bin/bwrap", python, as_root=False)
    finally:
        os.umask(before)
    assert Bind(str(folder / "inside"), "/session/inside") in stage.visible
    paths = [folder / "inside", *(folder / "inside").rglob("*")]
    assert len(paths) > 5 and not [path for path in paths if not path.stat().st_mode & 0o004]
    assert not list((folder / "inside").rglob("__pycache__"))


def test_an_ordinary_user_stages_nothing(folder: Path, python: Python) -> None:
    """Without root to give up, bubblewrap reaches the host by itself."""
    stage = lay_out(folder, "/usr/bin/bwrap", python, as_root=False)
    assert stage.staged == [] and stage.program == "/usr/bin/bwrap" and not (folder / "b").exists()


def test_root_stages_everything(folder: Path, python: Python, tmp_path: Path) -> None:
    """Each bind has a mount point of its kind, in a folder that every user may go through."""
    program = str(tmp_path / "python" / "bin" / "bwrap")
    stage = lay_out(folder, program, python, as_root=True)
    assert len(stage.staged) == len(stage.visible) + 1
    assert [bind.source for bind in stage.visible] == [bind.target for bind in stage.staged[1:]]
    assert all(os.path.isdir(bind.source) == os.path.isdir(bind.target) for bind in stage.staged)
    assert (folder / "b").stat().st_mode & 0o777 == 0o711


def test_bubblewrap_is_staged_with_its_libraries(folder: Path, python: Python, tmp_path: Path) -> None:
    """A bubblewrap that pip installed keeps its place in the folder that holds its libraries."""
    stage = lay_out(folder, str(tmp_path / "python" / "bin" / "bwrap"), python, as_root=True)
    assert stage.staged[0].source == str(tmp_path / "python")
    assert stage.program == f"{stage.staged[0].target}/bin/bwrap"


def test_the_shelf(folder: Path, python: Python, tmp_path: Path) -> None:
    """Large files lie in one folder, which every user may go through and nobody but root may list.

    What everybody may read takes no room; what not is copied, for everybody. All of it can be removed.
    """
    lay_out(folder, "/usr/bin/bwrap", python, as_root=False)
    shelf = folder / SHELF
    assert shelf.stat().st_mode & 0o777 == 0o311
    (tmp_path / "pictures" / "deep").mkdir(parents=True, mode=0o700)
    for name, mode in {"deep/open": 0o644, "closed": 0o600}.items():
        (tmp_path / "pictures" / name).write_text(name)
        (tmp_path / "pictures" / name).chmod(mode)
    shelve(shelf, tmp_path / "pictures", "one")
    shelve(shelf, tmp_path / "pictures" / "closed", "two")
    shelve(shelf, tmp_path / "pictures" / "closed", "two")
    for path in (shelf / "one", shelf / "one" / "deep"):
        assert path.stat().st_mode & 0o005 == 0o005
    for path in (shelf / "one" / "deep" / "open", shelf / "one" / "closed", shelf / "two"):
        assert path.stat().st_mode & 0o004
    assert (shelf / "two").read_text() == "closed"
    assert (shelf / "one" / "deep" / "open").samefile(tmp_path / "pictures" / "deep" / "open")
    assert not (shelf / "two").samefile(tmp_path / "pictures" / "closed")
    remove(folder)
    assert not folder.exists() and (tmp_path / "pictures" / "closed").read_text() == "closed"
