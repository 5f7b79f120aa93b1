"""What the figures of checks say about a rubric."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence

import pytest

from grader.model.report import FAILED, NOT_RUN, PASSED, REJECTED, CheckResult
from grader.reports.check_figures import MIN_SUBMISSIONS, of_checks, separation, together
from grader.reports.figures import Result
from reports import CHECKS, report


def graded(*verdicts: Sequence[str]) -> list[Result]:
    """One submission for each row of verdicts of CHECKS: p, f or r (not run)."""
    words = {"p": PASSED, "f": FAILED, "r": NOT_RUN}
    return [
        Result(
            report(
                f"s{number:02}",
                checks=tuple(
                    CheckResult(check, words[each]) for check, each in zip(CHECKS, row, strict=True)
                ),
            )
        )
        for number, row in enumerate(verdicts)
    ]


def test_the_hardest_comes_first():
    """Checks go by the share that passed, with who did not, over graded submissions."""
    rejected = Result(report("zoe", outcome=REJECTED, checks=tuple(CheckResult(c, NOT_RUN) for c in CHECKS)))
    hard, middle, easy = of_checks([*graded("pff", "prf", "ppp", "ppf"), rejected])
    assert [one.check.id for one in (hard, middle, easy)] == ["test_last", "test_other", "test_line"]
    assert (hard.passed, hard.of, hard.share) == (1, 4, 0.25) and easy.share == 1
    assert hard.students[FAILED] == ("s00", "s01", "s03") and middle.students[NOT_RUN] == ("s01",)


def test_separation_is_the_point_biserial_correlation():
    """It equals the formula of the textbooks: means of both sides, over the deviation, by their shares."""
    rng = random.Random(1)
    sides = [rng.random() < 0.6 for _ in range(50)]
    rest = [rng.gauss(5 + 2 * side, 2) for side in sides]
    passed = [points for side, points in zip(sides, rest) if side]
    failed = [points for side, points in zip(sides, rest) if not side]
    shares = len(passed) * len(failed) / len(sides) ** 2
    expected = (statistics.fmean(passed) - statistics.fmean(failed)) / statistics.pstdev(rest) * shares**0.5
    assert separation(sides, rest) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("sides", "rest"),
    [
        ([True] * 10 + [False] * 9, range(19)),  # too few in all
        ([True] * 2 + [False] * 30, range(32)),  # too few on a side
        ([True] * 15 + [False] * 15, [4] * 30),  # all the same elsewhere
        ([True] * 30, range(30)),
        ([], []),
    ],
)
def test_too_few_say_nothing(sides, rest):
    """From few submissions, or from equal ones, no correlation is made."""
    assert separation(sides, list(rest)) is None


def test_points_of_the_check_itself_do_not_count():
    """A check that goes against all others is seen although its own points go with it."""
    against = of_checks(graded(*["ppf"] * 12, *["ffp"] * 12))
    found = {one.check.id: one.separation for one in against}
    assert found["test_last"] == pytest.approx(-1) and -1 <= (found["test_line"] or 0) < 0


def test_a_check_that_all_pass_tells_nothing():
    """Where all pass, or none, a check separates nobody; in a small class that is not said."""
    checks = of_checks(graded(*["ppf"] * MIN_SUBMISSIONS))
    assert all(one.tells_nothing for one in checks)
    assert not any(one.tells_nothing for one in of_checks(graded(*["ppf"] * (MIN_SUBMISSIONS - 1))))


def test_checks_that_fail_together():
    """Checks that fail for nearly the same students are a group, with how many failed all and any of them."""
    (group,) = together(graded(*["pff"] * 4, "ppf", *["fpp"] * 3))
    assert [check.id for check in group.checks] == ["test_other", "test_last"]
    assert (group.both, group.either) == (4, 5)


@pytest.mark.parametrize(
    "rows",
    [
        ["pff", "pff"],  # two students
        ["fff"] * 9,  # nothing passed: everything fails
        ["prf"] * 9,  # the other one waits for it
        ["pff"] * 4 + ["ppf"] * 4,  # too many fail one alone
    ],
)
def test_what_is_no_group(rows):
    """Few students, empty submissions and checks that wait for others make no group."""
    assert together(graded(*rows)) == ()
