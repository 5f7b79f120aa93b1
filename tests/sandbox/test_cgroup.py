"""Control groups: limits that the kernel keeps, and groups that are gone once their sessions are.

Tests that need a real group are skipped where none can be made. Tests of versions and places use written
files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox import cgroup, leftovers, proc
from grader.sandbox.cgroup import Group, Groups, Removals

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def groups() -> Iterator[Groups]:
    found = cgroup.create_groups()
    if found is None:
        pytest.skip("no control group can be made here")
    yield found
    found.close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a program that waits for a line, so that it can be put into a group first."""
    started = []

    def run(code: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", f"input()\n{code}"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def go(process: subprocess.Popen[bytes]) -> int:
    process.communicate(b"\n", timeout=60)
    return process.returncode


def test_what_a_group_holds(groups: Groups, start: Start) -> None:
    """A group counts what its processes hold."""
    process = start(
        "import time; block = bytearray(50 << 20); print(1, file=open('/proc/self/comm', 'w'))\ninput()"
    )
    group = Group(groups, "one", process.pid, 256)
    before = group.held_mb()
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    while proc.name_of(process.pid) != "1":
        assert process.poll() is None
    assert before + 50 <= group.held_mb() < before + 100
    process.kill()
    process.wait()
    group.close()


def test_memory_ends_at_the_limit(groups: Groups, start: Start) -> None:
    """The kernel ends a process that takes more than its group may have, and the group says so."""
    process = start("block = bytearray(200 << 20)")
    group = Group(groups, "one", process.pid, 64)
    assert not group.ran_out()
    assert go(process) == -9 and group.ran_out()
    group.close()


def test_memory_of_children_is_counted_together(groups: Groups, start: Start) -> None:
    """Three processes that each stay below the limit exceed it together."""
    process = start(
        "import os, time\nfor _ in range(3):\n    if os.fork() == 0:\n"
        "        block = bytearray(40 << 20); time.sleep(5); os._exit(0)\n"
        "for _ in range(3): os.wait()"
    )
    group = Group(groups, "one", process.pid, 96)
    go(process)
    assert group.ran_out()
    group.close()


def test_below_the_limit_nothing_happens(groups: Groups, start: Start) -> None:
    """A process that stays below the limit ends normally."""
    process = start("block = bytearray(20 << 20)")
    group = Group(groups, "one", process.pid, 128)
    assert go(process) == 0 and not group.ran_out()
    group.close()


def test_time_of_unreaped_children_is_counted(groups: Groups, start: Start) -> None:
    """CPU time of children counts even if they are gone and their parent never waited for them."""
    burn = (
        "import time\n    end = time.process_time() + 0.2\n"
        "    while time.process_time() < end: pass\n    os._exit(0)"
    )
    process = start(
        "import os, signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        f"if os.fork() == 0:\n    {burn}\nimport time; time.sleep(1.5)"
    )
    group = Group(groups, "one", process.pid, 256)
    assert go(process) == 0
    assert 0.2 <= group.cpu_s() < 1.4
    group.close()


def test_groups_are_removed_later(groups: Groups, start: Start) -> None:
    """A group with a process in it is removed with a later one, and the last group with `Groups`."""
    process = start("import time; time.sleep(60)")
    removals = Removals()
    first = Group(groups, "first", process.pid, 64, removals)
    first.close()
    assert all(folder.exists() for folder in first.folders)
    process.kill()
    process.wait()
    second = Group(groups, "second", start("pass").pid, 64, removals)
    folders = [*first.folders, *second.folders]
    for folder in second.folders:
        for pid in (folder / "cgroup.procs").read_text().split():
            os.kill(int(pid), 9)
    groups.close()
    second.close()
    assert not [folder for folder in folders if folder.exists()] and not [
        folder for folder in groups.folders.values() if Path(folder).exists()
    ]


def test_groups_of_killed_runs_are_removed(groups: Groups) -> None:
    """The next run removes groups whose command has ended, and none whose command lives."""
    dead = subprocess.run(
        [sys.executable, "-c", "from grader.sandbox import leftovers; print(leftovers.name())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    left = [Path(folder).parent / dead for folder in set(groups.folders.values())]
    for folder in left:
        (folder / "session").mkdir(parents=True)
    other = cgroup.create_groups()
    assert other is not None
    other.close()
    assert not [folder for folder in left if folder.exists()]
    assert all(Path(folder).exists() for folder in groups.folders.values())


def test_a_process_that_is_gone(groups: Groups, start: Start) -> None:
    """A session that ended before it could be put into a group is an OSError. No group is left behind."""
    process = start("")
    go(process)
    with pytest.raises(OSError):
        Group(groups, "late", process.pid, 64)
    time.sleep(0.05)
    assert not [folder for folder in groups.folders.values() if Path(folder, "late").exists()]


# ---- versions and places, read from files


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """A machine with the given /proc/self/mounts and /proc/self/cgroup.

    MOUNT stands for the folder that is returned.
    """

    def pretend(mounts: str, own: str) -> Path:
        files = {"/proc/self/mounts": mounts.replace("MOUNT", str(tmp_path)), "/proc/self/cgroup": own}
        monkeypatch.setattr(cgroup, "_read", lambda path: files.get(str(path)) or Path(path).read_text())
        monkeypatch.setattr(cgroup, "_works", lambda groups: True)
        return tmp_path

    return pretend


V1 = "".join(
    f"cgroup MOUNT/{kind} cgroup rw,relatime,{kind} 0 0\n" for kind in ("cpu,cpuacct", "memory", "pids")
)
V2 = "cgroup2 MOUNT cgroup2 rw,nsdelegate 0 0\n"


def test_version_1_in_a_container(machine: Callable[[str, str], Path]) -> None:
    """A container may see only its own part of the tree: its path is missing, and the part is the top."""
    top = machine(V1, "3:cpu,cpuacct:/docker/abc\n2:memory:/docker/abc\n")
    for kind in ("cpu,cpuacct", "memory"):
        (top / kind).mkdir()
    (top / "memory" / "docker" / "abc").mkdir(parents=True)
    found = cgroup.create_groups()
    assert found is not None and found.version == 1
    assert Path(found.folders["memory"]).parent == top / "memory" / "docker" / "abc"
    assert Path(found.folders["cpu"]).parent == Path(found.folders["cpuacct"]).parent == top / "cpu,cpuacct"


def test_version_2_is_made_beside_the_commands_own(machine: Callable[[str, str], Path]) -> None:
    """A group with processes in it can't limit groups below it, so the place is above the command's own."""
    top = machine(V2, "0::/user/service\n")
    (top / "user" / "service").mkdir(parents=True)
    found = cgroup.create_groups()
    assert found is not None and found.version == 2 and Path(found.folders["memory"]).parent == top / "user"
    assert (Path(found.folders["memory"]) / "cgroup.subtree_control").read_text() in ("+memory", "+cpu")


def test_version_2_where_the_nearest_place_is_closed(
    machine: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the group above can't be written to, the next one up is tried."""
    top = machine(V2, "0::/user/service\n")
    (top / "user" / "service").mkdir(parents=True)
    made = Path.mkdir

    def refused(self: Path, *arguments: object, **keywords: object) -> None:
        if self.parent == top / "user":
            raise PermissionError(13, "closed")
        made(self, *arguments, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", refused)
    found = cgroup.create_groups()
    assert found is not None and Path(found.folders["memory"]).parent == top


def test_a_lower_weight_gets_less(groups: Groups, start: Start) -> None:
    """Of two groups on one processor, one with a quarter of the weight computes less than half as much."""
    if "cpu" not in groups.folders:
        pytest.skip("shares are not kept here")
    one = min(os.sched_getaffinity(0))
    processes = [start(f"import os\nos.sched_setaffinity(0, [{one}])\nwhile True: pass") for _ in range(2)]
    first, second = (
        Group(groups, name, process.pid, 64) for name, process in zip(("first", "second"), processes)
    )
    first.weigh(1 / 4)
    for process in processes:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()
    time.sleep(1.5)
    assert second.cpu_s() > 2 * first.cpu_s() > 0
    for process, group in zip(processes, (first, second)):
        process.kill()
        process.wait()
        group.close()


@pytest.mark.parametrize(("version", "name", "value"), [(1, "cpu.shares", "256"), (2, "cpu.weight", "25")])
def test_weights(tmp_path: Path, version: int, name: str, value: str) -> None:
    """The weight is a quarter of each version's default, and then the default again."""
    group = Group(Groups(version, dict.fromkeys(cgroup.CONTROLLERS, str(tmp_path))), "one", 4711, 64)
    group.weigh(1 / 4)
    assert (tmp_path / "one" / name).read_text() == value
    group.weigh(1)
    assert (tmp_path / "one" / name).read_text() == str(4 * int(value))


def test_weights_where_none_are_kept(tmp_path: Path) -> None:
    """Where the kernel keeps no weights, nothing happens."""
    Group(Groups(1, dict.fromkeys(("memory", "cpuacct"), str(tmp_path))), "one", 4711, 64).weigh(1 / 4)


def test_version_2_limits(tmp_path: Path) -> None:
    """There is no swap beside the memory, and the whole group is ended at once."""
    group = Group(Groups(2, dict.fromkeys(cgroup.CONTROLLERS, str(tmp_path))), "one", 4711, 64)
    files = {
        name: (tmp_path / "one" / name).read_text()
        for name in ("memory.max", "memory.swap.max", "memory.oom.group", "cgroup.procs")
    }
    assert files == {
        "memory.max": str(64 << 20),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "cgroup.procs": "4711",
    }
    (tmp_path / "one" / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n")
    (tmp_path / "one" / "memory.events").write_text(
        "low 0\nhigh 0\nmax 12\noom 1\noom_kill 0\noom_group_kill 0\n"
    )
    assert group.cpu_s() == 1.5 and not group.ran_out()
    (tmp_path / "one" / "memory.events").write_text("low 0\noom 1\noom_kill 2\n")
    assert group.ran_out()


@pytest.mark.parametrize(
    ("mounts", "own"),
    [("", ""), (V2, "0::/\n"), ("cgroup MOUNT/memory cgroup rw,memory 0 0\n", "2:memory:/\n")],
    ids=["no control groups", "a tree that can't be written to", "memory alone"],
)
def test_where_none_can_be_had(
    machine: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch, mounts: str, own: str
) -> None:
    """Where groups can't be made there is no error: a watchdog keeps the limit."""
    machine(mounts, own)

    def refused(self: Path, *arguments: object, **keywords: object) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(Path, "mkdir", refused)
    assert cgroup.create_groups() is None


def test_names_are_those_that_are_swept() -> None:
    """A group's name tells a later run whether its command lives."""
    assert leftovers.abandoned([Path(leftovers.name())]) == []


def test_each_maker_of_groups_removes_its_own(tmp_path: Path) -> None:
    """What could not be removed is tried again with the next removal, and only by the one that holds it."""
    busy, idle = tmp_path / "busy", tmp_path / "idle"
    (busy / "process").mkdir(parents=True)
    idle.mkdir()
    one, other = Removals(), Removals()
    one.remove([busy])
    (busy / "process").rmdir()
    other.remove([idle])
    assert busy.exists() and not idle.exists()
    one.remove([])
    assert not busy.exists()
