"""A cell's outputs, reduced to what can be shown safely."""

from __future__ import annotations

import contextlib
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

from grader.language.clean import ANSI, clean
from grader.model.report import Output

MAX_IMAGE_BYTES = 2 << 20
MAX_IMAGE_SIDE = 4096  # pixels
MAX_PIXELS = (
    1 << 27
)  # of all images of a notebook: 512 MB where they are shown, or 400 plots of the usual size
MAX_SHOWN = 20_000  # characters of one output that a report keeps


def _outputs(cell: Any, room: Callable[[int], bool]) -> Sequence[Output]:
    found = []
    for output in cell.outputs:
        with contextlib.suppress(Exception):  # an output that makes no sense is left out of the report
            found.append(_output(output, room))
    return [output for output in found if output is not None]


def _output(output: Any, room: Callable[[int], bool]) -> Output | None:
    if output.output_type == "stream":
        kind = "stderr" if output.name == "stderr" else "stdout"
        return Output(kind, _cut(output.text))
    if output.output_type == "error":
        return Output("error", _cut("\n".join(map(str, output.traceback))))
    data = output.data
    text = data.get("text/plain", "")
    text = "".join(text) if isinstance(text, list) else str(text)
    for mime, look in (("image/png", _png_size), ("image/jpeg", None)):
        image = data.get(mime)
        if not isinstance(image, str):
            continue
        return _image(mime, image, text, look, room)
    return Output("text", _cut(text)) if text else None


def _image(
    mime: str,
    image: str,
    text: str,
    look: Callable[[bytes], tuple[int, int]] | None,
    room: Callable[[int], bool],
) -> Output:
    import base64

    image = re.sub(r"\s", "", image)
    if look is None or len(image) > MAX_IMAGE_BYTES * 4 // 3:
        return Output("text", f"[{mime} left out] " + _cut(text))
    raw = base64.b64decode(image, validate=True)
    width, height = look(raw)
    if not (0 < width <= MAX_IMAGE_SIDE and 0 < height <= MAX_IMAGE_SIDE and room(width * height)):
        return Output("text", f"[an image of {width} x {height} pixels left out]")
    return Output("image", clean(text)[:200], image, mime)


def _png_size(data: bytes) -> tuple[int, int]:
    """Width and height as a PNG's header says, without decoding anything."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return 0, 0
    return struct.unpack(">II", data[16:24])


def _cut(text: str) -> str:
    text = clean(text if isinstance(text, str) else "".join(map(str, text)))
    return (
        text
        if len(text) <= MAX_SHOWN
        else text[:MAX_SHOWN] + f"\n[… {len(text) - MAX_SHOWN:,} more characters]"
    )


def _line(error: Any) -> int | None:
    """The line of the cell at which its own code raised, as IPython's traceback says."""
    text = ANSI.sub("", "\n".join(map(str, error.get("traceback", ())))[:200_000])
    found = re.search(r"Cell In\[\d+\], line (\d{1,6})", text)
    return int(found.group(1)) if found else None
