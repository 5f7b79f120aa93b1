"""The wheel and the sdist: what is in them, and that the installed wheel grades without the source checkout.

Nothing is fetched. The new environment sees the dependencies of the current one through a `.pth` file, and
the package itself comes from the wheel.
"""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from grader import __version__
from support import ROOT, records

TASK = "gradient-descent"
SCORES = {("amara", TASK): 10, ("fatima", TASK): 9, ("yusuf", TASK): 0}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, built as `pip` builds them."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "hatchling", "build", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    (path,) = built.glob("*.tar.gz")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `grader` command of an environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    site = Path(paths["purelib"])
    scripts = Path(paths["scripts"])
    pip = [sys.executable, "-m", "pip", "--python", scripts / "python", "install", "--no-index", "--no-deps"]
    done = subprocess.run([*pip, wheel], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    # Afterwards, or pip would find the package there already. A path only: .pth files of that folder, such as
    # the editable install's, are not read.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return scripts / "grader"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the checkout, with the course and submissions of the example class."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for tree in ("assignments", "solutions"):
        shutil.copytree(ROOT / tree / TASK, folder / tree / TASK)
    for student, task in SCORES:
        (folder / "class" / student).mkdir(parents=True)
        shutil.copy(ROOT / "examples" / "submissions" / student / f"{task}.ipynb", folder / "class" / student)
    return folder


def run(installed: Path, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder, without anything that leads to the checkout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [installed, *map(str, arguments)],
        cwd=cwd,
        env={**environment, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def package_files() -> set[str]:
    """Every file of the package in the checkout."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "grader").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_whole_package(wheel: Path) -> None:
    """Templates, translations, the skeleton of an assignment and what runs in a session are all in it."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == package_files()
    assert {
        "grader/py.typed",
        "grader/reports/templates/student.html",
        "grader/language/locale/zh/LC_MESSAGES/grader.po",
        "grader/course/skeleton/solutions/solution.ipynb",
        "grader/inside/kernel.py",
    } <= names


def test_the_sdist_holds_the_package_and_no_solutions(sdist: Path) -> None:
    """The sdist builds the same package; the course's solutions and the example class are not handed out."""
    with tarfile.open(sdist) as content:
        names = {name.partition("/")[2] for name in content.getnames()}
    assert package_files() <= names and {"pyproject.toml", "README.md", "LICENSE"} <= names
    assert not [name for name in names if name.startswith(("solutions", "tests", "examples", "."))
                and name != ".gitignore"]  # fmt: skip


def test_the_metadata_is_complete(wheel: Path) -> None:
    """The version comes from the package, and whoever finds the package learns what it is and for whom."""
    with zipfile.ZipFile(wheel) as content:
        (name,) = (each for each in content.namelist() if each.endswith(".dist-info/METADATA"))
        found = email.message_from_bytes(content.read(name))
    assert found["Version"] == __version__ and found["License-Expression"] == "MIT"
    assert found["Author"] and found["Keywords"] and found["Summary"]
    assert {"Typing :: Typed", "Intended Audience :: Education"} <= set(found.get_all("Classifier", []))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    assert len(found.get_all("Requires-Dist", [])) == len(project["dependencies"]) + len(extras)


def test_every_dependency_is_pinned() -> None:
    """constraints.txt names one version of each dependency, in alphabetical order."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    names = [re.sub("[-_.]+", "-", line.partition("==")[0]).lower() for line in lines if line[0] != "#"]
    assert names == sorted(set(names))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    every = [project["dependencies"], *project["optional-dependencies"].values()]
    needed = {re.split(r"[><=;\[ ]", name)[0] for names in every for name in names}
    assert needed - set(names) == set()


def test_the_package_comes_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The new environment imports the package from its own folder, not from the checkout."""
    python = installed.with_name("python")
    done = subprocess.run(
        [python, "-P", "-c", "import grader, sys; print(grader.__file__, *sys.path, sep='\\n')"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    place, *path = done.stdout.splitlines()
    assert Path(place).is_relative_to(installed.parents[1]) and str(ROOT) not in path, done.stderr


def test_the_installed_command_grades(installed: Path, elsewhere: Path) -> None:
    """It grades submissions of the example class as the checkout does, and writes every file."""
    out = elsewhere / "reports"
    done = run(installed, "grade", "class", "--out", out, cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    found = records(out)
    assert {key: record["score"] for key, record in found.items()} == SCORES
    assert all(record["provenance"]["sandbox"] == "bubblewrap" for record in found.values())
    for name in (
        "grades.csv",
        "gradebook.sqlite",
        "staff/index.html",
        "students/amara/gradient-descent.html",
    ):
        assert (out / name).is_file()


def test_a_student_checks_with_the_public_folder_alone(installed: Path, tmp_path: Path) -> None:
    """`check` works on a copy of one assignment's public folder, and speaks Chinese where it is asked to."""
    folder = shutil.copytree(ROOT / "assignments" / TASK, tmp_path / TASK)
    stub = run(installed, "check", "gradient-descent.ipynb", "--lang", "zh", cwd=folder)
    assert stub.returncode == 1 and "✗" in stub.stdout and "公开检查" in stub.stdout, stub.stderr
    shutil.copy(ROOT / "examples/submissions/amara/gradient-descent.ipynb", folder)
    done = run(installed, "check", "gradient-descent.ipynb", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["score"] == record["max_score"] and record["provenance"]["grader"] == __version__
