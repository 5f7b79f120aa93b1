"""Where no scheduler is named, this machine grades."""

from __future__ import annotations

import pytest

from grader.course.environment import Environment
from grader.engine import choice, local
from grader.engine.dask import Machines


def test_which_engine_grades(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler's address means its machines. Nothing is started or connected yet."""
    given: list[tuple[object, ...]] = []
    monkeypatch.setattr(local, "Grading", lambda *arguments: given.append(arguments))
    choice.engine_for(None, "none", 3, [], Environment(), print)
    assert given == [("none", 3, [], Environment())]
    engine = choice.engine_for("tcp://there:8786", "none", 3, [], Environment(), print)
    assert isinstance(engine, Machines) and engine.cluster.address == "tcp://there:8786" and len(given) == 1
