"""Gives up rights, step by step, between the fork from the warm process and the first student cell.

The order matters:

1. `own_processes` surrounds the fork.
2. `isolate` and `own_view` need the rights that the warm process has over the sandbox's namespaces.
3. `become_student` gives these rights up.
4. `limit` sets what all later processes inherit.
5. `drop_rights` comes last, but before the first thread starts: capabilities and system-call filters belong
   to threads.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import resource
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .warm_messages import InnerLimits

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
MS_REC, MS_PRIVATE = 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 38, 22, 24
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP = 28, 4
SECCOMP_MODE_FILTER = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522

SIOCSIFFLAGS, IFF_UP = 0x8914, 1

TERMINALS = 16
# The user that a student's process takes itself for.
UID = 1000


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` names for new ones. Raises OSError."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system of a kind, or bind a folder if `kind` is empty. Raises OSError."""
    _checked(
        _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()),
        f"mount {kind or 'bind'} on {target}",
    )


def prctl(option: int, *values: int) -> None:
    """Set one property of the calling process or thread, with up to four values. Raises OSError."""
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _checked(_libc.prctl(option, *arguments), f"prctl {option}")


@contextlib.contextmanager
def own_processes() -> Iterator[None]:
    """Put what is forked in this context into a PID namespace of its own. The caller stays in its own.

    The forked process is the first one of the namespace: when it dies, everything that it started dies.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    try:
        unshare(CLONE_NEWPID)
        yield
    finally:
        _checked(_libc.setns(own, CLONE_NEWPID), "setns")
        os.close(own)


def isolate() -> None:
    """Move the caller into mount, IPC, network, host name and cgroup namespaces of its own."""
    unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP)
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    raise_loopback()


def become_student(uid: int) -> None:
    """Move the caller into a user namespace of its own.

    There it is an ordinary user and can't change what was mounted before. From outside it is the sandbox's
    user `uid`: 0, the warm process's own, if the sandbox has no other users.
    """
    if uid:
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        # Otherwise root would own its files in /proc.
        prctl(PR_SET_DUMPABLE, 1)
    gid = os.getegid()
    unshare(CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{UID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{UID} {gid} 1")


def raise_loopback() -> None:
    """Switch on the only interface of the new network namespace. It leads only to itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def own_view(disk_mb: int, files: int, uid: int) -> None:
    """Mount the session's own /proc and its one writable file system, and move to its home folder.

    All that can be written to is one tmpfs of `disk_mb` megabytes and `files` inodes, which is seen as /tmp,
    /home/student and /dev/shm. `uid` owns the last two.
    """
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("session", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, f"size={disk_mb}m,nr_inodes={files},mode=1777")
    for place, name in (("/home/student", "home"), ("/dev/shm", "shm")):
        os.mkdir(f"/tmp/{name}")
        os.chown(f"/tmp/{name}", uid, uid)
        mount(f"/tmp/{name}", place, "", MS_BIND)
    # Terminals of its own, and few of them: the machine has one limit for all terminals together.
    options = f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}"
    mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options)
    # Mapped and shared, /dev/zero would be memory that no limit sees.
    mount("/dev/null", "/dev/zero", "", MS_BIND)
    os.chdir("/home/student")


def limit(limits: InnerLimits) -> None:
    """Set the resource limits that the session's processes inherit."""

    def set_limit(kind: int, value: int) -> None:
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            value = min(value, ceiling)
        resource.setrlimit(kind, (value, value))

    # One byte. With zero, a program of the machine that collects crashes would still be started for each one.
    set_limit(resource.RLIMIT_CORE, 1)
    # Counted per user namespace, so each session has its own count.
    set_limit(resource.RLIMIT_NPROC, limits.processes)
    set_limit(resource.RLIMIT_NOFILE, 512)
    set_limit(resource.RLIMIT_FSIZE, limits.disk_mb << 20)
    set_limit(resource.RLIMIT_MEMLOCK, 1 << 16)
    set_limit(resource.RLIMIT_MSGQUEUE, 0)
    # Pending signals and timers. Without users of their own, all sessions share one count.
    set_limit(resource.RLIMIT_SIGPENDING, 1024)
    # For each process. The worker limits the CPU time of all together.
    set_limit(resource.RLIMIT_CPU, limits.cpu_s + 5)
    # A backstop for one absurd allocation. The real limit is kept outside, by what is resident.
    set_limit(resource.RLIMIT_DATA, (4 * limits.memory_mb + 4096) << 20)


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def bound_rights(kept: int) -> None:
    """Let no program that is started from now on have other capabilities than `kept`, a set of bits."""
    for capability in range(64):
        try:
            if not kept >> capability & 1:
                prctl(PR_CAPBSET_DROP, capability)
        except OSError as error:
            # Past the last capability that this Linux knows.
            if error.errno == errno.EINVAL:
                break
            raise


def own_rights() -> int:
    """The capabilities that this process may use, as a set of bits."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            return int(line.split()[1], 16)
    return 0


def drop_rights(system_calls: bytes) -> None:
    """Drop every capability for good and refuse the system calls that a notebook has no use for.

    `system_calls` is a compiled BPF program (8 bytes per instruction).
    """
    bound_rights(0)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = _CapHeader(LINUX_CAPABILITY_VERSION_3, 0)
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref((_CapData * 2)())), "capset")
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    code = ctypes.create_string_buffer(system_calls, len(system_calls))
    program = _Filter(len(system_calls) // 8, ctypes.addressof(code))
    _checked(
        _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(program), 0, 0),
        "seccomp",
    )
