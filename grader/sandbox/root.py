"""Giving up root before the sandbox starts."""

from __future__ import annotations

import errno
import os

from grader.sandbox import users
from grader.sandbox.host import Bind
from grader.sandbox.users import Users


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
        number = 0
        try:
            os.close(unshared)
            if os.read(waits, 1):
                users.map_into(child, given)
        except OSError as error:
            number = error.errno or errno.EPERM
        finally:
            os._exit(number)
    # Before the namespace is made: the system counts some things for its maker, who should not be root.
    os.setgroups([])
    os.setresgid(given.first, given.first, given.first)
    os.setresuid(given.first, given.first, given.first)
    seal.unshare(seal.CLONE_NEWUSER)
    os.write(unshared, b"1")
    if number := os.waitstatus_to_exitcode(os.waitpid(mapper, 0)[1]):
        raise OSError(abs(number), f"users can't be given (uid map): {os.strerror(abs(number))}")
