"""The key of a report: the hash of all that it depends on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from grader.model.codec import to_data
from grader.model.file import Beside
from grader.model.report import Provenance


def key_of(submission_sha256: str, provenance: Provenance, beside: Beside | None = None) -> str:
    """The key of a report on a submission with these files beside it.

    Of the rubric, what verdicts depend on counts: titles, hints and points are put into a report anew.
    """
    # Without files it is the key that earlier versions made, so that their reports stay.
    files = [] if beside is None else [to_data(beside)]
    depends_on = to_data(provenance)
    # A report of an earlier version depends on the rubric's files as they were.
    depends_on.pop("rubric_sha256" if depends_on["verdict_sha256"] else "verdict_sha256")
    data = json.dumps([submission_sha256, depends_on, *files], sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()


def keys_of(submission_sha256: str, provenance: Provenance, beside: Beside | None = None) -> tuple[str, ...]:
    """The keys under which a report holds: today's, and an earlier version's on the very same rubric."""
    earlier = replace(provenance, verdict_sha256="")
    kinds = (provenance, earlier) if provenance.verdict_sha256 else (provenance,)
    return tuple(key_of(submission_sha256, each, beside) for each in kinds)
