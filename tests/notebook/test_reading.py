"""Any bytes end in a notebook or in a sentence that the student can act on."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from grader.notebook import reading
from grader.notebook.notebook import Cell, Notebook, Unreadable
from grader.notebook.reading import parse
from grader.notebook.writing import dump
from notebooks import code, encode, encode_old, old_code, refusal, sources
from support import in_chinese


def test_cells_keep_kind_source_tags_and_id_in_order():
    """A notebook comes back as its cells: kind, source, tags and id, in the author's order."""
    data = encode(
        {"cell_type": "markdown", "metadata": {}, "source": "# Fit", "id": "title"},
        code(["w = 0\n", "b = 0"], id="start", metadata={"tags": ["parameters"]}),
        {"cell_type": "raw", "metadata": {}, "source": "", "id": "notes"},
    )
    assert parse(data) == Notebook(
        (
            Cell("markdown", "# Fit", (), "title"),
            Cell("code", "w = 0\nb = 0", ("parameters",), "start"),
            Cell("raw", "", (), "notes"),
        )
    )


def test_a_notebook_without_cells_is_a_notebook():
    """A notebook without cells is for the rubric to judge, so it is read."""
    assert parse(encode()) == Notebook(())


@pytest.mark.parametrize("minor", [..., 0, 4, 5, 6, 99])
def test_any_minor_version_of_4_is_read(minor):
    """Later additions to nbformat 4 do not affect sources."""
    assert sources(encode(code("x"), nbformat_minor=minor)) == ["x"]


@pytest.mark.parametrize(
    ("major", "minor", "words"),
    [
        ("99", "0", "nbformat 99, is newer"),
        ("1", "0", "nbformat 1, is older"),
        ('"4"', "5", "version is damaged"),
        ("1e400", "5", "version is damaged"),
        ("NaN", "5", "version is damaged"),
        ("4.0", "5", "version is damaged"),
        ("true", "5", "version is damaged"),
        ("null", "5", "version is damaged"),
        ("[[]]", "5", "version is damaged"),
        ("0", "5", "version is damaged"),
        ("-4", "5", "version is damaged"),
        ("4", "-1", "version is damaged"),
        ("4", '"5"', "version is damaged"),
        ("4", "true", "version is damaged"),
        ("4", "1e400", "version is damaged"),
        ("4", "null", "version is damaged"),
        ("9" * 900, "0", "is newer"),
        ('"' + "x" * 100_000 + '"', "0", "version is damaged"),
        ('"\\ud800"', "0", "version is damaged"),
    ],
)
def test_an_impossible_version_is_refused(major, minor, words):
    """Versions that are unknown, of another type or not finite are refused and shown in short."""
    assert words in refusal(f'{{"nbformat": {major}, "nbformat_minor": {minor}, "cells": []}}'.encode())


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        [],
        None,
        5,
        *({"kernelspec": {"name": name}} for name in ("bash", "ir", "../../x", 5)),
        {"kernelspec": 1},
    ],
)
def test_the_notebooks_metadata_is_ignored(metadata):
    """A kernel that is foreign, malformed or missing changes nothing."""
    read = parse(encode(code("x", id="a"), metadata=metadata))
    assert read == Notebook((Cell("code", "x", (), "a"),))


def test_large_stored_outputs_are_dropped():
    """15 MB of stored output in one cell are dropped before any limit is applied."""
    data = encode(code("x", outputs=[{"output_type": "stream", "name": "stdout", "text": "\n" * 7_500_000}]))
    assert len(data) > 15_000_000 and sources(data) == ["x"]


def test_a_hundred_thousand_outputs_cost_nothing():
    """However many outputs are stored, they are dropped before any limit is applied."""
    output = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}
    data = encode(code("x", outputs=[output] * 100_000))
    assert sources(data) == ["x"]


def test_a_newer_minor_version_is_read_tolerantly():
    """Cells of kinds that are not known yet do not run; in a known version they are damage."""
    cells = [code("x = 1"), {"cell_type": "future", "holds": [1]}, {"cell_type": "later", "source": "y"}]
    assert [(cell.kind, cell.source) for cell in parse(encode(*cells, nbformat_minor=99)).cells] == [
        ("code", "x = 1"),
        ("raw", ""),
        ("raw", "y"),
    ]
    assert 'has the type "future"' in refusal(encode(*cells, nbformat_minor=5))
    assert "has no type" in refusal(encode({"source": "y"}, nbformat_minor=99))


def test_importing_the_module_does_not_import_nbformat():
    """`grader --help` does not wait for nbformat."""
    program = "import sys, grader.notebook.reading; sys.exit('nbformat' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", program], cwd=Path(reading.__file__).parents[2]).returncode == 0
    )


def test_random_damage_never_escapes():
    """3,000 mutated notebooks end in a notebook that can be written or in a sentence, and never raise."""
    dice = random.Random(20240229)
    seeds = [
        encode(
            code("x = '😀'", id="a", metadata={"tags": ["t"]}),
            {"cell_type": "markdown", "source": ["a", "b"]},
        ),
        encode_old(old_code(), {"cell_type": "heading", "level": 1, "source": "t"}),
        encode(code("é")).decode().encode("utf-16"),
    ]
    pieces = [b"null", b"[]", b"{}", b"-1", b"1e999", b'"\\ud800"', b'"', b"\\", b",", b"NaN", b"\0", b"\xff"]
    pieces += [b"9" * 5000]
    pieces += [
        b'"cells"',
        b'"source"',
        b'"worksheets"',
        b'"code"',
        b'"nbformat"',
        b"3",
        b"[[[[",
        b"\xef\xbb\xbf",
    ]
    read = 0
    for _ in range(3000):
        data = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(data) + 1)
            data[at : at + dice.choice([0, 0, 1, 2, 8])] = dice.choice([*pieces, data[at : at + 20], b""])
        try:
            result = parse(bytes(data))
        except Unreadable as error:
            assert str(error).isprintable() and in_chinese(error.text)
        else:
            read += 1
            if read % 20 == 0:
                dump(result).encode("utf-8")
    assert 100 < read < 2900


@pytest.mark.parametrize("value", [None, True, 5, 1.5, "x", [], {}, [[]], [None], {"tags": 5}, "\ud800"])
def test_any_value_in_any_place_is_read_or_refused(value):
    """Each field of the format is set to each kind of value, in both versions."""
    for place in ("nbformat", "nbformat_minor", "metadata", "cells"):
        _read_or_refuse(encode(code(), **{place: value}))
    for place in ("nbformat", "nbformat_minor", "metadata", "worksheets"):
        _read_or_refuse(encode_old(old_code(), **{place: value}))
    for place in ("cell_type", "metadata", "outputs", "execution_count", "source", "id", "attachments"):
        _read_or_refuse(encode(code(**{place: value})))
    for place in ("cell_type", "metadata", "outputs", "prompt_number", "input", "language", "level"):
        _read_or_refuse(encode_old(old_code(**{place: value})))


def _read_or_refuse(data: bytes) -> None:
    try:
        dump(parse(data)).encode("utf-8")
    except Unreadable as error:
        assert str(error).isprintable() and in_chinese(error.text)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "这不是笔记本：文件是空的。请在 Jupyter 里保存笔记本，然后重新提交 .ipynb 文件。"),
        (b"%PDF-1.7", "这不是笔记本，而是一个 PDF 文件。请提交 .ipynb 文件本身。"),
        (
            b"[]",
            "这不是笔记本：文件里没有单元格，内容是：一个列表。"
            "请在 Jupyter 里保存笔记本，然后重新提交 .ipynb 文件。",
        ),
        (
            encode(code(), code(cell_type="video")),
            '笔记本已损坏：第 2 个单元格（共 2 个）的类型不对："video"。'
            "请在 Jupyter 里保存笔记本，然后重新提交 .ipynb 文件。",
        ),
    ],
)
def test_a_refusal_is_one_sentence_in_chinese(data, sentence):
    """A message made of parts reads as if it were written as one."""
    with pytest.raises(Unreadable) as caught:
        parse(data)
    assert caught.value.text.zh == sentence
