"""SVG for pages: elements in shades that the style sheet names, so that dark pages and print have their own.

Words are there in both languages, as everywhere on a page. ElementTree escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from markupsafe import Markup

from grader.language.catalogue import Text

WIDTH = 360  # as wide as a small telephone, so that words stay readable there
HTML_LANG = {"en": "en", "zh": "zh-Hans"}  # as browsers choose fonts by it

Point = tuple[float, float]

# Around a point: shapes that can be told apart without colors.
MARKERS = (
    "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",  # circle
    "m-3 -3h6v6h-6z",  # square
    "m0 -4l4 7h-8z",  # triangle
    "m0 -4l4 4l-4 4l-4 -4z",  # diamond
    "m-3 -3l6 6m0 -6l-6 6",  # cross
    "m-4 0h8m-4 -4v8",  # plus
)
CIRCLE, SQUARE, TRIANGLE, DIAMOND, CROSS, PLUS = range(len(MARKERS))


class Drawing:
    """An SVG element that grows. A `shade` is a class of the style sheet."""

    def __init__(self) -> None:
        # Its figure's caption says the same in words.
        self.root = ElementTree.Element("svg", {"class": "chart", "aria-hidden": "true"})

    def line(self, one: Point, other: Point, shade: str) -> None:
        """A straight line."""
        self.path((one, other), shade)

    def path(self, points: Iterable[Point], shade: str) -> None:
        """A line through points."""
        places = [f"{_digits(x)} {_digits(y)}" for x, y in points]
        if places:
            self._add("path", {"class": shade, "d": "M" + "L".join(places)})

    def dots(self, points: Iterable[Point], shade: str) -> None:
        """Round dots, as many as there are points."""
        self._marks(points, "h0", shade)

    def markers(self, points: Iterable[Point], marker: int, shade: str) -> None:
        """One of the MARKERS at each point."""
        self._marks(points, MARKERS[marker], shade)

    def box(self, corner: Point, width: float, height: float, shade: str) -> None:
        """A rectangle; `corner` is its upper left one."""
        x, y = corner
        size = {"width": _digits(width), "height": _digits(height)}
        self._add("rect", {"class": shade, "x": _digits(x), "y": _digits(y), **size})

    def text(self, place: Point, words: str | Text, shade: str = "", anchor: str = "start") -> None:
        """Words at a place: from it ("start"), around it ("middle") or up to it ("end")."""
        both = words if isinstance(words, Text) else Text.verbatim(words)
        for lang in ("en", "zh") if both.en != both.zh else ("",):
            attributes = {"x": _digits(place[0]), "y": _digits(place[1])}
            attributes |= {"class": shade} if shade else {}
            attributes |= {"text-anchor": anchor} if anchor != "start" else {}
            attributes |= {"lang": HTML_LANG[lang]} if lang else {}
            self._add("text", attributes).text = both[lang] if lang else both.en

    def markup(self, height: float) -> Markup:
        """The whole, so high."""
        self.root.set("viewBox", f"0 0 {WIDTH} {_digits(height)}")
        return Markup(ElementTree.tostring(self.root, encoding="unicode"))

    def _marks(self, points: Iterable[Point], mark: str, shade: str) -> None:
        places = [f"M{_digits(x)} {_digits(y)}{mark}" for x, y in points]
        if places:
            self._add("path", {"class": shade, "d": "".join(places)})

    def _add(self, tag: str, attributes: dict[str, str]) -> ElementTree.Element:
        return ElementTree.SubElement(self.root, tag, attributes)


def _digits(value: float) -> str:
    """A coordinate to a tenth, which is less than anybody sees."""
    return f"{value:.1f}".removesuffix(".0")
