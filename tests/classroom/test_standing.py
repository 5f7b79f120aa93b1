"""What counts is computed from facts: held against a model that counts hours on a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.standing import lateness, less, mark, marks
from grader.course.course import Assignment, Course
from grader.course.manual import Question
from grader.course.settings import Settings
from grader.course.terms import Counts, LateRule, Step, Terms, moment
from grader.language.catalogue import Text
from grader.model.mark import Attempt, Late, Mark, Override
from grader.model.report import FAILED, GRADED, INTERNAL, REJECTED, Answer, Report
from grader.model.roster import Student
from reports import CHECKS, report, results

NO_TEXT = Text("", "")
PLAIN = Assignment(
    "linreg", NO_TEXT, NO_TEXT, Path("linreg"), None, CHECKS
)  # checks of 2, 2.5 and 5.5 points
ASKING = replace(PLAIN, questions=(Question("why", NO_TEXT, 3), Question("how", NO_TEXT, 1)))
SHANGHAI, NEW_YORK, LORD_HOWE = map(ZoneInfo, ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"))
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=SHANGHAI)
PER_DAY = Terms(DUE, 15, LateRule(per_day=10, most=50))


def at(**after: int) -> str:
    """A time after the due date, as records have it."""
    return (DUE + timedelta(**after)).isoformat()


def attempt(number: int, when: str | None = None, of: Report | None = None) -> Attempt:
    return Attempt(number, f"{number}", when, report() if of is None else of)


def lost(*checks: str) -> Report:
    """A report on which these checks failed."""
    return report(checks=results(**dict.fromkeys(checks, FAILED)))


def rejected() -> Report:
    return report(outcome=REJECTED, checks=(), score=0)


def set_to(points: float | None, check: str | None = None, answer: str = "") -> Override:
    return Override("amy", "linreg", check, points, "because", "Lin", at(), answer)


def of(*attempts: Attempt, terms: Terms = PER_DAY, overrides: tuple[Override, ...] = (), task=PLAIN) -> Mark:
    return mark("amy", task, terms, attempts, overrides)


# ---- lateness


@pytest.mark.parametrize(
    ("late", "after", "expected"),
    [
        (LateRule(), {"days": 9}, Late(777_600, 0, "none")),
        (LateRule(per_day=10), {"seconds": 0}, Late(0, 0, "in_time")),
        (LateRule(per_day=10), {"days": -3}, Late(0, 0, "in_time")),
        (LateRule(per_day=10), {"minutes": 15}, Late(900, 0, "grace")),
        (LateRule(per_day=10), {"minutes": 15, "seconds": 1}, Late(901, 10, "per_day")),
        (LateRule(per_day=10), {"days": 1}, Late(86_400, 10, "per_day")),
        (LateRule(per_day=10), {"days": 1, "seconds": 1}, Late(86_401, 20, "per_day")),
        (LateRule(per_day=10, most=15), {"days": 7}, Late(604_800, 15, "per_day")),
        (LateRule(per_day=33.3), {"days": 9}, Late(777_600, 100, "per_day")),
        (LateRule(cut_off=True), {"minutes": 10}, Late(600, 0, "grace")),
        (LateRule(cut_off=True), {"minutes": 16}, Late(960, 100, "cut_off")),
        (LateRule(steps=(Step(5, hours=12), Step(30, days=3))), {"hours": 12}, Late(43_200, 5, "steps")),
        (LateRule(steps=(Step(5, hours=12), Step(30, days=3))), {"hours": 13}, Late(46_800, 30, "steps")),
        (LateRule(steps=(Step(5, hours=12), Step(30, days=3))), {"hours": 73}, Late(262_800, 100, "steps")),
    ],
)
def test_what_lateness_costs(late: LateRule, after: dict[str, int], expected: Late) -> None:
    """Grace costs nothing and is not counted off, a day that has begun counts, the last step ends it all."""
    assert lateness(at(**after), DUE, replace(PER_DAY, late=late)) == expected


def test_where_nothing_is_late() -> None:
    """Without a due date, or without a time of handing in, nothing is said about lateness."""
    assert lateness(at(days=9), None, PER_DAY) is None and lateness(None, DUE, PER_DAY) is None
    assert of(attempt(1), terms=replace(PER_DAY, late=LateRule(cut_off=True))).final == 10


def test_times_of_other_zones() -> None:
    """A time counts whatever its offset; one without an offset is by the course's clock."""
    assert lateness("2026-12-01T16:00:00+00:00", DUE, PER_DAY) == Late(60, 0, "grace")
    assert lateness("2026-12-02T00:00:00", DUE, PER_DAY) == Late(60, 0, "grace")
    assert lateness("2026-12-01T23:59:00.900+08:00", DUE, PER_DAY) == Late(0, 0, "in_time")


def test_days_that_are_longer() -> None:
    """When clocks are set back, the day that ends at the same time of day has 25 hours."""
    due = datetime(2026, 10, 31, 23, 0, tzinfo=NEW_YORK)
    rule = Terms(due, 0, LateRule(per_day=10))
    assert lateness("2026-11-01T23:00:00-05:00", due, rule) == Late(25 * 3600, 10, "per_day")
    assert lateness("2026-11-01T23:00:01-05:00", due, rule) == Late(25 * 3600 + 1, 20, "per_day")


def last_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The last moment at which a clock in a zone shows a time, found by trying offsets.

    Where the clock skips that time: as if it were set an hour, or half an hour, later.
    """
    offsets = [timedelta(minutes=15 * quarter) for quarter in range(-56, 57)]
    found = [
        (local - offset).replace(tzinfo=UTC)
        for offset in offsets
        if (local - offset).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) == local
    ]
    if found:
        return max(found)
    before = last_moment(local - timedelta(hours=3), zone)  # of the day before the change, in the old offset
    return before + timedelta(hours=3)


@given(
    st.sampled_from([SHANGHAI, NEW_YORK, LORD_HOWE]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.integers(-100_000, 1_500_000),
    st.integers(0, 90),
    st.floats(0.5, 60),
    st.floats(0, 100),
)
@settings(max_examples=300, deadline=None)
def test_lateness_by_the_clock_on_the_wall(
    zone: ZoneInfo, local: datetime, after_s: int, grace: int, per_day: float, most: float
) -> None:
    """Days are counted as a person with a calendar and a clock on the wall counts them, in any zone."""
    local = local.replace(microsecond=0)
    rule = Terms(local.replace(tzinfo=zone), grace, LateRule(per_day, most))
    first = last_moment(local, zone)
    submitted = first + timedelta(seconds=after_s)
    found = lateness(submitted.astimezone(NEW_YORK).isoformat(), rule.due, rule)
    days = next(n for n in range(30) if submitted <= last_moment(local + timedelta(days=n), zone))
    assert found is not None and found.by_s == max(0, after_s)
    within = after_s <= grace * 60
    assert found.percent == pytest.approx(0 if within else min(most, per_day * days), abs=1e-6)


# ---- attempts


def test_one_attempt() -> None:
    """Its points, less what lateness costs."""
    assert of(attempt(1, at(hours=30), lost("test_line"))) == Mark(
        "amy", "linreg", "graded", 8, 10, Late(108_000, 20, "per_day"), None, 6.4, 1, 1, at(hours=30), {}, 6.4
    )


@pytest.mark.parametrize(("points", "percent", "final"), [
    (7.25, 10, 6.53), (8, 10, 7.2), (10, 33.3, 6.67), (1.005, 0, 1.005), (3, 100, 0), (0.35, 50, 0.18),
    (2.01, 50, 1.01),
])  # fmt: skip
def test_hundredths(points: float, percent: float, final: float) -> None:
    """Where lateness costs anything, what is left is rounded to hundredths, halves up."""
    assert less(points, Late(1, percent, "steps")) == final


def test_nothing_handed_in() -> None:
    """No score, which is not the same as zero."""
    assert of() == Mark("amy", "linreg", "missing", None, 10, None, None, None, None, 0, None, {})


@pytest.mark.parametrize(
    ("counts", "number"), [(Counts.LAST, 3), (Counts.BEST, 1), (Counts.LAST_BEFORE_DEADLINE, 2)]
)
def test_which_attempt_counts(counts: Counts, number: int) -> None:
    """The last; or the best after what lateness costs; or the last that came in time, grace included."""
    tries = (
        attempt(1, at(hours=-5), lost("test_line")),  # 8
        attempt(2, at(minutes=5), lost("test_last")),  # 4.5
        attempt(3, at(days=4, hours=1)),  # 10, less 50 %
    )
    assert of(*tries, terms=replace(PER_DAY, counts=counts)).attempt == number


def test_equally_good_attempts() -> None:
    """Of two that are worth the same, the later one counts."""
    assert (
        of(
            attempt(1, at(hours=-5)), attempt(2, at(hours=-1)), terms=replace(PER_DAY, counts=Counts.BEST)
        ).attempt
        == 2
    )


def test_a_broken_file_takes_nothing_away() -> None:
    """A file that could not be read counts only if there is no other."""
    assert of(attempt(1), attempt(2, of=rejected())).attempt == 1
    only = of(attempt(1, of=rejected()))
    assert (only.status, only.raw, only.final, only.attempt) == ("rejected", None, None, 1)


def test_an_attempt_that_comes_too_late_takes_nothing_away() -> None:
    """One that would lose everything counts only if there is no other."""
    cut = replace(PER_DAY, late=LateRule(cut_off=True))
    assert of(attempt(1, at(hours=-1), lost("test_line")), attempt(2, at(hours=1)), terms=cut).final == 8
    assert of(attempt(1, at(hours=1)), terms=cut).final == 0


def test_only_late_attempts() -> None:
    """If none came before the deadline, the last counts, with what lateness costs."""
    terms = replace(PER_DAY, counts=Counts.LAST_BEFORE_DEADLINE)
    assert of(attempt(1, at(hours=2)), attempt(2, at(hours=30)), terms=terms).final == 8


def test_extensions() -> None:
    """A student with another due date is late after that one."""
    terms = replace(PER_DAY, extensions={"amy": DUE + timedelta(days=2)})
    assert of(attempt(1, at(days=2)), terms=terms).late == Late(0, 0, "in_time")
    assert of(attempt(1, at(days=2, hours=1)), terms=terms).final == 9
    assert mark("bo", PLAIN, terms, [attempt(1, at(days=2))]).final == 8


def test_what_is_not_known_yet() -> None:
    """An attempt that is not graded, or broke on our side, leaves the mark open: it could be the best."""
    best = replace(PER_DAY, counts=Counts.BEST)
    good = attempt(1, at(), lost("test_line"))
    broken = report(outcome=INTERNAL, checks=(), score=None)
    for late_report, status in ((None, "pending"), (broken, "internal")):
        found = of(good, Attempt(2, "2", at(), late_report), terms=best)
        assert (found.status, found.final, found.attempt) == (status, None, 2)
    # One that can come to less than what there is changes nothing.
    assert of(good, Attempt(2, "2", at(days=9), None), terms=best).final == 8


# ---- by hand


def test_a_question_is_pending_until_it_is_marked() -> None:
    """Without points for every question there is no final score; what is known so far is told."""
    found = of(attempt(1), task=ASKING, overrides=(set_to(2.5, "why"),))
    assert (found.status, found.raw, found.max_score, found.final) == ("pending", 12.5, 14, None)
    assert found.manual == {"why": 2.5, "how": None}
    done = of(attempt(1, at(hours=1)), task=ASKING, overrides=(set_to(2.5, "why"), set_to(0, "how")))
    assert (done.status, done.raw, done.final) == ("graded", 12.5, 11.25)


def test_points_for_an_answer_are_for_that_answer() -> None:
    """They survive every regrade and every new attempt with the same answer; another answer is pending."""
    first, second = Answer("why", "Because."), Answer("why", "No idea.")
    points = (set_to(3, "why", first.sha256), set_to(1, "how"))
    assert of(attempt(1, of=report(answers=(first,))), task=ASKING, overrides=points).manual["why"] == 3
    changed = of(attempt(1, of=report(answers=(second,))), task=ASKING, overrides=points)
    assert changed.manual == {"why": None, "how": 1}
    back = (*points, set_to(2, "why", second.sha256))
    both = (attempt(1, of=report(answers=(second,))), attempt(2, of=report(answers=(first,))))
    assert of(*both, task=ASKING, overrides=back).manual["why"] == 3


def test_a_check_that_is_set_by_hand() -> None:
    """Its points stand in place of the computed ones, and lateness costs of them, too."""
    found = of(attempt(1, at(hours=1), lost("test_last")), overrides=(set_to(4, "test_last"),))
    assert (found.raw, found.final) == (8.5, 7.65)


def test_a_total_that_is_set_by_hand() -> None:
    """It stands whatever else is true, even if nothing was handed in, and nothing is taken off it."""
    for tries in ((), (attempt(1, of=rejected()),), (attempt(1, at(days=9)),)):
        found = of(*tries, overrides=(set_to(7),))
        assert found.final == 7 and found.override == set_to(7)


def test_the_newest_counts_and_can_be_taken_back() -> None:
    """Of several settings the last one counts. One without points takes all back."""
    assert of(attempt(1), overrides=(set_to(7), set_to(3))).final == 3
    back = of(attempt(1), overrides=(set_to(7), set_to(None)))
    assert (back.final, back.override) == (10, None)


# ---- the class


def test_a_class() -> None:
    """Every student of the roster, of the attempts and of what was set by hand has a mark for everything."""
    other = replace(PLAIN, name="other")
    roster = Settings(terms={"linreg": PER_DAY}, students=(Student("cat"), Student("amy")))
    course = Course(Path(), {"linreg": PLAIN, "other": other}, roster)
    found = marks(course, {("amy", "linreg"): [attempt(1, at(hours=1))]}, [replace(set_to(5), student="bo")])
    assert [(each.student, each.assignment, each.final) for each in found] == [
        ("amy", "linreg", 9), ("amy", "other", None), ("bo", "linreg", 5),
        ("bo", "other", None), ("cat", "linreg", None), ("cat", "other", None),
    ]  # fmt: skip
    assert marks(Course(Path(), {"linreg": PLAIN}), {}) == []


ATTEMPTS = st.tuples(
    st.sampled_from(["graded", "rejected", "internal", "waiting"]),
    st.lists(st.sampled_from([each.id for each in CHECKS]), unique=True),
    st.integers(-200_000, 700_000),
    st.sampled_from(["", "one", "two"]),
)
BY_HAND = st.tuples(
    st.sampled_from([None, "test_line", "test_last", "why", "how"]),
    st.sampled_from([None, 0, 1.5, 20]),
    st.sampled_from(["", "one", "two"]),
)


def worth(points: float, share: float) -> float:
    """Points less what lateness costs, as a person writes them down."""
    exact = Decimal(str(round(points, 6))) * Decimal(str(round(share, 6)))
    return float(exact if share == 1 else exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def model(tries: list, given_by_hand: list, terms: Terms) -> tuple[float | None, int | None, str]:
    """The final score, the attempt that counts and the status, written down as the rules read aloud."""
    assert terms.due is not None
    rows = []
    for number, (kind, failed, after_s, text) in enumerate(tries, 1):
        in_time = after_s <= terms.grace_minutes * 60
        days = -(-after_s // 86_400)
        share = (
            1.0
            if in_time
            else 0.0
            if terms.late.cut_off
            else 1 - min(terms.late.most, terms.late.per_day * days) / 100
        )

        def newest(target, digest=None):
            found = None
            for check, points, answer in given_by_hand:
                if check == target and (digest is None or answer == "" or answer == digest):
                    found = points
            return found

        points, open_points = 0.0, 0.0
        for check in CHECKS:
            own = newest(check.id)
            points += own if own is not None else 0 if check.id in failed else check.points
        for question in ASKING.questions:
            own = newest(question.id, text if question.id == "why" else "")
            points += own or 0
            open_points += question.points if own is None else 0
        if kind in ("internal", "waiting"):
            points, open_points = 0.0, 14.0
        status = {"waiting": "pending"}.get(kind, kind)
        if kind == "graded" and open_points:
            status = "pending"
        rows.append((number, status, share, points, open_points, in_time))
    total = next((points for check, points, _ in reversed(given_by_hand) if check is None), None)
    if not rows:
        return total, None, "missing"
    readable = [row for row in rows if row[1] != "rejected"] or rows
    worthy = [row for row in readable if row[2] > 0] or readable
    if terms.counts == "best":
        most = max(worth(row[3] + row[4], row[2]) if row[1] != "rejected" else 0 for row in worthy)
        chosen = [
            row for row in worthy
            if (worth(row[3] + row[4], row[2]) if row[1] != "rejected" else 0) == most
        ][-1]  # fmt: skip
    elif terms.counts == "last":
        chosen = worthy[-1]
    else:
        chosen = ([row for row in worthy if row[5]] or worthy)[-1]
    final = worth(chosen[3], chosen[2]) if chosen[1] == "graded" else None
    return (final if total is None else total), chosen[0], chosen[1]


@given(
    st.lists(ATTEMPTS, max_size=5),
    st.lists(BY_HAND, max_size=6),
    st.sampled_from(list(Counts)),
    st.sampled_from([LateRule(), LateRule(10, 50), LateRule(40), LateRule(cut_off=True)]),
    st.sampled_from([0, 15]),
)
@settings(max_examples=400, deadline=None)
def test_marks_are_what_the_rules_say(tries, given_by_hand, counts, late, grace) -> None:
    """Any attempts, terms and settings by hand give what the rules give that are read one by one."""
    terms = Terms(DUE, grace, late, counts)
    reports = {
        "graded": lambda failed, text: replace(lost(*failed), outcome=GRADED, answers=(Answer("why", text),)),
        "rejected": lambda *_: rejected(),
        "internal": lambda *_: report(outcome=INTERNAL, checks=(), score=None),
        "waiting": lambda *_: None,
    }
    attempts = [
        Attempt(number, str(number), at(seconds=after_s), reports[kind](failed, text))
        for number, (kind, failed, after_s, text) in enumerate(tries, 1)
    ]
    overrides = tuple(
        set_to(points, check, Answer("why", text).sha256 if text and check == "why" else "")
        for check, points, text in given_by_hand
    )
    by_hand = [(check, points, text if check == "why" else "") for check, points, text in given_by_hand]
    found = mark("amy", ASKING, terms, attempts, overrides)
    final, number, status = model(tries, by_hand, terms)
    assert (found.attempt, found.status) == (number, status)
    assert found.final == final if final is None else found.final == pytest.approx(final, abs=1e-6)
    assert found.attempts == len(tries)


def test_a_moment_is_one() -> None:
    """Due dates are compared as moments, not as times on different clocks."""
    assert moment(DUE) == datetime(2026, 12, 1, 15, 59, tzinfo=UTC)
