"""Each defence bears a load: without it, in a copy of the package, an attack succeeds.

With all defences, test_attacks.py shows that the attacks fail. Here one of its tests must fail. Where it is
the test of the attack's own file, it must fail because of what the attack has seen.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import grader
from hostile import harness, test_attacks
from hostile.attack import Attack, attacks
from hostile.course import HONEST
from hostile.watch import Watch
from support import HIDDEN, command, hand_in, records

# No attack may end otherwise where a watchdog enforces the memory limit: that is what is shown here.
ATTACKS = {attack.name: replace(attack, watched=()) for attack in attacks()}


@dataclass(frozen=True)
class Defence:
    """A defence, how it is switched off, and what then happens."""

    name: str
    # Each edit is a file of the package, a text that it contains exactly once, and the text in its place.
    edits: tuple[tuple[str, str, str], ...]
    attacks: tuple[str, ...]  # the last one is looked at
    broken: Callable[..., None]  # the test in test_attacks.py that fails
    seen: str = ""  # printed by the last attack, where `broken` is the test of the attack's own file


def off(
    name: str,
    *edits: tuple[str, str, str],
    attacks: str,
    broken: Callable[..., None] = test_attacks.test_an_attack_ends_as_it_must,
    seen: str = "",
) -> Defence:
    """A defence, switched off by these edits. `attacks` are names with spaces between them."""
    return Defence(name, edits, tuple(attacks.split()), broken, seen)


SEAL, WARM, SANDBOX, SYSCALLS = (
    "inside/seal.py",
    "inside/warm.py",
    "sandbox/bubblewrap.py",
    "sandbox/syscalls.py",
)
# One user for all: the warm process's own, where root grades.
ONE_USER = ("sandbox/arguments.py", "str(given.count if given else 1)", '"1"')
DEFENCES = [
    off(
        "system calls are filtered",
        (
            SEAL,
            "_libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(program), 0, 0)",
            "0",
        ),
        attacks="F13_namespaces",
        seen="done",
    ),
    off(
        "keyrings are refused",
        (SYSCALLS, '"add_key", "keyctl", "request_key", ', ""),
        attacks="F12_keyrings",
        seen="done",
    ),
    off(
        "families of sockets are refused",
        (SYSCALLS, '    no_family("socket", above(0, AF_NETLINK)),\n', ""),
        attacks="F05_other_families",
        seen="made: [(",
    ),
    off(
        "locks on shared files are never taken",
        (SYSCALLS, '    pretend("flock"),\n', ""),
        attacks="F22_locks_as_a_channel",
        seen="held free free refused",
    ),
    off(
        "locks on parts of shared files are never taken",
        (SYSCALLS, "LOCK_COMMANDS = (6, 7, 37, 38)", "LOCK_COMMANDS = ()"),
        attacks="F22_locks_as_a_channel",
        seen="free held held refused",
    ),
    off(
        "anonymous memory files are refused",
        (SYSCALLS, '"memfd_create", "memfd_secret", ', ""),
        attacks="E06_memory_without_a_name",
    ),
    off(
        "anonymous shared memory is refused",
        (
            SYSCALLS,
            '    refuse("mmap", masked(3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS)),\n',
            "",
        ),
        attacks="E06_shared_memory",
    ),
    off(
        "each session has a network of its own",
        (SEAL, "CLONE_NEWIPC | CLONE_NEWNET |", "CLONE_NEWIPC |"),
        attacks="K02_a_listens K02_b_connects",
        seen="met: [(",
    ),
    off(
        "each session has a disk of its own",
        (SEAL, '    mount("session", "/tmp", "tmpfs",', '    0 and mount("session", "/tmp", "tmpfs",'),
        (SEAL, 'os.mkdir(f"/tmp/{name}")', 'os.makedirs(f"/tmp/{name}", exist_ok=True)'),
        ONE_USER,
        attacks="K01_a_writes K01_b_reads",
        seen="found: ['/tmp'",
    ),
    off(
        "each session has terminals of its own",
        (SEAL, '    mount("devpts",', '    0 and mount("devpts",'),
        attacks="X10_all_terminals",
    ),
    off(
        "a session's disk has a maximum size",
        (SEAL, "size={disk_mb}m,", "size={4 * disk_mb}m,"),
        attacks="E08_temporary_disk",
        seen="too late",
    ),
    off(
        "a session's disk has a maximum number of files",
        (SEAL, "nr_inodes={files},", "nr_inodes=0,"),
        attacks="E08_temporary_disk",
    ),
    off(
        "each session sees its own processes",
        (SEAL, '    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)\n', ""),
        attacks="F10_other_processes",
    ),
    off(
        "each session has its own processes",
        (SEAL, "        unshare(CLONE_NEWPID)\n", ""),
        attacks="F10_other_processes",
    ),
    off(
        "the sandbox's environment is its own",
        (SANDBOX, "                    env={},\n", ""),
        ("sandbox/arguments.py", '"--hostname", "session", "--clearenv"]', '"--hostname", "session"]'),
        attacks="F24_secrets_in_the_environment",
        seen="GRADER_TOKEN",
    ),
    off(
        "the system's disk is read-only",
        ("sandbox/arguments.py", '"--remount-ro", "/dev", "--remount-ro", "/", ', ""),
        ONE_USER,
        attacks="E09_system_disk",
        seen="written",
    ),
    off(
        "no mount shows where the grader is",
        (
            "sandbox/staging.py",
            'shutil.copytree(INSIDE, copy, ignore=shutil.ignore_patterns("__pycache__"))',
            "os.symlink(INSIDE, copy)",
        ),
        attacks="A08_mounts_and_groups",
        broken=test_attacks.test_nothing_hidden_is_handed_back,
    ),
    off(
        "a user has few processes",
        (SEAL, "    set_limit(resource.RLIMIT_NPROC, limits.processes)", "    pass"),
        attacks="X09_many_processes",
        seen="started many",
    ),
    off(
        "a process has few files",
        (SEAL, "    set_limit(resource.RLIMIT_NOFILE, 512)\n", ""),
        attacks="X09_many_descriptors",
    ),
    off(
        "a user has few timers",
        (SEAL, "    set_limit(resource.RLIMIT_SIGPENDING, 1024)", "    pass"),
        attacks="X03_timers",
        seen="made many",
    ),
    off(
        "watches for changed files are refused",
        (SYSCALLS, '"fanotify_init", "inotify_init", "inotify_init1",', '"fanotify_init",'),
        attacks="X03_watches_for_files",
        seen="instances: ",
    ),
    off(
        "descriptors are inspected",
        ("sandbox/descriptors.py", "        if time.monotonic() < self._next:\n", "        if True:\n"),
        attacks="X03_watches_by_duplicates",
    ),
    off(
        "unread answers are inspected",
        ("sandbox/descriptors.py", "MAX_UNREAD = 4 << 20", "MAX_UNREAD = 4 << 40"),
        attacks="X03_answers_unread",
    ),
    off(
        "descriptors of every thread are inspected",
        ("sandbox/descriptors.py", "(pid, *(proc.list_folder(folder) or ()))", "(pid,)"),
        attacks="X03_watches_leader_gone",
    ),
    off(
        "a session has few pipes",
        ("sandbox/descriptors.py", "len(pipes) > MAX_PIPES", "False"),
        attacks="K12_pipes",
    ),
    off(
        "pipes can't be enlarged",
        (SYSCALLS, "(1024, 1026, 1031)", "(1024, 1026)"),
        attacks="K12_pipes_made_larger",
        seen="larger: ",
    ),
    off(
        "leases are refused",
        (SYSCALLS, "(1024, 1026, 1031)", "(1031,)"),
        attacks="K13_leases",
        seen="leased: 2",
    ),
    off(
        "a session's own socket filters are refused",
        (
            SYSCALLS,
            "masked(2, INT, option)) for option in FILTERS]",
            "masked(2, INT, option)) for option in ()]",
        ),
        attacks="K11_filters_of_sockets",
        seen="attached: [26",
    ),
    off(
        "datagrams can't be held back",
        (SYSCALLS, "if kind != SOCK_STREAM", "if False"),
        attacks="X03_datagrams_corked",
        seen=" MB held",
    ),
    off(
        "pairs of other sockets are refused",
        (SYSCALLS, '    no_family("socketpair", unequal(0, AF_UNIX)),\n', ""),
        attacks="F05_other_families_in_pairs",
        seen="reached: [(",
    ),
    off(
        "crashes start nothing",
        (SEAL, "set_limit(resource.RLIMIT_CORE, 1)", "set_limit(resource.RLIMIT_CORE, 0)"),
        attacks="X09_crashes",
        seen="limit: (0, 0)",
    ),
    off(
        "memory belongs to one process",
        (SYSCALLS, '    refuse("clone", masked(0, CLONE_VM | CLONE_VFORK | CLONE_THREAD, CLONE_VM)),\n', ""),
        attacks="X03_memory_handed_on",
    ),
    off(
        "executed programs share no memory with the warm process",
        (SANDBOX, "self.groups = cgroup.create_groups()", "self.groups = None"),
        ("sandbox/watchdog.py", "seem_mb - self.lent_mb <=", "seem_mb - self.lent_mb * len(pids) <="),
        attacks="E04_memory_of_other_programs",
    ),
    off(
        "a notebook's pictures have a total size limit",
        ("worker/outputs.py", "MAX_PIXELS = 1 << 27", "MAX_PIXELS = 1 << 40"),
        attacks="J12_many_pictures",
    ),
    off(
        "tensors are shared without descriptors",
        ("inside/preloading.py", '    torch.multiprocessing.set_sharing_strategy("file_system")\n', ""),
        (WARM, "1 + turn % (users - 1)", "1"),
        attacks="K10_a_descriptors_in_flight K10_b_loads_data",
        seen="EOFError",
    ),
    *[
        off(
            "each session is a user of its own",
            (WARM, "1 + turn % (users - 1)", "1"),
            attacks="K10_a_descriptors_in_flight K10_b_loads_data",
            seen="came: 6000 of 6000",
        )
    ]
    * (os.geteuid() == 0),  # only root has users to give
    off(
        "a session has its own descriptors only",
        (WARM, "    os.closerange(max(places) + 1, MAX_DESCRIPTORS)\n", ""),
        attacks="K01_a_writes K09_handles_of_neighbours",
        seen="of others: ['",
    ),
    off(
        "a control group counts buffers",
        (SANDBOX, "self.groups = cgroup.create_groups()", "self.groups = None"),
        attacks="X03_sockets_full",
    ),
    off(
        "memory is limited",
        (SANDBOX, "self.groups = cgroup.create_groups()", "self.groups = None"),
        ("worker/sealed_process.py", "waited_s, over_memory, over", "waited_s, False, over"),
        attacks="E04_memory",
    ),
    off(
        "a session is watched",
        (
            "worker/session.py",
            "        used = self.clock.used[self] = self.process.usage()\n",
            "        return None\n",
        ),
        attacks="LONG_sleep",
    ),
    off(
        "a worker limits its own memory",
        ("worker/session.py", "proc.own_resident_mb() > self.most_mb", "False"),
        attacks="X04_message_without_an_end",
        broken=test_attacks.test_what_talks_to_kernels_stays_small,
    ),
    off(
        "comms are ignored",
        (
            "worker/kernel.py",
            '        if msg["msg_type"].startswith("comm"):\n            return None',
            "        if False:\n            return None",
        ),
        attacks="C08_output_widget",
    ),
    off(
        "a picture has a maximum size",
        ("worker/outputs.py", "MAX_IMAGE_SIDE = 4096", "MAX_IMAGE_SIDE = 1 << 30"),
        ("worker/outputs.py", "MAX_PIXELS = 1 << 27", "MAX_PIXELS = 1 << 40"),
        attacks="J12_picture_of_2500_megapixels",
    ),
    off(
        "a rubric's process has little memory",
        ("rubric/process.py", "resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))", "pass"),
        attacks="X05_broadcast",
        broken=test_attacks.test_what_judges_stays_small,
    ),
    off(
        "a call that answers byte by byte is limited",
        ("rubric/probe_client.py", "if now - self.queried >= TICK_S:", "if False:"),
        attacks="X01_dripping_answer",
    ),
    off(
        "only Python's own errors are named",
        ("rubric/plugin.py", "in KNOWN_ERRORS", "is not None"),
        (
            "reports/sentences.py",
            '    return word if isinstance(found, type) and issubclass(found, BaseException) else ""',
            "    return word",
        ),
        attacks="A12_input_in_a_name",
        broken=test_attacks.test_nothing_hidden_is_handed_back,
    ),
    off(
        "what lies beside a notebook comes along only if it is a file itself",
        ("exchange/beside.py", "if not entry.is_file(follow_symlinks=False):", "if not entry.is_file():"),
        ("exchange/beside.py", "entry.stat(follow_symlinks=False)", "entry.stat()"),
        ("notebook/opening.py", "status = os.lstat(path)", "status = os.stat(path)"),
        ("notebook/opening.py", '("O_NOFOLLOW", "O_NONBLOCK"', '("O_NONBLOCK"'),
        attacks="I25_files_beside",
        seen="root:x:0",
    ),
    off(
        "messages of hidden checks are for staff",
        (
            "reports/checks.py",
            'check.visibility == "public" and result.verdict == FAILED and not is_caused(result)',
            "result.verdict == FAILED",
        ),
        attacks="A11_printed_input A12_input_in_an_error",
        broken=test_attacks.test_nothing_hidden_is_handed_back,
    ),
    off(
        "pages escape untrusted text",
        ("reports/html.py", "autoescape=True", "autoescape=False"),
        attacks="J01_script_printed",
        broken=test_attacks.test_pages_run_nothing,
    ),
    off(
        "pages contain no escape sequences",
        ("reports/html.py", "clean(value) if type(value) is str", "value if type(value) is str"),
        ("worker/outputs.py", "    text = clean(text if", "    text = (text if"),
        attacks="J08_escapes_printed",
    ),
    off(
        "terminals get no escape sequences",
        ("language/clean.py", "match[0][-1], clean(text))", "match[0][-1], text)"),
        (
            "exchange/names.py",
            '    return "".join(_shown(character) for character in name)',
            "    return name",
        ),
        attacks="J08_files_of_escapes",
        broken=test_attacks.test_a_terminal_is_told_nothing,
    ),
    off(
        "tables contain no formulas",
        ("exchange/grades_csv.py", 'return "\'" + text if', "return text if"),
        attacks="J09_student_of_an_equals_sign",
        broken=test_attacks.test_tables_hold_no_formulas,
    ),
    off(
        "sockets do not show where they are",
        (
            "worker/sealed_process.py",
            'listener.bind(f"/proc/self/fd/{handle}/{name}")',
            'listener.bind(f"{folder}/{name}")',
        ),
        attacks="X09_where_sockets_lie",
        seen="folders: ['/",
    ),
]
ATTACKS["LONG_sleep"] = Attack(
    "LONG_sleep",
    "Sleep for longer than allowed.",
    (*HONEST["line"], "import time; time.sleep(20)"),
    (1,) * 6,
    statuses=("timed_out",),
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that sandboxes of root, which run as another user, can enter. Its name is a canary."""
    folder = Path(tempfile.mkdtemp(prefix="CANARY-path-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def without(edits: tuple[tuple[str, str, str], ...], folder: Path) -> Path:
    """A copy of the package without a defence, in `folder`."""
    shutil.copytree(
        Path(grader.__file__).parent, folder / "grader", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name, old, new in edits:
        path = folder / "grader" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} contains {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name)
def test_without_a_defence_an_attack_succeeds(
    defence: Defence, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test that passes with all defences fails without this one.

    Grading as such goes on: the honest neighbours have full marks.
    """
    monkeypatch.setattr(test_attacks, "ATTACKS", ATTACKS)
    graded = harness.grade([ATTACKS[name] for name in defence.attacks], package=without(defence.edits, place))
    try:
        attack = defence.attacks[-1]
        test_attacks.test_honest_neighbours_have_full_marks(graded)
        with pytest.raises(AssertionError):
            if "attack" in inspect.signature(defence.broken).parameters:
                defence.broken(graded, attack)
            else:
                defence.broken(graded)
        if defence.seen:
            page = graded.page(attack)
            assert test_attacks.shows(page, defence.seen, ATTACKS[attack]), page[-3000:]
    finally:
        harness.clear(graded)


def run(place: Path, course: Path, *edits: tuple[str, str, str]) -> subprocess.Popen[bytes]:
    """Start grading `place/class` into `place/out`, without the defences that the edits switch off."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(without(edits, place))}
    arguments = [place / "class", "--out", place / "out", "--course", course, "--quiet"]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "grader", "grade", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_a_sandbox_would_outlive_a_killed_command(small_course: Path, place: Path) -> None:
    """If the sandbox did not end with its parent, it and its session would outlive a killed command.

    With all defences nothing does.
    """
    hand_in(place / "class", "amy", "import time; time.sleep(8)")
    left = []
    for edits in ((), (("sandbox/arguments.py", '"--die-with-parent", ', ""),)):
        shutil.rmtree(place / "grader", ignore_errors=True)
        process = run(place, small_course, *edits)
        with Watch(process.pid, Path(os.devnull), {}) as watch:
            time.sleep(5)
            process.kill()
            process.wait()
            time.sleep(1)
            left.append([int(survivor.split()[0]) for survivor in watch.survivors()])
        for pid in left[-1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    assert not left[0] and len(left[1]) >= 2


def test_a_rubrics_own_fault_would_cost_points(small_course: Path, place: Path) -> None:
    """If a NameError in a rubric counted as a wrong answer, an honest student would lose points."""
    hand_in(place / "class", "amy", "n = 5", "def double(x):\n    return 2 * x", "result = double(n)")
    hidden = small_course / "solutions" / "double" / "test_hidden.py"
    hidden.write_text(HIDDEN.replace("== -6", "== minus_six"), encoding="utf-8")
    done = command("grade", place / "class", "--out", place / "with", "--course", small_course)
    assert done.returncode == 3
    assert records(place / "with")["amy", "double"]["score"] is None
    edit = (
        "rubric/plugin.py",
        "OUR_FAULTS = (NameError, ImportError, SyntaxError, Refused, Malformed)",
        "OUR_FAULTS = ()",
    )
    assert run(place, small_course, edit).wait(60) == 0
    assert records(place / "out")["amy", "double"]["score"] == 2
