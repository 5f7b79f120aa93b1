"""An assignment's terms are read with every problem at its line, and say when things are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from courses import made, problems_of
from grader.course.problems import Problems
from grader.course.terms import Counts, LateRule, Release, Step, Terms, moment, read_terms, with_offset
from grader.course.toml_file import TomlFile

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HEAD = 'timezone = "Asia/Shanghai"\n[assignment.halve]\n'


def terms(text: str) -> dict[str, Terms]:
    """The terms in a file without a fault."""
    problems = Problems(Path("/course"))
    file = TomlFile(Path("/course/course.toml"), text, problems)
    found = read_terms(file, file.table, SHANGHAI)
    problems.raise_if_any()
    return found


def test_everything_that_can_be_said() -> None:
    """Each key of an assignment's table is a field of its terms; times are in the course's zone."""
    found = terms(
        "[assignment.halve]\ndue = 2026-12-01T23:59:00\ngrace_minutes = 15\n"
        'late = { per_day = 10, most = 50 }\ncounts = "best"\nrelease = "after_due"\n'
        "[assignment.halve.extensions]\namara = 2026-12-03T23:59:00\n"
    )
    due = datetime(2026, 12, 1, 23, 59, tzinfo=SHANGHAI)
    later = due + timedelta(days=2)
    assert found == {
        "halve": Terms(
            due, 15, LateRule(per_day=10, most=50), Counts.BEST, Release.AFTER_DUE, {"amara": later}
        )
    }
    own = found["halve"]
    assert (own.due_for("amara"), own.due_for("bo")) == (later, due)
    assert own.released_at == datetime(2026, 12, 3, 16, 14, tzinfo=UTC)  # with grace, and the last extension


def test_what_holds_when_nothing_is_said() -> None:
    """No due date, no cost, the last attempt counts, and pages may be handed back at once."""
    own = terms("[assignment.halve]\n")["halve"]
    assert own == Terms() and own.due_for("amara") is None and own.released_at is None
    assert (own.counts, own.release, own.late) == (Counts.LAST, Release.AT_ONCE, LateRule())


def test_common_terms() -> None:
    """What holds for every assignment is said once. An assignment may say otherwise, or take it back."""
    found = terms(
        '[every-assignment]\nlate = { cut_off = true }\ncounts = "best"\n'
        '[assignment.a]\ncounts = "last_before_deadline"\n[assignment.b]\nlate = {}\n'
    )
    assert (found["a"].late, found["a"].counts) == (LateRule(cut_off=True), Counts.LAST_BEFORE_DEADLINE)
    assert (found["b"].late, found["b"].counts) == (LateRule(), Counts.BEST)


def test_forms_of_dates() -> None:
    """A date alone is the end of that day. A time with an offset needs no zone."""
    found = terms("[assignment.a]\ndue = 2026-12-01\n[assignment.b]\ndue = 2026-12-01T23:59:00-05:00\n")
    assert found["a"].due == datetime(2026, 12, 1, 23, 59, 59, tzinfo=SHANGHAI)
    assert found["b"].due == datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=-5)))


def test_steps() -> None:
    """Steps come in hours or days."""
    late = "late = { steps = [{ hours = 12, percent = 5 }, { days = 3, percent = 30 }] }"
    assert terms(f"[assignment.a]\n{late}\n")["a"].late == LateRule(
        steps=(Step(5, hours=12), Step(30, days=3))
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "due = '2026-12-01'", "course.toml:3: 'due' must be a date without quotation marks, as in"),
        (
            HEAD + "grace_minute = 5",
            "course.toml:3: unknown key 'grace_minute'; did you mean 'grace_minutes'?",
        ),
        (HEAD + "grace_minutes = -5", "course.toml:3: 'grace_minutes' must not be below 0"),
        (HEAD + "counts = 'bset'", "course.toml:3: 'counts' can't be 'bset'; did you mean 'best'?"),
        (HEAD + "release = 'x'", "course.toml:3: 'release' can't be 'x'; it can be 'at_once', 'after_due'"),
        (HEAD + "late = 10", "course.toml:3: 'late' must be a table"),
        (HEAD + "late = { per_dy = 10 }", "course.toml:3: 'late' knows no 'per_dy'; did you mean 'per_day'?"),
        (HEAD + "late = { per_day = 1, cut_off = true }", "course.toml:3: 'late' needs exactly one of"),
        (HEAD + "late = { cut_off = true, most = 3 }", "course.toml:3: 'most' goes with 'per_day' alone"),
        (HEAD + "late = { cut_off = 1 }", "course.toml:3: 'cut_off' in 'late' has a value of a wrong kind"),
        (HEAD + "late = { per_day = 101 }", "course.toml:3: 'per_day' in 'late' must be a number"),
        (HEAD + "late = { per_day = nan }", "course.toml:3: 'per_day' in 'late' must be a number"),
        (HEAD + "late = { steps = [3] }", "course.toml:3: each step in 'late' is { days = 1, percent = 10 }"),
        (HEAD + "late = { steps = [{ days = 0, percent = 3 }] }", "'days' in 'late' must be a whole number"),
        (
            HEAD + "late = { steps = [{ days = 1, percent = 3 }, { hours = 24, percent = 4 }] }",
            "course.toml:3: the steps in 'late' must be in the order of time",
        ),
        (HEAD + "[assignment.halve.extensions]\namy = 3", "course.toml:2: [assignment.halve] has extensions"),
        (
            HEAD + "due = 2026-12-01\n[assignment.halve.extensions]\namy = 3",
            "course.toml:5: the extension of amy must be a date, as in 2026-12-03T23:59:00",
        ),
        (
            "[assignment.halve]\ndue = 2026-12-01T23:59:00",
            "course.toml:2: 2026-12-01T23:59:00 is a time of which zone? Add timezone",
        ),
        ("assignment.halve = 3", "course.toml: [assignment.halve] must be a table"),
        ("[every-assignment]\ndue = 2026-12-01", "course.toml:2: unknown key 'due'; known are grace_minutes"),
    ],
)
def test_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    """Each fault is a problem of the course, at the line of its key."""
    assert any(message in problem for problem in problems_of(tmp_path, {"course.toml": text}))


def test_each_fault_is_told_once(tmp_path: Path) -> None:
    """A fault in what holds for every assignment is one problem, however many assignments there are."""
    text = HEAD + "[every-assignment]\nlate = { per_day = 200 }\n"
    assert len(problems_of(tmp_path, {"course.toml": text})) == 1


def test_the_line_is_that_of_the_assignment(tmp_path: Path) -> None:
    """Where several tables set a key, the problem names the line in the right one."""
    other = "[every-assignment]\nlate = { per_day = 1 }\n"
    (problem,) = problems_of(tmp_path, {"course.toml": other + HEAD[27:] + "late = { per_day = 101 }"})
    assert problem.startswith("course.toml:4: ")


def test_clocks_that_change() -> None:
    """A time that a clock shows twice is the second one; one that it skips is counted as before."""
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    assert moment(twice) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    skipped = datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN)
    assert moment(skipped) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    # A day ends at the same time of day, whether it has 23 hours or 25.
    assert moment(datetime(2026, 3, 28, 23, tzinfo=BERLIN), 1) == datetime(2026, 3, 29, 21, tzinfo=UTC)
    assert moment(datetime(2026, 10, 24, 23, tzinfo=BERLIN), 1) == datetime(2026, 10, 25, 22, tzinfo=UTC)


def test_times_of_systems() -> None:
    """A time without an offset is by the course's clock; one that can't be read is none."""
    assert with_offset("2026-12-01T10:00:00", SHANGHAI) == "2026-12-01T10:00:00+08:00"
    assert with_offset("2026-12-01T10:00:00+01:00", SHANGHAI) == "2026-12-01T10:00:00+01:00"
    assert with_offset(None, SHANGHAI) is None and with_offset("yesterday", SHANGHAI) is None


def test_the_course_has_them(tmp_path: Path) -> None:
    """An assignment that the file does not name has the common terms."""
    course = made(tmp_path, {"course.toml": '[every-assignment]\ncounts = "best"\n'})
    assert course.settings is not None and course.settings.terms_of("halve").counts is Counts.BEST
