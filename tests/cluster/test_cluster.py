"""Many machines, for real: a Dask scheduler and its workers, each in a process and a folder of its own.

`./run dask` runs it. It needs Dask, which the default environment does not have.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from grader.course.loader import load
from grader.engine import dask
from grader.engine.dask import Machines
from grader.notebook.writing import dump
from grader.sandbox import proc
from support import ROOT, command, hand_in, notebook_of, records, without_times

pytest.importorskip("distributed")
RIGHT = ("n = 5", "def double(x): return 2 * x", "result = double(n)")
WRONG = ("n = 5", "result = n")
JOIN_S = 60
NANNY = "multiprocessing.spawn"  # in the command line of a worker, which its nanny starts


class Cluster:
    """A scheduler and workers. Each worker has one thread, and a folder for its temporary files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.log = open(folder / "log", "wb")  # noqa: SIM115  (as long as the cluster)
        self.start_scheduler()

    def start_scheduler(self) -> None:
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        self.scheduler = self._start(self.folder, "scheduler", "--host", "127.0.0.1", "--port", "0",
                                     "--scheduler-file", str(file), "--no-dashboard")  # fmt: skip
        deadline = time.monotonic() + JOIN_S
        while not file.exists() or not file.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        import json

        self.address = json.loads(file.read_text())["address"]

    def start_workers(self, count: int) -> None:
        for _ in range(count):
            own = Path(tempfile.mkdtemp(prefix="worker-", dir=self.folder))
            own.chmod(0o711)
            (own / "tmp").mkdir(mode=0o777)
            (own / "tmp").chmod(0o1777)
            self._start(own, "worker", self.address, "--nthreads", "1", "--no-dashboard",
                        "--local-directory", str(own))  # fmt: skip

    def _start(self, own: Path, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dask", *arguments],
            cwd=own,
            stdout=self.log,
            stderr=self.log,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(own / "tmp"), "OMP_NUM_THREADS": "1"},
        )
        self.processes.append(process)
        return process

    def workers(self) -> list[int]:
        """The processes that grade, children of nannies. Killed before that, they would not be replaced."""
        nannies = [each.pid for each in self.processes if each is not self.scheduler]
        found = [pid for nanny in nannies for pid in proc.children(nanny) if NANNY in _command_line(pid)]
        return [pid for pid in found if _sandbox_of(pid)]

    def sandboxes(self) -> list[int]:
        """The workers' bubblewraps."""
        return [pid for worker in self.workers() for pid in _sandbox_of(worker)]

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="cluster-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        made = Cluster(Path(name))
        yield made
        made.close()


def _sandbox_of(worker: int) -> list[int]:
    return [pid for pid in proc.children(worker) if proc.name_of(pid) in ("bwrap", "0")]


def _command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""


def a_class(folder: Path, count: int) -> Path:
    for number in range(count):
        hand_in(folder, f"s{number:03}", *(RIGHT if number % 3 else WRONG))
    hand_in(folder, "with-files", *RIGHT)
    (folder / "broken").mkdir()
    (folder / "broken" / "double.ipynb").write_text("no notebook")
    return folder


def settled(out: Path) -> tuple[list[dict], bytes]:
    """All records without times, and the table of grades."""
    return [without_times(record) for record in records(out).values()], (out / "grades.csv").read_bytes()


def grade_command(course: Path, students: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    arguments = ["grade", str(students), "--out", str(out), "--course", str(course), "-v", *more]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "grader", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)},
    )


def test_any_number_of_machines_gives_the_same_results(
    cluster: Cluster, small_course: Path, tmp_path: Path
) -> None:
    """One, two and four machines give byte for byte what this machine gives alone."""
    students = a_class(tmp_path / "class", 12)
    alone = command("grade", students, "--out", tmp_path / "alone", "--course", small_course)
    assert alone.returncode == 0, alone.stderr
    count = 0
    for more in (1, 1, 2):
        count += more
        cluster.start_workers(more)
        out = tmp_path / f"{count}"
        options = ("--out", out, "--course", small_course, "--scheduler", cluster.address)
        done = command("grade", students, *options)
        assert done.returncode == 0, done.stderr
        assert settled(out) == settled(tmp_path / "alone"), done.stderr


def test_killed_workers_and_sandboxes_lose_nothing(
    cluster: Cluster, small_course: Path, tmp_path: Path
) -> None:
    """Ten workers and ten sandboxes are killed at random: each submission has its one, right record."""
    count, dice = 80, random.Random(3)
    students = a_class(tmp_path / "class", count)
    cluster.start_workers(3)
    out = tmp_path / "out"
    run = grade_command(small_course, students, out, "--scheduler", cluster.address)
    killed = {"workers": 0, "sandboxes": 0}
    assert run.stdout is not None
    for line in run.stdout:
        if not line.startswith("grading ") or sum(killed.values()) >= 20 or dice.random() < 0.5:
            continue
        time.sleep(dice.uniform(0, 0.5))
        kind = dice.choice([name for name, number in killed.items() if number < 10] or ["none"])
        found = {"workers": cluster.workers, "sandboxes": cluster.sandboxes}.get(kind, list)()
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(dice.choice(found), signal.SIGKILL)
                killed[kind] += 1
    print(f"\n{killed} killed over {count} submissions")
    assert run.wait() == 0
    assert len((out / "results.jsonl").read_text().splitlines()) == count + 2
    found_records = records(out)
    assert {record["outcome"] for record in found_records.values()} == {"graded", "rejected"}
    wrong = [
        student
        for (student, _), record in found_records.items()
        if student.startswith("s") and record["score"] != (4 if int(student[1:]) % 3 else 0)
    ]
    assert not wrong and sum(killed.values()) >= 5, killed


def test_a_killed_scheduler_costs_nothing_that_is_graded(
    cluster: Cluster, small_course: Path, tmp_path: Path
) -> None:
    """The command says what happened and what to do, and goes on where it was with the next scheduler."""
    students = a_class(tmp_path / "class", 30)
    cluster.start_workers(2)
    out = tmp_path / "out"
    run = grade_command(small_course, students, out, "--scheduler", cluster.address)
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith("grading 8/"):
            cluster.scheduler.kill()
            break
    output = run.communicate(timeout=60)[0]
    assert run.returncode == 2 and "Run the same command again" in output, output[-2000:]
    cluster.start_scheduler()
    cluster.start_workers(2)
    again = grade_command(small_course, students, out, "--scheduler", cluster.address)
    output = again.communicate(timeout=120)[0]
    assert again.returncode == 0 and "are graded already" in output, output[-2000:]
    alone = command("grade", students, "--out", tmp_path / "alone", "--course", small_course)
    assert alone.returncode == 0 and settled(out) == settled(tmp_path / "alone")


def test_doctor_asks_every_machine(cluster: Cluster) -> None:
    """Each has a row."""
    cluster.start_workers(2)
    with dask.Cluster(cluster.address) as known:
        while len(known.machines()) < 2:
            time.sleep(0.1)
    done = command("doctor", "--scheduler", cluster.address)
    assert done.stdout.count("tcp://127.0.0.1") >= 2, done.stdout + done.stderr


def test_four_machines_are_four_times_as_fast(cluster: Cluster, small_course: Path) -> None:
    """Submissions that only wait, two for each of four machines: at least 3.6 times as fast as with one."""
    assignment = load(small_course).assignments["double"]
    wait = "import time; time.sleep(8 if n == 5 else 0)"  # not in reruns
    content = dump(notebook_of(RIGHT[0], wait, *RIGHT[1:])).encode()

    def taken(count: int) -> float:
        machines = Machines(cluster.address, "bubblewrap")
        with machines:
            while sum(member.is_ready for member in machines._members.values()) < count:
                machines._look(None)
                machines._handle_examined(None)
            names = [f"s{number}" for number in range(2 * 4)]
            # A worker warms its first kernel and rubric before the clock starts.
            warm_up = [
                partial(machines.task, assignment, f"w{number}", content, 0) for number in range(count)
            ]
            list(machines.reports(warm_up))
            begun = time.monotonic()
            found = list(
                machines.reports([partial(machines.task, assignment, name, content, 0) for name in names])
            )
            assert sorted(each.student for each in found) == names
            return time.monotonic() - begun

    cluster.start_workers(1)
    one = taken(1)
    cluster.start_workers(3)
    four = taken(4)
    print(f"\none machine {one:.1f} s, four machines {four:.1f} s: {one / four:.2f} times as fast")
    assert one / four >= 3.6
