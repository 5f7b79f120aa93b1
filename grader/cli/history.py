"""`grader history`: everything on one student and one assignment."""

from __future__ import annotations

import argparse
import json

from grader.classroom.grading import score_of
from grader.classroom.history import Event, history
from grader.cli.display import table
from grader.language.catalogue import Text, choose
from grader.language.catalogue import say as _

ENOUGH = 10  # characters of a hash that tell one from another


def run(options: argparse.Namespace) -> int:
    """Print the events, the earliest first, and return the exit code."""
    lang = choose(options.lang)
    events = history(options.out, options.student, options.assignment, gradebook=options.gradebook)
    if options.json:
        print(json.dumps([event.record for event in events], indent=2, ensure_ascii=False))
        return 0
    headings = (_("when"), _("attempt"), _("what"), _("points"), _("more"))
    rows = [[event.at or "–", *(words[lang] for words in _row(event))] for event in events]
    table([heading[lang] for heading in headings], rows)
    return 0


def _row(event: Event) -> tuple[Text, Text, Text, Text]:
    """An event's cells behind the time."""
    numbers = Text.verbatim(", ".join(map(str, event.attempts)) or "–")
    nothing = Text.verbatim("")
    if event.attempt is not None:
        origin = Text.verbatim(f"{event.attempt.origin} {event.attempt.submission_sha256[:ENOUGH]}".strip())
        return numbers, _("handed in"), nothing, origin
    if event.report is not None:
        rubric = event.report.provenance.rubric_sha256[:ENOUGH]
        more = (
            _("rubric {rubric}, stands", rubric=rubric)
            if event.stands
            else _("rubric {rubric}", rubric=rubric)
        )
        return numbers, _("graded"), score_of(event.report), more
    override = event.override
    assert override is not None
    points = _("taken back") if override.points is None else Text.verbatim(f"{override.points:g}")
    target = _("total") if override.check is None else Text.verbatim(override.check)
    more = _("{target}, by {by}: {comment}", target=target, by=override.by, comment=override.comment or "–")
    return numbers, _("set by hand"), points, more
