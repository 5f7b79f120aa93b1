"""Notebooks are written as Jupyter writes them."""

from __future__ import annotations

import nbformat

from grader.notebook.notebook import Cell, Notebook
from grader.notebook.reading import parse
from grader.notebook.writing import dump


def test_dump_writes_what_jupyter_would_write():
    """The text is what nbformat writes for the same notebook, so Jupyter saves it without a diff."""
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
    """Nothing in the file depends on chance or on time."""
    cells = tuple(Cell("code", f"x = {n}") for n in range(5))
    assert dump(Notebook(cells)) == dump(Notebook(cells))


def test_what_was_dumped_is_read_back():
    """Reading undoes writing, for every kind of cell and for awkward text."""
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
    """Ids that nbformat would reject, or that occur twice, are replaced as in reading."""
    cells = (Cell("code", "", (), "a"), Cell("code", "", (), "a"), Cell("code", "", (), "no spaces"))
    assert [cell.id for cell in parse(dump(Notebook(cells)).encode()).cells] == ["a", "cell-2", "cell-3"]
