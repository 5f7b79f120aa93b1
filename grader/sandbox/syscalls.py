"""The system calls that namespaces leave open and no notebook needs, compiled to a seccomp filter.

`RULES` is the whole filter, in order. A call that matches no rule is allowed.
"""

from __future__ import annotations

import errno
import tempfile
from typing import NamedTuple

from grader.errors import MachineError

# Calls that could change or leave the sandbox, reach large or new parts of the kernel, outlive the session,
# or serve as a channel between two sessions. They fail with EPERM, as they would for lack of rights.
# fmt: off
REFUSED = (
    # more namespaces, other roots, mounts
    "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr",
    # other processes' memory
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
    # keyrings, BPF, performance counters, faults handled in user space
    "add_key", "keyctl", "request_key", "bpf", "perf_event_open", "userfaultfd",
    # asynchronous I/O, which bypasses filters
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    # filters of a session's own: once compiled, they use up a limit of the whole machine,
    # and without room below it no session can be sealed
    "seccomp",
    # the older asynchronous I/O, for which the whole machine has one small limit
    "io_setup", "io_submit", "io_getevents", "io_pgetevents", "io_cancel", "io_destroy",
    # memory that no limit counts
    "memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "msgget",
    "msgsnd", "mq_open", "mq_unlink", "vmsplice",
    # the machine itself
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon",
    "swapoff", "acct", "quotactl", "quotactl_fd", "nfsservctl", "settimeofday", "clock_settime",
    "clock_adjtime", "adjtimex", "sethostname", "setdomainname", "syslog", "iopl", "ioperm", "vhangup",
    "lookup_dcookie", "_sysctl", "uselib", "personality", "modify_ldt", "mknod", "mknodat",
    "name_to_handle_at", "open_by_handle_at",
    # notifications of changed files, of which each user may have few
    "fanotify_init", "inotify_init", "inotify_init1",
    # scheduling classes and memory placement that would disturb other sessions
    "sched_setattr", "ioprio_set", "setpriority", "migrate_pages", "move_pages", "mbind", "set_mempolicy",
)
# fmt: on
# Calls that fail with ENOSYS. Without clone3, libc falls back to clone, whose flags a filter can examine.
MISSING = ("clone3",)
# Calls that every supported kernel knows. Without a rule for one of them, the filter would be useless.
ESSENTIAL = ("unshare", "ptrace", "mount", "socket", "clone")

# The kernel reads the lower 32 bits of an `int` argument. The upper ones must not hide a match.
INT = 0xFFFFFFFF
NAMESPACE_FLAGS = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
CLONE_VM, CLONE_FILES, CLONE_VFORK, CLONE_THREAD = 0x00000100, 0x00000400, 0x00004000, 0x00010000
CLOSE_RANGE_UNSHARE = 2
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
NETLINK_ROUTE = 0
# Of a socket's type, the bits that are not flags.
KIND, SOCK_STREAM = 0xF, 1
IPPROTO_TCP = 6
# SO_ATTACH_FILTER, SO_ATTACH_BPF, and the two for shared ports: SO_ATTACH_REUSEPORT_CBPF and _EBPF.
SOL_SOCKET, FILTERS = 1, (26, 50, 51, 52)
# prctl can set filters too. It can also move a process's memory regions, which we use to tell the memory that
# it was lent from its own.
PR_SET_SECCOMP, PR_SET_MM = 22, 35
RLIMIT_CORE = 4
SCHED_RESET_ON_FORK = 0x40000000
# All but SCHED_OTHER: real-time policies, and idle ones, under which waiting for a processor does not
# mean that the machine is busy.
OTHER_POLICIES = (1, 2, 3, 5, 6, 7)
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
MAP_SHARED, MAP_ANONYMOUS = 0x01, 0x20
# SETLK, SETLKW, OFD_SETLK, OFD_SETLKW. A lock on a system file that all sessions share would be a channel
# between them. Filters can't tell files apart, so no lock is ever taken, and every request for one succeeds:
# SQLite, filelock and torch's compiler can't do without. Whoever asks for a file's locks finds none.
LOCK_COMMANDS = (6, 7, 37, 38)
# SETLEASE, NOTIFY: leases and notifications, by which sessions could notice each other or hold each other up.
# SETPIPE_SZ: larger pipes, whose pages count against one limit for all processes of a user.
REFUSED_COMMANDS = (1024, 1026, 1031)
# GET_SEALS, the last command of fcntl that is known to be harmless. Later ones are refused.
LAST_COMMAND = 1034


class Condition(NamedTuple):
    """What one argument of a call must be: libseccomp's name of a comparison, and its values."""

    argument: int
    comparison: str
    data: tuple[int, ...]


class Rule(NamedTuple):
    """A call that is not made if all conditions hold. It fails with `error` (an errno), or 0: succeeds."""

    call: str
    error: int
    conditions: tuple[Condition, ...] = ()


def refuse(call: str, *conditions: Condition) -> Rule:
    """Fail with EPERM, as for lack of rights."""
    return Rule(call, errno.EPERM, conditions)


def pretend(call: str, *conditions: Condition) -> Rule:
    """Succeed without doing anything."""
    return Rule(call, 0, conditions)


def no_family(call: str, *conditions: Condition) -> Rule:
    """Fail with EAFNOSUPPORT, as on a kernel that lacks a family of sockets."""
    return Rule(call, errno.EAFNOSUPPORT, conditions)


def equal(argument: int, value: int) -> Condition:
    """The argument, all 64 bits of it, is `value`."""
    return Condition(argument, "EQ", (value,))


def unequal(argument: int, value: int) -> Condition:
    """The argument is anything but `value`."""
    return Condition(argument, "NE", (value,))


def above(argument: int, value: int) -> Condition:
    """The argument, unsigned, is more than `value`."""
    return Condition(argument, "GT", (value,))


def masked(argument: int, mask: int, value: int) -> Condition:
    """The argument's bits under `mask` are `value`."""
    return Condition(argument, "MASKED_EQ", (mask, value))


def internet_sockets(family: int) -> list[Rule]:
    """Allow TCP alone, which reaches only the session itself.

    Datagrams that are held back are memory that no limit counts.
    """
    return [
        *[
            refuse("socket", equal(0, family), masked(1, KIND, kind))
            for kind in range(KIND + 1)
            if kind != SOCK_STREAM
        ],
        *[refuse("socket", equal(0, family), masked(2, INT, protocol)) for protocol in range(1, IPPROTO_TCP)],
        refuse("socket", equal(0, family), above(2, IPPROTO_TCP)),
    ]


RULES = (
    *[refuse(call) for call in REFUSED],
    *[Rule(call, errno.ENOSYS) for call in MISSING],
    *[refuse("clone", masked(0, flag, flag)) for flag in NAMESPACE_FLAGS],
    *[
        no_family("socket", equal(0, family))
        for family in range(AF_NETLINK)
        if family not in (AF_UNIX, AF_INET, AF_INET6)
    ],
    # ZeroMQ lists the network interfaces by netlink; a session has only a loopback of its own. No other
    # protocol of netlink.
    no_family("socket", equal(0, AF_NETLINK), above(2, NETLINK_ROUTE)),
    no_family("socket", above(0, AF_NETLINK)),
    # No other family has pairs, but the kernel would load each one's module to say so.
    no_family("socketpair", unequal(0, AF_UNIX)),
    *internet_sockets(AF_INET),
    *internet_sockets(AF_INET6),
    *[refuse("setsockopt", masked(1, INT, SOL_SOCKET), masked(2, INT, option)) for option in FILTERS],
    *[refuse("prctl", masked(0, INT, option)) for option in (PR_SET_SECCOMP, PR_SET_MM)],
    # The limit on core dumps keeps the host from starting a program of its own for each crash.
    refuse("setrlimit", masked(0, INT, RLIMIT_CORE)),
    refuse("prlimit64", masked(1, INT, RLIMIT_CORE), unequal(2, 0)),
    # Processes that share memory, aren't threads and don't wait for each other: a count of their memory from
    # outside could always come too late.
    refuse("clone", masked(0, CLONE_VM | CLONE_VFORK | CLONE_THREAD, CLONE_VM)),
    # Threads with descriptors of their own: only one thread's descriptors are counted for each process.
    refuse("clone", masked(0, CLONE_FILES | CLONE_THREAD, CLONE_THREAD)),
    refuse("close_range", masked(2, CLOSE_RANGE_UNSHARE, CLOSE_RANGE_UNSHARE)),
    # ZeroMQ sets the ordinary policy on its own threads, so the call itself must stay.
    *[
        refuse("sched_setscheduler", masked(1, INT & ~SCHED_RESET_ON_FORK, policy))
        for policy in OTHER_POLICIES
    ],
    *[refuse("ioctl", masked(1, INT, request)) for request in (TIOCSTI, TIOCLINUX)],
    # Anonymous shared memory stays allocated when parts of it are unmapped, and no limit would count it.
    refuse("mmap", masked(3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS)),
    pretend("flock"),
    *[pretend("fcntl", masked(1, INT, command)) for command in LOCK_COMMANDS],
    *[refuse("fcntl", masked(1, INT, command)) for command in REFUSED_COMMANDS],
    refuse("fcntl", above(1, LAST_COMMAND)),
)


def compile_filter() -> bytes:
    """The filter as a BPF program, 8 bytes per instruction, for this machine's architecture.

    A process that makes a call of another architecture is killed.

    Raises MachineError if libseccomp is missing, and OSError or ValueError if an essential call is
    unknown to it.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError) as error:
        raise MachineError(
            f"system calls can't be filtered: {error}. Install libseccomp (Debian, Ubuntu: apt install "
            "libseccomp2), or ask for no protection by name: --sandbox none."
        ) from None
    program = seccomp.SyscallFilter(seccomp.ALLOW)
    for rule in RULES:
        conditions = [
            seccomp.Arg(each.argument, getattr(seccomp, each.comparison), *each.data)
            for each in rule.conditions
        ]
        try:
            program.add_rule(seccomp.ERRNO(rule.error), rule.call, *conditions)
        except (OSError, ValueError):
            if rule.call in ESSENTIAL:
                raise
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()
