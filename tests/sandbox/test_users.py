"""Root gives each session a user who is nobody else, wherever it is root."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import MachineError
from grader.sandbox import users


@pytest.mark.parametrize(
    "known", [[(0, 0, 4294967295)], [(0, 100000, 65536)], [(0, 1000, 1), (1, 100000, 65536)], [(0, 0, 40)]]
)
def test_users_are_known_here_and_nobody(tmp_path: Path, known: list[tuple[int, int, int]]) -> None:
    """On a host far from everybody's numbers; in a container among those that it has, and neither its first nor `nobody`, its last but one."""
    (tmp_path / "uid_map").write_text(
        "".join(f"{first:10} {outside:10} {number:10}\n" for first, outside, number in known)
    )
    for _ in range(20):
        given = users.spare(tmp_path / "uid_map")
        assert any(
            first <= given.first and given.first + given.number <= first + number
            for first, _, number in known
        )
        if known[-1][2] > 60_000:
            assert (
                given.number > 16_000
                and given.first >= 32_000
                and not given.first <= 65_534 < given.first + given.number
            )


def test_root_alone_is_refused(tmp_path: Path) -> None:
    """Where nobody but root is known, sessions would be root."""
    (tmp_path / "uid_map").write_text("0 1000 1")
    with pytest.raises(MachineError, match="ordinary user"):
        users.spare(tmp_path / "uid_map")


def test_two_runs_are_seldom_the_same_users(tmp_path: Path) -> None:
    """Each command draws its own block of them."""
    (tmp_path / "uid_map").write_text("0 0 4294967295")
    drawn = {users.spare(tmp_path / "uid_map") for _ in range(50)}
    assert len(drawn) > 40 and all(given.first % users.NUMBER == 0 for given in drawn)
