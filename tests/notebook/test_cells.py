"""Cells are read from JSON of any shape, or refused by their position."""

from __future__ import annotations

import pytest

from grader.notebook.notebook import Notebook
from grader.notebook.reading import parse
from grader.notebook.writing import dump
from notebooks import code, encode, refusal, sources


@pytest.mark.parametrize(
    ("written", "read"),
    [("a\ud800b", "a\ufffdb"), (["\ud83d", "x"], "\ufffdx"), ("a\0b", "a\ufffdb"), ("😀", "😀")],
)
def test_what_can_not_be_written_is_replaced(written, read):
    """Lone surrogates and NUL become U+FFFD and pairs stay, so that kept text can be written as UTF-8."""
    (cell,) = parse(encode(code(written, metadata={"tags": ["\udfff"]}))).cells
    assert (cell.source, cell.tags) == (read, ("\ufffd",))
    dump(Notebook((cell,))).encode("utf-8")


def test_line_ends_are_unified():
    """A file that went through Windows or an old Mac has the line numbers that Python counts."""
    assert sources(encode(code("a\r\nb\rc\n"))) == ["a\nb\nc\n"]


@pytest.mark.parametrize(
    ("metadata", "tags"),
    [
        ({"tags": ["parameters", 5, None, ["x"], "b"]}, ("parameters", "b")),
        ({"tags": "parameters"}, ()),
        ({"tags": {"a": 1}}, ()),
        ({"tags": None}, ()),
        ({}, ()),
        ([], ()),
        (None, ()),
    ],
)
def test_tags_are_strings_of_a_list_or_nothing(metadata, tags):
    """Malformed tags are dropped. They do not cost the notebook."""
    assert parse(encode(code(metadata=metadata))).cells[0].tags == tags


@pytest.mark.parametrize(
    "extra", [{"outputs": 5}, {"outputs": [None, {"output_type": "?"}]}, {"outputs": ...},
              {"execution_count": "1"}, {"attachments": {"a": 5}}, {"metadata": ...}, {"surprise": []}],
)  # fmt: skip
def test_what_is_not_needed_may_be_broken(extra):
    """Outputs, counts, attachments and unknown fields of any shape are ignored."""
    cell = {key: value for key, value in (code("x") | extra).items() if value is not ...}
    assert sources(encode(cell)) == ["x"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (..., "no list of cells"),
        ({}, "no list of cells"),
        (None, "no list of cells"),
        ("cells", "no list of cells"),
        ([None], "cell 1 of 1 is null"),
        ([code(), [code()]], "cell 2 of 2 is a list"),
        ([code(), 5], "cell 2 of 2 is 5"),
        ([code(5)], "cell 1 of 1 has a source that is not text"),
        ([code(None)], "source that is not text"),
        ([code({})], "source that is not text"),
        ([code([["nested"]])], "source that is not text"),
        ([code(["a", 5])], "source that is not text"),
        ([{"cell_type": "code"}], "has no source"),
        ([{"source": "x"}], "has no type"),
        ([code(cell_type="heading")], 'the type "heading"'),
        ([code(cell_type="CODE")], 'the type "CODE"'),
        ([code(cell_type=None)], "the type null"),
        ([code(cell_type=["code"])], "the type a list"),
        ([code(cell_type={"code": 1})], "the type an object"),
        ([code(cell_type="\ud800\0\x1b[2J")], "the type"),
    ],
)
def test_a_malformed_cell_is_refused_and_named(cells, words):
    """A damaged cell is refused, and the message gives the position of the first one."""
    assert words in refusal(encode(cells=cells))
