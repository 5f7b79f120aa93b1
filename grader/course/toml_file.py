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

    def complain(self, message: str, key: str | None = None, header: str = "") -> None:
        """Note a problem, at the line of `key` if that is given: below the header [`header`], if that is."""
        self.problems.add(self.path, message, self.line_of(key, header) if key is not None else 0)

    def values(
        self,
        table: Mapping[str, Any],
        types: Mapping[str, type],
        required: Sequence[str] = (),
        header: str = "",
    ) -> dict[str, Any]:
        """The values of a table that have a known key and its type. `header` stands above it, as [`header`].

        Unknown keys, wrong types and missing keys are problems.
        """
        good = {}
        for key, value in table.items():
            if key not in types:
                known = f"; known are {', '.join(types)}"
                self.complain(f"unknown key {key!r}{did_you_mean(key, types, known)}", key, header)
            elif not isinstance(value, types[key]) or (isinstance(value, bool) and types[key] is not bool):
                self.complain(f"{key!r} must be {TYPE_NAMES[types[key]]}", key, header)
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

    def line_of(self, key: str, header: str = "") -> int:
        """The number of the line that sets a key, from 1; 0 if it is not found.

        With `header`, the first such line below [`header`]; if there is none, the line of that header.
        """
        above = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.lstrip().startswith("["):
                above = _header(line)
            elif _key(line) == key and header in ("", above):
                return number
        return (self.line_of_header(header) or self.line_of(key)) if header else 0

    def line_of_header(self, header: str) -> int:
        """The number of the line [`header`], or of the first below which it stands; 0 if there is none."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.lstrip().startswith("[") and f"{_header(line)}.".startswith(f"{header}."):
                return number
        return 0


def _header(line: str) -> str:
    """The name of the table that a line opens, as `assignment.linreg`."""
    return re.sub(r"""#.*|[\[\]"'\s]""", "", line)


def _key(line: str) -> str:
    """What a line sets, without quotation marks."""
    return line.split("=")[0].strip().strip("\"'")
