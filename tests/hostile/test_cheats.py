"""All cheats that `grader redteam` knows, against a rubric that none of them may pass."""

from __future__ import annotations

import json
from pathlib import Path

from grader.proof.cheats import CHEATS
from support import command

UNFIT = {
    "cell_error": {"stub", "raises", "skips the check", "stops the check", "encoder that lies"},
    "died": {"leaves with success"},
}


def test_a_good_rubric_lets_nothing_pass(small_course: Path) -> None:
    """Every cheat runs to its end, except those that mean not to, and the table shows that none earns points.

    The exceptions are the public values that a cheat knows.
    """
    done = command("redteam", "double", "--course", small_course, "--json", timeout=400)
    assert done.returncode == 0, done.stderr
    assert "none earns anything hidden" in done.stderr and "cheating" in done.stderr
    data = json.loads(done.stdout)["double"]
    assert data["problems"] == [] and data["checks"]["test_any"] == {"visibility": "hidden", "points": 2}
    found = {each["name"]: each for each in data["attempts"]}
    assert {cheat.name for cheat in CHEATS} < set(found)
    assert sum(each["kind"] == "cheat" for each in data["attempts"]) == len(CHEATS) + 2
    assert found["solution"]["passed"] == ["test_two", "test_any", "test_other"]
    assert found["memorised values"]["passed"] == ["test_two"]
    cheats = [each for name, each in found.items() if name != "solution"]
    assert not any(each["hidden_points"] or each["gained"] or each["fault"] for each in cheats)
    for status in {each["status"] for each in data["attempts"]} - {"ok"}:
        assert {name for name, each in found.items() if each["status"] == status} == UNFIT[status]
