"""What the system says about processes: reads of the files in /proc.

Every function that returns a value on failure says which. The others raise OSError if the process is gone
or may not be read, and ValueError or IndexError if a file is not as expected.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterable, Set
from pathlib import Path

_EXITING = 0x4  # PF_EXITING of a process's flags
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_MAX_PROCESSES = 4096


def read(path: str) -> str:
    """A small file of /proc. pathlib takes twice as long, and sessions are looked at 20 times a second."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def list_folder(folder: str) -> list[str] | None:
    """The names in a folder: none if it is gone, None if it may not be read."""
    try:
        return os.listdir(folder)
    except PermissionError:
        return None
    except OSError:
        return []


# ---- one process, from `stat` and `schedstat`


def _stat(folder: str) -> list[str]:
    """The fields of `stat` from the third (the state) on. The second, a name, may hold anything."""
    return read(f"{folder}/stat").rpartition(")")[2].split()


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and of the children that it has waited for."""
    return sum(map(int, _stat(f"/proc/{pid}")[11:15])) / _TICKS


def waited_s(pid: int) -> float:
    """Seconds that a process has waited for a processor; 0 if the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(read(f"/proc/{pid}/schedstat").split()[1]) / 1e9
    return 0.0


def start_ticks(pid: int) -> str:
    """When a process started, in clock ticks since the system's start; "0" if there is no such process."""
    try:
        return _stat(f"/proc/{pid}")[19]
    except (OSError, IndexError):
        return "0"


def is_alive(folder: str) -> bool:
    """Whether the process or thread with this folder in /proc is neither gone nor exiting.

    While a process exits, only root may list its descriptors, as with a process that asked for that.
    """
    with contextlib.suppress(OSError, IndexError, ValueError):
        fields = _stat(folder)
        return fields[0] not in "ZX" and not int(fields[6]) & _EXITING
    return False


def descendants(pid: int) -> list[int]:
    """A process and all that descend from it, itself first; at most a little over 4,096.

    Orphans return to the first process of a session, so none is missed.
    """
    found = [pid]
    for parent in found:
        found += children(parent)
        if len(found) > _MAX_PROCESSES:
            break
    return found


def children(pid: int) -> list[int]:
    """The processes that a process started and that have not been waited for; none if it is gone."""
    found: list[int] = []
    for thread in list_folder(f"/proc/{pid}/task") or ():
        with contextlib.suppress(OSError):
            found += map(int, read(f"/proc/{pid}/task/{thread}/children").split())
    return found


def sockets_in(folders: Iterable[Path]) -> set[str]:
    """The Unix sockets bound in these folders that a process holds, as its descriptors name them."""
    places = {str(folder) for folder in folders}
    found = set()
    with contextlib.suppress(OSError):
        for line in read("/proc/net/unix").splitlines()[1:]:
            *_, inode, path = [*line.split(maxsplit=7), ""][:8]
            if os.path.dirname(path) in places:
                found.add(f"socket:[{inode}]")
    return found


def holders_of(files: Set[str]) -> list[int]:
    """The processes with a descriptor of one of these files, as far as this process may know."""
    return [int(name) for name in list_folder("/proc") or () if name.isdigit() and _holds(name, files)]


def _holds(pid: str, files: Set[str]) -> bool:
    for number in list_folder(f"/proc/{pid}/fd") or ():
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/fd/{number}") in files:
                return True
    return False


def pid_namespace(pid: int | str = "self") -> str:
    """The PID namespace of a process, in hexadecimal; "0" if the system does not say."""
    try:
        return f"{os.stat(f'/proc/{pid}/ns/pid').st_ino & 0xFFFFFFF:x}"
    except OSError:
        return "0"


def pid_of(pidfd: int) -> int:
    """The PID, in this process's namespace, behind one of its pidfds.

    Raises OSError if the process is gone.
    """
    for line in read(f"/proc/self/fdinfo/{pidfd}").splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise OSError("a process handle without a process")


def user_of(pid: int) -> int:
    """The real UID of a process, as this process's user namespace counts users."""
    (uid,) = (line.split()[1] for line in read(f"/proc/{pid}/status").splitlines() if line.startswith("Uid:"))
    return int(uid)


def name_of(pid: int | str) -> str:
    """The name that a process goes by (`comm`); "" if it is gone."""
    with contextlib.suppress(OSError):
        return read(f"/proc/{pid}/comm").strip()
    return ""


# ---- memory


def own_resident_mb() -> float:
    """Resident memory of this process in megabytes; 0 if the system does not say."""
    with contextlib.suppress(OSError):
        return _own_pages(1) * mmap.PAGESIZE / (1 << 20)
    return 0.0


def own_data_bytes() -> int:
    """Data and stack of this process in bytes: about what RLIMIT_DATA limits.

    Raises OSError if the system does not say.
    """
    return _own_pages(5) * mmap.PAGESIZE


def _own_pages(field: int) -> int:
    return int(read("/proc/self/statm").split()[field])


def resident_mb(pid: int) -> float:
    """Resident anonymous and shared memory and page tables of a process, in megabytes; 0 if it is gone.

    Processes that share memory have it counted in full for each of them.
    """
    return _memory_mb(pid, "status", ("RssAnon:", "RssShmem:", "VmPTE:"))


def proportional_mb(pid: int) -> float | None:
    """A process's proportional share of the same memory, in megabytes; None if it may not be known.

    Root in a container that lacks CAP_SYS_PTRACE may not know it. Takes 1 to 5 ms.
    """
    shared = _memory_mb(pid, "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    return shared + _memory_mb(pid, "status", ("VmPTE:",)) if shared else None


def _memory_mb(pid: int, name: str, fields: tuple[str, ...]) -> float:
    """The sum of some fields of a process's file, in megabytes; 0 if it is gone.

    If the main thread has ended, only the files of the others say.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        if found := _sum_mb(f"/proc/{pid}/{name}", fields):
            return found
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                if found := _sum_mb(f"/proc/{pid}/task/{thread}/{name}", fields):
                    return found
    return 0.0


def _sum_mb(path: str, fields: tuple[str, ...]) -> float:
    return sum(int(line.split()[1]) for line in read(path).splitlines() if line.startswith(fields)) / 1024
