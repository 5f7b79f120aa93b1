"""Outputs are reduced to what can be shown safely; what makes no sense is left out."""

from __future__ import annotations

import base64
import struct
from typing import Any

import nbformat
import pytest

from grader.model.report import Output, OutputKind
from grader.worker.outputs import MAX_PIXELS, MAX_SHOWN, ImageBudget, line_of, outputs_of


def cell(*outputs: dict[str, Any]) -> Any:
    return nbformat.from_dict({"cell_type": "code", "outputs": list(outputs)})


def stream(text: object, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: object) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {kind.replace("_", "/"): value for kind, value in data.items()},
    }


def png(width: int, height: int) -> str:
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", width, height)
    return base64.b64encode(header + bytes(9)).decode()


@pytest.mark.parametrize(
    ("output", "kept"),
    [
        (stream("hi\n"), Output(OutputKind.STDOUT, "hi\n")),
        (stream("no\n", "stderr"), Output(OutputKind.STDERR, "no\n")),
        (stream("x", "made up"), Output(OutputKind.STDOUT, "x")),
        (stream("\x1b[31mred\x1b[0m \x07bell"), Output(OutputKind.STDOUT, "red �bell")),
        (display(text_plain="<Figure>"), Output(OutputKind.TEXT, "<Figure>")),
        (display(text_plain=["a", "b"]), Output(OutputKind.TEXT, "ab")),
        (display(text_plain=5), Output(OutputKind.TEXT, "5")),
        (display(text_html="<script>"), None),
        (
            display(image_png=png(3, 4), text_plain="a plot"),
            Output(OutputKind.IMAGE, "a plot", png(3, 4), "image/png"),
        ),
        ({"output_type": "error", "traceback": ["one", "\x1b[0mtwo"]}, Output(OutputKind.ERROR, "one\ntwo")),
        ({"output_type": "error", "traceback": 5}, None),
        (stream(5), None),
        (display(image_png="no base64!", text_plain="x"), None),
    ],
)
def test_one_output(output: dict[str, Any], kept: Output | None) -> None:
    """Each output becomes clean text or a checked image, or is left out."""
    assert outputs_of(cell(output), ImageBudget()) == (() if kept is None else (kept,), False)


@pytest.mark.parametrize("size", [(0, 5), (4097, 1), (1, 4097), (1 << 31, 1 << 31)])
def test_images_of_a_size_that_is_none(size: tuple[int, int]) -> None:
    """An image that is empty or too wide is replaced by words."""
    (shown,), was_cut = outputs_of(cell(display(image_png=png(*size))), ImageBudget())
    assert (shown.kind, was_cut) == ("text", True) and "left out" in shown.text


def test_images_that_are_not_png() -> None:
    """JPEG's size can't be read here, so it is replaced; so is a PNG that is none, or too many bytes."""
    for data in (display(image_jpeg="aaaa"), display(image_png="a" * (3 << 20))):
        (shown,), was_cut = outputs_of(cell(data), ImageBudget())
        assert (shown.kind, was_cut) == ("text", True) and "left out" in shown.text
    (shown,), _ = outputs_of(
        cell(display(image_png=base64.b64encode(b"GIF89a" + bytes(40)).decode())), ImageBudget()
    )
    assert shown.text == "[an image of 0 x 0 pixels left out]"


def test_all_images_together() -> None:
    """A notebook's images share one budget of pixels. Smaller ones still fit when a large one does not."""
    images = ImageBudget()
    large, small = display(image_png=png(4096, 4096)), display(image_png=png(10, 10))
    assert MAX_PIXELS == 8 * 4096 * 4096
    kinds = [output.kind for output in outputs_of(cell(*[large] * 7, small, large, small), images)[0]]
    assert kinds == ["image"] * 8 + ["text", "image"]


def test_long_texts_are_cut() -> None:
    """A report keeps MAX_SHOWN characters of an output, and says how many there were more."""
    for output in (stream("x" * (MAX_SHOWN + 1234)), display(text_plain="x" * (MAX_SHOWN + 1234))):
        (shown,), was_cut = outputs_of(cell(output), ImageBudget())
        assert was_cut and shown.text == "x" * MAX_SHOWN + "\n[… 1,234 more characters]"


def test_nonsense_costs_only_itself() -> None:
    """An output without its fields does not take others with it."""
    odd = [
        {"output_type": "stream"},
        {"output_type": "error"},
        {"output_type": "display_data"},
        {"output_type": 5},
    ]
    assert outputs_of(cell(*odd, stream("here")), ImageBudget()) == (
        (Output(OutputKind.STDOUT, "here"),),
        False,
    )


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        (["Cell In[3], line 2", "x"], 2),
        (["\x1b[36mCell\x1b[39m In[3], line 14"], 14),
        (["\x1b[36mCell In[3], line 14\x1b[0m", "Cell In[1], line 3"], 14),
        (["File <string>:1"], None),
        (["Cell In[3], line 12345678"], 123456),
        ([], None),
    ],
)
def test_the_line_that_raised(traceback: list[str], line: int | None) -> None:
    """The first line of a cell that IPython's traceback names, without its colours."""
    assert line_of({"traceback": traceback}) == line
