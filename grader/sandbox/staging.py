"""What a sandbox sees is laid out before it starts: the code that runs inside, and parts of the host."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import host
from grader.sandbox.host import Bind, Python

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


def lay_out(folder: Path, program: str, python: Python, as_root: bool) -> Stage:
    """Copy the code that runs inside to `folder`; `as_root`, also make mount points for what is staged."""
    # A copy: the table of mounts inside would tell where the grader and its course lie.
    copy = folder / "inside"
    shutil.copytree(INSIDE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (copy, *copy.rglob("*")):
        # Whatever the umask: the sandbox may run as another user.
        path.chmod(0o755 if path.is_dir() else 0o644)
    visible = [*host.system_binds(), *python.binds, Bind(str(copy), "/session/inside")]
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
