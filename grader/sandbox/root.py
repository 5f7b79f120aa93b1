"""Giving root up before the sandbox starts."""

from __future__ import annotations

import errno
import os
import signal

from grader.sandbox import users
from grader.sandbox.host import Bind
from grader.sandbox.users import Users


def shed_root(staged: list[Bind], given: Users) -> None:
    """In the child: bind what will be needed to where anyone may go, then become the first of `given`, for good, and root of a
    user namespace in which only they are known.

    bubblewrap that is started by root covers parts of /proc, and then a session could not mount
    its own; and root need not be risked.
    """
    from grader.inside import seal

    seal.unshare(seal.CLONE_NEWNS)
    seal.mount("none", "/", "", seal.MS_REC | seal.MS_PRIVATE)
    for bind in staged:
        seal.mount(bind.source, bind.target, "", seal.MS_BIND | seal.MS_REC)
    child = os.getpid()
    waits, unshared = os.pipe()
    giver = os.fork()
    if giver == 0:  # who is within can't give any but himself
        number = 0
        try:
            os.close(unshared)
            if os.read(waits, 1):
                users.give(given, child)
        except OSError as error:
            number = error.errno or errno.EPERM
        finally:
            os._exit(number)
    os.setgroups([])
    os.setresgid(given.first, given.first, given.first)
    os.setresuid(
        given.first, given.first, given.first
    )  # before, so that what the system counts for the namespace's maker is not root's
    seal.unshare(seal.CLONE_NEWUSER)
    os.write(unshared, b"1")
    if number := os.waitstatus_to_exitcode(os.waitpid(giver, 0)[1]):
        raise OSError(abs(number), f"users can't be given (uid map): {os.strerror(abs(number))}")


def die_with(parent: int) -> None:
    """In the child: end when the parent does, from now on. Whoever becomes another user has to ask for it again."""
    from grader.inside import seal

    seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
