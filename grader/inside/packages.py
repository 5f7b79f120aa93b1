"""Imports a course's packages in the warm process, and sees what they leave behind.

A fork takes memory along and little else: no other thread, no child process, and none of the descriptors that
a package holds. So a package that needs one of these would be half there in every session, and one that
changes a setting would change it for notebooks that never import it. Both are faults, and nothing is graded.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .warm_messages import Imported

# Seconds that a thread, or a process, which is about to end may still take.
ENDING_S = 1.0
GLANCE_S = 0.02
MAX_WORDS = 400  # characters of an error's message or of one note
MAX_NAMED = 5  # threads, files and the like that are named
# Where an import can write. A session has other folders in their place.
WRITABLE = ("/tmp", "/dev/shm")


def _settings() -> dict[str, Any]:
    """What a package could change for all notebooks, as far as a look at it costs nothing."""
    import numpy
    import torch

    return {
        "the working folder": os.getcwd(),
        "how signals are handled": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "the recursion limit": sys.getrecursionlimit(),
        "garbage collection": gc.isenabled(),
        "how errors are shown": (sys.excepthook, threading.excepthook),
        "NumPy's handling of errors": numpy.geterr(),
        "how NumPy prints": numpy.get_printoptions(),
        "torch's default type": torch.get_default_dtype(),
        "whether torch records gradients": torch.is_grad_enabled(),
        "whether torch is deterministic": torch.are_deterministic_algorithms_enabled(),
    }


def _pids() -> set[str]:
    """The processes of the sandbox."""
    return {name for name in os.listdir("/proc") if name.isdigit()}


def _threads() -> set[str]:
    return set(os.listdir("/proc/self/task"))


def _descriptors() -> dict[str, str]:
    """The descriptors of the process, and what they lead to."""
    found = {}
    for number in os.listdir("/proc/self/fd"):
        # The folder that is being listed is closed by now.
        with contextlib.suppress(OSError):
            found[number] = os.readlink(f"/proc/self/fd/{number}")
    return found


def _files() -> set[str]:
    return {str(path) for folder in WRITABLE for path in Path(folder).rglob("*") if not path.is_dir()}


@dataclass(frozen=True)
class State:
    """What is there at one moment."""

    settings: dict[str, Any] = field(default_factory=_settings)
    threads: set[str] = field(default_factory=_threads)
    processes: set[str] = field(default_factory=_pids)
    descriptors: dict[str, str] = field(default_factory=_descriptors)
    files: set[str] = field(default_factory=_files)
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    resident_mb: float = field(default_factory=lambda: _resident_mb())


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / (1 << 20)


def import_packages(names: Sequence[str], tell: Callable[[Imported], None]) -> bool:
    """Import the modules in their order, and tell of each that it begins and how it went.

    Return whether sessions can be forked: not after a fault, at which it stops.
    """
    if names:
        # Fonts that nothing refers to any more are still open. They must not be taken for a package's.
        gc.collect()
    for name in names:
        tell(Imported(name))
        came = imported(name)
        tell(came)
        if came.fault:
            return False
    return True


def imported(name: str) -> Imported:
    """Import a module, and say what it leaves behind."""
    before, begun = State(), time.monotonic()
    fault = ""
    with _output_kept() as output:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            fault = f"fails (there is no module {error.name})"
        except BaseException as error:
            fault = f"raises {_words(error)}"
    seconds = time.monotonic() - begun
    fault = fault or _left_behind(before)
    if fault:
        return Imported(name, done=True, fault=fault)
    grown = round(max(_resident_mb() - before.resident_mb, 0))
    return Imported(name, True, "", round(seconds, 2), grown, tuple(_notes(before, output())))


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:MAX_WORDS]


@contextlib.contextmanager
def _output_kept() -> Iterator[Callable[[], str]]:
    """Send what is written to the standard streams to a file. Yields what reads it afterward."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = {number: os.dup(number) for number in (1, 2)}
    with tempfile.TemporaryFile() as file:
        text: list[str] = []
        try:
            for number in kept:
                os.dup2(file.fileno(), number)
            yield lambda: text[0] if text else ""
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            for number, copy in kept.items():
                os.dup2(copy, number)
                os.close(copy)
            file.seek(0)
            text.append(file.read(MAX_WORDS).decode(errors="replace"))


def _left_behind(before: State) -> str:
    """What makes forks unlike the process that was forked; empty if nothing does."""
    deadline = time.monotonic() + ENDING_S
    while _threads() - before.threads or _pids() - before.processes:
        if time.monotonic() > deadline:
            break
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        time.sleep(GLANCE_S)
    if threads := _threads() - before.threads:
        names = _listed(each.name for each in threading.enumerate() if each is not threading.main_thread())
        return f"leaves {_counted(len(threads), 'thread')} running{f' ({names})' if names else ''}"
    if processes := _pids() - before.processes:
        return f"leaves {_counted(len(processes), 'process', 'processes')} running"
    descriptors = _descriptors()
    if before.descriptors.items() - descriptors.items() or descriptors.items() - before.descriptors.items():
        # What nothing refers to any more may be closed by this.
        gc.collect()
        descriptors = _descriptors()
    if closed := before.descriptors.items() - descriptors.items():
        return f"closes {_counted(len(closed), 'descriptor')} that the grader needs"
    if opened := sorted(descriptors.items() - before.descriptors.items()):
        kinds = _listed(target.partition(":[")[0] for _, target in opened)
        return f"leaves {_counted(len(opened), 'descriptor')} open ({kinds})"
    settings = _settings()
    changed = [what for what, value in before.settings.items() if not _same(value, settings[what])]
    if changed:
        return f"changes {_listed(changed)} for notebooks that never import it"
    return ""


def _same(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except Exception:
        return one is other


def _notes(before: State, output: str) -> Iterator[str]:
    """What is harmless, but worth knowing."""
    if variables := sorted(
        name for name, value in os.environ.items() if before.environment.get(name) != value
    ):
        yield f"sets {_listed(variables)} in the environment of all notebooks"
    if files := sorted(_files() - before.files):
        yield f"writes {_listed(files)}, which no session sees: caches, as a rule"
    if output.strip():
        yield f"prints {output.strip().splitlines()[0]!r}, which nobody reads"


def _counted(count: int, noun: str, nouns: str = "") -> str:
    return f"{count} {noun if count == 1 else nouns or f'{noun}s'}"


def _listed(words: Any) -> str:
    found = list(dict.fromkeys(map(str, words)))
    more = [f"{len(found) - MAX_NAMED} more"] if len(found) > MAX_NAMED else []
    return ", ".join([*found[:MAX_NAMED], *more])[:MAX_WORDS]
