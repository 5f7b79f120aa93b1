"""How ../compare.py and a grader's process speak.

A notebook's path is a line on standard input, and its answer is a JSON object on a line of standard output.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator

_out = os.fdopen(os.dup(1), "w", buffering=1)
# What a grader prints goes to standard error instead.
os.dup2(2, 1)


def send(answer: dict) -> None:
    """Send the stub's path at the start, then one answer a notebook."""
    print(json.dumps(answer), file=_out, flush=True)


def paths() -> Iterator[str]:
    """The notebooks to grade, as they come."""
    for line in sys.stdin:
        yield line.strip()
