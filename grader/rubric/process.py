"""Runs a rubric's pytest files in a process that no student code enters. The only code that runs pytest.

The process collects an assignment's checks once. It forks for each submission, before it reads anything of
that submission. What it says to the worker is defined in grader.protocol.examination.
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
from pathlib import Path

import pytest

from grader.model.limits import Limits
from grader.protocol.handover import receive_socket
from grader.rubric.plugin import Plugin, seed_generators, tidy
from grader.rubric.supervisor import Supervisor
from grader.sandbox import proc
from grader.sandbox.parent import end_with_parent

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


def serve(submissions: Connection, files: Sequence[str], seed: str, limits: Limits, forks: bool) -> None:
    """Collect the checks in `files`, then judge submissions, each in a fork. Never returns.

    `submissions` brings a socket for each submission, which leads to its worker. `seed` seeds the rubric's
    generators while it is imported. If `forks` is false, this process judges a single submission itself.
    """

    def begin(plugin: Plugin) -> None:
        if forks:
            gc.collect()
            gc.freeze()  # otherwise every fork would copy what a collection touches
        connection = _next_submission(submissions) if forks else receive_socket(submissions)
        limit_memory(limits.rubric_mb)
        plugin.supervisor = Supervisor(connection)
        plugin.supervisor.introduce()
        plugin.briefing = plugin.supervisor.briefing()
        plugin.begun = True

    plugin = Plugin(begin, limits.rubric_s, Path(files[-1]).parent)
    try:
        quieten(limits.rubric_s)
        if forks:
            end_with_parent()
        seed_generators(seed)
        code = int(pytest.main(arguments(files), plugins=[plugin]))
        if code > 1 and not plugin.faults:
            plugin.faults.append(f"pytest ended with code {code}")
    except BaseException:
        plugin.faults.append(traceback.format_exc())
    finally:
        with contextlib.suppress(BaseException):
            if not plugin.begun:  # pytest did not get as far as the checks
                begin(plugin)
            faults = [tidy(without_folder(fault, files)) for fault in plugin.faults]
            plugin.supervisor.finish(plugin.verdicts, faults)
        os._exit(0)  # and end the rubric's threads


def without_folder(fault: str, files: Sequence[str]) -> str:
    """The fault without the rubric's folder, whose name means nothing to a reader: it was made for this run.

    pytest writes it as it is, or relative to the current folder.
    """
    folder = os.path.dirname(files[-1])
    for prefix in (folder, os.path.relpath(folder)):
        fault = fault.replace(prefix + os.sep, "")
    return fault


def arguments(files: Sequence[str]) -> list[str]:
    """Pytest's command line: these files, without any configuration."""
    left_out = [part for name in PLUGINS_LEFT_OUT for part in ("-p", f"no:{name}")]
    folder = os.path.dirname(files[-1])
    steady = ["--import-mode=importlib", "--noconftest", "-c", os.devnull, "--rootdir", folder]
    return [*left_out, *steady, *files]


def _next_submission(submissions: Connection) -> socket.socket:
    """The connection to the next submission's worker. Returns in a new process for each submission.

    The process that forks never returns. It ends when no more submissions can come.
    """
    while True:
        try:
            connection = receive_socket(submissions)
        except (EOFError, OSError):
            os._exit(0)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            end_with_parent()
            return connection
        connection.close()


def limit_memory(more_mb: int) -> None:
    """Let this process use at most `more_mb` megabytes beyond what it uses now.

    A student's answer may make the rubric ask for a table of billions of numbers, for example by broadcasting
    when it is subtracted. Then the check fails, not the machine.
    """
    with contextlib.suppress(ImportError, OSError):
        import resource

        limit = proc.own_data_bytes() + (more_mb << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def quieten(cpu_s: int) -> None:
    """Discard output, ignore variables that configure pytest, write no bytecode, and limit the CPU time."""
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
        # For each process: a fork starts at zero.
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
