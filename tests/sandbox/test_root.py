"""Root is given up for good before a sandbox starts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.bubblewrap import find_base
from grader.sandbox.users import pick_users

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root has root to give up"
)
CODE = """
import sys
from grader.sandbox.host import Bind
from grader.sandbox.root import shed_root
from grader.sandbox.users import Users
shed_root([Bind(sys.argv[1], sys.argv[2])], Users(int(sys.argv[3]), int(sys.argv[4])))
print(open('/proc/self/uid_map').read().split(), open(sys.argv[2] + '/file').read())
try:
    open(sys.argv[5]); print('opened')
except PermissionError:
    print('refused')
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can go through, which pytest's own are not."""
    made = Path(tempfile.mkdtemp(dir=find_base()))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def test_a_child_becomes_an_unused_user(folder: Path) -> None:
    """Only the given users are mapped, staged folders can be read, and root's own files no longer can."""
    for name in ("private", "target"):
        (folder / name).mkdir()
    (folder / "private" / "file").write_text("staged")
    secret = folder / "secret"
    secret.touch(mode=0o600)
    given = pick_users()
    arguments = [folder / "private", folder / "target", given.first, given.count, secret]
    done = subprocess.run(
        [sys.executable, "-c", CODE, *map(str, arguments)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == f"['0', '{given.first}', '{given.count}'] staged\nrefused\n", done.stderr
    assert not os.listdir(folder / "target")


FAULTS = """
import errno, os, signal, sys
from grader.inside import seal
from grader.sandbox import users
from grader.sandbox.root import shed_root
from grader.sandbox.users import Users
fault = sys.argv[1]
def failing(*_):
    if fault == 'killed':
        os.kill(os.getpid(), signal.SIGKILL)
    raise {'refused': PermissionError(1, 'no'), 'fails': ValueError('odd')}[fault]
def switched_off(flags, unshare=seal.unshare):
    if flags == seal.CLONE_NEWUSER:
        raise OSError(errno.ENOSPC, 'unshare: No space left on device')
    unshare(flags)
if fault == 'switched off':
    seal.unshare = switched_off
else:
    users.map_into = failing
try:
    shed_root([], Users(int(sys.argv[2]), int(sys.argv[3])))
    print('done')
except OSError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("killed", "[Errno 10] the process that gives out users was killed by signal 9"),
        ("fails", "[Errno 10] the process that gives out users failed"),
        ("refused", "[Errno 1] users can't be given (uid map): Operation not permitted"),
        ("switched off", "[Errno 28] no further user namespace may be made"),
    ],
)
def test_what_goes_wrong_is_told_as_what_it_is(fault: str, told: str) -> None:
    """A helper that is killed or fails is no refusal, and a limit on namespaces is no full disk."""
    given = pick_users()
    arguments = [sys.executable, "-c", FAULTS, fault, str(given.first), str(given.count)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == told, done.stderr


OWNER = """
import fcntl, os, struct, sys
from grader.inside import seal
from grader.sandbox.root import shed_root
from grader.sandbox.users import Users
def unshare(flags, unshare=seal.unshare):
    if flags == seal.CLONE_NEWUSER:
        print('before', os.geteuid(), seal.own_rights() >> 21 & 1)
    unshare(flags)
seal.unshare = unshare
shed_root([], Users(int(sys.argv[1]), int(sys.argv[2])))
owner = bytearray(4)
fcntl.ioctl(os.open('/proc/self/ns/user', os.O_RDONLY), 0xb704, owner)  # NS_GET_OWNER_UID
print('owner', struct.unpack('I', owner)[0])
"""


def test_the_namespace_is_made_with_privileges_and_belongs_to_the_first_user() -> None:
    """CAP_SYS_ADMIN stays until the namespace is made. Its owner, for whom much is counted, is not root."""
    given = pick_users()
    arguments = [sys.executable, "-c", OWNER, str(given.first), str(given.count)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    assert done.stdout == f"before {given.first} 1\nowner 0\n", done.stderr  # 0 inside: the first user
