"""What the doctor found: for each protection its state, what was seen, and what to do about it."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass

from grader.model.report import CellRun, Execution
from grader.proof.machine import Machine
from grader.proof.trials import FATAL, HELD, MEMORY
from grader.worker.session import WATCH_S

ACTIVE, DEGRADED, MISSING = "active", "degraded", "missing"
HOST_USER = "no root on the host"
SEPARATE_USERS = "a user for each session"
REPORT_IT = (
    "A session did something that it must not be able to do. Don't grade on this machine, and please report "
    "this with the output of --json."
)
WATCHED = (
    f"enforced by a watchdog that looks every {WATCH_S * 1000:.0f} ms, since no control group can be made "
    "here: a session may overshoot by about 55 MB per core, and what it keeps in the system's own buffers is "
    "not seen"
)
GROUPS_WANTED = (
    "For control groups, grade as root of a dedicated virtual machine, or start the grader in a scope that "
    "systemd delegates: `systemd-run --user --scope -p Delegate=yes grader grade …`. Until then leave room "
    "for --jobs times the memory limit."
)


@dataclass(frozen=True)
class Finding:
    """One protection: its state, what was seen, and what to do if it is not active."""

    protection: str
    # ACTIVE, DEGRADED or MISSING.
    state: str
    found: str
    remedy: str = ""


def tried(protection: str, held: bool, seen: str) -> Finding:
    """The finding of a trial: active if the session was held back, else missing."""
    return Finding(protection, ACTIVE if held else MISSING, seen, "" if held else REPORT_IT)


def from_outputs(trials: Collection[str], execution: Execution) -> list[Finding]:
    """The findings that the cells of these trials printed. A cell that prints none proves no protection."""
    findings = []
    for name, cell in zip(trials, execution.cells):
        try:
            held, seen = json.loads(cell.outputs[0].text)
        except (IndexError, ValueError):
            problem = cell.error or execution.message
            held, seen = False, problem.en if problem else "no answer"
        findings.append(tried(name, held is True, str(seen)))
    return findings


def ended(name: str, cell: CellRun) -> Finding:
    """Whether a cell that had to end its session was ended for the right reason."""
    wanted = FATAL[name][1]
    if cell.status == wanted:
        return tried(name, True, HELD[name])
    return tried(
        name, False, f"{cell.status} instead of {wanted}: {cell.error.en if cell.error else 'no error'}"
    )


def host_user(uid: int | None) -> Finding:
    """Which user of the host a session is: what escapes from every namespace is still only that user."""
    if uid is None:
        return tried(HOST_USER, False, "the session's user could not be determined")
    if uid == os.geteuid() != 0:
        seen = f"sessions run as you (user {uid}), not as root: code that escaped could do what you can"
        return tried(HOST_USER, True, seen)
    seen = f"sessions run as user {uid}, who owns nothing" if uid else "sessions run as root"
    return tried(HOST_USER, uid != 0, seen)


def separate_users(one: int | None, other: int | None) -> Finding:
    """Whether two sessions are two users: the system counts pipes, descriptors in flight and more by user."""
    if one is not None and other is not None and one != other:
        seen = "no session can use up for another what the system counts by user"
        return tried(SEPARATE_USERS, True, seen)
    return Finding(
        SEPARATE_USERS,
        DEGRADED,
        "all sessions are one user: they share one allowance of pipes, of watched files and of descriptors "
        "in flight, and one could use it up for the others; a watchdog looks for that",
        "To rule that out, grade as root in a dedicated virtual machine: only root can give each session a "
        "user.",
    )


def watched_memory(shares: bool) -> Finding:
    """A memory limit that a watchdog enforces. `shares`: it can see what forked processes share."""
    if shares:
        return Finding(MEMORY, DEGRADED, WATCHED, GROUPS_WANTED)
    return Finding(
        MEMORY,
        DEGRADED,
        f"{WATCHED}; what forked processes share counts for each of them, since it can't be determined",
        f"{GROUPS_WANTED} To let root see in a container what is shared, start it with "
        "`--cap-add SYS_PTRACE`.",
    )


def circumstances(machine: Machine) -> list[Finding]:
    """What does not protect a session but decides how much a protection matters."""
    return [_ordinary_user(machine), _fair_clock(machine)]


def _ordinary_user(machine: Machine) -> Finding:
    name = "the grader is an ordinary user"
    if not machine.root:
        return Finding(name, ACTIVE, "not root")
    return Finding(
        name,
        DEGRADED,
        "it is root: sessions are not, but what reads their answers is",
        "Sessions give up root, and each is a user of its own. But a fault in what reads their answers would "
        "cost more than as an ordinary user. As root, grade on a machine that does nothing else.",
    )


def _fair_clock(machine: Machine) -> Finding:
    name = "wall clock fair to a busy machine"
    if machine.fair:
        return Finding(name, ACTIVE, "time spent waiting for a processor is not counted")
    return Finding(
        name,
        DEGRADED,
        f"no /proc/self/schedstat on this {machine.system}",
        "Grade with few --jobs: on a busy machine a sleeping notebook may hit its wall-clock limit early.",
    )
