"""Users of the host who own nothing: one for the warm process, and one more for each session.

The system counts much by user, across all namespaces: pages of pipes, files watched with epoll, descriptors
in flight between sockets. Sessions of one user could take these from each other. Only root can give a process
another user's UID.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from grader.errors import MachineError

BLOCK = 1 << 16
FIRST, LAST = 0x60000000, 0x6FFFFFFF  # no distribution, directory or container assigns UIDs from this range


@dataclass(frozen=True)
class Users:
    """`count` UIDs of the host from `first` on. Sessions take turns with all but the first."""

    first: int
    count: int


def pick_users(uid_map: Path = Path("/proc/self/uid_map")) -> Users:
    """Pick a range of host UIDs that is unlikely to be in use.

    `uid_map` lists the UIDs that are valid here. If there are few, as in many containers, the range is the
    third quarter of them. Two commands that run at the same time pick the same range with a chance of 1 in
    4,096; in such a container they always do. Raises MachineError if root is the only valid user.
    """
    start, count = 0, 0
    for line in uid_map.read_text(encoding="ascii").splitlines():
        first, _, length = map(int, line.split())
        if length > count:
            start, count = first, length
    if start <= FIRST and start + count > LAST:
        return Users(FIRST + BLOCK * secrets.randbelow((LAST - FIRST + 1) // BLOCK), BLOCK)
    if count < 8:
        raise MachineError(
            "sessions can't give up root: no other user is known here, as in a container with one user, or "
            "where `unshare -r` has made this root. Grade as an ordinary user, or in a container with more "
            "users."
        )
    return Users(start + count // 2, min(BLOCK, count // 4))


def map_into(pid: int, users: Users) -> None:
    """Map exactly these UIDs, from 0 on, into the user namespace of the process `pid`, and the same GIDs.

    Only root outside that namespace can. Raises OSError if the system refuses.
    """
    for kind in ("uid_map", "gid_map"):
        Path(f"/proc/{pid}/{kind}").write_text(f"0 {users.first} {users.count}", encoding="ascii")
