"""Users of the host who own nothing: one for the warm process, and one more for each session.

Much is counted by user, over all namespaces: pages of pipes, files that are waited for with epoll, descriptors in flight between
sockets. Sessions of one user could take them from each other. Only root can give others' numbers away.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from grader.errors import MachineError

NUMBER = 1 << 16
FIRST, LAST = 0x60000000, 0x6FFFFFFF  # where no distribution, directory or container has anybody


@dataclass(frozen=True)
class Users:
    """`number` users of the host from `first` on; sessions take turns with all but the first."""

    first: int
    number: int


def spare(known: Path = Path("/proc/self/uid_map")) -> Users:
    """Users whom nobody else is likely to be, among those that are `known` here. Of few, as in many containers, the third quarter.

    Two commands at the same time have the same ones with a chance of 1 in 4,096; in such a container always. MachineError where
    there is nobody but root.
    """
    start, number = 0, 0
    for line in known.read_text(encoding="ascii").splitlines():
        start, number = max(
            (start, number), (int(line.split()[0]), int(line.split()[2])), key=lambda part: part[1]
        )
    if start <= FIRST and start + number > LAST:
        return Users(FIRST + NUMBER * secrets.randbelow((LAST - FIRST + 1) // NUMBER), NUMBER)
    if number < 8:
        raise MachineError(
            "sessions can't give up root: nobody else is known here, as in a container with one user, or where `unshare -r` has "
            "made this root. Grade as an ordinary user, or in a container with more."
        )
    return Users(start + number // 2, min(NUMBER, number // 4))


def give(users: Users, pid: int) -> None:
    """Make them, and nobody else, known in the user namespace of a process, from 0 on. Only root outside of it can; OSError where it may not."""
    for kind in ("uid_map", "gid_map"):
        Path(f"/proc/{pid}/{kind}").write_text(f"0 {users.first} {users.number}", encoding="ascii")
