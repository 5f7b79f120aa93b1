"""Who takes the course: by a roster that is named on the command line, or the course's own."""

from __future__ import annotations

from pathlib import Path

from grader.course.course import Course
from grader.course.problems import Problems
from grader.course.roster import read_roster
from grader.errors import CourseError, UsageError
from grader.model.roster import Student


def class_list(course: Course, roster: Path | None) -> tuple[Student, ...]:
    """The students in `roster`, or else in the roster that `course.toml` names; none if there is neither.

    Raises UsageError with everything that is wrong in a roster that was named, and CourseError if the
    course's own is missing.
    """
    if roster is None:
        if course.settings is None:
            return ()
        course.settings.require_roster()
        return course.settings.students
    problems = Problems(roster.parent)
    students = read_roster(roster, problems)
    try:
        problems.raise_if_any()
    except CourseError as error:
        raise UsageError("\n".join(map(str, error.problems))) from None
    return students
