"""Students as the pages of a class name them: with a link, and a few words on what happened to their work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import GRADED
from grader.model.status import Status
from grader.reports import sentences
from grader.reports.figures import NO_GAIN, STOPPED, UNTOUCHED, Result

MOST_NAMES = 12  # in a line; the others are folded


@dataclass(frozen=True)
class Person:
    """A student in a list. The link is empty if there is no page."""

    name: str
    link: str = ""
    full_name: str = ""  # as a roster has it


@dataclass(frozen=True)
class People:
    """Students in a line: the first ones, and those that are folded."""

    first: tuple[Person, ...]
    rest: tuple[Person, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.first) + len(self.rest)


def people(names: Iterable[str], folders: Mapping[str, str], prefix: str = "", suffix: str = "") -> People:
    """The students of these names, each with the page between `prefix` and `suffix`; or without links."""
    found = tuple(
        Person(
            name, f"{prefix}{iri(folders[name])}{suffix}" if (prefix or suffix) and name in folders else ""
        )
        for name in names
    )
    # Two more in the line are shorter than a fold.
    cut = len(found) if len(found) <= MOST_NAMES + 2 else MOST_NAMES
    return People(found[:cut], found[cut:])


def iri(name: str) -> str:
    """A name as a part of a link. Characters beyond ASCII stay: they take a third of the space."""
    return "".join(each if ord(each) > 127 else quote(each, safe="") for each in name)


def why_low(result: Result) -> Text | None:
    """What happened to a submission, in a few words: why it has few points, or how its session ended."""
    run, mark = result.report.execution, result.mark
    if mark is not None and mark.override is not None:
        return _("set by hand")
    if mark is not None and mark.late is not None and mark.late.percent and mark.raw:
        return _("late: {percent} % off", percent=f"{mark.late.percent:g}")
    if result.is_stopped:
        return stopped(run.status, run.cell)
    if result.is_untouched:
        return _("nothing written")
    if result.report.outcome != GRADED or result.report.score:
        return None
    if run.status is Status.CELL_ERROR and run.cell:
        return _("error in cell {cell}", cell=run.cell)
    return _("no check passed")


def stopped(status: Status, cell: int | None) -> Text:
    """How a session ended, and in which cell."""
    word = sentences.status(status)
    return _("{what} (cell {cell})", what=word, cell=cell) if cell else word


def trouble(result: Result) -> Text:
    """A submission for which its student needs help: its points, and what happened."""
    run = result.report.execution
    words = {
        UNTOUCHED: _("nothing written"),
        STOPPED: stopped(run.status, run.cell),
        NO_GAIN: _("not more than in the attempt before"),
    }
    found = [words[why] for why in result.needs if why in words]
    if not found and (why_none := why_low(result)):
        found = [why_none]
    points = _("{points} of {total}", points=f"{result.points or 0:g}", total=f"{result.max_score:g}")
    return Text(
        ", ".join([points.en, *(one.en for one in found)]), "，".join([points.zh, *(one.zh for one in found)])
    )
