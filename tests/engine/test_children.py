"""How child processes are started: with an environment of their own, and without a trace in this one."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

import grader
from grader.engine import children
from grader.engine.children import Child, child_environment
from grader.sandbox import leftovers

PACKAGE = str(Path(grader.__file__).parents[1])


@pytest.mark.parametrize("known", ["", "/somewhere/else"])
def test_children_have_variables_of_their_own(known: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread each, the package on their path, the command's PID; afterwards all is as it was."""
    monkeypatch.setenv("PYTHONPATH", known)
    monkeypatch.setenv("MKL_NUM_THREADS", "7")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = dict(os.environ)
    with child_environment():
        inside = dict(os.environ)
    assert dict(os.environ) == before
    changed = {name: value for name, value in inside.items() if before.get(name) != value}
    assert changed == {
        "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "GRADER_PARENT": str(os.getpid()),
        "PYTHONPATH": PACKAGE + (os.pathsep + known if known else ""),
    }  # fmt: skip


def test_the_package_stands_once_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it stands there already, the path stays as it is."""
    path = os.pathsep.join(["/first", PACKAGE])
    monkeypatch.setenv("PYTHONPATH", path)
    with child_environment():
        assert os.environ["PYTHONPATH"] == path


def test_the_environment_is_restored_where_the_start_fails() -> None:
    """An error within leaves nothing behind either."""
    before = dict(os.environ)
    with pytest.raises(OSError, match="no process"), child_environment():
        raise OSError("no process is left")
    assert dict(os.environ) == before


def answer(connection: Connection, *words: str) -> None:
    connection.send((*words, os.environ.get("GRADER_PARENT")))
    connection.recv()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child() -> None:
    """It runs the target with a connection and the arguments, and ends when it is closed."""
    child = Child(multiprocessing.get_context("fork"), answer, "one", "two")
    assert child.connection.poll(10) and child.connection.recv() == ("one", "two", str(os.getpid()))
    assert child.process.is_alive() and child.uses == 0 and "GRADER_PARENT" not in os.environ
    child.close()
    assert not child.process.is_alive()


def test_where_children_come_from() -> None:
    """They are forked from a preloaded process where that is safe."""
    expected = "forkserver" if sys.platform == "linux" else "spawn"
    assert children.context().get_start_method() == expected


def test_the_temporary_folder_has_a_name_that_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later run recognises multiprocessing's folder as ours, should this process be killed."""
    config: dict[str, str] = {}
    finalizers = []
    monkeypatch.setattr(multiprocessing.current_process(), "_config", config)
    monkeypatch.setattr(children.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(children.util, "Finalize", lambda *a, **b: finalizers.append((a, b)))
    children._name_temporary_folder()
    children._name_temporary_folder()
    (folder,) = tmp_path.iterdir()
    assert config["tempdir"] == str(folder) and folder.name.startswith(leftovers.PREFIX)
    assert folder.stat().st_mode & 0o777 == 0o700 and leftovers.abandoned([folder]) == []
    assert len(finalizers) == 1 and finalizers[0][0][2:] == ()


@pytest.mark.skipif(not children.FORKS, reason="there children are spawned")
def test_few_children_are_there_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a few of them, the preloaded process does not spend time on making its forks cheap."""
    asked: list[list[str]] = []
    made = multiprocessing.get_context("forkserver")
    monkeypatch.setattr(type(made), "set_forkserver_preload", lambda _, names: asked.append(names))
    children.context(few=True)
    children.context()
    assert asked == [children.PRELOAD, [*children.PRELOAD, children.SETTLED]]
