"""From whatever bytes a student submits to the few parts of a notebook that grading needs.

Reading keeps each cell's kind, source, tags and id, and the name that Colab gave the notebook. It drops
outputs, attachments, the kernel's name and all other metadata before anything looks at them, so nothing in
them can break or influence grading. A file that
can't be used ends in `Unreadable`, whose text addresses the student in every language. All text that is kept
can be written as UTF-8.
"""

from __future__ import annotations

from typing import Any

from grader.language.catalogue import say as _
from grader.notebook.cells import Position, known, list_of_cells, read_cell
from grader.notebook.conversion import converted
from grader.notebook.document import decode, shown
from grader.notebook.limits import FILE_LIMITS, FileLimits
from grader.notebook.notebook import Notebook, Unreadable, with_unique_ids

KNOWN_MINOR = 5  # of nbformat 4. A newer one may have kinds of cells that we don't know.
MAX_TITLE = 200  # characters


def parse(data: bytes, limits: FileLimits = FILE_LIMITS) -> Notebook:
    r"""The notebook in `data`, which is of nbformat 2 to 4.

    Of a minor version that is newer than we know, cells of unknown kinds are kept as raw cells.

    `data` is UTF-8 with or without a byte order mark, or UTF-16 or UTF-32 with one. If a key occurs twice in
    an object, the last one counts. Cell ids that are missing, malformed or taken become `cell-<position>`. In
    kept text, lone surrogates and NUL become U+FFFD, and every line ends in `\n`.

    Raises Unreadable, and nothing else, whatever the bytes are.
    """
    limits.demand_size(len(data))
    document = decode(data, limits)
    is_old = _major_version(document) < 4
    raw_cells = converted(document, limits) if is_old else list_of_cells(document, limits)
    if document.get("nbformat_minor", 0) > KNOWN_MINOR:
        raw_cells = [known(raw) for raw in raw_cells]
    total = len(raw_cells)
    cells = [read_cell(raw, Position(n, total), limits) for n, raw in enumerate(raw_cells, start=1)]
    return Notebook(with_unique_ids(cells), _title(document))


def _title(document: dict[str, Any]) -> str:
    """The file's name in Colab, which a download may have lost."""
    metadata = document.get("metadata")
    colab = metadata.get("colab") if isinstance(metadata, dict) else None
    title = colab.get("name") if isinstance(colab, dict) else None
    return title if isinstance(title, str) and len(title) <= MAX_TITLE else ""


def _major_version(document: dict[str, Any]) -> int:
    """The major version, 2 to 4. A minor version that is missing or still unknown does no harm."""
    if "nbformat" not in document:
        raise Unreadable.save_again(
            _("This is not a notebook: its JSON does not say which format it has (nbformat).")
        )
    major, minor = document["nbformat"], document.get("nbformat_minor", 0)
    if type(major) is not int or type(minor) is not int or minor < 0 or major < 1:
        message = _(
            "This is not a usable notebook: its format version is damaged "
            "(nbformat {major}, nbformat_minor {minor}).",
            major=shown(major),
            minor=shown(minor),
        )
        raise Unreadable.save_again(message)
    if major > 4:
        raise Unreadable.save_again(
            _(
                "The notebook's format, nbformat {major}, is newer than this grader can read.",
                major=shown(major),
            )
        )
    if major < 2:
        raise Unreadable.save_again(
            _(
                "The notebook's format, nbformat {major}, is older than this grader can read.",
                major=shown(major),
            )
        )
    return major
