"""What is wrong with the texts of pages: formulas that can't be read, pictures that are not there.

And what is missing: the Chinese of a text in a course that has some.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.course.course import Assignment, Course
from grader.course.declarations import declared_checks
from grader.course.problems import Problems
from grader.course.toml_file import TomlFile
from grader.errors import Problem
from grader.language.catalogue import Text
from grader.model.file import Entry
from grader.reports.markup import rendered


def faulty_texts(course: Course, assignment: Assignment) -> list[Problem]:
    """A problem for each fault, at the line of its key or of its check's function.

    The course has been read without a problem before.
    """
    problems = Problems(course.root)
    about = assignment.folder / "assignment.toml"
    found = list(_in_toml(about, "statement", assignment.handed_out, problems))
    for path, visibility in zip(assignment.rubric_files, ("public", "hidden"), strict=False):
        for each in declared_checks(path, visibility, problems):
            for key, text in (("title", each.check.title), ("hint", each.check.hint)):
                found += [(path, each.line, f"the {key} {fault}") for fault in _faults(text)]
    for mistake in assignment.mistakes:
        for key in ("title", "hint"):
            found += _in_toml(course.root / mistake.path, key, None, problems)
    return [Problem(course.relative(path), line, message) for path, line, message in found]


def untranslated(course: Course, assignment: Assignment) -> list[Problem]:
    """Each title, statement and hint without Chinese, if the assignment has a text with Chinese.

    A single word, such as a function's name, may be the same in both.
    """
    problems = Problems(course.root)
    about = assignment.folder / "assignment.toml"
    texts: list[tuple[Path, int, str, Text | None]] = [
        (about, 0, "title", assignment.title),
        (about, 0, "statement", assignment.statement),
    ]
    for path, visibility in zip(assignment.rubric_files, ("public", "hidden"), strict=False):
        for each in declared_checks(path, visibility, problems):
            texts += [
                (path, each.line, "title", each.check.title),
                (path, each.line, "hint", each.check.hint),
            ]
    for mistake in assignment.mistakes:
        path = course.root / mistake.path
        texts += [(path, 0, "title", mistake.title), (path, 0, "hint", mistake.hint)]
    if all(text is None or text.en == text.zh for *_, text in texts):
        return []
    return [
        Problem(course.relative(path), line, f"the {key} has no Chinese: {text.en[:60]}")
        for path, line, key, text in texts
        if text is not None and text.en == text.zh and len(text.en.split()) > 1
    ]


def _in_toml(
    path: Path, key: str, files: Sequence[Entry] | None, problems: Problems
) -> Iterator[tuple[Path, int, str]]:
    """The faults of a text in a file, in both languages: where they are, and what they are."""
    file = TomlFile.read(path, problems)
    for name in (key, f"zh_{key}"):
        if file and name in file.table:
            words = file.table[name]
            for fault in rendered(words, None if files is None else tuple(files)).faults:
                yield path, file.line_of(name), f"{name!r} {fault}"


def _faults(text: Text | None) -> Iterator[str]:
    for words in dict.fromkeys((text.en, text.zh) if text else ()):
        yield from rendered(words).faults
