"""What importing a package leaves behind is seen. Faults are tried in tests/hostile/test_packages.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.inside import packages
from grader.inside.warm_messages import Imported
from packages import FAULTS, install

# These end or change the process that runs the tests, or count the processes of a whole machine.
ELSEWHERE = (
    "keeps_a_child",
    "keeps_a_daemon",
    "keeps_a_thread",
    "closes_what_is_open",
    "ends_python",
    "dies",
)
ELSEWHERE += ("handles_signals", "changes_the_type")


@pytest.fixture(autouse=True)
def writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder in which files count. No other process of the machine counts."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(packages, "WRITABLE", (str(tmp_path / "tmp"),))
    monkeypatch.setattr(packages, "_pids", lambda: set())
    return tmp_path / "tmp"


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in ELSEWHERE])
def test_a_fault_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends the imports."""
    code, words = FAULTS[name]
    monkeypatch.syspath_prepend(install(tmp_path, name, code))
    told: list[Imported] = []
    assert not packages.import_packages([name, "json"], told.append)
    assert [each.name for each in told] == [name, name] and words in told[-1].fault
    sys.modules.pop(name, None)


def test_harmless_things_are_noted(writable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables, files and output are told in a few words. None keeps sessions from being forked."""
    monkeypatch.setenv("GRADER_TEST_NOTE", "before")
    code = (
        "import os\nos.write(1, b'hello')\nos.environ['GRADER_TEST_NOTE'] = '1'\n"
        f"open({str(writable / 'fonts')!r}, 'w').close()"
    )
    monkeypatch.syspath_prepend(install(tmp_path, "chatty_one", code))
    told: list[Imported] = []
    assert packages.import_packages(["chatty_one"], told.append)
    notes = told[-1].notes
    assert told[-1].done and len(notes) == 3, notes
    assert "sets GRADER_TEST_NOTE" in notes[0] and "fonts" in notes[1] and "prints 'hello'" in notes[2]


def test_nothing_to_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without packages nothing is looked at."""
    monkeypatch.setattr(packages, "State", None)
    assert packages.import_packages([], lambda _: None)
