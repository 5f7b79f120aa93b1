"""What a sandbox sees is laid out before it starts: the code that runs inside, and parts of the host."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import host
from grader.sandbox.arguments import BOUND
from grader.sandbox.host import Bind, Python

SHELF = "f"  # the folder of large files
INSIDE = Path(__file__).parents[1] / "inside"


@dataclass(frozen=True)
class Stage:
    """What a sandbox sees, and how it is reached.

    `visible` is what bubblewrap binds. `staged` is what root binds to the sandbox's folder beforehand, since
    the user whom the sandbox runs as may not go where it lies; empty if an ordinary user grades. `program`
    is the path of bubblewrap from then on.
    """

    visible: list[Bind]
    staged: list[Bind]
    program: str


def shelve(folder: Path, source: Path, name: str) -> None:
    """Put a file, or a folder of files, into `folder` under a name, for every session to read.

    Costs no room where `source` lies on the same disk and every user may read it. Raises OSError.
    """
    target = folder / name
    if target.exists():
        return
    part = folder / (name + ".part")
    if source.is_dir():
        shutil.copytree(source, part, copy_function=_link_or_copy)
        for path in (part, *part.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)
    else:
        _link_or_copy(str(source), str(part))
    part.rename(target)


def remove(folder: Path) -> None:
    """Remove what was laid out in `folder`, and the folder."""
    with contextlib.suppress(OSError):
        (folder / SHELF).chmod(0o700)  # or its owner could not see what to remove
    shutil.rmtree(folder, ignore_errors=True)


def _link_or_copy(source: str, target: str) -> None:
    if os.stat(source).st_mode & 0o004:
        with contextlib.suppress(OSError):  # another disk, or a system that does not allow it
            os.link(source, target)
            return
    shutil.copyfile(source, target)
    os.chmod(target, 0o444)


def lay_out(folder: Path, program: str, python: Python, as_root: bool) -> Stage:
    """Copy the code that runs inside to `folder` and make the folder for large files in it.

    If `as_root`, also make mount points for what is staged.
    """
    # A copy: the table of mounts inside would tell where the grader and its course lie.
    copy = folder / "inside"
    shutil.copytree(INSIDE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (copy, *copy.rglob("*")):
        # Whatever the umask: the sandbox may run as another user.
        path.chmod(0o755 if path.is_dir() else 0o644)
    shelf = folder / SHELF
    shelf.mkdir()
    # Sessions can open what they know the hash of, and not look around.
    shelf.chmod(0o311)
    visible = [
        *host.system_binds(),
        *python.binds,
        Bind(str(copy), "/session/inside"),
        Bind(str(shelf), BOUND),
    ]
    if not as_root:
        return Stage(visible, [], program)
    # pip installs a bwrap that finds its library next to itself, so it is staged with everything around it.
    around = next((bind.source for bind in visible if host.lies_in(program, bind.source)), program)
    sources = [around, *(bind.source for bind in visible)]
    staged = [Bind(source, str(folder / "b" / str(number))) for number, source in enumerate(sources)]
    for bind in staged:
        # Only the mount points. The child binds to them, in a mount namespace of its own (`shed_root`).
        target = Path(bind.target)
        target.parent.mkdir(exist_ok=True)
        target.parent.chmod(0o711)  # whatever the umask
        target.mkdir() if os.path.isdir(bind.source) else target.touch()
    seen = [Bind(stage.target, bind.target) for stage, bind in zip(staged[1:], visible)]
    return Stage(seen, staged, staged[0].target + program.removeprefix(around))
