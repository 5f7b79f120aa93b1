"""The picture beside a check, as pages show it: drawn, and in words."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from grader.language.catalogue import Text
from grader.model.report import CheckResult
from grader.reports.captions import caption
from grader.reports.charts import chart


@dataclass(frozen=True)
class PictureView:
    """A chart and its caption, which says the same."""

    svg: Markup
    caption: Text


def picture_view(result: CheckResult) -> PictureView | None:
    """The picture of a public check, for everyone. A hidden one has none, whatever its result holds."""
    if result.picture is None or result.check.visibility != "public":
        return None
    return PictureView(chart(result.picture), caption(result.picture))
