"""The process from which workers are forked has imported all that they need, and ends with the command."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


def preload(parent: int, code: str = "") -> subprocess.CompletedProcess[str]:
    """Import the module in a process whose command is `parent`."""
    return subprocess.run(
        [sys.executable, "-c", f"import sys, grader.engine.preloaded as preloaded\n{code}"],
        env={**os.environ, "GRADER_PARENT": str(parent), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_everything_is_imported() -> None:
    """What a grading needs is there before a fork. The compiler of torch is a stand-in, and costs nothing."""
    needed = ("grader.worker.recipe", "grader.rubric.process", "nbclient.client", "torch", "pytest")
    code = (
        f"print(preloaded.READY, [name in sys.modules for name in {needed!r}],"
        " 'torch._dynamo.convert_frame' in sys.modules)"
    )
    done = preload(os.getpid(), code)
    assert done.stdout == f"True {[True] * len(needed)} False\n", done.stderr


def test_a_command_that_was_killed_before() -> None:
    """Where its parent is no longer the command, the process ends at once, in silence."""
    done = preload(1, "print('still here')")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
