"""Strangers' text is made harmless for pages, terminals and logs, and for readers of records."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.language.clean import clean, escape_invisible, plain

ANYTHING = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b[]0;m\x07\\#:\u202e\u2028\x85\r\n\t\ud800 "))
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\bb", "ab"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x9b2J", "\ufffd2J"),
        ("\u202eabc", "\ufffdabc"),
        ("\ud800", "\ufffd"),
        ("张伟 é", "张伟 é"),
    ],
)
def test_clean(text: str, wanted: str) -> None:
    """Escapes vanish with their parameters, control characters become visible, and the rest stays."""
    assert clean(text) == wanted


@given(ANYTHING)
def test_nothing_steers_anything(text: str) -> None:
    """No control characters but tabs and line ends are left, and all of the text can be written."""
    for made in (clean(text), plain(text)):
        assert not [
            letter
            for letter in made
            if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\t\n\r"
        ]
        assert "\u202e" not in made
        made.encode()


@pytest.mark.parametrize(
    "command",
    [
        "::error::stop",
        "  ::set-output name=x::y",
        "ok\n::error file=a::b",
        "##vso[task.complete result=Succeeded;]",
        "x ##teamcity[testFailed]",
        "##[error]x",
    ],
)
def test_commands_to_a_ci_system(command: str) -> None:
    """What GitHub, Azure and TeamCity take for commands is broken up but stays readable."""
    made = plain(command)
    assert made.replace("\\", "") == command
    assert not [
        line
        for line in made.splitlines()
        if line.lstrip().startswith("::") or "##vso[" in line or "##teamcity[" in line
    ]


@pytest.mark.parametrize("text", ["a::b", "std::vector", "# title", "## title", "12:30", "::"])
def test_what_is_no_command(text: str) -> None:
    """Text that no CI system takes for a command stays as it is."""
    assert plain(text) == text


@given(ANYTHING)
def test_a_record_is_one_line(text: str) -> None:
    """A record is one line for Python and for terminals, and JSON gives the same text back."""
    line = escape_invisible(json.dumps({"text": text}, ensure_ascii=False))
    assert len(line.splitlines()) == 1 and json.loads(line) == {"text": text}
    line.encode()
