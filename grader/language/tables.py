"""Tables as spreadsheets save them: CSV in whatever encoding, with whatever separator."""

from __future__ import annotations

import csv
import io

SEPARATORS = ",;\t"
ENCODINGS = ("utf-8-sig", "gb18030")  # as spreadsheets save it, in Europe and in China


class NotCsv(ValueError):
    """A line is not CSV. Carries its number, from 1; 0 if no text could be read at all."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def decoded(content: bytes) -> str:
    """The text of a file. Raises NotCsv if it is in none of the usual encodings."""
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotCsv(0, "can't be read: save it as CSV UTF-8")


def lines(text: str) -> list[tuple[int, list[str]]]:
    """The lines of a table that hold anything, as cells, each with the number of its last line in the text.

    Raises NotCsv.
    """
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count))
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise NotCsv(reader.line_num, f"is not CSV: {error}") from None
