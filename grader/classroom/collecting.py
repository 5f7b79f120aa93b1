"""What lies in a folder of submissions, as attempts for the gradebook."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from grader.course.course import Course
from grader.exchange.attempts import recorded
from grader.exchange.beside import NOTHING_BESIDE, FilesBeside, files_beside
from grader.exchange.names import printable
from grader.gradebook.attempts import Filed, HandedIn, same_as
from grader.gradebook.filing import source_text, stored
from grader.gradebook.store import Gradebook
from grader.model.report import SourceFile
from grader.notebook.notebook import Unreadable
from grader.notebook.submission import Submission, fingerprint

Pair = tuple[str, str]


def collect(
    course: Course,
    folder: Path,
    submissions: Iterable[Submission],
    sources: Mapping[Pair, SourceFile],
    book: Gradebook,
) -> list[Pair]:
    """File what is new or has changed among the submissions in a folder. The student and assignment of each.

    What `grader import` has kept of earlier attempts is filed too, with its time. Notebooks are read one
    after the other, so a class need not fit in memory.
    """
    filed = book.attempts()
    pairs: list[Pair] = []
    imported = functools.cache(recorded)

    def news() -> Iterator[HandedIn]:
        for submission in submissions:
            pair = submission.student, submission.assignment
            pairs.append(pair)
            own = filed.get(pair, [])
            student = folder / submission.path.relative_to(folder).parts[0]
            kept = [each for each in imported(student) if each.assignment == submission.assignment]
            found = handed_in(course, submission, sources.get(pair))
            timed = []
            for each in kept:
                earlier = replace(submission, path=each.path(student), problem=None)
                attempt = handed_in(course, earlier, found.source, each.submitted_at, each.origin.system)
                if attempt.content is not None:  # else the copy was removed
                    timed.append(attempt)
            if found.identity not in {each.identity for each in timed}:
                timed.append(found)
            for attempt in timed:
                if not _is_filed(attempt, own):
                    yield attempt

    book.see(news())
    return pairs


def handed_in(
    course: Course,
    submission: Submission,
    source: SourceFile | None = None,
    submitted_at: str | None = None,
    system: str = "folder",
) -> HandedIn:
    """A submission with its bytes, and the files beside it. `system`: where it came from."""
    content = content_of(submission)
    beside = NOTHING_BESIDE
    if not isinstance(content, Unreadable):
        own = course.assignments[submission.assignment]
        beside = files_beside(
            submission.path, content, own.name, course.assignments, own.limits.disk_mb, own.handed_out
        )
    return HandedIn(
        submission.student,
        submission.assignment,
        fingerprint(content),
        None if isinstance(content, Unreadable) else content,
        content.text if isinstance(content, Unreadable) else None,
        beside.files,
        beside.record,
        submitted_at,
        f"{system}: {printable(submission.path.name)}",
        source,
        submission.name,
    )


def content_of(submission: Submission) -> bytes | Unreadable:
    """A submission's bytes, or why there are none."""
    try:
        return submission.load()
    except Unreadable as error:
        return error


def _is_filed(found: HandedIn, filed: list[Filed]) -> bool:
    """Whether the gradebook has this attempt, and knows nothing else of it."""
    known = same_as(found, filed)
    return known is not None and (known.stored, known.source, known.folder) == (
        stored(found),
        source_text(found),
        found.folder,
    )


def content_and_beside(book: Gradebook, attempt: Filed) -> tuple[bytes | Unreadable, FilesBeside]:
    """The bytes of an attempt, from the gradebook."""
    content, problem, files = book.contents(attempt)
    beside = FilesBeside(files, book.beside(attempt))
    return (Unreadable(problem) if problem else content or b""), beside
