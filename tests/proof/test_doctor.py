"""The doctor tries every protection for real, notices when one is missing, and says what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import MachineError
from grader.proof import doctor
from grader.proof.doctor import PROTECTIONS
from grader.proof.findings import ACTIVE, DEGRADED, MISSING, Finding
from grader.proof.machine import Machine
from grader.sandbox import cgroup
from support import ROOT, command


def test_every_protection_is_tried_on_this_machine() -> None:
    """Each is listed by name with what was seen, and on a machine that grades none is missing."""
    done = command("doctor", "--json")
    found = {finding["protection"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert set(PROTECTIONS) | {"bubblewrap", "filter for system calls"} < set(found)
    groups = cgroup.create_groups()
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
    assert found["limit on disk"]["found"].startswith("ENOSPC")
    assert found["limit on processes"]["found"].startswith("EAGAIN")


def missing(findings: list[Finding]) -> set[str]:
    return {finding.protection for finding in findings if finding.state == MISSING}


def test_without_linux_everything_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS every protection is listed as missing, with one remedy, and nothing is started."""
    monkeypatch.setattr(doctor, "look", lambda: Machine("darwin"))
    monkeypatch.setattr(doctor, "_try_all", lambda: pytest.fail("nothing may be tried"))
    findings = doctor.examine()
    assert missing(findings) == {"sealed sessions", *PROTECTIONS} and "macOS" in findings[0].remedy


def test_what_works_is_listed_beside_what_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where system calls can't be filtered, bubblewrap is still active."""

    def refuse() -> bytes:
        raise MachineError("system calls can't be filtered: no libseccomp. Install libseccomp.")

    monkeypatch.setattr(doctor, "compile_filter", refuse)
    findings = doctor.examine()
    assert findings[0].protection == "bubblewrap" and findings[0].state == ACTIVE
    assert missing(findings) == {"sealed sessions", *PROTECTIONS} and "libseccomp2" in findings[1].remedy


def test_a_machine_that_refuses_fails_the_command(tmp_path: Path) -> None:
    """Where bubblewrap gets no namespaces, the table, its message and the remedy are shown, with code 1."""
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    refusing.chmod(0o755)
    code = (
        "import sys\nfrom grader.cli.main import main\nfrom grader.proof import doctor, machine\n"
        "from grader.sandbox import bubblewrap\n"
        f"bubblewrap.find_bubblewrap = doctor.find_bubblewrap = lambda: {str(refusing)!r}\n"
        "doctor.look = lambda: machine.Machine(apparmor=True)\nsys.exit(main(['doctor']))"
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


def test_root_in_name_only_is_refused() -> None:
    """Root of a namespace with no other user can't give sessions users: the command says what to do."""
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
