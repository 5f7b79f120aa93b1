"""What `grader doctor` says under the rights that containers have, rebuilt here without a container.

    python tests/hostile/containers.py

Run it as root. Each line is one way to start a container: what the kernel is told is what Docker tells it,
as far as capabilities, the filter for system calls, masked parts of /proc and read-only control groups go.
Docker's AppArmor profile, which also refuses mounts, is not rebuilt.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyseccomp

from grader.inside import seal

ROOT = Path(__file__).parents[2]
# Docker's fourteen: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE,
# NET_RAW, SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP.
DEFAULT = sum(1 << number for number in (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31))
SYS_PTRACE, SYS_ADMIN = 1 << 19, 1 << 21
# What Docker's filter refuses to whoever lacks CAP_SYS_ADMIN, of the calls that a sandbox makes.
REFUSED = (
    "unshare", "setns", "mount", "umount2", "pivot_root", "sethostname", "setdomainname", "move_mount",
    "open_tree", "fsopen", "fsmount", "fsconfig", "fspick", "mount_setattr", "bpf", "perf_event_open",
    "keyctl", "add_key", "request_key", "userfaultfd", "quotactl", "io_uring_setup",
)  # fmt: skip
NAMESPACES = (1 << 17, 1 << 25, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1 << 30)
MASKED = ("/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi")
READ_ONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


@dataclass(frozen=True)
class Way:
    """One way to start a container. `user` is 0 for root."""

    name: str
    user: int = 0
    rights: int = DEFAULT
    filtered: bool = True
    masked: bool = True


UNFILTERED = "--security-opt seccomp=unconfined"
UNMASKED = "--security-opt systempaths=unconfined"
WAYS = (
    Way("as it is"),
    Way(UNFILTERED, filtered=False),
    Way(f"{UNFILTERED} --cap-add SYS_ADMIN", rights=DEFAULT | SYS_ADMIN, filtered=False),
    Way(f"{UNFILTERED} {UNMASKED} --cap-add SYS_ADMIN", 0, DEFAULT | SYS_ADMIN, False, False),
    Way(f"{UNMASKED} --cap-add SYS_ADMIN", 0, DEFAULT | SYS_ADMIN, False, False),
    Way(
        f"{UNMASKED} --cap-add SYS_ADMIN --cap-add SYS_PTRACE",
        0,
        DEFAULT | SYS_ADMIN | SYS_PTRACE,
        False,
        False,
    ),
    Way("--user 1000", user=1000),
    Way(f"--user 1000 {UNFILTERED}", user=1000, filtered=False),
    Way(f"--user 1000 {UNFILTERED} {UNMASKED}", user=1000, filtered=False, masked=False),
)


def become(way: Way) -> None:
    """Take on the rights of a process in such a container. Called between fork and exec."""
    seal.unshare(seal.CLONE_NEWNS)
    seal.mount("none", "/", "", seal.MS_REC | seal.MS_PRIVATE)
    read_only = seal.MS_BIND | seal.MS_REMOUNT | seal.MS_RDONLY
    if way.masked:
        for path in filter(os.path.exists, MASKED):
            if os.path.isdir(path):
                seal.mount("none", path, "tmpfs", 0)
            else:
                seal.mount("/dev/null", path, "", seal.MS_BIND)
        for path in filter(os.path.exists, READ_ONLY):
            seal.mount(path, path, "", seal.MS_BIND)
            seal.mount("none", path, "", read_only)
    for path in [
        line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines() if "cgroup" in line
    ]:
        seal.mount("none", path, "", read_only)
    if way.filtered:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        rules.set_attr(pyseccomp.Attr.CTL_NNP, 0)
        for call in REFUSED:
            rules.add_rule(pyseccomp.ERRNO(1), call)
        for flag in NAMESPACES:
            rules.add_rule(pyseccomp.ERRNO(1), "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
        rules.add_rule(pyseccomp.ERRNO(38), "clone3")
        rules.load()
    seal.bound_rights(way.rights)
    if way.user:
        os.setgroups([])
        os.setresgid(way.user, way.user, way.user)
        os.setresuid(way.user, way.user, way.user)


def doctor(way: Way) -> list[dict]:
    """The doctor's findings."""
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        os.chmod(home, 0o777)
        done = subprocess.run(
            [sys.executable, "-P", "-m", "grader", "doctor", "--json"],
            cwd="/",
            capture_output=True,
            text=True,
            env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "container": "docker", "HOME": home},
            preexec_fn=lambda: become(way),
        )
    try:
        return json.loads(done.stdout)
    except (ValueError, KeyError, TypeError):
        raise SystemExit(done.stdout + done.stderr) from None


def main() -> None:
    """Print a line for each way, and what the doctor says."""
    assert ctypes.CDLL(None).getuid() == 0, "run it as root"
    for way in WAYS:
        found = doctor(way)
        missing = [each for each in found if each["state"] == "missing"]
        print(f"docker run {way.name}: {len(found) - len(missing)} of {len(found)} protections")
        for each in missing[:3]:
            print(f"    {each['protection']}: {each['found']}")


if __name__ == "__main__":
    main()
