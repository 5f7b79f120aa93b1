"""The figures of a class, each of them against what it is said to be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model.mark import Attempt, Mark
from grader.model.report import FAILED, INTERNAL, NOT_ATTEMPTED, NOT_RUN, REJECTED, Execution, Report
from grader.model.status import Status
from grader.reports.figures import LOW, NO_GAIN, STOPPED, UNTOUCHED, ClassFigures, Result, of_class, slim
from reports import FULL, report, results


def of(*reports: Report, **others) -> ClassFigures:
    return of_class(reports, ["linreg", "convnet"], **others)


def untouched(student: str = "bob", **changes) -> Report:
    verdicts = {"test_line": NOT_ATTEMPTED, "test_other": NOT_RUN, "test_last": NOT_ATTEMPTED}
    return report(student, checks=results(**verdicts), **changes)


def mark(final: float | None, **changes) -> Mark:
    values = {
        "student": "amy",
        "assignment": "linreg",
        "status": "graded",
        "raw": final,
        "max_score": 10,
        "late": None,
        "override": None,
        "final": final,
        "attempt": 1,
        "attempts": 1,
        "submitted_at": None,
        "manual": {},
    } | changes
    return Mark(**values)


def tries(*scores: float | None) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(number, str(number), None, None if score is None else report(score=score))
        for number, score in enumerate(scores, 1)
    )


def test_what_was_not_graded_is_no_zero():
    """A rejected file and an internal error are in no mean, no total and no distribution."""
    figures = of(
        report("amy", score=5),
        report("bob", outcome=REJECTED, checks=(), score=0),
        report("eve", outcome=INTERNAL, checks=(), score=None),
        report("eve", "convnet", score=10),
    )
    linreg, convnet = figures.assignments
    assert (linreg.mean, linreg.median, linreg.points) == (5, 5, [5])
    assert sum(each.count for each in linreg.distribution) == 1
    assert linreg.outcomes == {"graded": 1, "rejected": 1, "internal": 1}
    amy, bob, eve = figures.students
    assert (amy.points, amy.max_score, amy.share) == (5, 10, 0.5)
    assert (bob.points, bob.max_score, bob.share) == (None, 0, None)
    assert (eve.points, eve.max_score) == (10, 10)
    assert convnet.missing == ("amy", "bob") and not linreg.missing


def test_a_mark_counts_in_place_of_a_score():
    """Where there is a mark, its points count everywhere: late, set by hand, or none while it is pending."""
    late = of(report("amy", score=8), marks={("amy", "linreg"): mark(7.2)})
    assert late.students[0].points == 7.2 and late.assignments[0].mean == 7.2
    pending = of(report("amy", score=8), marks={("amy", "linreg"): mark(None, status="pending")})
    assert pending.students[0].points is None and pending.assignments[0].mean is None
    by_hand = of(
        report("amy", outcome=REJECTED, checks=(), score=0),
        marks={("amy", "linreg"): mark(6, status="rejected")},
    )
    assert by_hand.students[0].points == 6


def test_only_what_was_handed_in_is_there():
    """An assignment that nobody handed in is left out, unless nobody handed in anything."""
    assert [one.name for one in of(report()).assignments] == ["linreg"]
    assert [one.name for one in of().assignments] == ["linreg", "convnet"]
    assert [one.name for one in of(report(assignment="old"), report()).assignments] == ["linreg", "old"]


def test_a_roster_names_who_handed_in_nothing():
    """Who stands on the roster is in the class, with or without a submission."""
    figures = of(report("bob"), without=["amy", "bob"])
    assert [one.name for one in figures.students] == ["amy", "bob"]
    assert figures.assignments[0].missing == ("amy",) and list(figures.without) == ["amy"]


def test_the_distribution_has_ten_steps_and_full_marks():
    """Each submission is in one bin, on whose lower edge it may lie; full marks have their own."""
    scores = [0, 0.9, 1, 4.99, 5, 9.99, 10, 10]
    bins = of(*(report(f"s{number}", score=score) for number, score in enumerate(scores))).assignments[0]
    assert [each.count for each in bins.distribution] == [2, 1, 0, 0, 1, 1, 0, 0, 0, 1, 2]
    assert [each.low for each in bins.distribution] == list(range(11))
    assert bins.distribution[-1].high is None and bins.full == 2


@pytest.mark.parametrize("tenths", range(11))
def test_an_edge_belongs_to_the_bin_above(tenths):
    """Points that are so many tenths, but for a rounding error, are in the bin that begins there."""
    one = of(report(score=0.3 * tenths, max_score=3)).assignments[0].distribution
    assert one[tenths].count == 1


def test_an_assignment_without_points_is_no_error():
    """Where no points can be had, whoever handed in has them all."""
    assert of(report(score=0, max_score=0, checks=())).assignments[0].distribution[-1].count == 1


def test_needs():
    """Who has few points, wrote nothing, was stopped or did not get on needs help; full marks never do."""
    assert Result(report(score=4)).needs == (LOW,) and Result(report(score=5)).needs == ()
    assert Result(untouched()).needs == (LOW, UNTOUCHED)
    stopped = Execution(Status.TIMED_OUT, 2)
    assert Result(report(score=7, execution=stopped)).needs == (STOPPED,)
    assert Result(report(score=10, execution=stopped)).needs == ()
    assert Result(report(score=7), None, tries(7, 7)).needs == (NO_GAIN,)
    assert Result(report(score=7), None, tries(5, 7)).needs == ()
    assert Result(report(outcome=REJECTED, score=0)).needs == ()


def test_stopped_is_not_untouched():
    """Checks find nothing where a session ended; that does not mean that nothing was written."""
    assert not Result(untouched(execution=Execution(Status.DIED, 2))).is_untouched


def test_gain_is_between_the_last_two_graded_attempts():
    """Attempts that are not graded are passed over."""
    assert Result(report(), None, tries(2, None, 6.5)).gain == 4.5
    assert Result(report(), None, tries(6, 2)).gain == -4
    assert Result(report(), None, tries(6)).gain is None and Result(report()).gain is None


def test_the_lowest_come_first():
    """Help goes by the share of the points; one with good points who is stuck comes last."""
    figures = of(
        report("amy", score=9, execution=Execution(Status.DIED, 1)),
        report("bob", score=4),
        report("eve", score=1),
        report("sam", score=10),
        report("zoe", score=4),
        report("zoe", "convnet", score=10),  # low in one, well in all
    )
    assert [one.name for one in figures.need_help] == ["eve", "bob", "amy"]


def test_mistakes_are_counted_once_a_student():
    """A known mistake counts once for a student, in however many checks it was seen."""

    def made(student: str, *names: str) -> Report:
        checks = results(test_line=FAILED, test_last=FAILED)
        found = [replace(each, mistake=name) for each, name in zip(checks, names)]
        return report(student, checks=(*found, *checks[len(found) :]))

    figures = of(made("amy", "slip", "slip"), made("bob", "late"), made("eve", "late"))
    assert figures.assignments[0].mistakes == {"late": ("bob", "eve"), "slip": ("amy",)}


def test_times():
    """The time in the middle of those that were graded, and the longest with its student."""
    reports = [report(f"s{n}", execution=Execution(wall_s=seconds)) for n, seconds in enumerate((1, 5, 2))]
    (task,) = of(*reports, report("x", outcome=REJECTED, score=0, execution=Execution(wall_s=0))).assignments
    assert task.seconds == 2 and task.slowest and task.slowest.student == "s1"
    assert of().assignments[0].seconds is None and of().assignments[0].slowest is None


def test_a_slim_report_has_no_notebook():
    """Figures hold no notebooks, and no more than the beginning of a message."""
    assert slim(FULL).execution.cells == () and slim(FULL).score == FULL.score
    long = report(checks=results(test_line=FAILED))
    assert [one.message for one in slim(long).checks] == ["assert 1 == 2", None, None]
