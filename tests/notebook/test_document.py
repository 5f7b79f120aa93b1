"""A file's bytes become a JSON object, within limits on time and memory, or a sentence with the cause."""

from __future__ import annotations

import codecs
import json

import pytest

from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Cell, Notebook, Unreadable
from grader.notebook.reading import parse
from notebooks import code, encode, refusal, sources


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_with_a_mark_are_read(encoding):
    """UTF-8 with or without a byte order mark, and UTF-16 and UTF-32 with one, give the same source."""
    assert sources(encode(code("s = '中文 😀'")).decode().encode(encoding)) == ["s = '中文 😀'"]


def test_big_endian_utf16_is_read():
    """The other byte order of UTF-16 works too."""
    assert sources(codecs.BOM_UTF16_BE + encode(code("é")).decode().encode("utf-16-be")) == ["é"]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_json_lacks_are_ignored_in_metadata_and_outputs(constant):
    """NaN and infinities occur in stored plots and do no harm there."""
    data = encode(code("x", metadata={"v": 0.125}, outputs=[{"data": {"v": 0.125}}]))
    data = data.replace(b"0.125", constant.encode())
    assert data.count(constant.encode()) == 2
    assert sources(data) == ["x"]


def test_of_a_key_that_occurs_twice_the_last_counts():
    """Duplicate keys always have the same meaning."""
    cell = b'{"cell_type": "raw", "cell_type": "code", "source": "1", "source": "2"}'
    read = parse(b'{"nbformat": 4, "cells": [], "cells": [' + cell + b"]}")
    assert read == Notebook((Cell("code", "2", (), "cell-1"),))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "file is empty"),
        (b" \r\n\t", "file is empty"),
        (b"\0" * 4096, "file is empty"),
        (codecs.BOM_UTF8, "file is empty"),
        (b"hello", "not JSON (line 1, column 1)"),
        (b"{'nbformat': 4}", "not JSON"),
        (encode(code()) + b"}", "not JSON"),
        (encode(code()).replace(b"x = 1", b"x = \n1"), "not JSON"),
        (encode(code())[:-20], "cut off"),
        (encode(code("a" * 50))[:90], "cut off"),
        (b"{\n<<<<<<< HEAD\n}", "conflict"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"%PDF-1.7", "PDF"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "web page"),
        (encode(code("中")).replace(rb"\u4e2d", "中".encode("gbk")), "not UTF-8"),
        (b"\xff\xfe\x00\xd8", "not UTF-8"),
        (b"[]", "a list"),
        (b"null", "null"),
        (b'"x"', '"x"'),
        (b"17", "17"),
        (b"NaN", "NaN"),
        (b"{}", "does not say which format"),
        (b'{"a": ' + b"1" * 5000 + b"}", "5000 digits"),
        (b"1" * 5000, "5000 digits"),
    ],
)
def test_what_is_no_notebook_is_refused_with_its_cause(data, words):
    """Files that are empty, cut off, foreign, badly encoded or other JSON are refused with the cause."""
    assert words in refusal(data)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [101, 2_000, 100_000])
def test_deep_nesting_is_refused(opening, depth):
    """However deep JSON is nested, the answer is a sentence and not a RecursionError."""
    closing = {"[": "]", '{"a":': "}"}[opening]
    deep = opening * depth + "1" + closing * depth
    assert "nested more than 100 levels" in refusal(
        f'{{"nbformat": 4, "cells": [], "other": {deep}}}'.encode()
    )
    assert "nested more than 100 levels" in refusal((opening * depth).encode())


@pytest.mark.parametrize("value", ["[" * 100_000 + "]" * 100_000, "[" + '"x",{},' * 600_000 + "[]]"])
@pytest.mark.parametrize("key", ["outputs", "attachments", "metadata"])
def test_what_is_stored_beside_the_code_costs_nothing(value, key):
    """Stored outputs and metadata, however many or deep, are dropped before any limit is applied."""
    data = encode(code("x = 1", **{key: "HERE"}), metadata={"widgets": "HERE"})
    assert sources(data.replace(b'"HERE"', value.encode())) == ["x = 1"]


def test_nesting_within_the_limit_is_read():
    """Ninety levels of lists are accepted, and brackets in sources do not count."""
    brackets = '"\n' + "[{" * 500 + '\\"'
    assert sources(encode(code(brackets), metadata={"a": json.loads("[" * 90 + "]" * 90)})) == [brackets]


@pytest.mark.parametrize("value", ["[" * 200_000 + "]" * 200_000, "1" * 5000])
def test_pythons_own_limits_are_no_crash(value):
    """If Python gives up before our limits are reached, the answer is a sentence too."""
    refusal(f'{{"nbformat": 4, "cells": {value}}}'.encode(), FileLimits(depth=10**6, digits=10**6))


@pytest.mark.parametrize("value", ["[]", '""', '{"a":1}'])
def test_the_amount_of_data_is_limited(value):
    """A file of millions of tiny values is refused before it takes gigabytes."""
    data = b'{"nbformat": 4, "cells": [], "other": [' + b",".join([value.encode()] * 600_000) + b"]}"
    assert "too much data" in refusal(data)


@pytest.mark.parametrize(
    "data", [b'"' + b'\\"' * 2_000_000, b'"\\' * 2_000_000, b'"' * 400_000, b"[" + b"\\" * 4_000_000]
)
def test_quotes_that_never_close_take_linear_time(data):
    """The scan over the raw text can't be made quadratic."""
    refusal(data)


@pytest.mark.parametrize("start", [b"", b"["])
def test_closing_brackets_alone(start):
    """Scanning stops at the first unmatched closing bracket, however many follow."""
    with pytest.raises(Unreadable, match="not JSON"):
        parse(start + b"]" * 19_000_000)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
        (b"SQLite format 3\0", "a database"),
        (b"\x1f\x8b\x08\0", "a compressed file"),
        (b"{\\rtf1\\ansi", "a text document"),
        (b"PK\x03\x04", "a ZIP or Office file"),
        (b"import torch\nx = 1\n", "a Python script"),
        (b"# my answer\n\nfrom torch import nn\n", "a Python script"),
        (b"def f(x):\n    return x\n", "a Python script"),
        (b'"""My answer."""\nx = 1\n', "a Python script"),
        (b"x, y = 1, 2\n", "a Python script"),
        (b"rate: float = 0.1\n", "a Python script"),
        (b"%matplotlib inline\nimport torch\n", "a Python script"),
        (b"'''My answer.'''\nx = 1\n", "a Python script"),
        (b"async def f():\n    pass\n", "a Python script"),
        (b"\x93NUMPY\x01\0", "a file of data"),
        (b"\x80\x04\x95\0\0", "a file of data"),
    ],
)
def test_a_renamed_file_is_called_what_it_is(start, what):
    """A script, a picture or a database under a notebook's name is named."""
    assert f"This is not a notebook but {what}." in refusal(start)


@pytest.mark.parametrize(
    "text",
    [b"hello world", b"{'cells': 1}", b'{"cells": [', b"x == 1", b"# a title", b'""""', b"%a comment", b"!!"],
)
def test_other_text_is_not_called_a_script(text):
    """Nothing is claimed of text that may be anything."""
    assert "script" not in refusal(text)
