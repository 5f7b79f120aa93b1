"""A course's packages as hostile input: whatever one does at import, nothing is graded half-prepared."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.sandbox import warming
from grader.sandbox.bubblewrap import Sandbox
from hostile.watch import all_processes, command_line
from packages import FAULTS, install, python_path
from support import command, hand_in

RIGHT = ("n = 5", "def double(x): return 2 * x", "result = double(n)")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that sandboxes of root can enter."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)
    return tmp_path


@pytest.mark.parametrize("name", FAULTS)
def test_a_package_with_a_fault_stops_the_command(name: str, place: Path, small_course: Path) -> None:
    """The author reads the package, what it does and the remedy. Nothing is graded, and nothing stays."""
    code, words = FAULTS[name]
    folder = install(place, name, code)
    (small_course / "course.toml").write_text(f'[environment]\npreload = ["{name}"]\n')
    hand_in(place / "class", "amy", *RIGHT)
    done = command(
        *("grade", place / "class", "--out", place / "out", "--course", small_course),
        PYTHONPATH=python_path(folder),
    )
    assert done.returncode == 2, done.stderr
    (line,) = (line for line in done.stderr.splitlines() if "course.toml:" in line)
    assert f"importing {name} in advance {words}" in line or words in line, line
    assert "take it out of `preload`" in line
    assert "Nothing was graded." in done.stderr and not (place / "out" / "results.jsonl").exists()
    assert not [each for each in all_processes() if "98761" in command_line(each.pid)]


def test_a_package_that_hangs_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that never ends is stopped after a limit, with the package's name."""
    monkeypatch.syspath_prepend(install(place, "hangs", "import time\ntime.sleep(1000)"))
    monkeypatch.setattr(warming, "PRELOAD_S", 1)
    with (
        pytest.raises(warming.PackageFault, match="importing hangs in advance takes more than 1 s"),
        Sandbox(["hangs"]) as sandbox,
    ):
        sandbox.ready()
    assert not sandbox.folder.exists()


def test_a_flood_of_output_is_no_fault(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a package prints fills no pipe, and its notes stay short."""
    code = "import os\nfor _ in range(5000): os.write(2, b'x' * 1000); print('y' * 1000)"
    monkeypatch.syspath_prepend(install(place, "floods", code))
    with Sandbox(["floods"]) as sandbox:
        sandbox.ready()
        (came,) = sandbox.imported
    assert len(came.notes) == 1 and "xxxx" in came.notes[0] and len(came.notes[0]) < 600
