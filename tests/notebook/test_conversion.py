"""Notebooks of nbformat 2 and 3 are converted to version 4."""

from __future__ import annotations

import json

import nbformat
import pytest

from grader.notebook.notebook import Cell, Notebook
from grader.notebook.reading import parse
from notebooks import encode_old, old_code, refusal, sources


def test_version_3_is_converted(capfd, caplog):
    """Worksheets are joined, headings become Markdown, ids are not random, and nothing is logged."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["The", " title"]},
        old_code(["w = 0\n", "b = 0"]),
    ]
    more = [old_code("print(w)", metadata={"tags": ["last"]}), {"cell_type": "html", "source": "<b>"}]
    data = encode_old(worksheets=[{"cells": cells}, {"cells": more}])
    assert (
        parse(data)
        == parse(data)
        == Notebook(
            (
                Cell("markdown", "## The title", (), "cell-1"),
                Cell("code", "w = 0\nb = 0", (), "cell-2"),
                Cell("code", "print(w)", ("last",), "cell-3"),
                Cell("markdown", "<b>", (), "cell-4"),
            )
        )
    )
    assert capfd.readouterr() == ("", "") and not caplog.records


def test_version_2_is_converted():
    """Notebooks from 2011 can be read too."""
    data = encode_old(old_code("a = 1"), {"cell_type": "markdown", "source": "text"}, nbformat=2)
    assert [(cell.kind, cell.source) for cell in parse(data).cells] == [
        ("code", "a = 1"),
        ("markdown", "text"),
    ]


@pytest.mark.parametrize("outputs", [5, None, [None], [{"output_type": "pyout", "json": "{", "png": 5}]])
def test_broken_outputs_of_version_3_are_ignored(outputs):
    """The converter never sees stored outputs, so they can't make it fail."""
    assert sources(encode_old(old_code("x", outputs=outputs, prompt_number="?"))) == ["x"]


@pytest.mark.parametrize(
    ("level", "marks"), [(10**12, "#"), ("2", "#"), (-1, "#"), (True, "#"), (6, "######")]
)
def test_a_headings_level_is_bounded(level, marks):
    """A level of 10^12 is not turned into that many characters."""
    assert sources(encode_old({"cell_type": "heading", "level": level, "source": "t"})) == [f"{marks} t"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}}).encode(), "no worksheets"),
        (encode_old(worksheets={}), "no worksheets"),
        (encode_old(worksheets=[{}]), "no list of cells"),
        (encode_old(worksheets=[None]), "no list of cells"),
        (encode_old(None), "cell 1 of 1 is null"),
        (encode_old(old_code(), {"cell_type": "code", "source": "x"}), "cell 2 of 2 has no source"),
        (encode_old(old_code(7)), "source that is not text"),
        (encode_old({"cell_type": "video", "source": ""}), 'type "video"'),
        (encode_old(old_code(), nbformat_minor=-1), "version is damaged"),
    ],
)
def test_a_damaged_notebook_of_version_3_is_refused(data, words):
    """Missing worksheets and malformed cells are named, as in version 4."""
    assert words in refusal(data)


def test_a_converter_that_fails_is_no_crash(monkeypatch):
    """Whatever nbformat raises, the student gets a sentence."""
    monkeypatch.setattr(nbformat, "convert", lambda *_: {}["cells"])
    assert "nbformat 3, can't be converted" in refusal(encode_old(old_code()))
