"""What an assignment hands out can't be changed for others, and other data of reruns can't be found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import command, hand_in, records

PUBLIC = """
from grader import check

@check(points=1, title="The files are as they were handed out")
def test_untouched(student):
    assert student.size == 2_000_000 and student.rows == "1,2,3"
"""
HIDDEN = """
from grader import check

@check(points=1, title="So they are in a rerun, with other data", depends=["test_untouched"])
def test_other(rerun):
    assert rerun().size == 3_000_000 and rerun().rows == "4,5,6"

@check(points=1, title="Nothing was found or changed")
def test_nothing(student):
    assert student.found == []
"""
LOOK = "import os\nsize, rows = os.path.getsize('large.bin'), open('rows.csv').read()\nfound = []"
SPOIL = """
place = os.path.dirname(os.path.realpath('large.bin'))
target = os.path.realpath('large.bin')
for attempt in (
    lambda: found.extend(os.listdir(place)),
    lambda: found.extend(os.scandir(os.open(place, os.O_RDONLY))),
    lambda: os.chmod(place, 0o777) or found.append('opened'),
    lambda: os.chmod(target, 0o777) or found.append('chmod'),
    lambda: open(target, 'ab') and found.append('write'),
    lambda: os.truncate(target, 0) or found.append('truncate'),
    lambda: os.remove(target) or found.append('remove'),
    lambda: os.rename(target, target + 'x') or found.append('rename'),
    lambda: open(os.path.join(place, 'new'), 'w') and found.append('new'),
    lambda: os.link(target, 'mine') or found.append('link'),
    lambda: open(f'/proc/self/fd/{os.open(target, os.O_RDONLY)}', 'r+b') and found.append('reopened'),
):
    try:
        attempt()
    except OSError:
        pass
# Of the mounts, one folder may be seen, not what is in it; and not where the course lies.
mounts = open('/proc/self/mountinfo').read()
listed = mounts.splitlines()
found += [line for line in listed if place + "/" in line or "solutions" in line or "total" in line]
for name in ('large.bin', 'rows.csv', 'files/large.bin', 'files/rows.csv'):
    if os.path.lexists(name):
        os.remove(name)
os.mkdir('large.bin')
open('rows.csv', 'w').write('0')
"""


def written(root: Path) -> Path:
    """The course and a class of one spoiler and two honest students, below `root`."""
    public, staff = root / "course" / "assignments" / "total", root / "course" / "solutions" / "total"
    for folder, size, rows in ((public, 2_000_000, "1,2,3"), (staff, 3_000_000, "4,5,6")):
        (folder / "files").mkdir(parents=True)
        (folder / "files" / "large.bin").write_bytes(b"\0" * size)
        (folder / "files" / "rows.csv").write_text(rows)
    (public / "assignment.toml").write_text('title = "Total"\nstatement = "Look at files."\n')
    (public / "test_public.py").write_text(PUBLIC)
    (staff / "test_hidden.py").write_text(HIDDEN)
    hand_in(root, "solution", f"### BEGIN SOLUTION\n{LOOK}\n### END SOLUTION", task="total")
    shutil.move(root / "solution" / "total.ipynb", staff / "solution.ipynb")
    assert command("stub", "--course", root / "course").returncode == 0
    for student, cells in {"a": [LOOK], "b": [LOOK, SPOIL], "c": [LOOK]}.items():
        hand_in(root / "class", student, *cells, task="total")
    return root


@pytest.mark.parametrize("user", [None, 12345])
def test_nothing_is_found_or_changed(tmp_path: Path, user: int | None) -> None:
    """A notebook that tries everything on its files leaves the next session's alone, whoever grades."""
    root = written(tmp_path)
    prefix: list[str] = []
    if user is not None:
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            pytest.skip("not root")
        prefix = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        probe = [*prefix, sys.executable, "-c", "import sys, torch; print(sys.base_prefix)"]
        reached = subprocess.run(probe, capture_output=True, text=True)
        if reached.stdout.strip() != sys.base_prefix:
            pytest.skip("this Python can't be reached by other users")
        root = Path("/tmp") / f"grader-test-{os.getpid()}"
        shutil.copytree(tmp_path, root, symlinks=True)
        subprocess.run(["chown", "-R", f"{user}:{user}", root], check=True)
    try:
        arguments = ["grade", root / "class", "--out", root / "out", "--course", root / "course"]
        done = subprocess.run(
            [*prefix, sys.executable, "-P", "-m", "grader", *map(str, arguments), "--jobs", "1"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=100,
            env={"PATH": os.environ["PATH"], "HOME": str(root)},
        )
        assert done.returncode == 0, done.stderr
        scores = {student: record["score"] for (student, _), record in records(root / "out").items()}
        assert scores == {"a": 3, "b": 3, "c": 3}, records(root / "out")["b", "total"]["checks"]
        kept = root / "course" / "assignments" / "total" / "files"
        assert (kept / "large.bin").stat().st_size == 2_000_000 and (kept / "rows.csv").read_text() == "1,2,3"
    finally:
        if user is not None:
            shutil.rmtree(root, ignore_errors=True)
