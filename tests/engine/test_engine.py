"""What reports depend on, whichever engine makes them."""

from __future__ import annotations

from grader.engine.engine import environment


def test_the_environment() -> None:
    """It names the versions of what could change a notebook's results."""
    assert {"python", "torch", "numpy", "ipykernel"} == set(environment())
