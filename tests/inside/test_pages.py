"""A process that is about to fork settles its memory."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import gc
from grader.inside import pages
kept = [[number] for number in range(100_000)]
pages.settle()
assert gc.get_freeze_count() >= 100_000
assert kept == [[number] for number in range(100_000)]
"""


def test_settled_memory_is_as_it_was() -> None:
    """Objects are exempt from garbage collection afterwards, and hold what they held."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
