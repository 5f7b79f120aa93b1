"""The process from which many workers are forked makes itself cheap to fork."""

from __future__ import annotations

import importlib

import pytest

from grader.inside import pages


def test_importing_it_settles_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is imported last, so everything that was imported before is settled."""
    settled: list[bool] = []
    monkeypatch.setattr(pages, "settle", lambda: settled.append(True))
    importlib.reload(importlib.import_module("grader.engine.settled"))
    assert settled[-1:] == [True]
