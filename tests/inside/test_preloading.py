"""What the warm process imports before it forks."""

from __future__ import annotations

import json
import subprocess
import sys

DRIVER = """
import json, sys, threading
from grader.inside import compiler, preloading
preloading.preload()
import torch
facts = {
    "threads": threading.active_count(),
    "missing": [name for name in preloading.LIBRARIES if name not in sys.modules],
    "kernel": {"ipykernel.kernelapp", "grader.inside.kernel", "grader.inside.probe"} <= set(sys.modules),
    "debugger": sys.modules.get("debugpy", 0),
    "compiler": type(sys.modules["torch._dynamo"]) is compiler._StandIn,
    "sharing": torch.multiprocessing.get_sharing_strategy(),
    "application": "grader.inside.application" in sys.modules,
}
print(json.dumps(facts))
"""
FEW = """
import sys
from grader.inside import preloading
preloading.preload(few_sessions=True)
print([name in sys.modules for name in ("torch", "matplotlib.pyplot", "grader.inside.kernel", "sympy")])
"""
LIGHT = """
import sys
from grader.inside import compiler, kernel, pages, plain, preloading, probe, seal, warm, wire
print(sorted({"IPython", "ipykernel", "matplotlib", "numpy", "torch", "zmq"} & set(sys.modules)))
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_is_there_and_nothing_has_started() -> None:
    """All libraries and the kernel's modules are imported, without torch's compiler, debugger or thread."""
    assert json.loads(run(DRIVER)) == {
        "threads": 1,
        "missing": [],
        "kernel": True,
        "debugger": None,
        "compiler": True,
        "sharing": "file_system",
        "application": False,
    }


def test_the_modules_that_others_import_are_light() -> None:
    """What the command and its workers share with sessions imports no IPython, no torch and the like."""
    assert run(LIGHT) == "[]\n"


def test_what_few_sessions_need_is_left_to_them() -> None:
    """For a notebook or two, what only some of them import does not keep the others waiting."""
    assert run(FEW) == "[True, True, True, False]\n"
