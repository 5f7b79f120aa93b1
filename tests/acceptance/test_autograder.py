"""An autograder for Gradescope grades a submission, as Gradescope would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from support import ROOT, command, hand_in


def test_an_autograder(small_course: Path, tmp_path: Path) -> None:
    """From the submission's folder to results.json, with nothing of ours installed but the packages."""
    made = command(
        "export", tmp_path / "out", "--course", small_course, "--format", "gradescope-autograder",
        "--to", tmp_path / "autograder.zip",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    root = tmp_path / "autograder"
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        archive.extractall(root / "source")
    hand_in(
        root, "submission", "n = 5", "def double(x):\n    return 2 * x if x > 0 else x", "result = double(n)"
    )
    done = subprocess.run(
        ["bash", root / "source" / "run_autograder"],
        env={**os.environ, "AUTOGRADER": str(root), "PYTHON": sys.executable},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    assert results["score"] == 2
    assert [test["status"] for test in results["tests"]] == ["passed", "failed", "passed"]
    assert "-6" not in json.dumps(results["tests"]), "what a hidden check expects is not told"
