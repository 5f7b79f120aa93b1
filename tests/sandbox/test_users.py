"""Root gives each session a user of its own, wherever it is root."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import MachineError
from grader.sandbox import users


@pytest.mark.parametrize(
    "known", [[(0, 0, 4294967295)], [(0, 100000, 65536)], [(0, 1000, 1), (1, 100000, 65536)], [(0, 0, 40)]]
)
def test_users_are_valid_here_and_unused(tmp_path: Path, known: list[tuple[int, int, int]]) -> None:
    """On a host they are far from its users. In a container they are neither its first nor `nobody`."""
    (tmp_path / "uid_map").write_text(
        "".join(f"{first:10} {outside:10} {number:10}\n" for first, outside, number in known)
    )
    for _ in range(20):
        given = users.pick_users(tmp_path / "uid_map")
        assert any(
            first <= given.first and given.first + given.count <= first + number for first, _, number in known
        )
        if known[-1][2] > 60_000:
            assert (
                given.count > 16_000
                and given.first >= 32_000
                and not given.first <= 65_534 < given.first + given.count
            )


def test_root_alone_is_refused(tmp_path: Path) -> None:
    """Where root is the only valid user, sessions would be root."""
    (tmp_path / "uid_map").write_text("0 1000 1")
    with pytest.raises(MachineError, match="ordinary user"):
        users.pick_users(tmp_path / "uid_map")


def test_two_runs_seldom_pick_the_same_users(tmp_path: Path) -> None:
    """Each command draws a block at random."""
    (tmp_path / "uid_map").write_text("0 0 4294967295")
    drawn = {users.pick_users(tmp_path / "uid_map") for _ in range(50)}
    assert len(drawn) > 40 and all(given.first % users.BLOCK == 0 for given in drawn)
