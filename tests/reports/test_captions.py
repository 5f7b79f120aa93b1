"""Captions say what a picture shows, in both languages, so that nothing is lost on those who don't see it."""

from __future__ import annotations

import pytest

from grader.model.picture import Line
from grader.reports.captions import caption, equation, first_wrong, shape_shown
from grader.rubric.pictures import draw_descent
from pictures import PICTURES

SAID = {
    "line": "Your line is y = 2.5x + 1.25. The line to be found, through 500 points, is y = 3x + 0.8.",
    "no line": "Your line can't be drawn: its w or its b is not a finite number. The data has 500 points.",
    "border": "4 of the 5 points lie on their own side of your border.",
    "no border": "Your border can't be drawn: its w or its b is not finite, or w is zero.",
    "falling": "The learning rate is 0.5. The loss falls from 8 to 0.01 in 4 steps.",
    "broken": "The learning rate is 2. The loss is 1 at first and 10³⁰ in step 3; then it is NaN.",
    "rising": "The loss rises: from 3 to 900 in 4 epochs. It is lowest in epoch 2.",
    "several": "sgd: The loss falls from 4 to 1 in 3 steps. "
    "adam: The loss is 4 at first and 4 in step 1; then it is inf.",
    "down": "Where your 5 steps lead x: 0.504 → −0.507, 0.0183 → −0.666, 0.476 → −0.516, 0.173 → −0.616. "
    "The lowest point is at x = −1. They lead down.",
    "up": "Where your 5 steps lead x: 0.504 → 2.74, 0.0183 → 1.53, 0.476 → 2.67, 0.173 → 1.92. They lead up.",
    "map": "On this map the cost is lowest at w = 1, b = −0.5. Your lowest point is w = 0, b = 0.",
    "path": "On this map the cost is lowest at w = 1, b = −0.5. "
    "Your path leads from w = −1, b = 1 to w = 1, b = −0.5. Some of it lies outside of the map.",
    "shapes": "The shapes on the way: conv1 1 × 10 × 24 × 24, pool 1 × 10 × 12 × 12, conv2 1 × 20 × 10 × 10, "
    "flatten 1 × 2000. All of them are as expected.",
    "wrong shapes": "The shapes on the way: conv1 1 × 10 × 24 × 24, pool 1 × 10 × 12 × 12, "
    "conv2 1 × 20 × 8 × 8, flatten 1 × 1280. "
    "The first that is not as expected is that of conv2: 1 × 20 × 10 × 10 is expected there.",
    "batches": "Sizes of the batches: 3, 2. Each of the 5 examples comes exactly once.",
    "wrong batches": "Sizes of the batches: 3, 1. Examples in no batch: 2, 4. "
    "Examples that come more than once: 3.",
}


@pytest.mark.parametrize("name", PICTURES)
def test_captions(name: str) -> None:
    """Each kind of picture, right and wrong, in words."""
    found = caption(PICTURES[name])
    assert found.en == SAID[name]
    assert any("\u4e00" <= character <= "\u9fff" for character in found.zh) and found.zh[-1] == "。"


def test_both_languages_have_the_same_numbers() -> None:
    """What is counted and measured is the same in both."""
    found = caption(PICTURES["broken"])
    assert "10³⁰" in found.zh and "NaN" in found.zh and "第 3 步" in found.zh


def test_a_line_that_is_not_in_the_picture() -> None:
    """Who looks for the line reads where it is."""
    far = caption(Line((0, 1), (0, 1), 2, (1, 1e35)))
    assert "It lies far away from the data, outside of the picture." in far.en and "范围之外" in far.zh
    assert "far away" not in caption(Line((0, 1), (0, 1), 2, (1, 0))).en


def test_a_descent_beyond_the_lowest_point() -> None:
    """Steps that are too long end on the other side, which may be lower than the start all the same."""
    too_long = draw_descent(lambda x: x**2, [1.0, -0.5], lowest=0)
    assert caption(too_long).en.endswith(
        "They lead down. They go beyond the lowest point, to its other side."
    )
    assert "beyond" not in caption(draw_descent(lambda x: x**2, [1.0, -0.5])).en


def test_words_of_a_picture() -> None:
    """Lines and shapes as people write them, and which layer is the first wrong one."""
    assert equation((-0.5, -12345)) == "y = −0.5x − 12300"
    assert [shape_shown(shape) for shape in ((1, 10), (), None)] == ["1 × 10", "()", "?"]
    assert first_wrong(PICTURES["wrong shapes"]) == 2 and first_wrong(PICTURES["shapes"]) is None
