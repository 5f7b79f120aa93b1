"""The doctor finds by trying what this machine protects against.

Real sessions attempt to escape and to take too much.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from grader.course.environment import Environment
from grader.errors import MachineError
from grader.model.limits import Limits
from grader.model.report import Execution
from grader.notebook.notebook import Cell, Notebook
from grader.proof import findings
from grader.proof.findings import ACTIVE, HOST_USER, MISSING, SEPARATE_USERS, Finding
from grader.proof.machine import advice, look
from grader.proof.packages import examine_packages
from grader.proof.trials import FATAL, MEMORY, RUNNER, SMALL, TAKEN, TRIALS
from grader.sandbox import proc, watchdog
from grader.sandbox.bubblewrap import Sandbox, find_bubblewrap
from grader.sandbox.syscalls import compile_filter
from grader.worker.notebook_run import run_notebook
from grader.worker.sealed_process import SealedProcess
from grader.worker.session import Opening

NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
PROTECTIONS = (*TRIALS, HOST_USER, SEPARATE_USERS, *TAKEN, *FATAL)
# How long a process that was left behind may take to disappear after its session.
SURVIVAL_S = 2


def examine(packages: Environment | None = None) -> list[Finding]:
    """Every protection of a sealed session, tried for real, and the packages that a course relies on.

    If no session can be sealed, all protections are missing and the first of them says why.
    """
    machine = look()
    found: list[Finding] = []
    try:
        if machine.system != "linux":
            raise MachineError(f"sealed sessions need Linux, this is {machine.system}")
        found.append(Finding("bubblewrap", ACTIVE, find_bubblewrap()))
        instructions = len(compile_filter()) // 8
        found.append(Finding("filter for system calls", ACTIVE, f"libseccomp, {instructions} instructions"))
        found += _try_all()
    except (MachineError, OSError) as error:
        message = str(error)
        found.append(Finding("sealed sessions", MISSING, message.splitlines()[0], advice(machine, message)))
        tried = {finding.protection for finding in found}
        found += [
            Finding(name, MISSING, "no sealed session to try it in")
            for name in PROTECTIONS
            if name not in tried
        ]
    return [*found, *findings.circumstances(machine), *examine_packages(packages or Environment())]


def _try_all() -> list[Finding]:
    """Open sessions that try everything, with something for each trial to find."""
    with contextlib.ExitStack() as stack:
        values = {
            "HOST_NAMESPACES": _namespaces(),
            "DISK_MB": SMALL.disk_mb,
            "PROCESSES": SMALL.processes,
            "SURVIVOR": f"grader-{secrets.token_hex(4)}",
            **stack.enter_context(_bait()),
        }
        sandbox = stack.enter_context(Sandbox())
        sandbox.ready()
        return asyncio.run(_try_in(sandbox, values))


@contextlib.contextmanager
def _bait() -> Iterator[dict[str, object]]:
    """A file, a variable and two servers of the host, none of which a session may reach."""
    home = Path.home()
    secret = f"grader-doctor-{secrets.token_hex(8)}"
    abstract = f"\0grader-doctor-{secrets.token_hex(8)}"
    with contextlib.ExitStack() as stack:
        folder = home if os.access(home, os.W_OK) else None
        canary = stack.enter_context(tempfile.NamedTemporaryFile("w", prefix="grader-canary-", dir=folder))
        canary.write("a file that no session may read")
        canary.flush()
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        named = stack.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(abstract)
        named.listen()
        os.environ["GRADER_DOCTOR_SECRET"] = secret
        try:
            yield {
                "CANARY": canary.name,
                "SECRET": secret,
                "PORT": server.getsockname()[1],
                "ABSTRACT": abstract,
            }
        finally:
            del os.environ["GRADER_DOCTOR_SECRET"]


def _namespaces() -> dict[str, str]:
    """The namespaces of this process by their kind, as far as the system has them."""
    return {
        kind: os.readlink(f"/proc/self/ns/{kind}")
        for kind in NAMESPACES
        if os.path.lexists(f"/proc/self/ns/{kind}")
    }


async def _try_in(sandbox: Sandbox, values: dict[str, object]) -> list[Finding]:
    """Run three sessions: one tries to escape, one takes too much and is refused, one is ended for it."""
    address = sandbox.address()
    escaping = [_cell(code, values) for code in TRIALS.values()]
    execution, uid, shares = await _run(escaping, Opening(address, Limits(), 0))
    escapes = findings.from_outputs(TRIALS, execution)

    taking = [_cell(code, values) for code in TAKEN.values()]
    execution, other_uid, _ = await _run(taking, Opening(address, SMALL, 0))
    taken = findings.from_outputs(TAKEN, execution)
    if taken[-1].state == ACTIVE:
        taken[-1] = _survivor_finding(taken[-1].protection, str(values["SURVIVOR"]))

    execution, *_ = await _run([code for code, _ in FATAL.values()], Opening(address, SMALL, 0))
    ended = [findings.ended(name, cell) for name, cell in zip(FATAL, execution.cells)]
    if address.groups is None:
        ended = [
            findings.watched_memory(shares) if each.protection == MEMORY and each.state == ACTIVE else each
            for each in ended
        ]
    users = [findings.host_user(uid), findings.separate_users(uid, other_uid)]
    return [*escapes, *users, *taken, *ended]


def _cell(code: str, values: dict[str, object]) -> str:
    """A trial's code with its values filled in and what runs it."""
    assignments = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    return f"import errno, os\n{assignments}{code}{RUNNER}"


async def _run(cells: list[str], opening: Opening) -> tuple[Execution, int | None, bool]:
    """Run cells in a sealed session.

    Returns how they went, the session's user as the host counts users (None if it can't be determined),
    and whether its share of memory can be known.
    """
    notebook = Notebook(tuple(Cell("code", source) for source in cells))
    run = await run_notebook(notebook, opening)
    uid, shares = None, False
    if run.session is not None:
        assert isinstance(run.session.process, SealedProcess)
        with contextlib.suppress(OSError, ValueError, IndexError):
            uid = proc.user_of(run.session.process.pid)
        shares = watchdog.tells_shares(run.session.process.pid)
        await run.session.close()
    return run.execution, uid, shares


def _survivor_finding(protection: str, name: str) -> Finding:
    """Whether the process called `name`, which was left behind, is gone a moment after its session."""
    deadline = time.monotonic() + SURVIVAL_S
    while alive := [pid for pid in filter(str.isdigit, os.listdir("/proc")) if proc.name_of(pid) == name]:
        if time.monotonic() > deadline:
            return findings.tried(protection, False, f"process {alive[0]} still runs")
        time.sleep(0.05)
    return findings.tried(protection, True, "a process that ignores signals was gone with its session")
