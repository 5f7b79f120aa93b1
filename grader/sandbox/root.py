"""Giving up root before the sandbox starts."""

from __future__ import annotations

import contextlib
import errno
import os

from grader.sandbox import users
from grader.sandbox.host import Bind
from grader.sandbox.users import Users

# What an error of `shed_root` says where something else is at fault than a refusal of the system's.
SWITCHED_OFF = "no further user namespace may be made"
HELPER = "the process that gives out users"
FAILED = 255  # its exit status after an error without a number


def shed_root(staged: list[Bind], given: Users) -> None:
    """Become the first of the users `given`, for good. Called in the child, between fork and exec.

    The child first binds `staged` to where every user may go. Then it becomes root of a user namespace that
    knows no other users than these. Raises OSError if the system refuses.

    This avoids running bubblewrap as root. Started by root, it would also cover parts of /proc, and a session
    could not mount a /proc of its own.
    """
    from grader.inside import seal

    seal.unshare(seal.CLONE_NEWNS)
    seal.mount("none", "/", "", seal.MS_REC | seal.MS_PRIVATE)
    for bind in staged:
        seal.mount(bind.source, bind.target, "", seal.MS_BIND | seal.MS_REC)
    child = os.getpid()
    waits, unshared = os.pipe()
    mapper = os.fork()
    if mapper == 0:  # a process inside the namespace could map no user but itself
        number = FAILED
        try:
            os.close(unshared)
            if os.read(waits, 1):
                users.map_into(child, given)
            number = 0
        except OSError as error:
            number = error.errno or errno.EPERM
        finally:
            os._exit(number)
    # Before the namespace is made: the system counts some things for its maker, who should not be root.
    os.setgroups([])
    # Capabilities stay until the namespace is made, by which they are lost: where a system keeps others from
    # making one, as with AppArmor's restriction, root may.
    with contextlib.suppress(OSError):
        seal.prctl(seal.PR_SET_SECUREBITS, seal.SECBIT_NO_SETUID_FIXUP)
    os.setresgid(given.first, given.first, given.first)
    os.setresuid(given.first, given.first, given.first)
    try:
        seal.unshare(seal.CLONE_NEWUSER)
    except OSError as error:
        if error.errno == errno.ENOSPC:  # reads like a full disk
            raise OSError(error.errno, SWITCHED_OFF) from None
        raise
    os.write(unshared, b"1")
    status = os.waitstatus_to_exitcode(os.waitpid(mapper, 0)[1])
    if status < 0:
        raise OSError(errno.ECHILD, f"{HELPER} was killed by signal {-status}")
    if status == FAILED:
        raise OSError(errno.ECHILD, f"{HELPER} failed")
    if status:
        raise OSError(status, f"users can't be given (uid map): {os.strerror(status)}")
