"""What is wrong with the texts of pages: formulas that can't be read, pictures that are not there."""

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
