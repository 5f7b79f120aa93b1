"""What the doctor says of a course's packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.environment import Environment
from grader.proof.findings import ACTIVE, MISSING
from grader.proof.packages import examine_packages
from packages import FAULTS, install


def test_packages_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there, what is harmless, and a fault with its remedy, which hides no other package."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)
    folder = install(tmp_path, "tiny_tools", "print('hello')", "2.1")
    install(tmp_path, "keeps_a_pipe", FAULTS["keeps_a_pipe"][0])
    monkeypatch.syspath_prepend(folder)
    required, bad, good = examine_packages(Environment(("tiny-tools>=2",), ("keeps_a_pipe", "tiny_tools")))
    assert (required.state, required.found) == (ACTIVE, "2.1 is installed")
    assert (bad.state, bad.found) == (MISSING, "importing it leaves 2 descriptors open (pipe)")
    assert "keeps_a_pipe: take it out of `preload`" in bad.remedy
    assert good.state == ACTIVE and "prints 'hello'" in good.found and good.found.startswith("imported once")


def test_missing_packages_come_first() -> None:
    """Nothing is preloaded before everything is there, and one command installs all of it."""
    found = examine_packages(Environment(("not-there-at-all", "nor-this>=2"), ("json",)))
    assert [each.state for each in found] == [MISSING, MISSING]
    assert len({each.remedy for each in found}) == 1 and "not-there-at-all 'nor-this>=2'" in found[0].remedy
    assert examine_packages(Environment()) == []
