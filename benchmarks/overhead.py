"""What grading costs beside the students' own code, next to plain nbclient; what sealing costs of it; a busy neighbour; memory; start-up.

    python benchmarks/overhead.py [--repeat N] [--many N]

For each of the course's four main solutions, in one run and in turn:

- plain nbclient: a fresh kernel for each notebook, nothing checked;
- this grader with one worker: sealed session, rubric, both report pages; reruns included;
- the student code's own time: the same cells in an interpreter that has imported everything, once with its plots drawn
  as a notebook draws them, and once more without for every rerun that the rubric asked for, since a rerun makes no
  images. Calls that the rubric makes are counted as ours.

Wall time is the clock's. CPU time is that of all processes together, from a control group where one can be written,
else of the whole machine. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.sandbox.address import SandboxAddress

ROOT = Path(__file__).resolve().parent.parent
TASKS = ("gradient-descent", "linreg-manual", "linreg-module", "convnet")
TARGETS = {
    "wall": 0.25,
    "cpu": 0.20,
    "ratio": 5.0,
    "memory": 1.2,
    "start": 4.0,
    "sealing": 25,
    "neighbour": 1.25,
}
# Nothing of a seal: the same forks of the same warm process, as the user who runs this. For the course's own solutions only.
UNSEALED = """
import contextlib, os, sys
from grader.inside import seal, warm
nothing = lambda *_: None
seal.own_processes, seal.isolate, seal.become_student, seal.limit, seal.drop_rights = contextlib.nullcontext, nothing, nothing, nothing, nothing
seal.own_view = lambda *_: os.chdir(PLACE)
warm.main()
"""
BURNER = """
import os
while True:
    try:
        if os.fork() == 0:
            while True: pass
    except OSError: pass
"""


class Meter:
    """CPU seconds of this process and all that it starts."""

    def __init__(self) -> None:
        self.group: Path | None = None
        for base, unit in (
            (Path("/sys/fs/cgroup/cpuacct"), "cpuacct.usage"),
            (Path("/sys/fs/cgroup"), "cpu.stat"),
        ):
            group = base / f"grader-benchmark-{os.getpid()}"
            with contextlib.suppress(OSError):
                group.mkdir()
                if (group / "cgroup.procs").exists():
                    (group / "cgroup.procs").write_text(str(os.getpid()))
                    self.group, self.unit = group, unit
                    break
                group.rmdir()  # no control groups there
        if self.group:
            atexit.register(self.leave)
        self.source = f"control group, {self.unit}" if self.group else "the whole machine, /proc/stat"

    def leave(self) -> None:
        """Go back to where this process was, and remove the group."""
        assert self.group
        with contextlib.suppress(OSError):
            (self.group.parent / "cgroup.procs").write_text(str(os.getpid()))
            self.group.rmdir()

    def __call__(self) -> float:
        if self.group is None:
            fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
            busy = sum(int(fields[place]) for place in (0, 1, 2, 5, 6))
            return busy / os.sysconf("SC_CLK_TCK")
        text = (self.group / self.unit).read_text()
        return int(text) / 1e9 if self.unit == "cpuacct.usage" else int(text.split()[1]) / 1e6


@contextmanager
def measured(meter: Meter, into: list[tuple[float, float]]) -> Iterator[None]:
    cpu, wall = meter(), time.perf_counter()
    yield
    into.append((time.perf_counter() - wall, meter() - cpu))


def plain(path: Path) -> None:
    """What everybody has: nbclient and a fresh kernel."""
    import nbformat
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            nbformat.read(path, 4), kernel_name="python3", resources={"metadata": {"path": folder}}
        ).execute()


class Own:
    """An interpreter that has imported what sessions have imported, and runs a notebook's cells in a fork of itself.

    A process of its own, so that this one stays what a grading process is, and asked in turn with the others, since a
    shared machine is now faster, now slower.
    """

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        }
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--own"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.run(TASKS[0], True)

    def run(self, task: str, draw: bool) -> tuple[float, float]:
        """Wall and CPU seconds of a solution's cells, with its plots drawn or not."""
        assert self.process.stdin and self.process.stdout
        print(task, int(draw), file=self.process.stdin, flush=True)
        wall, cpu = map(float, self.process.stdout.readline().split())
        return wall, cpu

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def serve_own() -> None:
    """The other side of Own: tasks come on standard input, times go to standard output."""
    from grader.inside import kernel, pages
    from grader.inside.warm import preload

    kernel.application = lambda: None  # type: ignore[assignment]  # a kernel's shell would take the place of this one
    preload()  # the same that a session's kernel finds imported
    pages.settle()
    for line in sys.stdin:
        task, draw = line.split()
        read, write = os.pipe()
        if os.fork() == 0:
            times = run_own(solution(task), draw == "1")
            os.write(write, " ".join(map(str, times)).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as file:
            words = file.read()
        os.wait()  # taking a fork down costs time, too, that must not fall to whoever is measured next
        print(words, flush=True)


def run_own(path: Path, draw: bool) -> tuple[float, float]:
    """Wall and CPU seconds of a notebook's cells in this process."""
    import nbformat
    import torch
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib_inline.backend_inline import configure_inline_support

    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    shell = InteractiveShell.instance()
    configure_inline_support(
        shell, "module://matplotlib_inline.backend_inline"
    )  # plots are drawn after each cell
    if not draw:
        select_figure_formats(shell, set())
    torch.manual_seed(0)
    begun, cpu = time.perf_counter(), time.process_time()
    for cell in cells:
        shell.run_cell(cell)
    return time.perf_counter() - begun, time.process_time() - cpu


def solution(task: str) -> Path:
    return ROOT / "solutions" / task / "solution.ipynb"


def proportional_mb(pids: list[int]) -> float:
    """Megabytes that processes hold together: the sum of their proportional shares."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def start_up() -> tuple[float, float]:
    """Seconds from the command to the first kernel that is listening, and to the end of a class of one empty notebook."""
    with tempfile.TemporaryDirectory(prefix="b") as name:
        folder = Path(name)
        folder.chmod(0o711)
        book = folder / "class" / "amy" / "convnet.ipynb"
        book.parent.mkdir(parents=True)
        book.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
        begun = time.perf_counter()
        command = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "grader",
                "grade",
                folder / "class",
                "--out",
                folder / "out",
                "-q",
                "--course",
                ROOT,
            ],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": name},
            stdout=subprocess.DEVNULL,
        )
        first = 0.0
        while command.poll() is None:
            if not first and next(folder.glob("grader-*/s/*/k-2"), None):
                first = time.perf_counter() - begun
            time.sleep(0.002)
        return first, time.perf_counter() - begun


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--repeat", type=int, default=7, help="runs of each notebook (default 7)")
    arguments.add_argument(
        "--plain", type=int, default=3, help="runs of each notebook with plain nbclient (default 3)"
    )
    arguments.add_argument("--own", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument(
        "--many", type=int, default=100, help="submissions for the memory figure (default 100)"
    )
    options = arguments.parse_args()

    if options.own:
        serve_own()
        return
    import psutil

    from grader.course import loader as course
    from grader.engine import local as batch
    from grader.reports import html as report

    meter = Meter()
    print(
        f"{platform.system()} {platform.release()}, {batch.processors()} processors, Python {platform.python_version()}, CPU time from {meter.source}"
    )
    starts = [start_up() for _ in range(3)]
    the_course = course.load(ROOT)
    plains: dict[str, list[tuple[float, float]]] = {task: [] for task in TASKS}
    ours: dict[str, list[tuple[float, float]]] = {task: [] for task in TASKS}
    owns: dict[str, tuple[list[tuple[float, float]], list[tuple[float, float]]]] = {
        task: ([], []) for task in TASKS
    }
    sessions: dict[str, int] = {}
    own = Own()
    with batch.Grading(jobs=1) as grading:
        grading.ready()

        def grade(task: str) -> None:
            assignment = the_course.assignments[task]
            (made,) = grading.grade([lambda: grading.task(assignment, "amy", solution(task).read_bytes(), 0)])
            assert made.score == made.max_score, (task, made.outcome, made.score, made.reason)
            sessions[task] = made.execution.sessions
            report.student_page(made, assignment, "en")
            report.staff_page(made, assignment, "en", "amy")

        for task in TASKS:
            grade(task)  # warms page caches for all that follows
        for turn in range(options.repeat):
            for task in TASKS:
                for draw, times in zip((True, False), owns[task]):
                    times.append(own.run(task, draw))
                with measured(meter, ours[task]):
                    grade(task)
                if turn < options.plain:
                    with measured(meter, plains[task]):
                        plain(solution(task))

    own.close()
    middle = lambda pairs, place: statistics.median(pair[place] for pair in pairs)  # noqa: E731
    print(f"\nmedians of {options.repeat} runs ({options.plain} for plain nbclient), seconds\n")
    heading = f"{'':18}{'plain nbclient':>16}{'own code':>22}{'this grader':>20}{'grading costs':>20}"
    print(
        heading
        + f"\n{'assignment':18}{'wall':>8}{'cpu':>8}{'runs':>6}{'wall':>8}{'cpu':>8}{'wall':>12}{'cpu':>8}{'wall':>12}{'cpu':>8}"
    )
    costs = []
    for task in TASKS:
        runs = sessions[task]
        drawn, undrawn = owns[task]
        own_wall, own_cpu = (middle(drawn, place) + middle(undrawn, place) * (runs - 1) for place in (0, 1))
        wall, cpu = middle(ours[task], 0), middle(ours[task], 1)
        costs.append((wall - own_wall, cpu - own_cpu))
        print(
            f"{task:18}{middle(plains[task], 0):8.2f}{middle(plains[task], 1):8.2f}{runs:6}{own_wall:8.2f}{own_cpu:8.2f}{wall:12.2f}{cpu:8.2f}"
            f"{wall - own_wall:12.3f}{cpu - own_cpu:8.3f}"
        )
    wall_cost, cpu_cost = (statistics.median(cost[place] for cost in costs) for place in (0, 1))
    plain_rate = 60 * len(TASKS) / sum(middle(plains[task], 0) for task in TASKS)
    our_rate = 60 * len(TASKS) / sum(middle(ours[task], 0) for task in TASKS)

    peak = memory(options.many, psutil)
    first, whole = (statistics.median(start[place] for start in starts) for place in (0, 1))
    print(
        f"\ngrading costs above own code, median of the four: {wall_cost:.3f} s wall (to reach: {TARGETS['wall']}), {cpu_cost:.3f} s CPU (to reach: {TARGETS['cpu']})"
    )
    print(
        f"submissions a minute, one worker: {our_rate:.0f}, plain nbclient {plain_rate:.0f}: {our_rate / plain_rate:.1f} times (to reach: {TARGETS['ratio']:.0f})"
    )
    print(
        f"start-up, median of 3: {first:.2f} s from the command to the first kernel (to reach: {TARGETS['start']:.0f}), {whole:.2f} s to the end of a class of one"
    )
    wall_ms, cpu_ms = sealing(options.repeat, meter)
    print(
        f"sealing costs {wall_ms:.1f} ms wall, {cpu_ms:.1f} ms CPU a submission, median of the four (to reach: {TARGETS['sealing']})"
    )
    calm, busy = neighbour(options.repeat)
    print(
        f"the four graded: {calm:.2f} s alone, {busy:.2f} s beside a submission that burns every processor: {busy / calm:.2f} times "
        f"(to reach: {TARGETS['neighbour']})"
    )
    print(
        f"memory, {options.many} submissions with two workers, peak of all processes together (sum of PSS): {peak / 1024:.2f} GB (to reach: {TARGETS['memory']})"
    )


@contextmanager
def unsealed() -> Iterator[SandboxAddress]:
    """A warm process without a sandbox around it."""
    from grader.sandbox.address import SandboxAddress
    from grader.sandbox.bubblewrap import ENVIRONMENT

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
                [sys.executable, "-c", code, *map(str, inherited), "1"],
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


def sealing(repeat: int, meter: Meter) -> tuple[float, float]:
    """Milliseconds of wall and CPU that sealing adds to a submission, median over the four: one and the same grading, sealed and not, in turn."""
    from dataclasses import replace

    from grader.course import loader as course
    from grader.engine import local as batch

    the_course = course.load(ROOT)
    times: dict[tuple[str, bool], list[tuple[float, float]]] = {
        (task, sealed): [] for task in TASKS for sealed in (True, False)
    }
    with batch.Grading(jobs=1) as grading, unsealed() as bare:
        grading.ready()
        bare = replace(
            bare, groups=grading.sandbox.groups
        )  # which cost a tenth of what they save: the watchdog's looks
        for turn in range(repeat + 1):
            for task in TASKS:
                for sealed in (True, False):
                    whole = grading.task(the_course.assignments[task], "amy", solution(task).read_bytes(), 0)
                    whole = whole if sealed else replace(whole, sandbox=bare)
                    with measured(meter, times[task, sealed] if turn else []):
                        made = grading.workers.grade(whole)
                    assert made.score == made.max_score, (task, made.outcome, made.reason)
    return tuple(
        1000
        * statistics.median(
            statistics.median(pair[place] for pair in times[task, True])
            - statistics.median(pair[place] for pair in times[task, False])
            for task in TASKS
        )
        for place in (0, 1)
    )


def neighbour(repeat: int) -> tuple[float, float]:
    """Seconds for the four solutions, one after another, alone and beside a submission that keeps every processor busy with all the
    processes that it may start."""
    import json
    import threading

    from grader.course import loader as course
    from grader.engine import local as batch
    from grader.engine import workers as worker

    the_course = course.load(ROOT)
    burner = json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "metadata": {},
                    "source": BURNER,
                    "outputs": [],
                    "execution_count": None,
                }
            ]
            * 40,
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    ).encode()
    alone: list[float] = []
    beside: list[float] = []
    with batch.Grading(jobs=2) as grading:
        grading.ready()

        def grade() -> float:
            begun = time.perf_counter()
            for task in TASKS:
                made = grading.workers.grade(
                    grading.task(the_course.assignments[task], "amy", solution(task).read_bytes(), 0)
                )
                assert made.score == made.max_score, made
            return time.perf_counter() - begun

        grade()
        alone += [grade() for _ in range(repeat)]

        def burn() -> None:
            with contextlib.suppress(worker.Stopped):
                grading.workers.grade(grading.task(the_course.assignments[TASKS[0]], "eve", burner, 0))

        other = threading.Thread(target=burn)
        other.start()
        time.sleep(2)
        while other.is_alive() and len(beside) < repeat:
            beside.append(grade())
        grading.workers.stop()
        other.join()
    return statistics.median(alone), statistics.median(beside)


def memory(many: int, psutil: object) -> float:
    """The peak, in MB, while the real command grades `many` submissions with two workers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(many):
            task = TASKS[number % len(TASKS)]
            place = folder / "class" / f"s{number // len(TASKS):03}"
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(solution(task), place / f"{task}.ipynb")
        command = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "grader",
                "grade",
                folder / "class",
                "--out",
                folder / "out",
                "-q",
                "--jobs",
                "2",
                "--course",
                ROOT,
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        peak = 0.0
        root = psutil.Process(command.pid)  # type: ignore[attr-defined]
        while command.poll() is None:
            try:
                pids = [command.pid, *(child.pid for child in root.children(recursive=True))]
            except psutil.Error:  # type: ignore[attr-defined]
                continue
            peak = max(peak, proportional_mb(pids))
            time.sleep(0.1)
        assert command.returncode == 0
        return peak


if __name__ == "__main__":
    main()
