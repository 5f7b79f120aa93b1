"""Which backend draws a notebook's plots."""

from __future__ import annotations

import pytest

from grader.inside.plotting import INLINE, backend_for


@pytest.mark.parametrize(
    "wanted", ["inline", "agg", "Agg", "svg", INLINE, "module://my_own_backend", None, 3, object()]
)
def test_what_is_left_alone(capsys: pytest.CaptureFixture[str], wanted: object) -> None:
    """A backend that opens no window is used as it is, and what is no name is left to matplotlib."""
    assert backend_for(wanted) is wanted and capsys.readouterr().err == ""


@pytest.mark.parametrize("wanted", ["TkAgg", "qt", "nbAgg", "widget", "ipympl", "no_such_backend"])
def test_what_becomes_inline(capsys: pytest.CaptureFixture[str], wanted: str) -> None:
    """What needs a window or a browser, and what nobody knows, is drawn inline, and a note names it."""
    assert backend_for(wanted) == INLINE
    assert f"backend '{wanted}' can't be used" in capsys.readouterr().err


def test_a_long_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The note stays short, whatever the name is."""
    assert backend_for("x" * 10_000) == INLINE and len(capsys.readouterr().err) < 300
