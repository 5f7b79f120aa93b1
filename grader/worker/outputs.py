"""A cell's outputs, reduced to text and images that can be shown safely."""

from __future__ import annotations

import base64
import contextlib
import re
import struct
from collections.abc import Callable
from typing import Any

from grader.language.clean import ANSI, clean
from grader.model.report import Output, OutputKind

MAX_IMAGE_BYTES = 2 << 20
MAX_IMAGE_SIDE = 4096  # pixels
# Pixels of all images of a notebook: 512 MB when they are shown, or 400 plots of the usual size.
MAX_PIXELS = 1 << 27
MAX_SHOWN = 20_000  # characters of one output that a report keeps


class ImageBudget:
    """The number of pixels left for a notebook's images."""

    def __init__(self) -> None:
        self.pixels = MAX_PIXELS

    def take(self, pixels: int) -> bool:
        """Whether an image of so many pixels still fits. If it does, its pixels are taken."""
        if pixels <= self.pixels:
            self.pixels -= pixels
            return True
        return False


def outputs_of(cell: Any, images: ImageBudget) -> tuple[tuple[Output, ...], bool]:
    """A cell's outputs, and whether some output was too long to keep in full.

    Outputs that make no sense are left out.
    """
    found = []
    truncated = False
    for output in cell.outputs:
        with contextlib.suppress(Exception):
            shown, was_cut = _output(output, images)
            truncated |= was_cut
            if shown is not None:
                found.append(shown)
    return tuple(found), truncated


def line_of(error: Any) -> int | None:
    """The line of the cell, from 1, at which its own code raised, according to IPython's traceback."""
    text = ANSI.sub("", "\n".join(map(str, error.get("traceback", ())))[:200_000])
    found = re.search(r"Cell In\[\d+\], line (\d{1,6})", text)
    return int(found.group(1)) if found else None


def _output(output: Any, images: ImageBudget) -> tuple[Output | None, bool]:
    if output.output_type == "stream":
        text, was_cut = _cut(output.text)
        return Output(OutputKind.STDERR if output.name == "stderr" else OutputKind.STDOUT, text), was_cut
    if output.output_type == "error":
        text, was_cut = _cut("\n".join(map(str, output.traceback)))
        return Output(OutputKind.ERROR, text), was_cut
    data = output.data
    text = data.get("text/plain", "")
    text = "".join(text) if isinstance(text, list) else str(text)
    for mime, size_of in (("image/png", _png_size), ("image/jpeg", None)):
        image = data.get(mime)
        if isinstance(image, str):
            return _image(mime, image, text, size_of, images)
    text, was_cut = _cut(text)
    return (Output(OutputKind.TEXT, text) if text else None), was_cut


def _image(
    mime: str, image: str, text: str, size_of: Callable[[bytes], tuple[int, int]] | None, images: ImageBudget
) -> tuple[Output, bool]:
    image = re.sub(r"\s", "", image)
    if size_of is None or len(image) > MAX_IMAGE_BYTES * 4 // 3:
        return Output(OutputKind.TEXT, f"[{mime} left out] " + _cut(text)[0]), True
    width, height = size_of(base64.b64decode(image, validate=True))
    if not (0 < width <= MAX_IMAGE_SIDE and 0 < height <= MAX_IMAGE_SIDE and images.take(width * height)):
        return Output(OutputKind.TEXT, f"[an image of {width} x {height} pixels left out]"), True
    return Output(OutputKind.IMAGE, clean(text)[:200], image, mime), False


def _png_size(data: bytes) -> tuple[int, int]:
    """Width and height according to a PNG's header; nothing is decoded. (0, 0) if it isn't a PNG."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return 0, 0
    return struct.unpack(">II", data[16:24])


def _cut(text: Any) -> tuple[str, bool]:
    """Clean text of at most MAX_SHOWN characters, and whether some were cut off."""
    text = clean(text if isinstance(text, str) else "".join(map(str, text)))
    if len(text) <= MAX_SHOWN:
        return text, False
    return text[:MAX_SHOWN] + f"\n[… {len(text) - MAX_SHOWN:,} more characters]", True
