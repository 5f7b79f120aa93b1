"""What a session did becomes a finding: only what clearly held is active, and the rest has a remedy."""

from __future__ import annotations

import pytest

from grader.model.report import CellRun, Execution, Output, OutputKind
from grader.model.status import Status
from grader.proof import findings
from grader.proof.findings import ACTIVE, DEGRADED, MISSING, REPORT_IT, Finding
from grader.proof.machine import Machine
from grader.proof.trials import FATAL


def cell(status: Status = Status.OK, outputs: tuple[Output, ...] = ()) -> CellRun:
    return CellRun(1, "", status, outputs)


def test_a_limit_that_is_not_there_is_noticed() -> None:
    """A session that was not ended, or for another reason, is a missing protection."""
    for name, (_, status) in FATAL.items():
        assert findings.ended(name, cell(status)).state == ACTIVE
        assert findings.ended(name, cell()).state == MISSING
        assert findings.ended(name, cell(Status.DIED)).remedy == REPORT_IT


@pytest.mark.parametrize(
    ("printed", "state"),
    [
        ('[true, "refused"]', ACTIVE),
        ('[false, "came through"]', MISSING),
        ("", MISSING),
        ("nonsense", MISSING),
        ('["yes", "x"]', MISSING),
        ("[1, 2, 3]", MISSING),
    ],
)
def test_only_a_clear_answer_counts(printed: str, state: str) -> None:
    """Silence, nonsense and anything but a plain true are no protection."""
    outputs = (Output(OutputKind.STDOUT, printed),) if printed else ()
    [finding] = findings.from_outputs({"x": ""}, Execution(cells=(cell(outputs=outputs),)))
    assert finding.state == state and finding.found


def test_which_user_a_session_is_on_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root and an unknown user are a missing protection. Oneself and a user who owns nothing are not."""
    monkeypatch.setattr(findings.os, "geteuid", lambda: 1000)
    states = [findings.host_user(uid).state for uid in (None, 0, 1000, 1 << 30)]
    assert states == [MISSING, MISSING, ACTIVE, ACTIVE]
    assert "as you" in findings.host_user(1000).found


@pytest.mark.parametrize("shares", [True, False])
def test_what_a_watchdog_can_see(shares: bool) -> None:
    """Where a container hides from root what processes share, the finding says so, with the remedy."""
    found = findings.watched_memory(shares)
    assert found.state == DEGRADED
    assert ("SYS_PTRACE" in found.remedy) is not shares
    assert ("share" in found.found) is not shares


def test_whether_sessions_are_separate_users() -> None:
    """Two different users are. The same user twice, or an unknown one, is not, and the remedy is named."""
    active = findings.separate_users(5, 6)
    assert active == Finding("a user for each session", ACTIVE, active.found)
    for one, other in ((5, 5), (None, 6), (5, None), (None, None)):
        finding = findings.separate_users(one, other)
        assert finding.state == DEGRADED and "root" in finding.remedy


def test_circumstances_are_never_missing() -> None:
    """Grading as root and a clock that can't be fair are degraded, with a remedy, and no more than that."""
    degraded = findings.circumstances(Machine(root=True, fair=False))
    assert [finding.state for finding in degraded] == [DEGRADED, DEGRADED]
    assert all(finding.remedy for finding in degraded)
    assert [finding.state for finding in findings.circumstances(Machine())] == [ACTIVE, ACTIVE]
