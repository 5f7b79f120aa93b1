"""Notebooks: from whatever bytes a student hands in to the little that grading needs, and back to a file.

Reading keeps each cell's kind, source, tags and id. Outputs, attachments, the kernel's name and all other metadata
are dropped before anything looks at them, so nothing in them can break or steer a grading. What can't be used ends
in `Unreadable`, whose text is for the student, in every language. Everything that is kept can be written as UTF-8.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from dataclasses import dataclass
from typing import Any

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.notebook.notebook import Cell, Notebook, Unreadable
from grader.notebook.writing import _identified

KINDS = ("code", "markdown", "raw")


@dataclass(frozen=True)
class Limits:
    """What a notebook may be at most. Far above any honest one; together they bound the time and memory of `parse`."""

    file_bytes: int = 20_000_000
    cells: int = 2_000
    cell_characters: int = 1_000_000  # the source of one cell
    depth: int = 100  # of nested JSON; nbformat's own structure needs 8
    values: int = (
        500_000  # strings, lists and objects in the JSON, outputs included; four numbers count as one
    )
    digits: int = 1_000  # of one integer: reading one takes quadratic time


LIMITS = Limits()


def _save_again(wrong: Text) -> Unreadable:
    return Unreadable(
        _(
            "{first} {rest}",
            first=wrong,
            rest=_("Save the notebook in Jupyter and submit the .ipynb file again."),
        )
    )


def _clear_outputs(wrong: Text) -> Unreadable:
    then = _("Clear all outputs (Edit > Clear Outputs of All Cells), save, and submit the notebook again.")
    return Unreadable(_("{first} {rest}", first=wrong, rest=then))


# ---- files


def read_file(path: str | os.PathLike[str], limits: Limits = LIMITS) -> bytes:
    """The bytes of a regular file of at most `limits.file_bytes`.

    Links, pipes, sockets, devices, folders and files that are too large are refused without being opened.
    Raises Unreadable for what is wrong with the file, OSError for what is wrong with the machine.
    """
    try:
        status = os.lstat(path)
        _demand_regular(status.st_mode)
        _demand_size(status.st_size, limits)
        # Should the file be swapped after this look: no link is followed, no pipe waited for, and the size is bounded.
        flags = os.O_RDONLY | _SAFE_OPEN
        with open(path, "rb", buffering=0, opener=lambda name, _: os.open(name, flags)) as file:
            _demand_regular(os.fstat(file.fileno()).st_mode)
            content = bytearray()
            while chunk := file.read(
                min(limits.file_bytes + 1 - len(content), 1 << 20)
            ):  # the size may lie or grow
                content += chunk
                _demand_size(len(content), limits)
            return bytes(content)
    except ValueError:  # a NUL in the name
        raise _save_again(_("The file's name can't be used.")) from None
    except OSError as error:
        if error.errno in _FILES_FAULT:
            raise Unreadable(
                _("The file can't be opened ({why}). Submit the notebook again.", why=cause(error))
            ) from None
        raise


def cause(error: OSError) -> Text:
    """Why the system refused, in its own words; the usual ones in every language."""
    known = {
        errno.ENOENT: _("No such file or directory"),
        errno.ENOTDIR: _("Not a directory"),
        errno.EACCES: _("Permission denied"),
        errno.EPERM: _("Operation not permitted"),
        errno.ELOOP: _("Too many levels of symbolic links"),
        errno.ENAMETOOLONG: _("File name too long"),
        errno.ENXIO: _("No such device or address"),
    }
    words = error.strerror or type(error).__name__
    return Text(words, known[error.errno].zh if error.errno in known else words)


# Windows lacks most of these; it has O_BINARY.
_SAFE_OPEN = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
_FILES_FAULT = (
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENXIO,
)


def _demand_regular(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kinds = (
        (stat.S_ISLNK, _("a link to a file, not the file itself")),
        (stat.S_ISDIR, _("a folder, not a file")),
        (stat.S_ISFIFO, _("a named pipe, not a file")),
        (stat.S_ISSOCK, _("a socket, not a file")),
    )
    what = next((what for is_it, what in kinds if is_it(mode)), _("a device, not a file"))
    raise Unreadable(_("What was submitted is {what}. Submit the notebook's .ipynb file.", what=what))


def _demand_size(size: int, limits: Limits) -> None:
    if size > limits.file_bytes:
        most = f"{limits.file_bytes / 1e6:g} MB"
        raise _clear_outputs(
            _("The file is too large: more than {most}, usually because of stored outputs.", most=most)
        )


# ---- reading


def parse(data: bytes, limits: Limits = LIMITS) -> Notebook:
    """The notebook in `data`: UTF-8 with or without a byte order mark, or UTF-16 or UTF-32 with one; nbformat 2 to 4.

    Of a key that occurs twice in an object the last counts. Cell ids that are missing, malformed or taken become
    `cell-<position>`. In what is kept, lone surrogates and NUL become U+FFFD, and every line ends in `\\n`.
    Raises Unreadable, and nothing else, whatever the bytes are.
    """
    _demand_size(len(data), limits)
    document = _document(_text(data), limits)
    if _version(document) < 4:
        cells = _converted(document, limits)
    else:
        cells = _list_of_cells(document, limits)
    total = len(cells)
    return Notebook(_identified([_cell(cell, (n, total), limits) for n, cell in enumerate(cells, start=1)]))


_ENCODINGS = (  # UTF-32 first: its mark begins like that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def _other_file(start: bytes) -> Text | None:
    """What a file is that begins so, if it is one of those often handed in by mistake."""
    if start.startswith(b"pk\x03\x04"):
        return _("a ZIP or Office file")
    if start.startswith(b"%pdf"):
        return _("a PDF")
    if start.startswith((b"<!doctype html", b"<html")):
        return _("a web page")
    return None


def _text(data: bytes) -> str:
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise _save_again(_("This is not a notebook: the file is empty."))
    if (what := _other_file(data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower())) is not None:
        raise Unreadable(_("This is not a notebook but {what}. Submit the .ipynb file itself.", what=what))
    encoding = next((name for mark, name in _ENCODINGS if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _save_again(
            _("This is not a notebook: byte {position} is not UTF-8 text.", position=error.start + 1)
        ) from None


def _document(text: str, limits: Limits) -> dict[str, Any]:
    def integer(digits: str) -> int:
        if len(digits) > limits.digits:
            raise _clear_outputs(
                _("This is not a usable notebook: it holds a number of {count} digits.", count=len(digits))
            )
        return int(digits)

    _demand_shallow(text, limits)
    try:
        document = json.loads(text, parse_int=integer)
    except json.JSONDecodeError as error:
        if re.search(r"^<{7} ", text, re.MULTILINE):
            raise _save_again(
                _(
                    "This is not a usable notebook: it holds the conflict marks of a merge (<<<<<<<). Resolve the conflict."
                )
            ) from None
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            raise _save_again(_("This is not a whole notebook: the file is cut off at its end.")) from None
        raise _save_again(
            _(
                "This is not a notebook: the file is not JSON (line {line}, column {column}).",
                line=error.lineno,
                column=error.colno,
            )
        ) from None
    except (ValueError, RecursionError):  # should Python be set to lower limits than ours
        raise _save_again(_("This is not a notebook: its JSON can't be read.")) from None
    if not isinstance(document, dict):
        raise _save_again(
            _("This is not a notebook: the file holds {what} and no cells.", what=_shown(document))
        )
    return document


# A string's closing quote is optional here, so that one that never ends is scanned once and not from each of its
# characters. Whether the text is JSON at all is for `json` to say.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]|[-\w][^\s,:"\[\]{}]*+', re.DOTALL)


def _demand_shallow(text: str, limits: Limits) -> None:
    """Count before building: the answer must not hang on Python's recursion limit, nor the memory on the file."""
    depth, values = 0, 0.0
    for match in _TOKEN.finditer(text):
        token = text[match.start()]
        if token in "]}":
            depth -= 1
            if depth < 0:
                return  # closes more than it opened: json says where, at once, and need not wait for the rest
            continue
        values += 1 if token in '"[{' else 0.25
        if values > limits.values:
            raise _clear_outputs(
                _("The notebook holds too much data: more than {most} values.", most=f"{limits.values:,}")
            )
        if token in "[{":
            depth += 1
            if depth > limits.depth:
                raise _clear_outputs(
                    _("The notebook's JSON is nested more than {most} levels deep.", most=limits.depth)
                )


def _version(document: dict[str, Any]) -> int:
    """The major version, 2 to 4. A minor version that is missing or not known yet does no harm."""
    if "nbformat" not in document:
        raise _save_again(_("This is not a notebook: its JSON does not say which format it has (nbformat)."))
    major, minor = document["nbformat"], document.get("nbformat_minor", 0)
    if type(major) is not int or type(minor) is not int or minor < 0 or major < 1:
        raise _save_again(
            _(
                "This is not a usable notebook: its format version is damaged (nbformat {major}, nbformat_minor {minor}).",
                major=_shown(major),
                minor=_shown(minor),
            )
        )
    if major > 4:
        raise _save_again(
            _("The notebook's format, nbformat {major}, is newer than can be read here.", major=_shown(major))
        )
    if major < 2:
        raise _save_again(
            _("The notebook's format, nbformat {major}, is older than can be read here.", major=_shown(major))
        )
    return major


def _list_of_cells(holder: Any, limits: Limits) -> list[Any]:
    cells = holder.get("cells") if isinstance(holder, dict) else None
    if not isinstance(cells, list):
        raise _save_again(_("This is not a usable notebook: it has no list of cells."))
    _demand_few(cells, limits)
    return cells


def _demand_few(cells: list[Any], limits: Limits) -> None:
    if len(cells) > limits.cells:
        raise Unreadable(
            _(
                "The notebook has too many cells: {count}, where {most} can be read. "
                "Delete those that the assignment does not need, save, and submit it again.",
                count=len(cells),
                most=limits.cells,
            )
        )


_Place = tuple[int, int]  # a cell's number, and how many there are


def _cell(
    cell: Any, where: _Place, limits: Limits, kinds: tuple[str, ...] = KINDS, source_key: str = "source"
) -> Cell:
    if not isinstance(cell, dict):
        raise _damaged(where, _("is {what}, not a cell", what=_shown(cell)))
    kind = cell.get("cell_type")
    if kind not in kinds:
        raise _damaged(
            where, _("has the type {kind}", kind=_shown(kind)) if "cell_type" in cell else _("has no type")
        )
    if source_key not in cell:
        raise _damaged(where, _("has no source"))
    source = cell[source_key]
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise _damaged(where, _("has a source that is not text"))
    if len(source) > limits.cell_characters:
        raise Unreadable(
            _(
                "The notebook's {cell} is too long: {count} characters, "
                "where {most} can be read. Take embedded data out of it, save, and submit it again.",
                cell=_which(where),
                count=len(source),
                most=limits.cell_characters,
            )
        )
    metadata, own_id = cell.get("metadata"), cell.get("id")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(
        kind=kind,
        source=_clean(source),
        tags=tuple(_clean(tag) for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        id=own_id if isinstance(own_id, str) else "",
    )


def _damaged(where: _Place, what: Text) -> Unreadable:
    return _save_again(_("The notebook is damaged: {cell} {what}.", cell=_which(where), what=what))


def _which(where: _Place) -> Text:
    return _("cell {number} of {total}", number=where[0], total=where[1])


_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def _clean(text: str) -> str:
    """Ends of lines as Python's own parser sees them, and no character that can't be written to a file or database."""
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


_OLD_KINDS = (*KINDS, "heading", "html")


def _converted(document: dict[str, Any], limits: Limits) -> list[Any]:
    """The cells of a notebook of version 2 or 3 as version 4 has them.

    nbformat gets a clean copy with nothing in it but sources, tags and levels.
    """
    import nbformat

    worksheets = document.get("worksheets")
    if not isinstance(worksheets, list):
        raise _save_again(_("This is not a usable notebook: it has no worksheets, as its version should."))
    old = [cell for worksheet in worksheets for cell in _list_of_cells(worksheet, limits)]
    _demand_few(old, limits)
    cells = []
    for number, raw in enumerate(old, start=1):
        is_code = isinstance(raw, dict) and raw.get("cell_type") == "code"
        source_key = "input" if is_code else "source"
        cell = _cell(raw, (number, len(old)), limits, _OLD_KINDS, source_key)
        clean: dict[str, Any] = {
            "cell_type": cell.kind,
            source_key: cell.source,
            "metadata": {"tags": list(cell.tags)},
        }
        if cell.kind == "code":
            clean |= {"language": "python", "outputs": []}
        elif cell.kind == "heading":
            level = raw.get("level")  # becomes that many "#": a billion would not do
            clean["level"] = level if type(level) is int and 1 <= level <= 6 else 1
        cells.append(clean)
    version = document["nbformat"]
    skeleton = {"nbformat": version, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    try:
        converted = nbformat.convert(nbformat.from_dict(skeleton), 4)["cells"]
    except Exception:  # whatever a converter may trip over, it is this file that made it
        raise _save_again(
            _("The notebook's format, nbformat {major}, can't be converted.", major=version)
        ) from None
    for cell in converted:
        cell.pop("id", None)  # nbformat makes up a random one
    return converted


def _shown(value: Any) -> Text | str:
    """A JSON value in a few words."""
    if isinstance(value, dict):
        return _("an object")
    if isinstance(value, list):
        return _("a list")
    if value is None:
        return "null"
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."
