"""The TOML files of a course, and the complaints about what stands in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from grader.course.problems import Problems, did_you_mean

TYPE_NAMES = {
    bool: "true or false",
    str: "text",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
    date: "a date without quotation marks, as in 2026-12-01T23:59:00",
}


class TomlFile:
    """One TOML file. Whatever is wrong with what is asked of it goes to `problems`, with its line."""

    def __init__(self, path: Path, text: str, problems: Problems) -> None:
        """Raises tomllib.TOMLDecodeError if the text is not TOML."""
        self.path = path
        self.text = text
        self.problems = problems
        self.table = tomllib.loads(text)

    @classmethod
    def read(cls, path: Path, problems: Problems) -> TomlFile | None:
        """Read a file. None, and a problem, if it can't be read."""
        try:
            return cls(path, path.read_text(encoding="utf-8"), problems)
        except FileNotFoundError:
            problems.add(path, "is missing")
        except tomllib.TOMLDecodeError as error:
            message = str(error)
            line = message.rpartition("(at line ")[2].partition(",")[0]
            problems.add(path, message, int(line) if line.isdigit() else 0)
        except (OSError, UnicodeDecodeError) as error:
            problems.add(path, f"can't be read: {error}")
        return None

    def complain(self, message: str, key: str | None = None, header: str = "", nth: int = 0) -> None:
        """Note a problem, at the line of `key` if that is given: below the header [`header`], if that is."""
        self.problems.add(self.path, message, self.line_of(key, header, nth) if key is not None else 0)

    def values(
        self,
        table: Mapping[str, Any],
        types: Mapping[str, type],
        required: Sequence[str] = (),
        header: str = "",
        nth: int = 0,
    ) -> dict[str, Any]:
        """The values of a table that have a known key and its type. `header` stands above it, as [`header`].

        `header` stands above it, as [`header`], or as the `nth` [[`header`]], counted from 0.
        Unknown keys, wrong types and missing keys are problems.
        """
        good = {}
        for key, value in table.items():
            if key not in types:
                known = f"; known are {', '.join(types)}"
                self.complain(f"unknown key {key!r}{did_you_mean(key, types, known)}", key, header, nth)
            elif not _is_of(value, types[key]):
                self.complain(f"{key!r} must be {TYPE_NAMES[types[key]]}", key, header, nth)
            else:
                good[key] = value
        for key in required:
            if key not in table:
                self.complain(f"{key!r} is missing")
        return good

    def entries(self, values: Mapping[str, Any], key: str, texts: Sequence[str]) -> list[dict[str, str]]:
        """The tables below [[key]] that have exactly these texts. Any other one is a problem."""
        good = []
        for entry in values.get(key, []):
            if (
                isinstance(entry, dict)
                and set(entry) == set(texts)
                and all(isinstance(text, str) for text in entry.values())
            ):
                good.append(entry)
            else:
                *names, last = (f"`{name}`" for name in texts)
                self.complain(f"each [[{key}]] has exactly the texts {', '.join(names)} and {last}")
        return good

    def line_of(self, key: str, header: str = "", nth: int = 0) -> int:
        """The number of the line that sets a key, from 1; 0 if it is not found.

        With `header`, the first such line below the `nth` [`header`]; if there is none, the line of that.
        """
        above, seen = "", -1
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.lstrip().startswith("["):
                above = _header(line)
                seen += above == header
            elif _key(line) == key and (not header or (above == header and seen == nth)):
                return number
        return (self.line_of_header(header, nth) or self.line_of(key)) if header else 0

    def line_of_header(self, header: str, nth: int = 0) -> int:
        """The number of the line [`header`], or of the first below which it stands; 0 if there is none."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.lstrip().startswith("[") and f"{_header(line)}.".startswith(f"{header}."):
                if not nth:
                    return number
                nth -= 1
        return 0


def _is_of(value: Any, kind: type) -> bool:
    """Whether a value has a type as TOML tells them apart, where a whole number is a number as well."""
    kinds = (int, float) if kind is float else (kind,)
    return isinstance(value, kinds) and (kind is bool or not isinstance(value, bool))


def _header(line: str) -> str:
    """The name of the table that a line opens, as `assignment.linreg`."""
    return re.sub(r"""#.*|[\[\]"'\s]""", "", line)


def _key(line: str) -> str:
    """What a line sets, without quotation marks."""
    return line.split("=")[0].strip().strip("\"'")
