"""What a sandbox sees of the host."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import grader
from grader.errors import MachineError
from grader.sandbox import host
from grader.sandbox.host import Bind, Python


def test_the_system_is_an_allowlist() -> None:
    """Nothing of /usr/local, /home, /root, /var or most of /etc is bound."""
    paths = [bind.source for bind in host.system_binds()]
    assert paths and all(path.startswith(("/usr/", "/etc/", "/lib", "/bin")) for path in paths)
    assert not [path for path in paths if host.lies_in(path, "/usr/local") or path in ("/usr", "/etc")]


def test_this_python_is_seen_under_neutral_paths() -> None:
    """A virtual environment is bound to /session/python, and the interpreter is started from there."""
    python = host.this_python()
    targets = [bind.target for bind in python.binds]
    assert len(targets) == len(set(targets))
    if sys.prefix != sys.base_prefix:
        assert Bind(os.path.abspath(sys.prefix), "/session/python") in python.binds
        assert python.executable.startswith("/session/python/")


def test_a_python_where_sessions_have_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python below /tmp would be covered by the session's own disk: the error says to use another."""
    monkeypatch.setattr(sys, "base_prefix", "/tmp/python")
    with pytest.raises(MachineError, match="/tmp/python"):
        host.this_python()


def test_an_installed_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package in a bound folder is found under the path that the sandbox would see."""
    (tmp_path / "lib" / "grader").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "lib")])
    python = Python((Bind(str(tmp_path), "/session/python"),), "", ())
    assert host.package_folders("grader", python) == ["/session/python/lib/grader"]
    assert host.package_folders("other", python) == []


def test_a_package_outside_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that no bind covers needs no hiding."""
    monkeypatch.setattr(sys, "path", [str(Path(grader.__file__).parents[1])])
    assert host.package_folders("grader", Python((Bind("/nowhere", "/x"),), "", ())) == []


def test_paths_are_compared_by_folder() -> None:
    """A folder whose name only begins alike is another folder."""
    assert host.lies_in("/usr/lib/x", "/usr/lib") and host.lies_in("/usr", "/usr")
    assert host.lies_in("/a", "/") and not host.lies_in("/usr/lib64", "/usr/lib")
