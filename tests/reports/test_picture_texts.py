"""A text for each picture."""

from __future__ import annotations

import pytest

from grader.language.catalogue import Text
from grader.reports.picture_texts import MAX_CODE, picture_text


@pytest.mark.parametrize(
    ("source", "heading", "expected"),
    [
        ("plt.title('Loss')", "Fit", "Picture of cell 5: Loss"),
        ("ax.set_title('A'); ax.set_xlabel('x'); a.set_ylabel('y')", "", "Picture of cell 5: A (x: x, y: y)"),
        ('%matplotlib inline\nplt.suptitle(\n    "A  b", size=3)', "", "Picture of cell 5: A b"),
        ("plt.plot(x)", "The line", "Picture of cell 5: The line"),
        ("plt.title(f'{w}')", "", "Picture of cell 5"),
        ("plt.title(3); plt.title()", "", "Picture of cell 5"),
        ("x = (", "", "Picture of cell 5"),
        ("#" * MAX_CODE + "\nplt.title('Loss')", "", "Picture of cell 5"),
    ],
)  # fmt: skip
def test_what_a_picture_is_called(source: str, heading: str, expected: str) -> None:
    """By the title of the plot as the code gives it, or else by the heading above the cell."""
    assert picture_text(source, heading, 5, 1, 1).en == expected


def test_several_pictures_of_one_cell() -> None:
    """They are counted. Which of them a title belongs to is not known."""
    assert picture_text("plt.title('A')", "Fit", 5, 2, 3) == Text(
        "Picture 2 of 3 of cell 5: Fit", "第 5 个单元格的第 2 幅图（共 3 幅）：Fit"
    )


def test_a_long_title_is_none() -> None:
    """A text that is read aloud is short."""
    assert picture_text(f"plt.title('{'x' * 5000}')", "", 1, 1, 1).en == "Picture of cell 1"
