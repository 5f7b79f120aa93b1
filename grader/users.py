"""Users of the host who own nothing: one for the warm process, and one more for each session.

Much is counted by user, over all namespaces: pages of pipes, files that are waited for with epoll, descriptors in flight between
sockets. Sessions of one user could take them from each other. Only root can give others' numbers away.
"""

from __future__ import annotations

import json
import os
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
        start, number = max((start, number), (int(line.split()[0]), int(line.split()[2])), key=lambda part: part[1])
    if start <= FIRST and start + number > LAST:
        return Users(FIRST + NUMBER * secrets.randbelow((LAST - FIRST + 1) // NUMBER), NUMBER)
    if number < 8:
        raise MachineError("sessions can't give up root: nobody else is known here, as in a container with one user, or where `unshare -r` has "
                           "made this root. Grade as an ordinary user, or in a container with more.")
    return Users(start + number // 2, min(NUMBER, number // 4))


class HandoverError(OSError):
    """What kept users from being given."""


class Handover:
    """Gives users to bubblewrap's namespace: it tells which process is in it, and waits until it has them."""

    def __init__(self, users: Users) -> None:
        self.users = users
        waits, go = os.pipe()
        info, tells = os.pipe()
        self.inherited = (waits, tells)  # bubblewrap's ends
        self.arguments = ["--unshare-user", "--userns-block-fd", str(waits), "--info-fd", str(tells)]
        self._go, self._info = os.fdopen(go, "wb"), os.fdopen(info, "rb")

    def finish(self) -> None:
        """Once it runs and nobody else has its ends. HandoverError where it can't be done; where it has ended already, nothing happens."""
        try:
            if words := self._info.read():
                for kind in ("uid_map", "gid_map"):
                    Path(f"/proc/{json.loads(words)['child-pid']}/{kind}").write_text(f"0 {self.users.first} {self.users.number}", encoding="ascii")
        except (OSError, ValueError) as error:
            raise HandoverError(f"sessions can't have users of their own (uid map): {error}") from None

    def __enter__(self) -> Handover:
        return self

    def __exit__(self, *_: object) -> None:
        self._go.close()  # it goes on when this is
        self._info.close()
