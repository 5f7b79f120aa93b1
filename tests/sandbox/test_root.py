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
