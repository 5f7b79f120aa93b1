"""A language is chosen, and the Chinese catalogue and the code hold the same messages."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages import extract, pofile

import grader
from grader.language.catalogue import CATALOGUES, LANGUAGES, Text, choose, listed, say, translation

PACKAGE = Path(grader.__file__).parent
JOINING = ("{first} {rest}", ", ", ": ")
METHODS = [("**.py", "python"), ("reports/templates/**.html", "jinja2.ext:babel_extract")]


@pytest.fixture(scope="module")
def written() -> set[str]:
    """Every message in the code or in a template."""
    found = extract.extract_from_dir(PACKAGE, METHODS, keywords={"_": None, "gettext": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


@pytest.fixture(scope="module")
def catalogue() -> dict[str, pofile.Catalog]:
    with open(CATALOGUES / "zh" / "LC_MESSAGES" / "grader.po", "rb") as source:
        return {message.id: message for message in pofile.read_po(source, locale="zh") if message.id}


@pytest.fixture
def environment(monkeypatch):
    """An environment that sets no language."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_no_message_is_missing(written, catalogue):
    """Every message in the code and in the templates is in the catalogue."""
    assert len(written) > 50
    assert sorted(written - set(catalogue)) == [], (
        "add these to grader/language/locale/zh/LC_MESSAGES/grader.po"
    )


def test_no_message_is_obsolete(written, catalogue):
    """Every message in the catalogue is still used."""
    assert sorted(set(catalogue) - written) == []


def test_every_message_is_translated(catalogue):
    """No translation is empty or uncertain."""
    assert [name for name, message in catalogue.items() if not message.string or message.fuzzy] == []


def test_translations_keep_their_words(catalogue):
    """A translation has the same {names} as its message, no more and no fewer."""

    def words(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    assert [name for name, message in catalogue.items() if words(name) != words(message.string)] == []


def test_translations_are_chinese(catalogue):
    """A translation contains Chinese, unless it only joins other texts, and ends in Chinese punctuation."""
    for name, message in catalogue.items():
        assert name in JOINING or any("\u4e00" <= character <= "\u9fff" for character in message.string), name
        assert not message.string.endswith((".", ",", ":", ";", "?")), name


@pytest.mark.parametrize(
    ("asked", "spoken"), [("en", "en"), ("zh", "zh"), ("zh_CN", "zh"), ("zh-TW", "zh"), ("de", "en")]
)
def test_asked_language_wins(environment, asked, spoken):
    """The requested language is used, whatever the environment says. An unknown one becomes English."""
    environment.setenv("LC_ALL", "zh_CN.UTF-8" if spoken == "en" else "en_GB.UTF-8")
    assert choose(asked) == spoken


@pytest.mark.parametrize(
    ("settings", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LC_MESSAGES": "en_US.UTF-8", "LC_ALL": "zh_TW"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_environment_decides(environment, settings, spoken):
    """Without a request, the first of LC_ALL, LC_MESSAGES and LANG that is not empty decides."""
    for name, value in settings.items():
        environment.setenv(name, value)
    assert choose() == spoken


def test_english_is_as_written():
    """English messages need no catalogue."""
    assert translation("en").gettext("Passed") == "Passed"


def test_translation_is_read_once():
    """The catalogue is compiled once, at its first use."""
    assert translation("zh") is translation("zh")
    assert translation("zh").gettext("Passed") == "通过"


def test_say_speaks_every_language():
    """A message comes in every language, with its words in that language."""
    said = say("Cell {number}", number=3)
    assert said == Text("Cell 3", "单元格 3")
    assert [said[lang] for lang in LANGUAGES] == ["Cell 3", "单元格 3"]
    assert say("{first} {rest}", first=Text("a", "甲"), rest=Text("b", "乙")) == Text("a b", "甲乙")


def test_words_are_no_patterns():
    """Braces in a word are not replaced."""
    assert say("Cell {number}", number="{number} {0.__class__}").en == "Cell {number} {0.__class__}"


def test_listed_quotes_each():
    """Each text has quotation marks, so that commas within a title do not matter."""
    assert listed([Text("a, b", "甲"), Text("c", "乙")]) == Text("“a, b”, “c”", "“甲”、“乙”")
