"""What sealing adds to a submission: the same grading, sealed and not, in turn."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from meter import Meter, Times, measured, medians
from tasks import ROOT, TASKS, solution

from grader.course.loader import load
from grader.engine.local import Grading
from grader.inside.warm_messages import Packages
from grader.sandbox.address import SandboxAddress
from grader.sandbox.arguments import ENVIRONMENT

# The warm process without any seal: the same forks, as the user who runs this. For the course's own solutions
# only.
UNSEALED = """
import contextlib, os, sys
from grader.inside import seal, warm
nothing = lambda *_: None
seal.own_processes = contextlib.nullcontext
seal.isolate = seal.become_student = seal.limit = seal.drop_rights = nothing
seal.own_view = lambda *_: os.chdir(PLACE)
warm.main()
"""


@contextmanager
def unsealed() -> Iterator[SandboxAddress]:
    """A warm process without a sandbox around it."""
    with tempfile.TemporaryDirectory(prefix="b") as name:
        place = Path(name)
        (place / "s").mkdir()
        with socket.socket(socket.AF_UNIX) as listener, open(os.devnull, "rb") as no_filter:
            listener.bind(str(place / "warm"))
            listener.listen(8)
            ready, ready_inside = os.pipe()
            inherited = (listener.fileno(), no_filter.fileno(), ready_inside)
            code = UNSEALED.replace("PLACE", repr(name))
            process = subprocess.Popen(
                [sys.executable, "-c", code, *map(str, inherited), "1", Packages().to_json()],
                pass_fds=inherited,
                stderr=subprocess.DEVNULL,
                env={**ENVIRONMENT, "HOME": name, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            )
            os.close(ready_inside)
            os.read(ready, 16)
            os.close(ready)
        try:
            yield SandboxAddress(str(place / "warm"), str(place / "s"))
        finally:
            process.kill()
            process.wait()


def cost_of_sealing(repeat: int, meter: Meter) -> Times:
    """Wall and CPU milliseconds that sealing adds to a submission, each the median over the four."""
    course = load(ROOT)
    times: dict[tuple[str, bool], list[Times]] = {
        (task, sealed): [] for task in TASKS for sealed in (True, False)
    }
    with Grading(jobs=1) as grading, unsealed() as bare:
        grading.ready()
        address = grading.address()
        assert address is not None
        # Both have control groups. They cost a tenth of what they save, which is the watchdog's work.
        bare = replace(bare, groups=address.groups)
        for turn in range(repeat + 1):
            for task in TASKS:
                for sealed in (True, False):
                    whole = grading.task(course.assignments[task], "amy", solution(task).read_bytes(), 0)
                    # The first turn warms caches and is not counted.
                    with measured(meter, times[task, sealed] if turn else []):
                        report = grading.workers.report_on(whole, address if sealed else bare)
                    assert report.score == report.max_score, (task, report.outcome, report.reason)
    costs = []
    for task in TASKS:
        with_seal, without = medians(times[task, True]), medians(times[task, False])
        costs.append((with_seal[0] - without[0], with_seal[1] - without[1]))
    return tuple(1000 * statistics.median(cost[place] for cost in costs) for place in (0, 1))
