"""Figures of the real command: how soon it starts, and how much memory it takes with everything that it
starts.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from meter import proportional_mb
from tasks import ROOT, TASKS, solution

EMPTY_NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def start_up(repeat: int = 3) -> tuple[float, float]:
    """Seconds from the command to the first kernel that listens, and to the end of a class of one empty
    notebook.
    """
    firsts, wholes = zip(*(_start_up() for _ in range(repeat)))
    return statistics.median(firsts), statistics.median(wholes)


def _start_up() -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="b") as name:
        folder = Path(name)
        folder.chmod(0o711)
        notebook = folder / "class" / "amy" / "convnet.ipynb"
        notebook.parent.mkdir(parents=True)
        notebook.write_text(EMPTY_NOTEBOOK)
        begun = time.perf_counter()
        command = _grade(folder, "--course", str(ROOT), env={**os.environ, "TMPDIR": name})
        first = 0.0
        while command.poll() is None:
            if not first and next(folder.glob("grader-*/s/*/k-2"), None):
                first = time.perf_counter() - begun
            time.sleep(0.002)
        return first, time.perf_counter() - begun


def peak_memory(many: int) -> float:
    """The peak, in MB, while the command grades `many` submissions with two workers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(many):
            task = TASKS[number % len(TASKS)]
            place = folder / "class" / f"s{number // len(TASKS):03}"
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(solution(task), place / f"{task}.ipynb")
        command = _grade(folder, "--jobs", "2", "--course", str(ROOT))
        peak = 0.0
        root = psutil.Process(command.pid)
        while command.poll() is None:
            try:
                pids = [command.pid, *(child.pid for child in root.children(recursive=True))]
            except psutil.Error:
                continue
            peak = max(peak, proportional_mb(pids))
            time.sleep(0.1)
        assert command.returncode == 0
        return peak


def _grade(folder: Path, *options: str, env: dict[str, str] | None = None) -> subprocess.Popen:
    """Start grading the class in `folder`/class."""
    arguments = ["grade", str(folder / "class"), "--out", str(folder / "out"), "-q", *options]
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments], cwd=ROOT, env=env, stdout=subprocess.DEVNULL
    )
