"""The limits that a session's own process sets. What a sealed session can't do is in tests/sandbox."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CODE = """
import json, resource
from grader.inside import seal
from grader.inside.warm_messages import InnerLimits
seal.limit(InnerLimits(processes=64, disk_mb=256, files=100, cpu_s=60, memory_mb=1024))
names = ("CORE", "NPROC", "NOFILE", "FSIZE", "MEMLOCK", "MSGQUEUE", "SIGPENDING", "CPU", "DATA")
print(json.dumps({name: resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in names}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="sessions are sealed on Linux alone")
def test_limits_are_set() -> None:
    """Each limit is set for good: what a process may have at most is what it has."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    limits = json.loads(done.stdout)
    expected = {
        "CORE": 1,
        "NPROC": 64,
        "NOFILE": 512,
        "FSIZE": 256 << 20,
        "MEMLOCK": 1 << 16,
        "MSGQUEUE": 0,
        "SIGPENDING": 1024,
        "CPU": 65,
        "DATA": 8192 << 20,
    }
    for name, most in expected.items():
        soft, hard = limits[name]
        # The machine's own limit may be lower.
        assert soft == hard <= most, name
    assert limits["CORE"] == [1, 1] or limits["CORE"] == [0, 0]
