"""`grader compare`: what differs between two states of a class."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from grader.classroom.comparing import Change, CheckChange, compare
from grader.cli.display import table
from grader.language.catalogue import Text, choose
from grader.language.catalogue import say as _


def run(options: argparse.Namespace) -> int:
    """Print a line for each change and return the exit code."""
    lang = choose(options.lang)
    changes = compare(options.before, options.after)
    if options.json:
        print(json.dumps([change.record for change in changes], indent=2, ensure_ascii=False))
        return 0
    if not changes:
        print(_("Nothing that counts has changed.")[lang])
        return 0
    headings = (_("student"), _("assignment"), _("before"), _("after"), _("checks"))
    rows = [
        [
            change.student,
            change.assignment,
            _points(change.before)[lang],
            _points(change.after)[lang],
            ", ".join(map(_check, change.checks)) or _remark(change)[lang],
        ]
        for change in changes
    ]
    table([heading[lang] for heading in headings], rows, numbers=(2, 3))
    print()
    print(_("changed: {count}", count=len(changes))[lang])
    return 0


def _points(record: Mapping[str, Any] | None) -> Text:
    if record is None:
        return Text.verbatim("–")
    points = record["final_score"] if "final_score" in record else record["score"]
    most = record.get("final_max_score", record["max_score"])
    if points is None:
        return {"rejected": _("rejected"), "internal": _("internal")}.get(record["outcome"], _("open"))
    return Text.verbatim(f"{points:g}/{most:g}")


def _check(change: CheckChange) -> str:
    """A check, with the points before and after."""
    before, after = (f"{one[1]:g}" if one else "–" for one in (change.before, change.after))
    verdict = f" ({change.after[0]})" if before == after and change.after else ""
    return f"{change.id} {before}→{after}{verdict}"


def _remark(change: Change) -> Text:
    """Why there is a line though no check has changed."""
    if change.before is None:
        return _("new")
    if change.after is None:
        return _("gone")
    if change.before["submission_sha256"] != change.after["submission_sha256"]:
        return _("another submission")
    return Text.verbatim("–")
