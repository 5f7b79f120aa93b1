"""What this machine protects against, found out by trying: a real session attempts to get out."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader import batch
from grader.course import Limits
from grader.errors import MachineError
from grader.notebook import Cell, Notebook
from grader.sandbox import find_bubblewrap
from grader.session import Opening, run

ACTIVE, DEGRADED, MISSING = "active", "degraded", "missing"


@dataclass(frozen=True)
class Finding:
    """One protection: its state, what was seen, and what to do where it is not active."""

    protection: str
    state: str
    found: str
    remedy: str = ""


# Each cell tries something and prints what came of it as JSON: [came through, what was seen].
TRIALS = {
    "no network": """
import socket
def attempt():
    s = socket.socket(); s.settimeout(2); s.connect(("1.1.1.1", 53)); return "connected"
""",
    "no files of the host": """
def attempt():
    return len(open({canary!r}).read())
""",
    "no environment of the grader": """
import os
def attempt():
    seen = open("/proc/1/environ").read() + repr(dict(os.environ))
    assert {secret!r} in seen, "none seen"; return "the grader's variables"
""",
    "no other processes": """
import os
def attempt():
    others = [p for p in os.listdir("/proc") if p.isdigit() and p != "1" and p != str(os.getpid())]
    assert others, "none seen"; return others
""",
    "nothing to write to but its own": """
def attempt():
    for place in ("/x", "/dev/x", "/usr/x", "/run/x", "/sockets/x"):
        try:
            open(place, "w").close(); return place
        except OSError:
            pass
    raise OSError("refused everywhere")
""",
    "system calls are filtered": """
import ctypes
def attempt():
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.unshare(0x10000000) == 0, "refused"; return "a user namespace of its own"
""",
    "no rights left": """
def attempt():
    held = [line for line in open("/proc/self/status") if line.startswith("CapEff")][0].split()[1]
    assert int(held, 16), "none held"; return held
""",
}
RUNNER = """
import json
try:
    print(json.dumps([True, str(attempt())[:80]]))
except BaseException as error:
    print(json.dumps([False, str(error)[:80]]))
"""


def examine() -> list[Finding]:
    """Every protection of a sealed session, tried for real."""
    try:
        program = find_bubblewrap()
        findings = [Finding("bubblewrap", ACTIVE, program)]
        return findings + _tried()
    except MachineError as error:
        return [Finding("sealed sessions", MISSING, str(error).splitlines()[0], str(error))]


def _tried() -> list[Finding]:
    with tempfile.NamedTemporaryFile("w", prefix="grader-canary-", suffix=".txt", dir=Path.home() if os.access(Path.home(), os.W_OK) else None) as canary:
        canary.write("a file that no session may read")
        canary.flush()
        os.environ["GRADER_DOCTOR_SECRET"] = secret = "grader-doctor-" + os.urandom(8).hex()
        try:
            with batch.Grading(jobs=1) as grading:
                grading.ready()
                cells = [Cell("code", code.replace("{canary!r}", repr(canary.name)).replace("{secret!r}", repr(secret)) + RUNNER)
                         for code in TRIALS.values()]
                execution = asyncio.run(_run(cells, Opening(grading.address(), Limits(), 0)))
        finally:
            del os.environ["GRADER_DOCTOR_SECRET"]
    findings = []
    for name, cell in zip(TRIALS, execution.cells):
        try:
            through, seen = json.loads(cell.outputs[0].text)
        except (IndexError, ValueError):
            through, seen = True, cell.error or execution.message or "no answer"
        findings.append(Finding(name, MISSING if through else ACTIVE, seen,
                                "A session got through where it must not: please report this with the output of --json." if through else ""))
    return [*findings, *_limits()]


async def _run(cells: list[Cell], opening: Opening):  # type: ignore[no-untyped-def]
    came = await run(Notebook(tuple(cells)), opening)
    if came.session is not None:
        came.session.close()
    return came.execution


def _limits() -> list[Finding]:
    """Limits that are kept from outside, and by what."""
    fair = os.path.exists("/proc/self/schedstat")
    return [
        Finding("limit on memory", ACTIVE, "a watchdog looks every 50 ms: a session may overshoot by about 55 MB a core"),
        Finding("limit on computing time", ACTIVE, "counted over all processes of a session"),
        Finding("wall clock fair to a busy machine", ACTIVE if fair else DEGRADED,
                "waiting for a processor is not counted" if fair else f"no /proc/self/schedstat on this {sys.platform}",
                "" if fair else "Grade with few --jobs: on a busy machine a sleeping notebook may hit its wall-clock limit early."),
    ]
