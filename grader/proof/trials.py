"""Trials: cells with which a session tries to escape or to take too much."""

from __future__ import annotations

from grader.model.limits import Limits
from grader.model.status import Status

# Each cell tries something and prints whether it was held back, and what it saw. Anything else counts as not
# held back, so that a trial that fails for a reason of its own proves nothing. Names in capitals are filled
# in.
TRIALS = {
    "own namespaces": """
def attempt():
    own = {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in HOST_NAMESPACES}
    shared = [kind for kind in own if own[kind] == HOST_NAMESPACES[kind]]
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
    return not there, f"there: {there}" if there else "a file put there for this trial can't be found"
""",
    "no environment of the grader": """
def attempt():
    seen = ["os.environ"] * (SECRET in os.environ.values())
    for name in ("/proc/1/environ", "/proc/self/environ"):
        try:
            seen += [name] * (SECRET in open(name).read())
        except PermissionError:
            pass
    if seen:
        return False, f"a variable of the grader is in {seen}"
    return True, "a variable set for this trial can't be found"
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
    found = {"unshare": call("unshare", 0x10000000), "ptrace": call("ptrace", 0, 0, 0, 0),
             "io_uring": call("syscall", 425, 8, 0)}
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
        lines = [line.split() for line in open(f"/proc/self/task/{task}/status")]
        status = dict(line for line in lines if line and line[0].startswith(("Cap", "NoNewPrivs")))
        bad += [f"{name} {status[name + ':']}" for name in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb")
                if int(status[name + ":"], 16)]
        bad += ["new privileges"] * (status["NoNewPrivs:"] != "1")
    try:
        os.setuid(0); bad.append("setuid(0)")
    except OSError:
        pass
    return not bad, ", ".join(bad) if bad else "no capability, none can be gained, no new privileges"
""",
}
SMALL = Limits(
    disk_mb=16, processes=32, memory_mb=128, cell_s=2, cell_wall_s=20, cpu_s=30, wall_s=120, output_kb=64
)
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
    seen = f"{found} after {len(children)} of {PROCESSES} processes and threads"
    return found == "EAGAIN" and len(children) < PROCESSES, seen
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
# Each of these must end its session with the status named.
MEMORY = "limit on memory"
FATAL = {
    MEMORY: (
        "block = []\nfor _ in range(64): block.append(b'x' * (1 << 23))\nimport time; time.sleep(3)",
        Status.OUT_OF_MEMORY,
    ),
    "limit on computing time": ("while True: pass", Status.TIMED_OUT),
    "limit on output": (
        "import time\nwhile True: print('x' * 10_000); time.sleep(0.001)",
        Status.TOO_MUCH_OUTPUT,
    ),
}
# What is said of them if they were held back.
HELD = {
    MEMORY: "enforced by the system, with a control group for each session",
    "limit on computing time": "an endless loop was stopped; all processes of a session count",
    "limit on output": "an endless print was stopped",
}

RUNNER = """
import json as _json
try:
    _held, _seen = attempt()
except BaseException as _error:
    _held, _seen = False, f"the trial itself failed: {type(_error).__name__}: {_error}"
print(_json.dumps([_held, _seen[:300]]))
"""
