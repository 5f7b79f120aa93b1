"""A page is opened in a person's own browser, where there is one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.cli import browser


@pytest.mark.parametrize(("screen", "opened"), [("", False), (":0", True)])
def test_a_page_is_opened_where_there_is_a_screen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, screen: str, opened: bool
) -> None:
    """On a server nothing is opened: a browser for the terminal would take it over."""
    shown: list[str] = []
    monkeypatch.setattr(sys, "platform", "linux")
    for name in browser.SCREENS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.setattr(browser.webbrowser, "open", lambda address: not shown.append(address))
    assert browser.open_page(tmp_path / "a page.html") is opened
    assert shown == ([(tmp_path / "a page.html").as_uri()] if opened else [])


def test_elsewhere_there_is_always_a_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Windows and macOS have no such variables."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(browser.webbrowser, "open", lambda address: True)
    assert browser.open_page(tmp_path)
