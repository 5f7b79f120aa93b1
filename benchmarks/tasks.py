"""The notebooks that are measured: the course's four main solutions."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TASKS = ("gradient-descent", "linreg-manual", "linreg-module", "convnet")


def solution(task: str) -> Path:
    return ROOT / "solutions" / task / "solution.ipynb"
