"""Any bytes end in a notebook or in a sentence that the student can act on."""

from __future__ import annotations

import codecs
import errno
import json
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from support import in_chinese

from grader.language.catalogue import Text
from grader.notebook import reading as notebook
from grader.notebook.notebook import Cell, Notebook, Unreadable
from grader.notebook.reading import Limits, cause, parse, read_file
from grader.notebook.writing import dump

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX file types")


def code(source="x = 1", **fields):
    """A code cell as JSON has it."""
    return {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    } | fields


def encode(*cells, **fields) -> bytes:
    """A notebook of nbformat 4.5; a field given as `...` is left out."""
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | fields
    return json.dumps({key: value for key, value in document.items() if value is not ...}).encode()


def encode_old(*cells, **fields) -> bytes:
    """A notebook of nbformat 3."""
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": list(cells)}],
    }
    return json.dumps(old | fields).encode()


def old_code(source="x = 1", **fields):
    return {"cell_type": "code", "language": "python", "outputs": [], "input": source} | fields


def sources(data: bytes) -> list[str]:
    return [cell.source for cell in parse(data).cells]


def refusal(data: bytes, limits: Limits = notebook.LIMITS) -> str:
    """The sentence with which `data` is refused; it must be one that anybody can read and act on."""
    with pytest.raises(Unreadable) as caught:
        parse(data, limits)
    sentence = str(caught.value)
    assert sentence.isprintable() and sentence.endswith(".")
    assert len(sentence) < 400
    assert "submit" in sentence.lower()
    assert "提交" in in_chinese(caught.value.text)
    return sentence


# ---- what is read


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


def test_code_cells_are_numbered_as_a_reader_counts_them():
    """Numbers start at 1, count code cells only, and count the empty ones."""
    markdown = {"cell_type": "markdown", "source": "text"}
    numbered = parse(encode(markdown, code("a"), code(""), markdown, code("c"))).code
    assert [(number, cell.source) for number, cell in numbered] == [(1, "a"), (2, ""), (3, "c")]


def test_a_notebook_without_cells_is_a_notebook():
    """No cells at all is for the rubric to judge, not for the reader to refuse."""
    assert parse(encode()) == Notebook(())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_with_a_mark_are_read(encoding):
    """UTF-8 with and without a byte order mark, UTF-16 and UTF-32 with one, all give the same source."""
    assert sources(encode(code("s = '中文 😀'")).decode().encode(encoding)) == ["s = '中文 😀'"]


def test_big_endian_utf16_is_read():
    """The other byte order of UTF-16 works as well."""
    assert sources(codecs.BOM_UTF16_BE + encode(code("é")).decode().encode("utf-16-be")) == ["é"]


@pytest.mark.parametrize(
    ("written", "read"),
    [("a\ud800b", "a\ufffdb"), (["\ud83d", "x"], "\ufffdx"), ("a\0b", "a\ufffdb"), ("😀", "😀")],
)
def test_what_can_not_be_written_is_replaced(written, read):
    """Lone surrogates and NUL become U+FFFD, a proper pair stays: everything downstream can be written as UTF-8."""
    (cell,) = parse(encode(code(written, metadata={"tags": ["\udfff"]}))).cells
    assert (cell.source, cell.tags) == (read, ("\ufffd",))
    dump(Notebook((cell,))).encode("utf-8")


def test_line_ends_are_unified():
    """A file that went through Windows or an old Mac has the line numbers that Python counts."""
    assert sources(encode(code("a\r\nb\rc\n"))) == ["a\nb\nc\n"]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_json_lacks_are_ignored_in_metadata_and_outputs(constant):
    """NaN and infinities occur in stored plots and do no harm there."""
    data = encode(code("x", metadata={"v": 0.125}, outputs=[{"data": {"v": 0.125}}]))
    data = data.replace(b"0.125", constant.encode())
    assert data.count(constant.encode()) == 2
    assert sources(data) == ["x"]


def test_of_a_key_that_occurs_twice_the_last_counts():
    """Duplicate keys have one meaning, always the same."""
    cell = b'{"cell_type": "raw", "cell_type": "code", "source": "1", "source": "2"}'
    read = parse(b'{"nbformat": 4, "cells": [], "cells": [' + cell + b"]}")
    assert read == Notebook((Cell("code", "2", (), "cell-1"),))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["a", "a", "a"], ["a", "cell-2", "cell-3"]),
        ([None, None], ["cell-1", "cell-2"]),
        (["cell-2", None], ["cell-2", "cell-3"]),
        ([None, "cell-1"], ["cell-2", "cell-1"]),
        ([None, None, "cell-1"], ["cell-2", "cell-3", "cell-1"]),
        (["", "x" * 65, "a b", "ü", "ok"], ["cell-1", "cell-2", "cell-3", "cell-4", "ok"]),
        ([5, ["a"], {}], ["cell-1", "cell-2", "cell-3"]),
    ],
)
def test_cell_ids_become_unique_in_the_same_way_each_time(given, kept):
    """The first to have an id keeps it; missing, malformed and taken ids are named by position."""
    cells = [code(str(n), **({} if cell_id is None else {"id": cell_id})) for n, cell_id in enumerate(given)]
    assert [cell.id for cell in parse(encode(*cells)).cells] == kept


@pytest.mark.parametrize("minor", [..., 0, 4, 5, 6, 99])
def test_any_minor_version_of_4_is_read(minor):
    """What nbformat 4 adds later does not concern sources."""
    assert sources(encode(code("x"), nbformat_minor=minor)) == ["x"]


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
    """Malformed tags are dropped, they do not cost the notebook."""
    assert parse(encode(code(metadata=metadata))).cells[0].tags == tags


@pytest.mark.parametrize(
    "extra", [{"outputs": 5}, {"outputs": [None, {"output_type": "?"}]}, {"outputs": ...}, {"execution_count": "1"},
              {"attachments": {"a": 5}}, {"metadata": ...}, {"surprise": []}],
)  # fmt: skip
def test_what_is_not_needed_may_be_broken(extra):
    """Outputs, counts, attachments and unknown fields of any shape are ignored."""
    cell = {key: value for key, value in (code("x") | extra).items() if value is not ...}
    assert sources(encode(cell)) == ["x"]


def test_large_stored_outputs_are_dropped_quickly():
    """15 MB of stored output in one cell cost neither the notebook nor more than a second."""
    data = encode(code("x", outputs=[{"output_type": "stream", "name": "stdout", "text": "\n" * 7_500_000}]))
    started = time.monotonic()
    assert len(data) > 15_000_000 and sources(data) == ["x"]
    assert time.monotonic() - started < 2


def test_a_typical_notebook_is_read_in_milliseconds():
    """Forty cells take well under a hundredth of a second (0.5 ms were measured)."""
    data = encode(*[code(["x = 1\n"] * 12) for _ in range(40)])
    parse(data)
    started = time.monotonic()
    for _ in range(10):
        parse(data)
    assert (time.monotonic() - started) / 10 < 0.01


def test_importing_the_module_does_not_import_nbformat():
    """`grader --help` does not wait for nbformat."""
    program = "import sys, grader.notebook.reading; sys.exit('nbformat' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", program], cwd=Path(notebook.__file__).parents[2]).returncode
        == 0
    )


# ---- older versions


def test_version_3_is_converted(capfd, caplog):
    """Worksheets are joined, headings become Markdown, ids do not hang on chance, and nothing is logged."""
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
    """Notebooks of 2011 are read as well."""
    data = encode_old(old_code("a = 1"), {"cell_type": "markdown", "source": "text"}, nbformat=2)
    assert [(cell.kind, cell.source) for cell in parse(data).cells] == [
        ("code", "a = 1"),
        ("markdown", "text"),
    ]


@pytest.mark.parametrize("outputs", [5, None, [None], [{"output_type": "pyout", "json": "{", "png": 5}]])
def test_broken_outputs_of_version_3_are_ignored(outputs):
    """The converter does not see stored outputs, so they can't make it fail."""
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
    """Whatever nbformat raises ends in a sentence."""
    monkeypatch.setattr(nbformat, "convert", lambda *_: {}["cells"])
    assert "nbformat 3, can't be converted" in refusal(encode_old(old_code()))


# ---- what is refused


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
    """Empty, cut off, foreign, wrongly encoded files and other JSON: each with a sentence that names the cause."""
    assert words in refusal(data)


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
    """Versions that are unknown, of another type or not finite are refused, and shown in a few characters."""
    assert words in refusal(f'{{"nbformat": {major}, "nbformat_minor": {minor}, "cells": []}}'.encode())


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
    """Cells that are no cells are refused with the place of the first."""
    assert words in refusal(encode(cells=cells))


def test_the_number_of_cells_is_limited():
    """2,000 cells are read, 2,001 and 20,000 refused, in version 3 over all worksheets together."""
    assert len(parse(encode(*[code("")] * 2000)).cells) == 2000
    assert "too many cells: 2001" in refusal(encode(*[code("")] * 2001))
    assert "too many cells: 20000" in refusal(encode(*[code("")] * 20_000))
    assert "too many cells: 2001" in refusal(
        encode_old(worksheets=[{"cells": [old_code("")] * 2000}, {"cells": [old_code("")]}])
    )


def test_the_length_of_a_cell_is_limited():
    """A source of a million characters is read, one more refused, whether it is a string or lines."""
    assert len(sources(encode(code("#" * 1_000_000)))[0]) == 1_000_000
    assert "cell 2 of 2 is too long" in refusal(encode(code(), code("#" * 1_000_001)))
    assert "cell 1 of 1 is too long" in refusal(encode(code(["#" * 1000] * 1001)))


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [101, 2_000, 100_000])
def test_deep_nesting_is_refused(opening, depth):
    """However deep JSON is nested, the answer is a sentence and no RecursionError."""
    closing = {"[": "]", '{"a":': "}"}[opening]
    deep = opening * depth + "1" + closing * depth
    assert "nested more than 100 levels" in refusal(
        f'{{"nbformat": 4, "cells": [], "metadata": {deep}}}'.encode()
    )
    assert "nested more than 100 levels" in refusal((opening * depth).encode())


def test_nesting_within_the_limit_is_read():
    """Ninety levels of lists are no reason to refuse, nor are brackets in sources."""
    brackets = '"\n' + "[{" * 500 + '\\"'
    assert sources(encode(code(brackets), metadata={"a": json.loads("[" * 90 + "]" * 90)})) == [brackets]


@pytest.mark.parametrize("value", ["[" * 200_000 + "]" * 200_000, "1" * 5000])
def test_pythons_own_limits_are_no_crash(value):
    """Where Python gives up before our limits are reached, the answer is a sentence too."""
    refusal(f'{{"nbformat": 4, "cells": {value}}}'.encode(), Limits(depth=10**6, digits=10**6))


@pytest.mark.parametrize("value", ["[]", '""', '{"a":1}'])
def test_the_amount_of_data_is_limited(value):
    """A file of millions of tiny values is refused before it is turned into gigabytes, and within seconds."""
    data = b'{"nbformat": 4, "cells": [], "metadata": [' + b",".join([value.encode()] * 600_000) + b"]}"
    started = time.monotonic()
    assert "too much data" in refusal(data)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "data", [b'"' + b'\\"' * 2_000_000, b'"\\' * 2_000_000, b'"' * 400_000, b"[" + b"\\" * 4_000_000]
)
def test_quotes_that_never_close_take_linear_time(data):
    """The scan over the raw text can't be made quadratic."""
    started = time.monotonic()
    refusal(data)
    assert time.monotonic() - started < 2


def test_bytes_beyond_the_size_limit_are_refused_unread():
    """`parse` holds the size limit itself, for bytes that did not come from `read_file`."""
    data = encode(code())
    assert parse(data, Limits(file_bytes=len(data)))
    assert "too large: more than 0.0001 MB" in refusal(data, Limits(file_bytes=100))


def test_random_damage_never_escapes():
    """3,000 mutated notebooks end in a notebook that can be written, or in a sentence; nothing else is raised."""
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
            "这不是笔记本：文件里没有单元格，内容是：一个列表。请在 Jupyter 里保存笔记本，然后重新提交 .ipynb 文件。",
        ),
        (
            encode(code(), code(cell_type="video")),
            '笔记本已损坏：第 2 个单元格（共 2 个）的类型不对："video"。请在 Jupyter 里保存笔记本，然后重新提交 .ipynb 文件。',
        ),
    ],
)
def test_a_refusal_is_one_sentence_in_chinese(data, sentence):
    """What is put together from parts reads as if it were written in one."""
    with pytest.raises(Unreadable) as caught:
        parse(data)
    assert caught.value.text.zh == sentence


# ---- writing


def test_dump_writes_what_jupyter_would_write():
    """The text is what nbformat itself writes for the same notebook: Jupyter saves it without a difference."""
    text = dump(
        Notebook((Cell("code", "w = 0\nb = 0\n", ("parameters",), "start"), Cell("markdown", "中文")))
    )
    node = nbformat.reads(text, as_version=4)
    nbformat.validate(node)
    assert nbformat.writes(node) + "\n" == text
    assert text.startswith('{\n "cells": [') and text.endswith("}\n") and "中文" in text
    assert [cell.id for cell in node.cells] == ["start", "cell-2"]
    assert (node.nbformat, node.nbformat_minor, node.metadata.kernelspec.name) == (4, 5, "python3")
    assert [cell.metadata.get("tags") for cell in node.cells] == [["parameters"], None]
    assert (node.cells[0].execution_count, node.cells[0].outputs) == (None, [])


def test_dump_is_the_same_each_time():
    """Nothing in the file hangs on chance or on time."""
    cells = tuple(Cell("code", f"x = {n}") for n in range(5))
    assert dump(Notebook(cells)) == dump(Notebook(cells))


def test_what_was_dumped_is_read_back():
    """Reading undoes writing, for every kind of cell and awkward text."""
    original = Notebook(
        (
            Cell("code", 'print("\\n\\u2028")  # \u2028 \x0b \x1b[0m', ("a", "b"), "one"),
            Cell("markdown", "$\\alpha$ <script> 😀", (), "two"),
            Cell("raw", "", (), "three"),
            Cell("code", "\n\n", (), "four"),
        )
    )
    assert parse(dump(original).encode()) == original


def test_dump_mends_ids():
    """Ids that nbformat would not accept, or that occur twice, are replaced as in reading."""
    cells = (Cell("code", "", (), "a"), Cell("code", "", (), "a"), Cell("code", "", (), "no spaces"))
    assert [cell.id for cell in parse(dump(Notebook(cells)).encode()).cells] == ["a", "cell-2", "cell-3"]


# ---- files


def test_a_regular_file_is_read_whole(tmp_path):
    """The bytes come back as they are on disk, line ends and all."""
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"\r\n\x1a\0" * 700_000)
    assert read_file(path) == b"\r\n\x1a\0" * 700_000
    assert read_file(str(path)) == read_file(path)


@POSIX
@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe", "socket", "device"])
def test_what_is_no_regular_file_is_refused_at_once(kind, tmp_path, monkeypatch):
    """Links, folders, pipes, sockets and devices are refused within a second, without waiting for a writer."""
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    path = Path("x.ipynb")
    match kind:
        case "link":
            Path("real").write_bytes(encode(code()))
            path.symlink_to("real")
        case "dangling link":
            path.symlink_to("nowhere")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(str(path))
        case "device":
            path = Path("/dev/zero")
    started = time.monotonic()
    with pytest.raises(Unreadable, match="device" if kind == "device" else kind.split()[-1]) as caught:
        read_file(path)
    assert time.monotonic() - started < 1
    assert "Submit the notebook's .ipynb file." in str(caught.value)
    assert "请提交笔记本的 .ipynb 文件。" in in_chinese(caught.value.text)


@POSIX
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_file_swapped_after_the_look_is_refused_at_once(kind, tmp_path, monkeypatch):
    """Should a link or pipe take the file's place after the look, it is neither followed nor waited for."""
    regular, path = tmp_path / "regular", tmp_path / "x.ipynb"
    regular.write_bytes(b"secret")
    path.symlink_to(regular) if kind == "link" else os.mkfifo(path)
    seen = os.lstat(regular)
    monkeypatch.setattr(notebook.os, "lstat", lambda _: seen)
    started = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        read_file(path)
    assert time.monotonic() - started < 1
    in_chinese(caught.value.text)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path, monkeypatch):
    """Two gigabytes are refused by their size alone; a file of exactly the limit is read."""
    path = tmp_path / "x.ipynb"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    with monkeypatch.context() as closed:
        closed.setattr(notebook.os, "open", lambda *_: pytest.fail("was opened"))
        with pytest.raises(Unreadable, match="too large: more than 20 MB.*Clear all outputs") as caught:
            read_file(path)
        assert "超过了 20 MB" in in_chinese(caught.value.text)
    path.write_bytes(b"x" * 100)
    assert len(read_file(path, Limits(file_bytes=100))) == 100
    with pytest.raises(Unreadable):
        read_file(path, Limits(file_bytes=99))


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs a file whose size says 0")
def test_no_more_than_the_limit_is_read_whatever_the_size_says():
    """A file that says it is empty and isn't, as one that grows, is cut off at the limit."""
    assert os.stat("/proc/self/maps").st_size == 0
    with pytest.raises(Unreadable, match="too large"):
        read_file("/proc/self/maps", Limits(file_bytes=100))


@pytest.mark.parametrize("name", ["missing.ipynb", "a\0b.ipynb", "x" * 300, "file/x.ipynb"])
def test_a_file_that_can_not_be_there_is_refused(name, tmp_path):
    """Missing files and impossible names end in a sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unreadable) as caught:
        read_file(f"{tmp_path}/{name}")
    in_chinese(caught.value.text)


def test_a_file_without_permission_is_refused(tmp_path, monkeypatch):
    """A file that may not be opened is the submission's problem, with the system's reason."""
    (tmp_path / "x").write_text("")
    monkeypatch.setattr(
        notebook.os, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    with pytest.raises(Unreadable, match="Permission denied") as caught:
        read_file(tmp_path / "x")
    assert in_chinese(caught.value.text) == "文件打不开（没有访问权限）。请重新提交笔记本。"


@POSIX
@pytest.mark.parametrize("number", notebook._FILES_FAULT, ids=errno.errorcode.get)
def test_the_systems_reasons_are_translated(number):
    """Whatever the system may say of a submission's file stays as it is in English and is there in Chinese."""
    said = cause(OSError(number, os.strerror(number)))
    assert said.en == os.strerror(number) and not set("abcdefghijklmnopqrstuvwxyz") & set(said.zh)


def test_a_rare_reason_of_the_systems_stays_as_it_is():
    """What has no translation is passed on as it is, even if there are no words at all."""
    assert cause(OSError(errno.EIO, "Input/output error")) == Text("Input/output error", "Input/output error")
    assert cause(TimeoutError()).zh == "TimeoutError"


def test_a_failing_disk_is_not_the_students_fault(tmp_path, monkeypatch):
    """An input/output error stays an OSError, so that it can't become a student's zero."""
    (tmp_path / "x").write_text("")
    monkeypatch.setattr(
        notebook.os, "open", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error"))
    )
    with pytest.raises(OSError, match="Input/output error"):
        read_file(tmp_path / "x")


@pytest.mark.parametrize("start", [b"", b"["])
def test_closing_brackets_alone(start):
    """Brackets that close what nobody opened end the look at a file where they begin, however many follow."""
    with pytest.raises(Unreadable, match="not JSON"):
        parse(start + b"]" * 19_000_000)
