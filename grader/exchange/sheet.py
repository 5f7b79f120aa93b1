"""A table in a text file of another system, in which single cells are changed and every other byte stays.

Encoding, byte order mark, separator, quotation marks, line ends and decimal commas are found in the file.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError
from grader.exchange.grades_csv import without_formula

MAX_BYTES = 32 << 20
SEPARATORS = (",", ";", "\t")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_COMMA = re.compile(r"-?\d+,\d+(?: ?%)?")
_POINT = re.compile(r"-?\d+\.\d+(?: ?%)?")
# Common Chinese characters in GBK are pairs of such bytes; accented letters of Western encodings stand alone.
_CHINESE = re.compile(rb"(?:[\x00-\x7f]|[\x81-\xfe][\xa1-\xfe])*")


@dataclass(frozen=True)
class Cell:
    """A cell: its value, and where it stands in the text with its quotation marks."""

    value: str
    start: int
    end: int


@dataclass
class Sheet:
    """A table with the text that it was read from."""

    text: str
    mark: bytes  # the byte order mark, if there was one
    encoding: str
    separator: str
    rows: list[list[Cell]]
    _changes: dict[tuple[int, int], str] = field(default_factory=dict)

    def value(self, row: int, column: int) -> str:
        """A cell's text, without spaces around it; "" if the row is shorter."""
        cells = self.rows[row]
        return cells[column].value.strip() if 0 <= column < len(cells) else ""

    def headings(self, row: int = 0) -> list[str]:
        """The texts of one row."""
        return [cell.value.strip() for cell in self.rows[row]] if row < len(self.rows) else []

    def has_decimal_comma(self) -> bool:
        """Whether numbers are written with a comma: as most of those in the file are, or by its separator."""
        values = [cell.value.strip() for row in self.rows for cell in row]
        commas = sum(_COMMA.fullmatch(value) is not None for value in values)
        points = sum(_POINT.fullmatch(value) is not None for value in values)
        return commas > points if commas or points else self.separator == ";"

    def set_number(self, row: int, column: int, number: float, comma: bool) -> None:
        """Write a number into a cell. A row that is too short stays as it is."""
        self._change(row, column, f"{number:.10g}".replace(".", "," if comma else "."))

    def set_text(self, row: int, column: int, text: str) -> None:
        """Write a text into a cell, so that no spreadsheet takes it for a formula."""
        self._change(row, column, without_formula(" ".join(text.split())))

    def _change(self, row: int, column: int, value: str) -> None:
        cell = self.rows[row][column]
        quoted = self.text[cell.start : cell.start + 1] == '"'
        if quoted or any(each in value for each in (self.separator, '"', "\n", "\r")):
            value = '"' + value.replace('"', '""') + '"'
        self._changes[row, column] = value

    def content(self) -> bytes:
        """The file with its changes."""
        parts, at = [], 0
        for (row, column), value in sorted(self._changes.items()):
            cell = self.rows[row][column]
            parts += [self.text[at : cell.start], value]
            at = cell.end
        return self.mark + "".join([*parts, self.text[at:]]).encode(self.encoding)


def read_sheet(path: Path) -> Sheet:
    """The table in a file. Raises UsageError if there is none."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{path} can't be read ({error.strerror}); name the file that the system exported"
        ) from None
    return parsed(content, str(path))


def parsed(content: bytes, name: str) -> Sheet:
    """The table in a file's bytes. Raises UsageError, which calls the file `name`, if there is none."""
    if len(content) > MAX_BYTES:
        raise UsageError(f"{name} is larger than {MAX_BYTES >> 20} MB; export a smaller table")
    if content.startswith(b"PK\x03\x04") or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UsageError(f"{name} is a workbook; export it as CSV (or as text with tabs), and name that file")
    mark, encoding, text = _decoded(content)
    if not text.strip():
        raise UsageError(f"{name} is empty; export it again")
    if "\0" in text:
        raise UsageError(f"{name} is not a table in a text file; export it as CSV")
    separator = _separator(text)
    return Sheet(text, mark, encoding, separator, _rows(text, separator))


def _decoded(content: bytes) -> tuple[bytes, str, str]:
    """The byte order mark, the encoding and the text, which gives exactly these bytes again."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            candidates = [(mark, encoding)]
            break
    else:
        western = [(b"", "cp1252"), (b"", "latin-1")]
        chinese = [(b"", "gb18030")] if _CHINESE.fullmatch(content) else []
        candidates = [(b"", "utf-8"), *chinese, *western]
    for mark, encoding in [*candidates, (b"", "latin-1")]:
        try:
            text = content[len(mark) :].decode(encoding)
            if mark + text.encode(encoding) == content:
                return mark, encoding, text
        except UnicodeError:
            continue
    raise AssertionError("latin-1 takes any bytes")


def _separator(text: str) -> str:
    """The separator that the first lines have most of, outside of quotation marks."""
    first = re.sub(r'"(?:[^"]|"")*+"', "", "\n".join(text.splitlines()[:3]))
    counts = Counter(each for each in first if each in SEPARATORS)
    return max(SEPARATORS, key=lambda each: counts[each])


def _rows(text: str, separator: str) -> list[list[Cell]]:
    """The cells. A row ends at a line end that no quotation marks hold."""
    plain = f"[^{re.escape(separator)}\r\n]*+"
    pattern = re.compile(
        rf'(?P<quoted>"(?:[^"]|"")*+")?(?P<rest>{plain})(?P<end>{re.escape(separator)}|\r\n|\r|\n|\Z)'
    )
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at = 0
    while at < len(text) or row:
        found = pattern.match(text, at)
        if found is None:  # a quotation mark that is never closed: the rest of the line is one cell
            found = re.compile(
                rf"(?P<quoted>)(?P<rest>{plain})(?P<end>{re.escape(separator)}|\r\n|\r|\n|\Z)"
            ).match(text, at)
        assert found is not None
        quoted = found["quoted"] or ""
        row.append(Cell(quoted[1:-1].replace('""', '"') + found["rest"], at, found.start("end")))
        at = found.end()
        if found["end"] != separator:
            rows.append(row)
            row = []
    return rows
