"""The parts of the host that a sandbox sees, all read-only: the system's programs and libraries, and this Python."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass

from grader.errors import MachineError

# The system, as a whitelist: what else lies in /usr (local, src, games) is the host's own affair.
SYSTEM = (
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/terminfo",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
)
LINKS = (
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
)  # into /usr on today's systems, directories of their own on older ones
TAKEN = ("/tmp", "/dev", "/proc", "/run", "/home/student", "/session")  # what a session has for itself


@dataclass(frozen=True)
class Bind:
    """A part of the host that the sandbox sees: `source` under the name `target`."""

    source: str
    target: str


@dataclass(frozen=True)
class Python:
    """This Python as the sandbox sees it: what to bind, what to start, and where its packages are."""

    binds: tuple[Bind, ...]
    executable: str
    packages: tuple[str, ...]  # directories for sys.path


def system() -> list[Bind]:
    return [Bind(path, path) for path in SYSTEM if os.path.exists(path)] + [
        Bind(path, path) for path in LINKS if os.path.isdir(path) and not os.path.islink(path)
    ]


def links() -> list[tuple[str, str]]:
    """The root's links, as (where it points, its name)."""
    return [(os.readlink(path), path) for path in LINKS if os.path.islink(path)]


def python() -> Python:
    """This Python. Its installation keeps its path; an environment and further package folders are given neutral ones.

    MachineError where the installation lies under a path that a session has for itself.
    """
    base = os.path.realpath(sys.base_prefix)
    if any(inside(base, taken) for taken in TAKEN):
        raise MachineError(
            f"this Python is installed in {base}, a path that sealed sessions have for themselves; use one installed elsewhere."
        )
    binds = [] if base in ("/", "/usr") else [Bind(base, base)]
    if os.path.abspath(sys.base_prefix) != base:
        binds.append(Bind(base, os.path.abspath(sys.base_prefix)))
    standard = {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
    binds += [Bind(path, path) for path in sorted(standard) if os.path.isdir(path) and not _seen(path, binds)]
    executable = sys.executable
    packages: list[str] = []
    if sys.prefix != sys.base_prefix:
        prefix = os.path.abspath(sys.prefix)
        binds.append(Bind(prefix, "/session/python"))
        executable = "/session/python" + os.path.abspath(sys.executable).removeprefix(prefix)
    elif not _seen(os.path.realpath(executable), binds):
        executable = os.path.realpath(executable)
        binds.append(Bind(os.path.dirname(executable), os.path.dirname(executable)))
    for path in sys.path:
        known = os.path.realpath(path)
        if (
            os.path.basename(path) in ("site-packages", "dist-packages")
            and os.path.isdir(path)
            and not _seen(known, binds)
        ):
            binds.append(Bind(known, f"/session/packages/{len(packages)}"))
            packages.append(binds[-1].target)
    return Python(tuple(binds), executable, tuple(packages))


def inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _seen(path: str, binds: list[Bind]) -> bool:
    return any(
        inside(path, os.path.realpath(source)) for source in (*SYSTEM[:5], *(bind.source for bind in binds))
    )


def named(name: str, python: Python) -> list[str]:
    """The names under which the sandbox would see a package of that name, wherever it is installed."""
    found = []
    for path in {os.path.realpath(entry) for entry in sys.path if entry} | {
        os.path.realpath(sysconfig.get_path("purelib"))
    }:
        folder = os.path.join(path, name)
        for bind in python.binds:
            source = os.path.realpath(bind.source)
            if os.path.isdir(folder) and inside(folder, source):
                found.append(bind.target + folder.removeprefix(source))
    return sorted(set(found))
