"""Who may import whom: the ladder of docs/architecture.md, held against the code."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT

PACKAGE = ROOT / "grader"

# One owner for each outside library: whoever wants to know how it is used looks in one place.
OWNERS = {
    "babel": {"language"},
    "contourpy": {"reports"},
    "dask": {"engine"},
    "distributed": {"engine"},
    "IPython": {"engine", "inside", "notebook"},
    "jinja2": {"reports"},
    "jupyter_client": {"worker", "inside"},
    "latex2mathml": {"reports"},
    "markdown_it": {"reports"},
    "nbclient": {"worker", "engine"},
    "nbformat": {"notebook", "worker", "engine"},
    "packaging": {"course"},
    "psutil": {"worker"},
    "pygments": {"reports"},
    "pyseccomp": {"sandbox"},
    "pytest": {"rubric", "engine"},
    "rich": {"cli"},
    "rich_argparse": {"cli"},
    "shtab": {"cli"},
    "alembic": {"gradebook"},
    "sqlalchemy": {"gradebook"},
    "sqlite3": {"gradebook"},
    "argparse": {"cli"},
    "yaml": {"exchange"},
}  # engine: the modules that are preloaded before workers are forked
MAY_REACH_INSIDE = {"inside", "sandbox", "worker", "rubric", "engine"}


def contract() -> list[set[str]]:
    """The rungs of the ladder, from the top, as import-linter reads them too."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (each["layers"] for each in options["contracts"] if each["type"] == "layers")
    return [{name.strip().removeprefix("grader.") for name in rung.split("|")} for rung in layers]


def modules(package: Path = PACKAGE) -> Iterator[Path]:
    """Every module but what is copied into a new assignment."""
    return (path for path in sorted(package.rglob("*.py")) if "skeleton" not in path.parts)


def room_of(path: Path, package: Path = PACKAGE) -> str:
    return path.relative_to(package).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The dotted names that a module imports, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def wrong_imports(package: Path) -> list[str]:
    """Every import of the package at `package` that breaks a rule, as a sentence."""
    rank = {name: number for number, rung in enumerate(contract()) for name in rung}
    wrong = []
    for path in modules(package):
        own = room_of(path, package)
        for name, line in imports(path):
            place = f"{path.relative_to(package)}:{line}"
            top, _, rest = name.partition(".")
            other = rest.partition(".")[0]
            if (
                top == "grader"
                and own in rank
                and other in rank
                and other != own
                and rank[other] <= rank[own]
            ):
                wrong.append(f"{place} {own} imports {other}, which is not below it")
            if top == "grader" and other == "inside" and own not in MAY_REACH_INSIDE:
                wrong.append(f"{place} {own} reaches into inside")
            if top == "grader" and own == "inside" and other != "inside":
                wrong.append(f"{place} inside imports {name}")
            if own not in OWNERS.get(top, {own}):
                wrong.append(
                    f"{place} {own} imports {top}, which belongs to {', '.join(sorted(OWNERS[top]))}"
                )
    return wrong


def test_every_import_goes_down() -> None:
    """Rooms import only from rungs below their own; outside libraries have one owner; few reach inside."""
    assert wrong_imports(PACKAGE) == []


@pytest.mark.parametrize(("module", "line", "words"), [
    ("model/report.py", "from grader.engine import local", "model imports engine"),
    ("worker/kernel.py", "from grader.rubric import plugin", "worker imports rubric"),
    ("cli/main.py", "from grader.inside import wire", "cli reaches into inside"),
    ("inside/wire.py", "from grader.model import report", "inside imports model"),
    ("gradebook/store.py", "import jinja2", "gradebook imports jinja2"),
    ("classroom/diagnosis.py", "import argparse", "classroom imports argparse"),
])  # fmt: skip
def test_each_rule_can_be_broken(module: str, line: str, words: str, tmp_path: Path) -> None:
    """One import too many, and the test above would fail: each rule once."""
    path = tmp_path / "grader" / module
    path.parent.mkdir(parents=True)
    path.write_text(f"{line}\n", encoding="utf-8")
    assert any(words in found for found in wrong_imports(tmp_path / "grader"))


def test_every_room_has_its_rung() -> None:
    """A folder that the ladder does not name could import anything."""
    rooms = {room_of(path) for path in modules()} - {"__init__", "__main__"}
    named = set().union(*contract())
    assert rooms == named


def test_the_package_is_small_enough_to_overlook() -> None:
    """At most 24 entries directly below the package."""
    entries = [entry for entry in os.listdir(PACKAGE) if not entry.startswith("__pycache__")]
    assert len(entries) <= 24


MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60
TABLES = {"proof/cheats.py", "proof/trials.py"}  # data: the code of cheats and of trials


def length(node: ast.AST) -> int:
    return (node.end_lineno or 0) - node.lineno + 1  # type: ignore[attr-defined]


def test_modules_and_functions_fit_on_a_few_screens() -> None:
    """No module over 400 lines, no function over 60: what is longer is missing a noun."""
    long = []
    for path in modules():
        text, name = path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix()
        if text.count("\n") > MOST_LINES and name not in TABLES:
            long.append(f"{name}: {text.count(chr(10))} lines")
        long += [
            f"{name}:{node.lineno} {node.name}: {length(node)} lines"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and length(node) > MOST_LINES_OF_A_FUNCTION
        ]
    assert long == []


# Only the start of a child process changes an environment; elsewhere children get `env=`.
ENVIRONMENT_CHANGES = {
    "engine/children.py": "while a child starts, since multiprocessing takes no `env=`; then as it was",
    "inside/plain.py": "a child's own, at its start",
    "inside/warm.py": "a child's own, at its start",
    "proof/cheat_code.py": "code of cheats: it runs in sessions",
    "proof/doctor.py": "bait that no session may see; then as it was",
    "rubric/process.py": "a child's own, at its start",
}
CHANGE = re.compile(r"os\.environ(\[[^]]+\]\s*=[^=]|\.(pop|setdefault|update)\()|del os\.environ|putenv")


def test_nothing_else_changes_the_environment() -> None:
    """No module but those changes an environment variable of its process."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        if CHANGE.search(path.read_text(encoding="utf-8"))
    }
    assert found <= set(ENVIRONMENT_CHANGES)


# Modules that no test file is named after, and where they are tested instead.
TESTED_ELSEWHERE = {
    "cli/exchange_parser": "cli/test_parser.py",  # with the rest of the command line
    "cli/marking_parser": "cli/test_parser.py",
    "cli/options": "cli/test_parser.py",
    "gradebook/migrations/env": "gradebook/test_legacy.py",  # run by Alembic
    "gradebook/migrations/versions/v0001_facts": "gradebook/test_legacy.py",
    "gradebook/tables": "gradebook/test_store.py",  # names and types
    "classroom/hand_marking": "cli/test_mark.py",  # with a gradebook and files, as the command uses it
    "inside/channels": "inside/test_plain_messages.py",  # two fields
    "inside/plain": "worker/test_plain_process.py",  # by the process that it is the main of
    "proof/cheat_code": "proof/test_cheats.py",  # data
    "rubric/search_caller": "classroom/test_searching.py",  # rubric files, by a search
    "rubric/search_recorder": "classroom/test_searching.py",
    "sandbox/address": "sandbox/test_bubblewrap.py",  # three fields
}


def test_tests_lie_where_modules_lie() -> None:
    """tests/<room>/test_<module>.py tests grader/<room>/<module>.py, for every module, and nothing else lies
    there.
    """
    tests = ROOT / "tests"
    of_modules = {
        path.relative_to(PACKAGE).with_suffix("").as_posix()
        for path in modules()
        if path.name not in ("__init__.py", "__main__.py")
    }
    rooms = {name.partition("/")[0] for name in of_modules if "/" in name}
    of_tests = {
        (path.parent.relative_to(tests) / path.stem.removeprefix("test_")).as_posix()
        for path in tests.rglob("test_*.py")
        if path.parent == tests or path.relative_to(tests).parts[0] in rooms
    }
    assert of_tests <= of_modules, sorted(of_tests - of_modules)
    # A module without a test: write tests/<room>/test_<module>.py, or list it above with the place.
    assert of_modules - of_tests == set(TESTED_ELSEWHERE), sorted(of_modules - of_tests)
    for place in TESTED_ELSEWHERE.values():
        assert (tests / place).is_file()


def test_attacks_look_for_what_exists() -> None:
    """A module of ours that an attack's file names exists: looking for another would prove nothing."""
    attacks = ROOT / "tests" / "hostile" / "attacks"
    named = {
        name
        for path in attacks.glob("*.py")
        for name in re.findall(r"\"(grader(?:\.(?!py\b)\w+)+)\"", path.read_text(encoding="utf-8"))
    }
    assert named and all(map(importlib.util.find_spec, named)), named
