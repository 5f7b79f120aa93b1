"""The parts of the host that a sandbox sees, read-only: the system and the Python that runs the grader."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass

from grader.errors import MachineError

# The system's programs and libraries, as an allowlist: all else in /usr (local, src, games) is left out.
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
# Links into /usr on today's systems, folders of their own on older ones.
LINKS = ("/bin", "/lib", "/lib32", "/lib64")
# Paths where a session has folders of its own.
TAKEN = ("/tmp", "/dev", "/proc", "/run", "/home/student", "/session")


@dataclass(frozen=True)
class Bind:
    """A part of the host that the sandbox sees: `source` under the name `target`."""

    source: str
    target: str


@dataclass(frozen=True)
class Python:
    """A Python as the sandbox sees it: what to bind, what to start, and more folders for `sys.path`."""

    binds: tuple[Bind, ...]
    executable: str
    packages: tuple[str, ...]


def system_binds() -> list[Bind]:
    """The system's programs and libraries, each under its own path."""
    paths = [path for path in SYSTEM if os.path.exists(path)]
    paths += [path for path in LINKS if os.path.isdir(path) and not os.path.islink(path)]
    return [Bind(path, path) for path in paths]


def root_links() -> list[tuple[str, str]]:
    """The links in the root folder, each as where it points and its path."""
    return [(os.readlink(path), path) for path in LINKS if os.path.islink(path)]


def this_python() -> Python:
    """The Python that runs this code.

    Its installation keeps its path. A virtual environment and more package folders get neutral ones.
    Raises MachineError if the installation lies under a path where sessions have folders of their own.
    """
    base = os.path.realpath(sys.base_prefix)
    if any(lies_in(base, taken) for taken in TAKEN):
        raise MachineError(
            f"this Python is installed in {base}, where sealed sessions have folders of their own. "
            "Use a Python that is installed elsewhere."
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
        real = os.path.realpath(path)
        is_packages = os.path.basename(path) in ("site-packages", "dist-packages") and os.path.isdir(path)
        if is_packages and not _seen(real, binds):
            binds.append(Bind(real, f"/session/packages/{len(packages)}"))
            packages.append(binds[-1].target)
    return Python(tuple(binds), executable, tuple(packages))


def lies_in(path: str, folder: str) -> bool:
    """Whether a path is a folder, or lies below it. Both are taken as they are written."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _seen(path: str, binds: list[Bind]) -> bool:
    """Whether the sandbox sees a path already, among the system's programs and libraries or by `binds`."""
    sources = (*SYSTEM[:5], *(bind.source for bind in binds))
    return any(lies_in(path, os.path.realpath(source)) for source in sources)


def package_folders(name: str, python: Python) -> list[str]:
    """The folders in which the sandbox would see the package `name`, wherever it is installed."""
    entries = {os.path.realpath(entry) for entry in (*filter(None, sys.path), sysconfig.get_path("purelib"))}
    found = set()
    for entry in entries:
        folder = os.path.join(entry, name)
        for bind in python.binds:
            source = os.path.realpath(bind.source)
            if os.path.isdir(folder) and lies_in(folder, source):
                found.add(bind.target + folder.removeprefix(source))
    return sorted(found)
