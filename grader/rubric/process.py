"""Runs a rubric: its pytest files, in a process of their own that student code never enters. The one owner of pytest.

One process collects an assignment's checks, once, and forks a process of its own for each submission, before anything
of that is read. It speaks with the worker that supervises the sessions in lines of JSON; sessions' probe sockets come with them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection

import pytest

from grader.model.limits import Limits
from grader.protocol import handover as lines
from grader.rubric.plugin import Plugin, seed_generators, tidy
from grader.rubric.supervisor import Supervisor

PLUGINS_LEFT_OUT = (
    "cacheprovider",
    "capture",
    "debugging",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "nose",
    "pastebin",
    "recwarn",
    "setuponly",
    "setupplan",
    "stepwise",
    "terminal",
    "threadexception",
    "unittest",
    "unraisableexception",
    "warnings",
)


def arguments(files: Sequence[str]) -> list[str]:
    """pytest's command line: these files and no configuration of anybody's."""
    left_out = [part for name in PLUGINS_LEFT_OUT for part in ("-p", f"no:{name}")]
    folder = os.path.dirname(files[-1])
    return [
        *left_out,
        "--import-mode=importlib",
        "--noconftest",
        "-c",
        os.devnull,
        "--rootdir",
        folder,
        *files,
    ]


def serve(submissions: Connection, files: Sequence[str], sha256: str, limits: Limits, forks: bool) -> None:
    """Collect the checks, then judge submissions as their lines to workers come, each in a fork. Never returns.

    Where processes can't be forked, the one submission that comes is judged in this very process.
    """

    def begin(plugin: Plugin) -> None:
        if forks:
            gc.collect()
            gc.freeze()  # or every fork would copy what a collection touches
        line = next_line(submissions) if forks else lines.take(submissions)
        limit_memory(limits.rubric_mb)
        plugin.supervisor = Supervisor(line)
        plugin.order, _ = plugin.supervisor.hear()
        plugin.begun = True

    plugin = Plugin(begin)
    try:
        quieten(limits.rubric_s)
        if forks:
            end_with_parent()
        seed_generators(sha256)  # for what a rubric draws while it is imported
        code = int(pytest.main(arguments(files), plugins=[plugin]))
        if code > 1 and not plugin.faults:
            plugin.faults.append(f"pytest ended with code {code}")
    except BaseException:
        plugin.faults.append(traceback.format_exc())
    finally:
        with contextlib.suppress(BaseException):
            if not plugin.begun:  # pytest did not even come to the checks
                begin(plugin)
            plugin.supervisor.tell(
                op="done", verdicts=plugin.verdicts, faults=[tidy(fault) for fault in plugin.faults]
            )
        os._exit(0)  # whatever the rubric left running ends here


def end_with_parent() -> None:
    """Have the system end this process with the one that forked it."""
    from grader.inside import seal

    seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGKILL)


def next_line(submissions: Connection) -> socket.socket:
    """The line to the worker of the next submission, in a new process for each; this one ends when no more can come."""
    while True:
        try:
            line = lines.take(submissions)
        except (EOFError, OSError):
            os._exit(0)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            end_with_parent()
            return line
        line.close()


def limit_memory(more_mb: int) -> None:
    """Refuse this process more memory than it has now and `more_mb` megabytes. What a student answered may ask for a table of
    billions when it is taken from what was expected; then that fails, and the check with it, not the machine."""
    with contextlib.suppress(ImportError, OSError):
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[5]) * resource.getpagesize()
        limit = now + (more_mb << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def quieten(cpu_s: int) -> None:
    """No output, no environment that steers pytest, no files beside the course, no endless rubric."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command decides what an interrupt means
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks are not waited for
    for name in [name for name in os.environ if name.startswith(("PYTEST_", "PY_COLORS"))]:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))  # for each process: a fork begins anew
