"""What this machine protects against, found out by trying: real sessions attempt to get out and to take too much."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import MachineError
from grader.model.limits import Limits
from grader.model.report import CellRun, Execution
from grader.notebook.notebook import Cell, Notebook
from grader.proof.machine import Machine, advice, look
from grader.proof.trials import FATAL, FOUND, MEMORY, RUNNER, SMALL, TAKEN, TRIALS
from grader.sandbox import watchdog
from grader.sandbox.bubblewrap import Sandbox, find_bubblewrap
from grader.sandbox.syscalls import compile_filter
from grader.worker.sealed_process import Sealed
from grader.worker.session import WATCH_S, Opening, run

ACTIVE, DEGRADED, MISSING = "active", "degraded", "missing"
NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
REPORT_IT = "A session got through where it must not. Don't grade on this machine, and please report this with the output of --json."


@dataclass(frozen=True)
class Finding:
    """One protection: its state, what was seen, and what to do where it is not active."""

    protection: str
    state: str
    found: str
    remedy: str = ""


WATCHED = (
    f"kept by a watchdog that looks every {WATCH_S * 1000:.0f} ms, since no control group can be made here: a session may "
    "overshoot by about 55 MB a core, and what it keeps in the system's own buffers is not seen"
)
GROUPS_WANTED = (
    "For control groups: grade as root of a virtual machine of its own, or start the grader in a scope that systemd hands over: "
    "`systemd-run --user --scope -p Delegate=yes grader grade …`. Until then leave room for --jobs times the memory limit."
)
OUTSIDE = "no root on the host"
APART = "a user for each session"
PROTECTIONS = (*TRIALS, OUTSIDE, APART, *TAKEN, *FATAL)


def examine() -> list[Finding]:
    """Every protection of a sealed session, tried for real."""
    machine = look()
    findings: list[Finding] = []
    try:
        if machine.system != "linux":
            raise MachineError(f"sealed sessions need Linux, this is {machine.system}")
        findings.append(Finding("bubblewrap", ACTIVE, find_bubblewrap()))
        findings.append(
            Finding(
                "filter for system calls", ACTIVE, f"libseccomp, {len(compile_filter()) // 8} instructions"
            )
        )
        findings += _tried()
    except (MachineError, OSError) as error:
        words = str(error)
        findings.append(Finding("sealed sessions", MISSING, words.splitlines()[0], advice(machine, words)))
        tried = {finding.protection for finding in findings}
        findings += [
            Finding(name, MISSING, "no sealed session to try it in")
            for name in PROTECTIONS
            if name not in tried
        ]
    return [*findings, *_circumstances(machine)]


def _tried() -> list[Finding]:
    """Open sessions that try everything, with something for each of them to find."""
    with contextlib.ExitStack() as bait:
        values = {
            "HOST_NAMESPACES": _namespaces(),
            "DISK_MB": SMALL.disk_mb,
            "PROCESSES": SMALL.processes,
            "SURVIVOR": f"grader-{secrets.token_hex(4)}",
            **bait.enter_context(_bait()),
        }
        sandbox = bait.enter_context(Sandbox())
        sandbox.ready()
        return asyncio.run(_all(sandbox, values))


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
    return {
        kind: os.readlink(f"/proc/self/ns/{kind}")
        for kind in NAMESPACES
        if os.path.lexists(f"/proc/self/ns/{kind}")
    }


async def _all(sandbox: Sandbox, values: dict[str, object]) -> list[Finding]:
    """One session that tries to get out, one that takes too much and is refused, one that is ended for it."""
    address = sandbox.address()
    execution, uid, shares = await _run(
        [_cell(code, values) for code in TRIALS.values()], Opening(address, Limits(), 0)
    )
    findings = _said(TRIALS, execution)
    findings.append(_outside(uid))
    execution, other, _ = await _run(
        [_cell(code, values) for code in TAKEN.values()], Opening(address, SMALL, 0)
    )
    findings.append(_apart(uid, other))
    taken = _said(TAKEN, execution)
    if taken[-1].state == ACTIVE:
        taken[-1] = _survivors(taken[-1].protection, str(values["SURVIVOR"]))
    execution, *_ = await _run([code for code, _ in FATAL.values()], Opening(address, SMALL, 0))
    ended = [_ended(name, cell) for name, cell in zip(FATAL, execution.cells)]
    if address.groups is None:
        ended = [
            _watched(shares) if found.protection == MEMORY and found.state == ACTIVE else found
            for found in ended
        ]
    return findings + taken + ended


def _cell(code: str, values: dict[str, object]) -> str:
    return (
        "import errno, os\n"
        + "".join(f"{name} = {value!r}\n" for name, value in values.items())
        + code
        + RUNNER
    )


async def _run(cells: list[str], opening: Opening) -> tuple[Execution, int | None, bool]:
    """How the cells went, whose process the session was as the host counts users, and whether its share of memory can be known."""
    came = await run(Notebook(tuple(Cell("code", source) for source in cells)), opening)
    uid, shares = None, False
    if came.session is not None:
        assert isinstance(came.session.process, Sealed)
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = Path(f"/proc/{came.session.process.pid}/status").read_text()
            uid = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Uid:"))
        shares = watchdog.tells_shares(came.session.process.pid)
        await came.session.close()
    return came.execution, uid, shares


def _said(trials: dict[str, str], execution: Execution) -> list[Finding]:
    """What the trials themselves say. No word from one is no protection."""
    findings = []
    for name, cell in zip(trials, execution.cells):
        try:
            held, seen = json.loads(cell.outputs[0].text)
        except (IndexError, ValueError):
            held, seen = False, cell.error or execution.message or "no answer"
        findings.append(_finding(name, held is True, str(seen)))
    return findings


def _finding(name: str, held: bool, seen: str) -> Finding:
    return Finding(name, ACTIVE if held else MISSING, seen, "" if held else REPORT_IT)


def _outside(uid: int | None) -> Finding:
    """As whom a session runs: what gets out of every namespace is still only that user."""
    if uid is None:
        return _finding(OUTSIDE, False, "the session's user could not be seen")
    if uid == os.geteuid() != 0:
        return _finding(
            OUTSIDE,
            True,
            f"sessions run as you (user {uid}), not as root: "
            "what broke out of all the rest could do what you can",
        )
    return _finding(
        OUTSIDE, uid != 0, f"sessions run as user {uid}, who owns nothing" if uid else "sessions run as root"
    )


def _apart(one: int | None, other: int | None) -> Finding:
    """Whether two sessions are two users: the system counts pipes, descriptors in flight and more by user."""
    if one is not None and other is not None and one != other:
        return _finding(APART, True, "what the system counts by user, no session can take from another")
    return Finding(
        APART,
        DEGRADED,
        "sessions are one user: of pipes, of files waited for and of descriptors in flight they have one number, "
        "and one could use it up for the others; a watchdog looks for that",
        "To rule it out, grade as root in a virtual machine of its own: only root can give each session a user.",
    )


def _watched(shares: bool) -> Finding:
    """A memory limit that a watchdog keeps. `shares`: it sees what forked processes have in common."""
    if shares:
        return Finding(MEMORY, DEGRADED, WATCHED, GROUPS_WANTED)
    return Finding(
        MEMORY,
        DEGRADED,
        f"{WATCHED}; what forked processes share counts for each of them, since it can't be known",
        f"{GROUPS_WANTED} To know what is shared, as root in a container: start it with `--cap-add SYS_PTRACE`.",
    )


def _survivors(name: str, mark: str) -> Finding:
    """Whether a process that was left behind is gone a moment after its session."""
    deadline = time.monotonic() + 2
    while alive := [pid for pid in filter(str.isdigit, os.listdir("/proc")) if _called(pid) == mark]:
        if time.monotonic() > deadline:
            return _finding(name, False, f"process {alive[0]} still runs")
        time.sleep(0.05)
    return _finding(name, True, "a process that ignores signals was gone with its session")


def _called(pid: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def _ended(name: str, cell: CellRun) -> Finding:
    wanted = FATAL[name][1]
    if cell.status == wanted:
        return _finding(name, True, FOUND[name])
    return _finding(name, False, f"{cell.status} in place of {wanted}: {cell.error or 'no word'}")


# ---- the machine itself


def _circumstances(machine: Machine) -> list[Finding]:
    """What is no protection of a session but decides how much one matters."""
    return [
        Finding(
            "the grader is an ordinary user",
            DEGRADED if machine.root else ACTIVE,
            "it is root: sessions are not, but what reads their answers is" if machine.root else "not root",
            "Sessions give root up, and each is a user of its own. But a fault in what reads their answers would cost more than as an "
            "ordinary user: as root, grade in a machine that does nothing else."
            if machine.root
            else "",
        ),
        Finding(
            "wall clock fair to a busy machine",
            ACTIVE if machine.fair else DEGRADED,
            "waiting for a processor is not counted"
            if machine.fair
            else f"no /proc/self/schedstat on this {machine.system}",
            ""
            if machine.fair
            else "Grade with few --jobs: on a busy machine a sleeping notebook may hit its wall-clock limit early.",
        ),
    ]
