"""A notebook as a value."""

from __future__ import annotations

import pytest

from grader.language.catalogue import Text
from grader.notebook.notebook import Unreadable
from grader.notebook.reading import parse
from notebooks import code, encode


def test_code_cells_are_numbered_as_a_reader_counts_them():
    """Numbers start at 1 and count code cells only, the empty ones included."""
    markdown = {"cell_type": "markdown", "source": "text"}
    numbered = parse(encode(markdown, code("a"), code(""), markdown, code("c"))).code
    assert [(number, cell.source) for number, cell in numbered] == [(1, "a"), (2, ""), (3, "c")]


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
    """The first cell with an id keeps it. Missing, malformed and taken ids are named by position."""
    cells = [code(str(n), **({} if cell_id is None else {"id": cell_id})) for n, cell_id in enumerate(given)]
    assert [cell.id for cell in parse(encode(*cells)).cells] == kept


@pytest.mark.parametrize(
    ("make", "remedy", "zh_remedy"),
    [
        (Unreadable.save_again, "Save the notebook in Jupyter", "请在 Jupyter 里保存笔记本"),
        (Unreadable.clear_outputs, "Clear all outputs", "请清除所有输出"),
    ],
)
def test_an_unreadable_file_comes_with_a_remedy(make, remedy, zh_remedy):
    """The problem comes first and the remedy second, in both languages."""
    error = make(Text("It is broken.", "它坏了。"))
    assert str(error) == error.text.en
    assert error.text.en.startswith(f"It is broken. {remedy}")
    assert error.text.zh.startswith(f"它坏了。{zh_remedy}")
