"""A notebook may check itself while a student works on it. In a session that does nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys
sys.path[:0] = [{folder!r}]
from inside import self_check
self_check.stand_in()
import importlib.util
import grader
print(grader.check("linreg-manual", lang="en"), importlib.util.find_spec("grader.model"))
"""


@pytest.mark.parametrize(("own", "found"), [("", "None None"), ("check = lambda *_, **__: 'mine'", "mine")])
def test_checking_does_nothing(tmp_path: Path, own: str, found: str) -> None:
    """`import grader` works, and holds nothing of ours but the name. A file of that name comes first."""
    inside = Path(__file__).parents[2] / "grader" / "inside"
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "__init__.py").write_text("")
    (tmp_path / "inside" / "self_check.py").write_text((inside / "self_check.py").read_text())
    code = CODE.format(folder=str(tmp_path))
    if own:
        (tmp_path / "grader.py").write_text(own)
        code = code.replace(', importlib.util.find_spec("grader.model")', "")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == found, done.stderr
