"""The grader's languages: English, written in the code, and Chinese. The one owner of Babel.

A message is written once, in English, where it is used: `_("Cell {number}", number=3)`. Its translation is in
`locale/zh/LC_MESSAGES/grader.po`, whose first lines say how to add one. A test keeps the two in step.
"""

from __future__ import annotations

import functools
import gettext
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("en", "zh")
CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Text:
    """One text in every language: `text.en`, or `text["zh"]` for a language chosen at run time."""

    en: str
    zh: str

    @classmethod
    def verbatim(cls, words: str) -> Text:
        """The same words in every language: a name, or a message from Python."""
        return cls(words, words)

    def __getitem__(self, lang: str) -> str:
        return {"en": self.en, "zh": self.zh}[lang]


def choose(lang: str | None = None) -> str:
    """The language to use, "en" or "zh": `lang` if given, otherwise the environment's. English by default."""
    wanted = lang or next(
        (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), ""
    )
    return "zh" if wanted.lower().startswith("zh") else "en"


@functools.cache
def translation(lang: str) -> gettext.NullTranslations:
    """The catalogue of one language, for `.gettext(message)`. Compiled in memory, so no file goes stale."""
    if lang == "en":
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile

    compiled = io.BytesIO()
    with open(CATALOGUES / lang / "LC_MESSAGES" / "grader.po", "rb") as source:
        mofile.write_mo(compiled, pofile.read_po(source, locale=lang))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(message: str, **words: object) -> Text:
    """A message in every language. `{name}` in it is replaced by the word `name`, a Text or any other value.

    If a word is markup, so is the message, and everything else in it is escaped. Import it as `_`: that is
    how messages are found for translation.
    """
    return _said(message, words) if words else _plainly_said(message)


@functools.cache
def _plainly_said(message: str) -> Text:
    """A message without words, of which a page has hundreds."""
    return _said(message, {})


def _said(message: str, words: Mapping[str, object]) -> Text:
    def translated(lang: str) -> str:
        chosen = {name: word[lang] if isinstance(word, Text) else word for name, word in words.items()}
        return _form(translation(lang).gettext(message), chosen.values()).format(**chosen)

    return Text(translated("en"), translated("zh"))


def either(en: str | None, zh: str) -> Text:
    """A text as a course has it. If the Chinese is missing, the English stands in for it."""
    return Text(en or "", zh or en or "")


def listed(texts: list[Text]) -> Text:
    """Several texts in one line, each in quotation marks."""
    return Text(_joined([text.en for text in texts], ", "), _joined([text.zh for text in texts], "、"))


def _joined(words: list[str], comma: str) -> str:
    return _form(comma.join(["“{}”"] * len(words)), words).format(*words)


def _form(message: str, words: Iterable[object]) -> str:
    """A message to be filled with words: itself markup, as MarkupSafe has it, if one of them is."""
    markup: type[str] = next(
        (type(word) for word in words if isinstance(word, str) and hasattr(word, "__html__")), str
    )
    return markup(message)
