"""The marks as JSON, with everything that counts for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from grader.model.mark import Mark

SCHEMA = 1  # version of the format


def marks_json(marks: Sequence[Mark]) -> str:
    """The marks as one JSON object."""
    data = {"schema": SCHEMA, "marks": [{**asdict(mark), "manual": dict(mark.manual)} for mark in marks]}
    return json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n"
