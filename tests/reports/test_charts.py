"""Charts: what is drawn of which picture, without a color being needed, and nothing that a page forbids."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from grader.model.picture import Costs, Descent, Line, Losses, Picture, Walk
from grader.reports.charts import chart
from grader.rubric.pictures import draw_border, draw_costs, draw_losses
from pictures import AXIS, LABELS, PICTURES, POINTS, bowl


def elements(picture: Picture, shade: str) -> list[ElementTree.Element]:
    """The elements of a picture's chart with this class."""
    return [each for each in ElementTree.fromstring(chart(picture)) if shade in each.get("class", "").split()]


def words(picture: Picture, lang: str = "en") -> list[str]:
    """What is written in a picture's chart."""
    texts = ElementTree.fromstring(chart(picture)).iter("text")
    return [each.text or "" for each in texts if each.get("lang", lang).startswith(lang)]


@pytest.mark.parametrize("name", PICTURES)
def test_every_chart_is_fit_for_a_strict_page(name: str) -> None:
    """It is well-formed, its shades are classes, nothing in it acts, and it is small."""
    svg = chart(PICTURES[name])
    tree = ElementTree.fromstring(svg)
    assert {each.tag for each in tree.iter()} <= {"svg", "path", "rect", "text"}
    allowed = {"class", "d", "x", "y", "width", "height", "text-anchor", "lang", "viewBox", "aria-hidden"}
    assert {key for each in tree.iter() for key in each.attrib} <= allowed
    assert len(svg) < 20_000 and not re.search(r'="[^">]*(nan|inf)', svg)


@pytest.mark.parametrize("name", PICTURES)
def test_everything_lies_within_the_picture(name: str) -> None:
    """No coordinate is outside of the view box."""
    tree = ElementTree.fromstring(chart(PICTURES[name]))
    width, height = map(float, tree.get("viewBox", "").split()[2:])
    for each in tree.iter("path"):
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", each.get("d", "")):
            assert 0 <= float(x) <= width and 0 <= float(y) <= height


def test_a_line_over_its_data() -> None:
    """The data, the student's line and, if it is known, the line to be found, each explained below."""
    found = words(PICTURES["line"])
    assert {"the data", "your line, y = 2.5x + 1.25", "the line to be found, y = 3x + 0.8"} <= set(found)
    assert elements(PICTURES["line"], "yours") and elements(PICTURES["line"], "goal")
    assert not elements(PICTURES["no line"], "yours") and not elements(PICTURES["no line"], "goal")


def test_a_line_that_is_nowhere_near() -> None:
    """The data keeps its size, and a line that passes it by is not drawn, only explained."""
    near, far = Line((0, 1), (0, 1), 2, (1, 0)), Line((0, 1), (0, 1), 2, (1, 1e299))
    assert len(elements(near, "yours")) == 2 and len(elements(far, "yours")) == 1
    assert "0.5" in words(far)
    steep = Line((0, 1), (0, 1), 2, (1e299, -1e299))
    assert len(elements(steep, "yours")) <= 2


def test_a_border() -> None:
    """Both kinds of points have a marker of their own. A border may stand upright, or lie outside."""
    assert {"hours", "sleep", "label 0", "label 1", "your border"} <= set(words(PICTURES["border"]))
    assert len(elements(PICTURES["border"], "yours")) == 2 and not elements(PICTURES["no border"], "yours")
    upright = draw_border(POINTS, LABELS, [2.0, 0.0], -1.0)
    (path, _) = elements(upright, "yours")
    assert len(set(re.findall(r"[ML]([\d.]+) ", path.get("d", "")))) == 1
    assert len(elements(draw_border(POINTS, LABELS, [2.0, 0.0], 99.0), "yours")) == 1


def test_where_a_loss_breaks() -> None:
    """A loss that is not finite is marked, with what it was; losses have a logarithmic axis."""
    assert "NaN from here on" in words(PICTURES["broken"]) and elements(PICTURES["broken"], "broken")
    assert "从这里起是 NaN" in words(PICTURES["broken"], "zh")
    assert not elements(PICTURES["falling"], "broken") and {"0.1", "1"} <= set(words(PICTURES["falling"]))
    assert "epoch" in words(PICTURES["rising"]) and "step" in words(PICTURES["falling"])
    assert "NaN from here on" in words(draw_losses([float("nan")] * 3))


def test_curves_differ_without_colors() -> None:
    """Several curves have a dash and a marker each, and their names below."""
    names = ("bgd", "sgd", "minibatch", "momentum", "adam", "sixth")
    picture = draw_losses({name: [3.0, 2.0, 1.0] for name in names})
    markers = [each.get("d", "").partition("m")[2].partition("M")[0] for each in elements(picture, "marker")]
    assert len(set(markers)) == 6 and set(names) <= set(words(picture))
    assert all(elements(picture, f"s{number}") for number in range(6))


def test_a_descent() -> None:
    """Every walk is on the curve, with its start open, and the lowest point is marked if it is known."""
    assert len(elements(PICTURES["down"], "thin")) == 4
    assert "the lowest point" in words(PICTURES["down"]) and "the lowest point" not in words(PICTURES["up"])
    nowhere = Descent((0, 1), (0, 1), (Walk((), (), -1, "NaN"),))
    assert not elements(nowhere, "thin")


def test_a_map() -> None:
    """Contours around the lowest point, the path, and the point that the notebook chose."""
    assert len(elements(PICTURES["map"], "contour")) >= 5 and len(elements(PICTURES["map"], "lowest")) == 1
    assert "your lowest point" in words(PICTURES["map"]) and "your path" in words(PICTURES["path"])
    flat = draw_costs(AXIS, AXIS, lambda w, b: 3.0)
    assert isinstance(flat, Costs) and chart(flat)
    huge = draw_costs(AXIS, AXIS, lambda w, b: 1e299 * bowl(w, b) / 50)
    assert elements(huge, "contour")


def test_the_first_wrong_shape() -> None:
    """It is marked, with the one that is expected there; those behind it follow from it."""
    assert [each.tag for each in elements(PICTURES["wrong shapes"], "wrong")] == ["rect"]
    assert "expected after conv2: 1 × 20 × 10 × 10" in words(PICTURES["wrong shapes"])
    assert len(elements(PICTURES["wrong shapes"], "bad")) == 3  # one in each language for what is expected
    assert not elements(PICTURES["shapes"], "wrong")


def test_batches() -> None:
    """A square for each example that a batch used, and how often each was used in all."""
    assert len(elements(PICTURES["batches"], "used")) == 5
    assert len(elements(PICTURES["batches"], "unused")) == 5
    assert [each.text for each in elements(PICTURES["wrong batches"], "bad")] == ["0", "2", "0"]


def test_an_empty_picture() -> None:
    """Curves and lines without a single number are drawn without an error."""
    assert chart(Line((), (), 0, ())) and chart(Losses((draw_losses([float("inf")]).curves[0],)))
