"""What a sealed session can't do, tried from inside with a real kernel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support import QUICK, ROOT, SECRET, notebook_of, quick

from grader.engine.local import Grading
from grader.errors import MachineError
from grader.model.report import Execution
from grader.sandbox import bubblewrap as sandbox
from grader.sandbox import users
from grader.worker.sealed_process import Sealed as SealedProcess
from grader.worker.session import MAX_ATTEMPTS, Opening, run

Said = Callable[..., str]
Sealed = Callable[..., Execution]


@pytest.mark.parametrize("address", ["('1.1.1.1', 80)", "('169.254.169.254', 80)", "('10.0.0.1', 22)"])
def test_no_network_is_reached(said: Said, address: str) -> None:
    """No address outside can be connected to: there is no route at all."""
    text = said(
        f"import socket\ns = socket.socket(); s.settimeout(2)\ntry:\n    s.connect({address}); print('CONNECTED')\n"
        "except OSError as error:\n    print('refused', error.errno)"
    )
    assert "refused 101" in text


def test_names_are_not_resolved(said: Said) -> None:
    """A host name can't be looked up."""
    assert "refused" in said(
        "import socket\ntry:\n    print(socket.getaddrinfo('example.org', 80))\nexcept OSError:\n    print('refused')"
    )


def test_the_hosts_own_services_are_out_of_reach(said: Said) -> None:
    """A server that listens on the host's loopback and one on an abstract socket are not there for a session."""
    with socket.create_server(("127.0.0.1", 0)) as loopback, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0grader-test-listener")
        abstract.listen()
        port = loopback.getsockname()[1]
        text = said(
            f"import socket\nfor family, address in ((socket.AF_INET, ('127.0.0.1', {port})), (socket.AF_UNIX, '\\0grader-test-listener')):\n"
            "    try:\n        socket.socket(family).connect(address); print('CONNECTED')\n    except OSError as error:\n        print('refused')"
        )
    assert text.split() == ["refused", "refused"]


@pytest.mark.parametrize("family", [40, 38, 17, 31, 15])  # VSOCK, ALG, PACKET, BLUETOOTH, KEY
def test_other_kinds_of_socket_can_not_be_made(said: Said, family: int) -> None:
    """Families of sockets that namespaces do not cover are refused by the filter."""
    text = said(
        f"import socket, errno\ntry:\n    socket.socket({family}, socket.SOCK_STREAM); print('MADE')\n"
        "except OSError as error:\n    print(errno.errorcode[error.errno])"
    )
    assert text.strip() == "EAFNOSUPPORT"


def test_no_file_of_the_host_is_visible(said: Said, tmp_path: Path) -> None:
    """Neither a file in the host's /tmp, nor the course, the tests, the grader, /home, nor the host's accounts can be opened."""
    canary = tmp_path / "canary.txt"
    canary.write_text("canary")
    places = [
        str(canary),
        str(ROOT / "README.md"),
        str(ROOT / "solutions"),
        str(ROOT / "grader" / "model" / "report.py"),
        str(Path(__file__)),
        "/etc/passwd",
        "/etc/shadow",
        "/etc/hostname",
        "/etc/ssh",
        "/var/log",
        "/var/run/docker.sock",
        "/run/dbus",
        "/sys/fs/cgroup",
        "/boot",
    ]
    text = said(f"import os\nprint([place for place in {places!r} if os.path.lexists(place)])")
    assert text.strip() == "[]"


def test_the_grader_is_not_importable(said: Said) -> None:
    """The package that grades is hidden even where it is installed beside the libraries; so are its modules' sources."""
    text = said(
        "import importlib.util, glob, sys\nprint(importlib.util.find_spec('grader.model') if importlib.util.find_spec('grader') else None)\n"
        "print([p for base in sys.path for p in glob.glob(base + '/grader/*')])"
    )
    assert text.split() == ["None", "[]"]


def test_nothing_of_the_environment_crosses(said: Said) -> None:
    """No variable of the grader's is in the session's environment, nor in that of its first process."""
    text = said("import os\nprint(sorted(os.environ))\nprint(open('/proc/1/environ').read())")
    assert SECRET in os.environ.values()
    for word in (
        SECRET,
        "PYTHONPATH",
        "SHELL",
        "OLDPWD",
        "VIRTUAL_ENV",
        "TOX_ENV_NAME",
        "PYTEST_CURRENT_TEST",
    ):
        assert word not in text
    assert str(ROOT) not in text


def test_mounts_tell_no_path_of_the_course(said: Said) -> None:
    """The table of mounts, which says where binds come from, names neither the course nor the grader."""
    text = said("print(open('/proc/self/mountinfo').read(), open('/proc/self/cgroup').read())")
    assert "solutions" not in text and f"{ROOT}/grader" not in text and f"{ROOT}/examples" not in text


def test_command_lines_tell_nothing(said: Said) -> None:
    """The only command line that can be read is the warm process's own, without a path of the course."""
    text = said(
        "import os\nfor pid in filter(str.isdigit, os.listdir('/proc')):\n    print(open(f'/proc/{pid}/cmdline').read())"
    )
    assert "inside.warm" in text and str(ROOT / "solutions") not in text and "test_" not in text


def test_only_its_own_descriptors_are_open(said: Said) -> None:
    """Open descriptors are pipes, sockets and pollers of the session's own, and /dev/null: no file of the host."""
    text = said(
        "import os, json\nprint(json.dumps([os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
        " if os.path.lexists(f'/proc/self/fd/{n}')]))"
    )
    targets = json.loads(text)
    assert targets and all(
        target.startswith(("socket:", "pipe:", "anon_inode:")) or target == "/dev/null" for target in targets
    ), targets


def test_no_other_process_is_visible(said: Said) -> None:
    """The process table holds the kernel and what it started, nothing else."""
    assert said("import os\nprint([p for p in os.listdir('/proc') if p.isdigit()])").strip() == "['1']"


@pytest.mark.parametrize(
    "place",
    [
        "/",
        "/dev",
        "/usr",
        "/usr/lib",
        "/etc",
        "/run",
        "/sockets",
        "/session",
        "/home",
        "/opt",
        "/proc/sys/kernel",
    ],
)
def test_nothing_but_its_own_place_can_be_written(said: Said, place: str) -> None:
    """No file can be made anywhere but in the session's own tmpfs."""
    text = said(
        f"import os\ntry:\n    open(os.path.join({place!r}, 'x'), 'w').write('x'); print('WRITTEN')\nexcept OSError:\n    print('refused')"
    )
    assert text.strip() == "refused"


def test_writable_places_are_one_small_tmpfs(said: Said) -> None:
    """Whatever is writable in the table of mounts is tmpfs, and together it is no larger than the disk limit."""
    text = said(
        "import os, json\nfound = {}\nfor line in open('/proc/self/mounts'):\n    device, place, kind, options = line.split()[:4]\n"
        "    if options.split(',')[0] == 'rw' and kind not in ('proc', 'devpts', 'devtmpfs', 'mqueue') and os.path.isdir(place) and os.access(place, os.W_OK):\n"
        "        s = os.statvfs(place); found[place] = [kind, s.f_blocks * s.f_frsize, s.f_files]\nprint(json.dumps(found))",
        limits=quick(disk_mb=64),
    )
    found = json.loads(text)
    assert set(found) == {"/tmp", "/home/student", "/dev/shm"}
    assert {kind for kind, _, _ in found.values()} == {"tmpfs"}
    assert (
        max(size for _, size, _ in found.values()) <= 64 << 20
        and max(files for *_, files in found.values()) <= 16384
    )


def test_the_disk_fills_without_harm(said: Said) -> None:
    """Writing without end gets "no space left" at the limit, and the session goes on."""
    text = said(
        "import errno\ntry:\n    with open('/tmp/full', 'wb') as file:\n        while True: file.write(bytes(1 << 20))\n"
        "except OSError as error:\n    print(errno.errorcode[error.errno])",
        "import os\nos.remove('/tmp/full'); print('goes on')",
        limits=quick(disk_mb=32),
    )
    assert text.split() in (["ENOSPC", "goes", "on"], ["EFBIG", "goes", "on"])


CALLS = {
    "unshare": "libc.unshare(0x10000000)",
    "mount": "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
    "umount": "libc.umount2(b'/usr/lib', 2)",
    "chroot": "libc.chroot(b'/tmp')",
    "ptrace": "libc.ptrace(16, 1, 0, 0)",
    "keyctl": "libc.syscall(250, 0, -3, 0)",
    "bpf": "libc.syscall(321, 0, 0, 0)",
    "io_uring": "libc.syscall(425, 8, 0)",
    "memfd": "libc.syscall(319, b'x', 0)",
    "userfaultfd": "libc.syscall(323, 0)",
    "shmget": "libc.shmget(0, 4096, 0o1600)",
    "setns": "libc.setns(0, 0)",
    "mknod": "libc.mknod(b'/tmp/node', 0o20666, 259)",
    "flock": "libc.flock(0, 2)",
    "perf": "libc.syscall(298, 0, 0, -1, -1, 0)",
}


@pytest.mark.parametrize("name", CALLS)
def test_system_calls_that_namespaces_leave_open_are_refused(said: Said, name: str) -> None:
    """Calls that could change, leave or talk past the sandbox end with EPERM."""
    text = said(
        f"import ctypes, errno\nlibc = ctypes.CDLL(None, use_errno=True)\nprint({CALLS[name]}, errno.errorcode.get(ctypes.get_errno()))"
    )
    assert text.split() == ["-1", "EPERM"]


def test_no_namespace_can_be_made_by_clone(said: Said) -> None:
    """Neither clone with a namespace's flag nor clone3 gets round the ban on unshare."""
    text = said(
        "import ctypes, errno\nlibc = ctypes.CDLL(None, use_errno=True)\nprint(libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()])\n"
        "print(libc.syscall(435, 0, 0), errno.errorcode[ctypes.get_errno()])"
    )
    assert text.split() == ["-1", "EPERM", "-1", "ENOSYS"]


def test_no_rights_are_left_in_any_thread(said: Said) -> None:
    """Every thread of the kernel has no capability, may gain none, and is filtered."""
    text = said(
        "import os\nfor task in os.listdir('/proc/self/task'):\n    lines = dict(l.split(':\\t', 1) for l in open(f'/proc/self/task/{task}/status'))\n"
        "    print(lines['CapEff'].strip(), lines['CapPrm'].strip(), lines['CapBnd'].strip(), lines['NoNewPrivs'].strip(), lines['Seccomp'].strip())"
    )
    assert set(text.splitlines()) == {"0000000000000000 0000000000000000 0000000000000000 1 2"}


def test_sockets_of_the_session_are_taken_away(said: Said) -> None:
    """The directory in which the kernel's sockets were made is gone before a cell runs, so none can be replaced."""
    assert said("import os\nprint(os.listdir('/run'), os.access('/sockets', os.R_OK | os.X_OK))").split() == [
        "[]",
        "False",
    ]


NEIGHBOUR = """
import os, socket, threading, time, pathlib
for place in ('/tmp/x', '/dev/shm/x', '/home/student/x'): pathlib.Path(place).write_text('neighbour')
tcp = socket.create_server(('127.0.0.1', 45454)); abstract = socket.socket(socket.AF_UNIX); abstract.bind('\\0neighbour'); abstract.listen()
named = socket.socket(socket.AF_UNIX); named.bind('/tmp/named'); named.listen()
time.sleep(2.5)
"""
SPY = """
import os, socket, fcntl, json, glob
def attempt(what):
    try: return what()
    except OSError as error: return type(error).__name__
def connect(family, address):
    s = socket.socket(family); s.settimeout(1); s.connect(address); return 'CONNECTED'
print(json.dumps({
  'files': [p for p in ('/tmp/x', '/dev/shm/x', '/home/student/x', '/tmp/named') if os.path.lexists(p)],
  'tcp': attempt(lambda: connect(socket.AF_INET, ('127.0.0.1', 45454))),
  'abstract': attempt(lambda: connect(socket.AF_UNIX, '\\0neighbour')),
  'named': attempt(lambda: connect(socket.AF_UNIX, '/tmp/named')),
  'processes': [p for p in os.listdir('/proc') if p.isdigit()],
  'unix': len(open('/proc/net/unix').read().split('neighbour')) - 1,
  'tcp table': '0100007F:B18E' in open('/proc/net/tcp').read(),
  'kill': attempt(lambda: [os.kill(pid, 0) for pid in range(2, 400)]),
  'lock': attempt(lambda: fcntl.flock(open('/usr/bin/env'), fcntl.LOCK_EX | fcntl.LOCK_NB)),
  'sysv': open('/proc/sysvipc/shm').read().count('\\n'),
}))
"""


def test_a_neighbour_is_invisible(grading: Grading) -> None:
    """A session that runs at the same time can't be seen by files, sockets, processes, signals, locks or tables of the system."""

    async def both() -> tuple[Execution, Execution]:
        opening = Opening(grading.address(), QUICK, 0)
        neighbour = asyncio.create_task(run(notebook_of(NEIGHBOUR), opening))
        await asyncio.sleep(1)
        spy = await run(notebook_of(SPY), opening)
        assert not neighbour.done()
        first = await neighbour
        for came in (spy, first):
            assert came.session is not None
            await came.session.close()
        return spy.execution, first.execution

    spy, first = asyncio.run(both())
    assert first.status == "ok"
    seen = json.loads(spy.cells[0].outputs[0].text)
    assert seen == {
        "files": [],
        "tcp": "ConnectionRefusedError",
        "abstract": "ConnectionRefusedError",
        "named": "FileNotFoundError",
        "processes": ["1"],
        "unix": 0,
        "tcp table": False,
        "kill": "ProcessLookupError",
        "lock": "PermissionError",
        "sysv": 1,
    }


def test_an_endless_loop_costs_one_cell(sealed: Sealed) -> None:
    """A cell that computes without end is stopped at its limit; the cells after it run in a fresh session."""
    execution = sealed("x = 1", "while True: pass", "print(x)", limits=quick(cell_s=1))
    assert (execution.status, execution.cell, execution.sessions) == ("timed_out", 2, 2)
    assert [cell.status for cell in execution.cells] == ["ok", "timed_out", "ok"] and execution.cells[
        2
    ].outputs[0].text == "1\n"


def test_who_has_computed_for_long_gives_way(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission gives way to others once it has computed for a second, with the session that has and with those that come after;
    one that only takes its time does not."""
    gave_way: list[object] = []
    monkeypatch.setattr("grader.worker.sealed_process.Sealed.give_way", lambda self: gave_way.append(self))
    sealed("import time; time.sleep(1.3)", limits=quick())
    assert not gave_way
    assert sealed("while True: pass", "import time; time.sleep(0.5)", limits=quick(cell_s=2)).sessions == 2
    assert len(gave_way) == len(set(gave_way)) == 2


def test_a_sleeping_cell_is_stopped_by_the_wall_clock(sealed: Sealed) -> None:
    """A cell that sleeps uses no computing time and still ends."""
    assert sealed("import time; time.sleep(1e6)", limits=quick(cell_wall_s=1)).status == "timed_out"


def test_a_slow_notebook_is_stopped_as_a_whole(sealed: Sealed) -> None:
    """Many cells that are each within the limit of a cell are stopped by the limit of the notebook."""
    execution = sealed(*["import time; time.sleep(0.5)"] * 30, limits=quick(wall_s=2))
    assert execution.status == "timed_out" and execution.wall_s < 20


def test_cells_after_a_notebooks_own_limit_are_not_run(sealed: Sealed) -> None:
    """Where the notebook as a whole took too long, its later cells are left out at once: they are not tried in session after session."""
    execution = sealed("print('kept')", *["import time; time.sleep(0.6)"] * 9, limits=quick(wall_s=2))
    assert execution.status == "timed_out" and execution.sessions == 2
    statuses = [cell.status for cell in execution.cells]
    assert (
        statuses[0] == "ok"
        and statuses[-1] == "not_run"
        and statuses.count("timed_out") == 1
        and execution.cells[0].outputs[0].text == "kept\n"
    )


def test_all_sessions_together_have_a_limit(sealed: Sealed) -> None:
    """Cell after cell that hangs takes a session each; together they take three times the limit of one at the most."""
    execution = sealed(*["import time; time.sleep(1e6)"] * 7, limits=quick(cell_wall_s=1, wall_s=2))
    assert execution.status == "timed_out" and 4 < execution.wall_s < 3 * 2 + 2
    assert "not_run" in [cell.status for cell in execution.cells]


def test_sessions_for_one_notebook_are_few(sealed: Sealed) -> None:
    """A notebook whose every cell dies gets so many sessions and no more; what they did not come to is not run."""
    execution = sealed(*["import os; os._exit(0)"] * 12, limits=quick())
    assert execution.sessions == MAX_ATTEMPTS and execution.status == "died"
    assert [cell.status for cell in execution.cells] == ["died"] * MAX_ATTEMPTS + ["not_run"] * (
        12 - MAX_ATTEMPTS
    )


def test_memory_that_a_child_took_is_noticed(sealed: Sealed, grading: Grading) -> None:
    """Where the system ends a child for want of memory and the cell goes on as if nothing were, the session ends all the same."""
    if grading.address().groups is None:
        pytest.skip("no control group can be made here")
    execution = sealed(
        "import os\nif os.fork() == 0:\n    b = bytearray(600 << 20); os._exit(0)\nos.wait()",
        "print('kept')",
        limits=quick(memory_mb=200),
    )
    assert [cell.status for cell in execution.cells] == ["out_of_memory", "ok"]


def test_memory_is_limited(sealed: Sealed) -> None:
    """A cell that takes all memory is stopped, said to have done so, and costs itself alone."""
    execution = sealed(
        "block = []\nwhile True: block.append(b'x' * (1 << 24))", "print('kept')", limits=quick(memory_mb=200)
    )
    assert (execution.status, execution.cell) == ("out_of_memory", 1) and execution.cells[1].outputs[
        0
    ].text == "kept\n"
    assert (execution.message, execution.message_zh) == (
        "more than 200 MB of memory",
        "占用的内存超过了 200 MB",
    )


HOLDERS = {
    "its first process": "block = []\nwhile True: block.append(b'x' * (1 << 24))",
    "a child": "import os, time\nif os.fork() == 0:\n    b = b'x' * (400 << 20); time.sleep(30)\ntime.sleep(4)",
    "a child whose first thread has ended": (
        "import ctypes, os, threading, time\nif os.fork() == 0:\n"
        "    def fill(): time.sleep(0.5); b = b'x' * (400 << 20); time.sleep(30)\n"
        "    threading.Thread(target=fill).start(); ctypes.CDLL(None).syscall(60, 0)\ntime.sleep(4)"
    ),
}


def test_memory_of_children_counts(sealed: Sealed) -> None:
    """Memory is counted over all that a session started."""
    assert sealed(HOLDERS["a child"], limits=quick(memory_mb=200)).status == "out_of_memory"


@pytest.mark.parametrize("held_by", HOLDERS)
def test_memory_is_watched_where_the_system_keeps_no_limit(grading: Grading, held_by: str) -> None:
    """Without control groups, as for an ordinary user, a watchdog sees who holds memory, in whichever process or thread."""

    async def status() -> str:
        address = replace(grading.address(), groups=None)
        came = await run(notebook_of(HOLDERS[held_by]), Opening(address, quick(memory_mb=200), 0))
        if came.session is not None:
            await came.session.close()
        return came.execution.status

    assert asyncio.run(status()) == "out_of_memory"


@pytest.mark.parametrize(
    "flood",
    [
        "while True: print('x' * 10_000)",
        "print('x' * 200_000_000)",
        "from IPython.display import display\nfor i in range(10**6): display(i)",
        "'x' * 10**8",
    ],
)
def test_a_flood_is_stopped(sealed: Sealed, flood: str) -> None:
    """Output without end, in one message or a million, ends the session and costs one cell.

    How fast a kernel that never rests gets rid of a million small ones depends on how soon its threads wake: some machines see
    a dozen in a second, and then the cell's computing time is over first.
    """
    execution = sealed(flood, "print('kept')", limits=quick(memory_mb=1024, cell_s=10, cell_wall_s=20))
    assert (
        execution.status in ("too_much_output", "out_of_memory", *["timed_out"] * ("range" in flood))
        and execution.cells[1].outputs[0].text == "kept\n"
    )


@pytest.mark.parametrize(
    "death",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.closerange(3, 200)",
        "import os; os.execv('/bin/true', ['true'])",
    ],
)
def test_a_kernel_that_dies_costs_one_cell(sealed: Sealed, death: str) -> None:
    """However a kernel ends itself, the other cells are run without that one."""
    execution = sealed("x = 1", death, "print(x)")
    assert execution.status in ("died", "protocol", "timed_out") and execution.cell in (1, 2)
    assert execution.cells[2].outputs and execution.cells[2].outputs[0].text == "1\n"


def test_signals_reach_nobody_else(sealed: Sealed) -> None:
    """A session that kills everything it can name kills nothing outside, and not even itself: it is the first of its processes."""
    assert (
        sealed(
            "import os\nos.kill(1, 9)\ntry:\n    os.kill(-1, 9)\nexcept ProcessLookupError:\n    pass"
        ).status
        == "ok"
    )


def test_processes_are_limited(said: Said) -> None:
    """A fork bomb and a crowd of threads meet the limit, and the session can go on."""
    text = said(
        "import os, signal\nchildren = []\ntry:\n    while True:\n        pid = os.fork()\n        if pid == 0: signal.pause()\n        children.append(pid)\n"
        "except BlockingIOError:\n    print(len(children) < 64)\nfor pid in children: os.kill(pid, 9)\nfor pid in children: os.waitpid(pid, 0)",
        "print('goes on')",
    )
    assert text.split() == ["True", "goes", "on"]


SLOW_TO_END = """
import ctypes, os, select, time
kept = [select.epoll() for _ in range(200)], [os.eventfd(0) for _ in range(200)]
for poll in kept[0]:
    for number in kept[1]:
        poll.register(number, select.EPOLLIN)
"""


@pytest.mark.parametrize("slow", ["", SLOW_TO_END], ids=["at once", "slow to end"])
def test_nobody_survives(sealed: Sealed, slow: str) -> None:
    """Daemons that ignore signals, forked twice and in sessions of their own, are gone once a session is closed, however much the system has to take down."""
    mark = f"grader-survivor-{os.getpid()}"[-15:]
    execution = sealed(
        f"import os, signal, time, ctypes\nfor _ in range(12):\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n"
        f"            for n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n            ctypes.CDLL(None).prctl(15, b'{mark}')\n"
        f"            exec({slow!r})\n            time.sleep(300)\n        os._exit(0)\ntime.sleep(2)"
    )
    names = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            names.append(Path(f"/proc/{pid}/comm").read_text().strip())
    assert execution.status == ("out_of_memory" if slow else "ok") and mark not in names


def test_generators_are_seeded(said: Said) -> None:
    """Python's, NumPy's and torch's generators start the same for the same seed, and differently for another."""
    cell = "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), torch.rand(1).item())"
    first, again, other = said(cell, seed=7), said(cell, seed=7), said(cell, seed=8)
    assert first == again != other and not set(first.split()) & set(other.split())


def test_magics_and_shell_lines_work_sealed(said: Said) -> None:
    """`!` lines and cell magics run, inside; the network is not there for them either."""
    text = said(
        "!echo shell $((1 + 2))", "%%bash\necho cell magic", "%matplotlib inline\nprint('line magic')"
    )
    assert "shell 3" in text and "cell magic" in text and "line magic" in text


def test_plots_are_drawn(sealed: Sealed) -> None:
    """A figure becomes an image, as in Jupyter, without a word about how."""
    (cell,) = sealed("import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);").cells
    assert [output.kind for output in cell.outputs] == ["image"] and cell.outputs[0].mime == "image/png"


def test_a_session_opened_from_a_thread_that_ends_lives_on(grading: Grading) -> None:
    """The sandbox belongs to the process, not to the thread that asked for it."""
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    grading.ready()


FORGE = "kernel = get_ipython().kernel\ndef send(kind, content):\n    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent('shell'))\n"
FORGED = {
    "a million objects": "send('comm_msg', {'comm_id': 'x', 'data': [{} for _ in range(1_200_000)]})",
    "no data": "send('display_data', {})",
    "a number for text": "send('stream', {'name': 'stdout', 'text': 5})",
    "nothing at all": "send('stream', {})",
    "comms": "for n in range(2000): send('comm_open', {'comm_id': str(n)})",
    "an odd error": "send('error', {'ename': {}, 'evalue': [1], 'traceback': 'zz'})",
    "an unknown kind": "send('banana', {})",
    "an early idle": "send('status', {'execution_state': 'idle'})",
    "a wrong signature": "kernel.iopub_thread.socket.send_multipart([b'a', b'<IDS|MSG>', b'bad', b'{}', b'{}', b'{}', b'{}'])",
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_messages_cost_at_most_their_cell(sealed: Sealed, name: str) -> None:
    """Whatever a kernel says of its own accord, the process that listens survives without growing, and the other cells count."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    execution = sealed(FORGE + FORGED[name], "print('kept')", limits=quick(memory_mb=1024))
    assert execution.cells[1].outputs[-1].text == "kept\n" and execution.status in (
        "ok",
        "cell_error",
        "protocol",
        "too_much_output",
    )
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 << 10


def test_a_long_line_of_an_honest_notebook_is_not_too_much(sealed: Sealed) -> None:
    """A list of 200,000 numbers in one print is text, however many commas are in it."""
    assert sealed("print(list(range(100_000)))", limits=quick(output_kb=4096)).status == "ok"


def test_half_a_character_is_shown(sealed: Sealed) -> None:
    """A lone surrogate is put out as what it is, however often, and holds nothing up."""
    begun = time.monotonic()
    execution = sealed(
        "import sys\nfor _ in range(200):\n    print('\\ud800', flush=True)\n    print('\\udfff', file=sys.stderr)",
        "print('on', 'it goes')",
    )
    assert execution.status == "ok" and time.monotonic() - begun < 4
    assert (
        execution.cells[0].outputs[0].text.startswith("\\ud800\n")
        and execution.cells[1].outputs[0].text == "on it goes\n"
    )


def test_a_display_of_an_earlier_cell_is_updated(sealed: Sealed) -> None:
    """A display may be updated by a later cell, and its name given to another one: both are as honest as they are common."""
    execution = sealed(
        "from IPython.display import display\nshown = display('a', display_id=True)",
        "shown.update('b')",
        *["display('c', display_id='progress')"] * 2,
    )
    assert [cell.status for cell in execution.cells] == ["ok"] * 4


def test_terminals_are_the_sessions_own(said: Said, grading: Grading) -> None:
    """A session has a few terminals, sees nobody else's, and can run shell lines in them."""
    assert said("import os\nprint([name for name in os.listdir('/dev/pts') if name.isdigit()])") == "[]\n"
    assert "hello" in said("!echo hello")


def test_cells_may_await(said: Said) -> None:
    """A cell that awaits at its top level runs to its end, as in every Jupyter."""
    assert said("import asyncio\nawait asyncio.sleep(0.01)\nprint('slept')").strip() == "slept"


WAITING = """
import asyncio, contextlib
async def numbers():
    await asyncio.sleep(0.01)
    yield 1
@contextlib.asynccontextmanager
async def lock():
    await asyncio.sleep(0.01)
    yield
"""


@pytest.mark.parametrize(
    "cell",
    [
        "[number async for number in numbers()]",
        "async for number in numbers(): pass",
        "async with lock(): pass",
    ],
)
def test_every_way_to_await(said: Said, cell: str) -> None:
    """Whatever awaits at a cell's top level may do so, though most cells are not looked at for it."""
    assert said(WAITING, cell + "\nprint('done')").strip() == "done"


def test_cells_are_translated_anew(sealed: Sealed) -> None:
    """A line that is to be read otherwise from the next cell on is, even where the next cell is the same."""
    cell = "import asyncio; await asyncio.sleep(0); print(1)\nget_ipython().input_transformers_cleanup[:] = [lambda lines: ['print(2)']]"
    assert [each.outputs[0].text.strip() for each in sealed(cell, cell).cells] == ["1", "2"]


def test_programs_see_a_notebook(said: Said) -> None:
    """Programs tell by the name of the shell's class whether they are in a notebook."""
    assert (
        said("print(type(get_ipython()), type(get_ipython()).__name__)").strip()
        == "<class 'ipykernel.zmqshell.ZMQInteractiveShell'> ZMQInteractiveShell"
    )


def test_files_beside_the_notebook_can_be_imported(said: Said) -> None:
    """What a cell writes as a module, another one imports."""
    assert "42" in said("%%writefile helpers.py\nanswer = 42", "import helpers\nprint(helpers.answer)")


def test_a_session_is_closed_even_if_nothing_can_be_waited_for(
    grading: Grading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has no watch left for the event loop, or the wait is given up, all that a session has is given back."""

    async def whole() -> tuple[list[bool], list[int]]:
        given_back, handles = [], []
        for given_up in (False, True):
            came = await run(notebook_of("print(1)"), Opening(grading.address(), QUICK, 0))
            assert came.session is not None and isinstance(came.session.process, SealedProcess)
            process = came.session.process
            loop = asyncio.get_running_loop()
            with monkeypatch.context() as patch:
                patch.setattr(
                    loop,
                    "add_reader",
                    lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")),
                )
                closing = asyncio.ensure_future(came.session.close())
                await asyncio.sleep(0)
                if given_up:
                    closing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await closing
            given_back.append(process.folder is not None and not process.folder.exists())
            handles.append(process.handle)
        return given_back, handles

    assert asyncio.run(whole()) == ([True, True], [-1, -1])


@pytest.mark.parametrize("fault", ["no such program", "refused", "no users"])
def test_a_sandbox_that_does_not_start_leaves_nothing(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Neither a folder nor an open file; what stood in its way is told."""
    if fault == "no users" and os.geteuid() != 0:
        pytest.skip("only root gives sessions users of their own")
    words = "grader-is-missing"
    if fault == "no such program":
        monkeypatch.setattr(sandbox, "find_bubblewrap", lambda: "/usr/bin/grader-is-missing")
    elif fault == "refused":
        monkeypatch.setattr(sandbox, "warm_command", lambda *_: ["/usr/bin/grader-is-missing"])
    else:
        words = "users can't be given"
        monkeypatch.setattr(
            users, "give", lambda *_: (_ for _ in ()).throw(PermissionError(1, "not permitted"))
        )
    before = sorted(os.listdir("/proc/self/fd"))
    place = sandbox.Sandbox()
    with pytest.raises(MachineError, match=words):
        place.start().ready()
    assert sorted(os.listdir("/proc/self/fd")) == before and not place.folder.exists()


@pytest.mark.parametrize("moment_ms", range(0, 42, 3))
def test_a_command_that_is_killed_while_its_sandbox_starts_leaves_no_process(moment_ms: int) -> None:
    """Not even where bubblewrap has not yet been able to ask for its own end."""
    code = "import time; from grader.sandbox.bubblewrap import Sandbox; place = Sandbox(); print(place.folder, flush=True); place.start(); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        folder = command.stdout.readline().strip()
        time.sleep(moment_ms / 1000)
        command.kill()
    deadline = time.monotonic() + 10
    while left := [
        pid
        for pid in filter(str.isdigit, os.listdir("/proc"))
        if folder in told(pid, "cmdline") + told(pid, "mountinfo")
    ]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def test_a_sandbox_that_nobody_waits_for_warms_nothing() -> None:
    """It ends before it imports what takes seconds, as it must where its command was killed meanwhile."""
    code = "import sys; from grader.inside import warm; warm.main(); print(sorted({'torch', 'numpy'} & set(sys.modules)))"
    filter_read, filter_write = os.pipe()
    os.close(filter_write)
    ready_read, ready_write = os.pipe()
    os.close(ready_read)
    done = subprocess.run(
        [sys.executable, "-c", code, "0", str(filter_read), str(ready_write), "1"],
        capture_output=True,
        text=True,
        pass_fds=(filter_read, ready_write),
        timeout=60,
    )
    for number in (filter_read, ready_write):
        os.close(number)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def told(pid: str, name: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    return ""
