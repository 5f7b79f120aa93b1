"""The packages that a course relies on: how they are declared, and whether they are there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from courses import made, problems_of
from grader.course import environment
from grader.course.environment import Environment
from grader.errors import MachineError
from packages import install


def table(**lists: str) -> str:
    return "[environment]\n" + "".join(f"{key} = {value}\n" for key, value in lists.items())


def test_what_is_declared(tmp_path: Path) -> None:
    """Requirements are as pip takes them; modules are as they stand after `import`."""
    text = table(
        requires="['pandas >= 2', 'scikit-learn[tests]']",
        preload="['sklearn.svm']",
        absent="['google.colab']",
    )
    assert made(tmp_path, {"course.toml": text}).environment == Environment(
        ("pandas>=2", "scikit-learn[tests]"), ("sklearn.svm",), ("google.colab",)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("environment = 3", "course.toml:1: 'environment' must be a table"),
        (table(require="[]"), "course.toml:2: unknown key 'require'; did you mean 'requires'?"),
        (table(requires="'pandas'"), "course.toml:2: 'requires' must be a list"),
        (table(requires="[3]"), "course.toml:2: each entry of `requires` must be text, not 3"),
        (table(requires="['pandas 2']"), "write it as for pip, for example 'pandas>=2'"),
        (table(requires="['a>=1', 'A']"), "course.toml:2: `requires` names a twice"),
        (table(requires="['a', 'a']"), "course.toml:2: `requires` names a twice"),
        (table(requires="['sklearn']"), "the module sklearn comes with the package 'scikit-learn'"),
        (
            table(preload="['scikit-learn']"),
            "`preload`: 'scikit-learn' is not the name of a module; did you mean 'sklearn'?",
        ),
        (
            table(absent="['import']"),
            "`absent`: 'import' is not the name of a module, as it stands after `import`",
        ),
        (table(absent="['torch.cuda']"), "`absent` names torch.cuda, which is always there"),
        (table(absent="['json']"), "`absent` names json, which is always there"),
        (table(preload="['a.b']", absent="['a']"), "`absent` names a, and `preload` imports a.b"),
    ],
)
def test_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    """One problem each, with its line."""
    (problem,) = problems_of(tmp_path, {"course.toml": text})
    assert message in problem and problem.startswith("course.toml:")


def test_what_is_lacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing packages and other versions are named together, with one command for this very Python."""
    monkeypatch.syspath_prepend(install(tmp_path, "tiny_tools", version="2.0rc1"))
    assert Environment(("tiny-tools>=1",)).lacking == []
    assert Environment(("not-there-at-all; python_version < '3'",)).lacking == []
    needs = Environment(("tiny-tools>=3", "not-there-at-all"))
    with pytest.raises(MachineError) as caught:
        needs.require()
    said = str(caught.value)
    assert "tiny-tools>=3 (2.0rc1 is installed)" in said and "not-there-at-all (not installed)" in said
    assert f"{sys.executable} -m pip install 'tiny-tools>=3' not-there-at-all" in said


def test_environments_without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is uv and no pip, the command is uv's."""
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/uv")
    (lack,) = Environment(("not-there-at-all",)).lacking
    said = environment.install_command([lack])
    assert said == f"uv pip install --python {sys.executable} not-there-at-all"


def test_what_reports_depend_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The versions of what is required, by name as PyPI writes it, and what is declared absent."""
    monkeypatch.syspath_prepend(install(tmp_path, "Tiny_Tools", version="2.0"))
    declared = Environment(("Tiny.Tools",), ("tiny_tools",), ("google.colab",))
    assert declared.record == {"tiny-tools": "2.0", "google.colab": "absent"}
    assert Environment().record == {}
