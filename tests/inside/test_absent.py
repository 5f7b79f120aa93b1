"""Stand-ins for absent modules: importing works, use is explained, and nobody else is misled."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.inside import absent
from grader.inside.absent import AbsentPackage
from packages import install


@pytest.fixture(autouse=True)
def standing_in() -> Iterator[None]:
    """Two absent modules; afterward everything is as before."""
    before, modules = list(sys.meta_path), set(sys.modules)
    absent.stand_in(["nowhere.colab", "tiny_tools"])
    yield
    sys.meta_path[:] = before
    for name in set(sys.modules) - modules:
        if name.startswith(("nowhere", "tiny_tools", "asks")):
            del sys.modules[name]


@pytest.mark.parametrize(
    "code",
    [
        "import nowhere.colab",
        "from nowhere import colab",
        "import nowhere.colab.deep.deeper as d\nd.x.y",
        "from nowhere.colab import drive, files as f\nrepr(drive), drive is None",
        "import importlib\nimportlib.import_module('nowhere.colab.drive')",
        "from nowhere.colab import Tensor\ndef f(x: Tensor) -> Tensor: ...",
        "import nowhere.colab, inspect\ninspect.getmodule(inspect)\n"
        "assert not hasattr(nowhere.colab, '__file__')",
    ],
)
def test_importing_works(code: str) -> None:
    """So does everything that only names it."""
    exec(code, {"__name__": "__main__"})


@pytest.mark.parametrize(
    "use",
    [
        *("drive.mount('/content')", "drive()", "drive[0]", "drive + 1", "1 - drive", "len(drive)", "-drive"),
        *("[*drive]", "if drive: pass", "with drive: pass", "class A(drive.Model): pass", "drive < 1"),
        *("import nowhere.colab as c\nc()", "@drive.jit\ndef f(): pass", "open(drive)", "float(drive)"),
    ],
)
def test_any_use_is_explained(use: str) -> None:
    """One sentence says what is not there and what to do. It is an ImportError: notebooks may expect one."""
    with pytest.raises(AbsentPackage) as caught:
        exec(f"from nowhere.colab import drive\n{use}", {"__name__": "__main__"})
    said = "nowhere.colab is not there where notebooks are graded: delete what uses it."
    assert str(caught.value) == said and isinstance(caught.value, ImportError)


def test_installed_packages_are_not_misled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that does without an absent module, if need be, goes on doing without it."""
    code = "try:\n    import nowhere.colab\n    found = True\nexcept ImportError:\n    found = False\n"
    monkeypatch.syspath_prepend(install(tmp_path, "asks", code))
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec("import asks\nfound = asks.found", namespace)
    assert namespace["found"] is False


def test_a_module_that_happens_to_be_installed_is_absent_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same notebook does the same on every machine."""
    monkeypatch.syspath_prepend(install(tmp_path, "tiny_tools", "def f(): return 1"))
    with pytest.raises(AbsentPackage):
        exec("import tiny_tools\ntiny_tools.f()", {"__name__": "__main__"})


def test_what_lies_beside_an_absent_module_is_missing() -> None:
    """Only what the course names has a stand-in."""
    with pytest.raises(ModuleNotFoundError):
        exec("import nowhere.else_", {"__name__": "__main__"})
    with pytest.raises(ImportError):
        exec("from nowhere import else_", {"__name__": "__main__"})
