"""The languages in which people are spoken to: English, as it stands in the code, and Chinese. The one owner of Babel.

A message is written once, in English, where it is used: `_("Cell {number}", number=3)`. Its translation
stands in `locale/zh/LC_MESSAGES/grader.po`; a test holds the two together.
"""

from __future__ import annotations

import functools
import gettext
import io
import os
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("en", "zh")
CATALOGUES = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Text:
    """The same words in every language: `text["zh"]`."""

    en: str
    zh: str

    def __getitem__(self, lang: str) -> str:
        return {"en": self.en, "zh": self.zh}[lang]


def choose(lang: str | None = None) -> str:
    """The language to speak: the one asked for, else the environment's; English where neither is one of ours."""
    wanted = lang or next(
        (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), ""
    )
    return "zh" if wanted.lower().startswith("zh") else "en"


@functools.cache
def translation(lang: str) -> gettext.NullTranslations:
    """The catalogue of one language, for `.gettext(message)`. Compiled in memory: no file to go stale."""
    if lang == "en":
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile

    compiled = io.BytesIO()
    with open(CATALOGUES / lang / "LC_MESSAGES" / "grader.po", "rb") as source:
        mofile.write_mo(compiled, pofile.read_po(source, locale=lang))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(message: str, **words: object) -> Text:
    """A message in every language, with `{name}` in it replaced by the word of that name, itself a Text or any value.

    Import it as `_`: that is how messages are found for translation.
    """

    def in_(lang: str) -> str:
        said = translation(lang).gettext(message)
        return said.format(
            **{name: word[lang] if isinstance(word, Text) else word for name, word in words.items()}
        )

    return Text(in_("en"), in_("zh"))


def either(en: str | None, zh: str) -> Text:
    """What was written, in Chinese too where it was written in Chinese."""
    return Text(en or "", zh or en or "")


def listed(texts: list[Text]) -> Text:
    """Several texts, each quoted, in one line."""
    return Text(", ".join(f"“{text.en}”" for text in texts), "、".join(f"“{text.zh}”" for text in texts))
