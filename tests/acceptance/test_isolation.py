"""What a sealed session can't reach, see or change, tried from inside with a real kernel."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.engine.local import Grading
from grader.model.report import Execution
from grader.worker.notebook_run import run_notebook
from grader.worker.session import Opening
from support import QUICK, ROOT, SECRET, notebook_of, quick

Said = Callable[..., str]
Sealed = Callable[..., Execution]


@pytest.mark.parametrize("address", ["('1.1.1.1', 80)", "('169.254.169.254', 80)", "('10.0.0.1', 22)"])
def test_no_network_is_reached(said: Said, address: str) -> None:
    """No address outside can be connected to: there is no route."""
    text = said(
        "import socket\n"
        "s = socket.socket(); s.settimeout(2)\n"
        "try:\n"
        f"    s.connect({address}); print('CONNECTED')\n"
        "except OSError as error:\n    print('refused', error.errno)"
    )
    assert "refused 101" in text


def test_names_are_not_resolved(said: Said) -> None:
    """A host name can't be resolved."""
    assert "refused" in said(
        "import socket\n"
        "try:\n"
        "    print(socket.getaddrinfo('example.org', 80))\n"
        "except OSError:\n"
        "    print('refused')"
    )


def test_the_hosts_services_are_out_of_reach(said: Said) -> None:
    """A session can't connect to a server on the host's loopback, nor to an abstract socket."""
    with socket.create_server(("127.0.0.1", 0)) as loopback, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0grader-test-listener")
        abstract.listen()
        port = loopback.getsockname()[1]
        text = said(
            "import socket\n"
            f"tcp, abstract = ('127.0.0.1', {port}), '\\0grader-test-listener'\n"
            "for family, address in ((socket.AF_INET, tcp), (socket.AF_UNIX, abstract)):\n"
            "    try:\n"
            "        socket.socket(family).connect(address); print('CONNECTED')\n"
            "    except OSError as error:\n"
            "        print('refused')"
        )
    assert text.split() == ["refused", "refused"]


@pytest.mark.parametrize("family", [40, 38, 17, 31, 15])  # VSOCK, ALG, PACKET, BLUETOOTH, KEY
def test_other_families_of_sockets_are_refused(said: Said, family: int) -> None:
    """The filter refuses families of sockets that namespaces do not cover."""
    text = said(
        f"import socket, errno\ntry:\n    socket.socket({family}, socket.SOCK_STREAM); print('MADE')\n"
        "except OSError as error:\n    print(errno.errorcode[error.errno])"
    )
    assert text.strip() == "EAFNOSUPPORT"


def test_no_file_of_the_host_is_visible(said: Said, tmp_path: Path) -> None:
    """No file of the course, the tests, the grader, /tmp or the host's accounts exists for a session."""
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
    assert all(map(os.path.lexists, places[:5]))  # here they are: paths that lead nowhere would prove nothing
    text = said(f"import os\nprint([place for place in {places!r} if os.path.lexists(place)])")
    assert text.strip() == "[]"


def test_the_grader_is_not_importable(said: Said) -> None:
    """The grader's package and its sources are hidden, even where it is installed beside the libraries."""
    assert importlib.util.find_spec("grader.model")  # here it is: a name that is nowhere would prove nothing
    text = said(
        "import importlib.util, glob, sys\n"
        "print(importlib.util.find_spec('grader.model') if importlib.util.find_spec('grader') else None)\n"
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


def test_mounts_show_no_path_of_the_course(said: Said) -> None:
    """The table of mounts, which shows where binds come from, names neither the course nor the grader."""
    text = said("print(open('/proc/self/mountinfo').read(), open('/proc/self/cgroup').read())")
    assert "solutions" not in text and f"{ROOT}/grader" not in text and f"{ROOT}/examples" not in text


def test_command_lines_show_nothing(said: Said) -> None:
    """The only command line that can be read is the warm process's own. It holds no path of the course."""
    text = said(
        "import os\n"
        "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "    print(open(f'/proc/{pid}/cmdline').read())"
    )
    assert "inside.warm" in text and str(ROOT / "solutions") not in text and "test_" not in text


def test_only_its_own_descriptors_are_open(said: Said) -> None:
    """Only the session's own pipes, sockets and pollers, and /dev/null, are open: no file of the host."""
    text = said(
        "import os, json\n"
        "print(json.dumps([os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
        " if os.path.lexists(f'/proc/self/fd/{n}')]))"
    )
    targets = json.loads(text)
    own = [target for target in targets if target.startswith(("socket:", "pipe:", "anon_inode:"))]
    assert targets and set(targets) - set(own) <= {"/dev/null"}, targets


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
def test_only_its_own_disk_can_be_written(said: Said, place: str) -> None:
    """A session can create files only in its own tmpfs."""
    text = said(
        "import os\n"
        "try:\n"
        f"    open(os.path.join({place!r}, 'x'), 'w').write('x'); print('WRITTEN')\n"
        "except OSError:\n"
        "    print('refused')"
    )
    assert text.strip() == "refused"


def test_writable_places_are_one_small_tmpfs(said: Said) -> None:
    """All writable mounts are one tmpfs, no larger than the disk limit."""
    text = said(
        "import os, json\n"
        "found = {}\n"
        "for line in open('/proc/self/mounts'):\n"
        "    device, place, kind, options = line.split()[:4]\n"
        "    ordinary = kind not in ('proc', 'devpts', 'devtmpfs', 'mqueue') and os.path.isdir(place)\n"
        "    if options.split(',')[0] == 'rw' and ordinary and os.access(place, os.W_OK):\n"
        "        s = os.statvfs(place); found[place] = [kind, s.f_blocks * s.f_frsize, s.f_files]\n"
        "print(json.dumps(found))",
        limits=quick(disk_mb=64),
    )
    found = json.loads(text)
    assert set(found) == {"/tmp", "/home/student", "/dev/shm"}
    assert {kind for kind, _, _ in found.values()} == {"tmpfs"}
    assert max(size for _, size, _ in found.values()) <= 64 << 20
    assert max(files for *_, files in found.values()) <= 16384


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
    "perf": "libc.syscall(298, 0, 0, -1, -1, 0)",
}


@pytest.mark.parametrize("name", CALLS)
def test_system_calls_that_namespaces_leave_open_are_refused(said: Said, name: str) -> None:
    """Calls that could change, leave or bypass the sandbox fail with EPERM."""
    text = said(
        "import ctypes, errno\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        f"print({CALLS[name]}, errno.errorcode.get(ctypes.get_errno()))"
    )
    assert text.split() == ["-1", "EPERM"]


def test_no_namespace_can_be_made_by_clone(said: Said) -> None:
    """Neither clone with a namespace's flag nor clone3 gets round the ban on unshare."""
    text = said(
        "import ctypes, errno\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0), errno.errorcode[ctypes.get_errno()])\n"
        "print(libc.syscall(435, 0, 0), errno.errorcode[ctypes.get_errno()])"
    )
    assert text.split() == ["-1", "EPERM", "-1", "ENOSYS"]


def test_no_rights_are_left_in_any_thread(said: Said) -> None:
    """Every thread of the kernel has no capabilities, can gain none, and is filtered."""
    text = said(
        "import os\n"
        "for task in os.listdir('/proc/self/task'):\n"
        "    lines = dict(l.split(':\\t', 1) for l in open(f'/proc/self/task/{task}/status'))\n"
        "    names = 'CapEff', 'CapPrm', 'CapBnd', 'NoNewPrivs', 'Seccomp'\n"
        "    print(*(lines[name].strip() for name in names))"
    )
    assert set(text.splitlines()) == {"0000000000000000 0000000000000000 0000000000000000 1 2"}


def test_the_sessions_sockets_are_out_of_reach(said: Said) -> None:
    """The folder of the kernel's sockets can't be reached, so no socket can be replaced."""
    text = said("import os\nprint(os.listdir('/run'), os.access('/sockets', os.R_OK | os.X_OK))")
    assert text.split() == ["[]", "False"]


LOCKS = """
import fcntl, struct
system, mine = open("/usr/bin/env"), open("mine", "w+")
asked = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0)
for file in (system, mine):
    fcntl.flock(file, fcntl.LOCK_EX)
    for command in (fcntl.F_SETLK, fcntl.F_SETLKW, fcntl.F_OFD_SETLK, fcntl.F_OFD_SETLKW):
        fcntl.fcntl(file, command, asked)
    for command in (fcntl.F_GETLK, fcntl.F_OFD_GETLK):
        print(struct.unpack("hhqqi", fcntl.fcntl(file, command, asked))[0] == fcntl.F_UNLCK)
    fcntl.flock(open(file.name), fcntl.LOCK_EX | fcntl.LOCK_NB)
"""


def test_every_lock_is_granted_and_none_is_taken(said: Said) -> None:
    """A request for a lock on any file succeeds, by whatever call, and the file is not locked."""
    assert said(LOCKS).split() == ["True"] * 4


USING_LOCKS = """
import sqlite3, filelock
first, second = sqlite3.connect("a.db"), sqlite3.connect("a.db")
first.execute("create table numbers (number)")
for connection in (first, second):
    connection.execute("pragma journal_mode = wal")
    connection.executemany("insert into numbers values (?)", [(1,), (2,)])
    connection.commit()
print(*first.execute("select sum(number) from numbers").fetchone())
with filelock.FileLock("a.lock", timeout=1):
    print("locked")
import torch
print(torch.compile(torch.nn.Linear(2, 1))(torch.ones(3, 2)).shape)
"""


def test_what_needs_locks_works(said: Said) -> None:
    """Databases in files, filelock and torch's compiler work in a session."""
    assert said(USING_LOCKS).splitlines() == ["6", "locked", "torch.Size([3, 1])"]


NEIGHBOUR = """
import fcntl, os, socket, threading, time, pathlib
locked = open('/usr/bin/env')
fcntl.flock(locked, fcntl.LOCK_EX); fcntl.lockf(locked, fcntl.LOCK_SH)
for place in ('/tmp/x', '/dev/shm/x', '/home/student/x'): pathlib.Path(place).write_text('neighbour')
tcp = socket.create_server(('127.0.0.1', 45454))
abstract = socket.socket(socket.AF_UNIX); abstract.bind('\\0neighbour'); abstract.listen()
named = socket.socket(socket.AF_UNIX); named.bind('/tmp/named'); named.listen()
time.sleep(2.5)
"""


SPY = """
import os, socket, fcntl, json, glob, struct
def attempt(what):
    try: return what()
    except OSError as error: return type(error).__name__
def holders(file):
    asked = struct.pack('hhqqi', fcntl.F_WRLCK, 0, 0, 0, 0)
    found = [struct.unpack('hhqqi', fcntl.fcntl(file, command, asked))[0] for command in (5, 36)]
    return sum(kind != fcntl.F_UNLCK for kind in found)
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
  'holders': attempt(lambda: holders(open('/usr/bin/env'))),
  'sysv': open('/proc/sysvipc/shm').read().count('\\n'),
}))
"""


def test_a_neighbour_is_invisible(grading: Grading) -> None:
    """Files, sockets, processes, signals, locks and system tables show no other session."""

    async def both() -> tuple[Execution, Execution]:
        opening = Opening(grading.address(), QUICK, 0)
        neighbour = asyncio.create_task(run_notebook(notebook_of(NEIGHBOUR), opening))
        await asyncio.sleep(1)
        spy = await run_notebook(notebook_of(SPY), opening)
        assert not neighbour.done()
        first = await neighbour
        for run in (spy, first):
            assert run.session is not None
            await run.session.close()
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
        "lock": None,
        "holders": 0,
        "sysv": 1,
    }


def test_signals_reach_no_other_session(sealed: Sealed) -> None:
    """A session that kills every PID it can name kills nothing outside, nor itself: it is PID 1."""
    cell = "import os\nos.kill(1, 9)\ntry:\n    os.kill(-1, 9)\nexcept ProcessLookupError:\n    pass"
    assert sealed(cell).status == "ok"


SLOW_TO_END = """
import ctypes, os, select, time
kept = [select.epoll() for _ in range(200)], [os.eventfd(0) for _ in range(200)]
for poll in kept[0]:
    for number in kept[1]:
        poll.register(number, select.EPOLLIN)
"""


@pytest.mark.parametrize("slow", ["", SLOW_TO_END], ids=["at once", "slow to end"])
def test_no_process_outlives_its_session(sealed: Sealed, slow: str) -> None:
    """Daemons end with their session, even if they ignore signals, forked twice or are slow to end."""
    mark = f"grader-survivor-{os.getpid()}"[-15:]
    execution = sealed(
        "import os, signal, time, ctypes\n"
        "for _ in range(12):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        "            for n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n"
        f"            ctypes.CDLL(None).prctl(15, b'{mark}')\n"
        f"            exec({slow!r})\n            time.sleep(300)\n        os._exit(0)\ntime.sleep(2)"
    )
    names = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            names.append(Path(f"/proc/{pid}/comm").read_text().strip())
    assert execution.status == ("out_of_memory" if slow else "ok") and mark not in names


def test_terminals_are_private(said: Said, grading: Grading) -> None:
    """A session has a few terminals of its own, sees no others, and can run shell lines in them."""
    assert said("import os\nprint([name for name in os.listdir('/dev/pts') if name.isdigit()])") == "[]\n"
    assert "hello" in said("!echo hello")
