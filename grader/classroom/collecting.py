"""What lies in a folder of submissions, as attempts for the gradebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from grader.course.course import Course
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
    course: Course, submissions: Iterable[Submission], sources: Mapping[Pair, SourceFile], book: Gradebook
) -> list[Pair]:
    """File what is new or has changed among the submissions. The student and assignment of each.

    Notebooks are read one after the other, so a class need not fit in memory.
    """
    filed = book.attempts()
    pairs: list[Pair] = []

    def news() -> Iterator[HandedIn]:
        for submission in submissions:
            pair = submission.student, submission.assignment
            pairs.append(pair)
            found = handed_in(course, submission, sources.get(pair))
            if not _is_filed(found, filed.get(pair, [])):
                yield found

    book.see(news())
    return pairs


def handed_in(course: Course, submission: Submission, source: SourceFile | None = None) -> HandedIn:
    """A submission with its bytes, and the files beside it."""
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
        origin=printable(submission.path.as_posix()),
        source=source,
        folder=submission.name,
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
