"""The shell of a session, in a process of its own, since each process has one."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

DRIVER = """
import asyncio, json
from ipykernel.zmqshell import ZMQInteractiveShell
from grader.inside.application import application
from grader.inside.shell import SessionShell
app = application()
shell = app.shell
names = [getattr(type(shell), name) for name in ("__name__", "__qualname__", "__module__")]
facts = {"ours": type(shell) is SessionShell, "names": names}
transformed = []
transform = ZMQInteractiveShell.transform_cell
ZMQInteractiveShell.transform_cell = lambda self, cell: (transformed.append(cell), transform(self, cell))[1]
asyncio.run(app.kernel.do_execute("value = 1 + 1", silent=False))
facts["transformed"] = list(transformed)
facts["asynchronous"] = [
    shell.should_run_async(cell, transformed_cell=cell)
    for cell in ("x = 1", "await f()", "def awaits(): pass")
]
endless = "def endless(n): return endless(n + 1)\\nendless(0)"
reply = asyncio.run(app.kernel.do_execute(endless, silent=False))
facts["recursion"] = "\\n".join(reply["traceback"])
print(json.dumps(facts))
"""


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """What the driver observes."""
    done = subprocess.run([sys.executable, "-c", DRIVER], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_notebook_recognises_its_shell(facts: dict[str, Any]) -> None:
    """Programs that look for a notebook's shell by the name of its class find it."""
    assert facts["ours"]
    assert facts["names"] == ["ZMQInteractiveShell", "ZMQInteractiveShell", "ipykernel.zmqshell"]


def test_a_cell_is_transformed_once(facts: dict[str, Any]) -> None:
    """The kernel asks twice for a cell's Python code, and the work is done once."""
    assert facts["transformed"] == ["value = 1 + 1"]


def test_only_cells_that_await_run_asynchronously(facts: dict[str, Any]) -> None:
    """A cell runs asynchronously if it awaits at its top level, and not because a name looks like it."""
    assert facts["asynchronous"] == [False, True, False]


def test_endless_recursion_is_shown_in_short(facts: dict[str, Any]) -> None:
    """The traceback of an endless recursion shows its first and last frames, and says what is left out."""
    shown = facts["recursion"]
    assert "RecursionError" in shown and "calls in the middle of this traceback are left out" in shown
    assert shown.count("in endless(n)") < 20
