"""A session's application, in a process of its own, since each process has one."""

from __future__ import annotations

import json
import subprocess
import sys

DRIVER = """
import asyncio, json, threading
from grader.inside.application import application
app = application()
facts = {"again": application() is app, "threads": threading.active_count()}
reply = asyncio.run(app.kernel.do_execute("value = 1 + 1", silent=False))
facts["cell"] = [reply["status"], app.shell.user_ns["value"]]
print(json.dumps(facts))
"""


def test_an_application_runs_cells_and_starts_nothing() -> None:
    """There is one application a process. It runs cells and starts no thread, so it can be forked."""
    done = subprocess.run([sys.executable, "-c", DRIVER], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"again": True, "threads": 1, "cell": ["ok", 2]}
