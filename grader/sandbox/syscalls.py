"""The system calls that namespaces leave open and that no notebook needs, compiled to a seccomp filter."""

from __future__ import annotations

import errno
import tempfile

from grader.errors import MachineError

# What could change or leave the sandbox, talk to the kernel's larger and younger parts, outlive the
# session, or serve two sessions as a channel. They fail with EPERM, as they would for lack of rights.
# fmt: off
REFUSED = (
    # more namespaces, other roots, mounts
    "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsconfig",
    "fsmount", "fspick", "mount_setattr",
    # other processes' memory
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
    # keyrings, BPF, performance counters, faults handled in user space
    "add_key", "keyctl", "request_key", "bpf", "perf_event_open", "userfaultfd",
    # asynchronous I/O that passes filters by
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    # filters of one's own: compiled, they take from a number that the whole machine has, without which no session can be sealed
    "seccomp",
    # an older kind, of which the whole machine has one small number
    "io_setup", "io_submit", "io_getevents", "io_pgetevents", "io_cancel", "io_destroy",
    # memory that no limit sees
    "memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "msgget", "msgsnd",
    "mq_open", "mq_unlink", "vmsplice",
    # the machine itself
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
    "acct", "quotactl", "quotactl_fd", "nfsservctl", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
    "sethostname", "setdomainname", "syslog", "iopl", "ioperm", "vhangup", "lookup_dcookie", "_sysctl", "uselib",
    "personality", "modify_ldt", "mknod", "mknodat", "name_to_handle_at", "open_by_handle_at",
    # word of changed files, of which a user may wait for few
    "fanotify_init", "inotify_init", "inotify_init1",
    # scheduling classes and placement that would disturb others
    "sched_setattr", "ioprio_set", "setpriority", "migrate_pages", "move_pages", "mbind",
    "set_mempolicy",
    # locks on shared, read-only system files: a channel between sessions
    "flock",
)
# fmt: on
MISSING = ("clone3",)  # fails with ENOSYS, so that libc falls back to clone, whose flags can be looked at

CLONE_NEW = 0x7E020080  # every flag of clone that makes a namespace (CLONE_NEWTIME is 0x80)
NAMESPACE_FLAGS = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
NETLINK_ROUTE = 0
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
INT = 0xFFFFFFFF  # the kernel reads 32 bits of such an argument; what stands in the others must not hide it
SCHED_RESET_ON_FORK = 0x40000000
OTHER_POLICIES = (
    1,
    2,
    3,
    5,
    6,
    7,
)  # all but SCHED_OTHER: real-time ones, and idle ones in which waiting is not waiting
MAP_SHARED, MAP_ANONYMOUS = 0x01, 0x20
# Of fcntl: locks, leases and word of changes, by which sessions could notice or hold up each other; larger pipes, of whose pages all
# processes of a user have one number. Beyond the last command that is known to be harmless, none.
REFUSED_COMMANDS = (
    6,
    7,
    37,
    38,
    1024,
    1026,
    1031,
)  # SETLK, SETLKW, OFD_SETLK, OFD_SETLKW, SETLEASE, NOTIFY, SETPIPE_SZ
LAST_COMMAND = 1034  # GET_SEALS
SOL_SOCKET, FILTERS = 1, (26, 50, 51, 52)  # SO_ATTACH_FILTER, SO_ATTACH_BPF, and for ports that are shared
# Of prctl: filters again; where a process's parts lie, by which what it was lent is told from what it took.
PR_SET_SECCOMP, PR_SET_MM = 22, 35
RLIMIT_CORE = 4
KIND, SOCK_STREAM = 0xF, 1
IPPROTO_TCP = 6
CLONE_VM, CLONE_FILES, CLONE_VFORK, CLONE_THREAD = 0x00000100, 0x00000400, 0x00004000, 0x00010000
CLOSE_RANGE_UNSHARE = 2


def compile_filter() -> bytes:
    """The filter as a BPF program, 8 bytes an instruction, for this machine's own architecture; others are killed.

    Raises MachineError where libseccomp is missing.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError) as error:
        raise MachineError(
            f"system calls can't be filtered: {error}. Install libseccomp (Debian, Ubuntu: apt install libseccomp2), "
            "or ask for no protection by name: --sandbox none."
        ) from None
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refuse, absent = seccomp.ERRNO(errno.EPERM), seccomp.ERRNO(errno.ENOSYS)
    no_family = seccomp.ERRNO(errno.EAFNOSUPPORT)

    def rule(action: int, name: str, *conditions: object) -> None:
        try:
            rules.add_rule(action, name, *conditions)
        except (OSError, ValueError):
            if name in ("unshare", "ptrace", "mount", "socket", "clone"):
                raise  # known everywhere: a filter without them would not be one

    for name in REFUSED:
        rule(refuse, name)
    for name in MISSING:
        rule(absent, name)
    for flag in NAMESPACE_FLAGS:
        rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    for family in range(AF_NETLINK):
        if family not in (AF_UNIX, AF_INET, AF_INET6):
            rule(no_family, "socket", seccomp.Arg(0, seccomp.EQ, family))
    # ZeroMQ asks by netlink for the interfaces, of which a session has a loopback of its own; no other protocol of it.
    rule(
        no_family, "socket", seccomp.Arg(0, seccomp.EQ, AF_NETLINK), seccomp.Arg(2, seccomp.GT, NETLINK_ROUTE)
    )
    rule(no_family, "socket", seccomp.Arg(0, seccomp.GT, AF_NETLINK))
    rule(
        no_family, "socketpair", seccomp.Arg(0, seccomp.NE, AF_UNIX)
    )  # no other has pairs, but each would be loaded to say so
    for family in (
        AF_INET,
        AF_INET6,
    ):  # TCP, to oneself. Datagrams that are held back are memory that no limit sees.
        for kind in range(KIND + 1):
            if kind != SOCK_STREAM:
                rule(
                    refuse,
                    "socket",
                    seccomp.Arg(0, seccomp.EQ, family),
                    seccomp.Arg(1, seccomp.MASKED_EQ, KIND, kind),
                )
        for protocol in range(1, IPPROTO_TCP):
            rule(
                refuse,
                "socket",
                seccomp.Arg(0, seccomp.EQ, family),
                seccomp.Arg(2, seccomp.MASKED_EQ, INT, protocol),
            )
        rule(refuse, "socket", seccomp.Arg(0, seccomp.EQ, family), seccomp.Arg(2, seccomp.GT, IPPROTO_TCP))
    for option in FILTERS:
        rule(
            refuse,
            "setsockopt",
            seccomp.Arg(1, seccomp.MASKED_EQ, INT, SOL_SOCKET),
            seccomp.Arg(2, seccomp.MASKED_EQ, INT, option),
        )
    for option in (PR_SET_SECCOMP, PR_SET_MM):
        rule(refuse, "prctl", seccomp.Arg(0, seccomp.MASKED_EQ, INT, option))
    # The limit on core dumps keeps the machine's own programs from being started for each crash.
    rule(refuse, "setrlimit", seccomp.Arg(0, seccomp.MASKED_EQ, INT, RLIMIT_CORE))
    rule(
        refuse,
        "prlimit64",
        seccomp.Arg(1, seccomp.MASKED_EQ, INT, RLIMIT_CORE),
        seccomp.Arg(2, seccomp.NE, 0),
    )
    # Processes with one memory that neither wait for each other nor are threads: who looks from outside could always come too late.
    rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_VM | CLONE_VFORK | CLONE_THREAD, CLONE_VM))
    # Threads with descriptors of their own: one thread's are all that are looked at of a process.
    rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_FILES | CLONE_THREAD, CLONE_THREAD))
    rule(refuse, "close_range", seccomp.Arg(2, seccomp.MASKED_EQ, CLOSE_RANGE_UNSHARE, CLOSE_RANGE_UNSHARE))
    for (
        policy
    ) in OTHER_POLICIES:  # ZeroMQ sets the ordinary policy on its own threads, so the call itself must stay
        rule(
            refuse,
            "sched_setscheduler",
            seccomp.Arg(1, seccomp.MASKED_EQ, INT & ~SCHED_RESET_ON_FORK, policy),
        )
    for request in (TIOCSTI, TIOCLINUX):
        rule(refuse, "ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, INT, request))
    # Anonymous memory that is shared stays when it is unmapped from sight: no limit would see it.
    rule(
        refuse,
        "mmap",
        seccomp.Arg(3, seccomp.MASKED_EQ, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS),
    )
    for command in REFUSED_COMMANDS:
        rule(refuse, "fcntl", seccomp.Arg(1, seccomp.MASKED_EQ, INT, command))
    rule(refuse, "fcntl", seccomp.Arg(1, seccomp.GT, LAST_COMMAND))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
