"""The class: what its page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from grader.course.course import Assignment, Mistake
from grader.course.settings import Settings
from grader.language.catalogue import Text
from grader.model.mark import Mark
from grader.model.report import (
    FAILED,
    GRADED,
    INTERNAL,
    NOT_ATTEMPTED,
    PASSED,
    REJECTED,
    CheckResult,
    Execution,
    Report,
    SourceFile,
)
from grader.model.roster import Student
from grader.model.status import Status
from grader.reports.class_overview import MOST_HELP, IndexView, index_view
from grader.reports.figures import of_class
from pages import SECRET, Page, assignment, checks, harmless, index, internal, names, rejected, report

COURSE = {"linreg": assignment(), "convnet": assignment(name="convnet", title=Text.verbatim("A2"))}
REASON = Text("The student's folder is empty.", "该学生的文件夹是空的。")


def view(*reports: Report, course: Mapping[str, Assignment] = COURSE, skipped=(), **others) -> IndexView:
    figures = of_class(reports, list(course), **others)
    return index_view(figures, course, "en", names(*reports), skipped)


def passing(student: str, **changes) -> Report:
    every = tuple(CheckResult(check, PASSED) for check in checks())
    return report(student=student, score=10, checks=every, execution=Execution(), **changes)


def test_index_shows_every_student_and_score():
    """Students by assignments, each score a link to its staff page; nothing where nothing was submitted."""
    shown = view(report(), rejected(), internal(), passing("zoe", assignment="convnet"))
    assert shown.students == 4
    assert shown.titles == (
        ("linreg/index.html", Text("A1", "作业")),
        ("convnet/index.html", Text("A2", "A2")),
    )
    assert [row.person.name for row in shown.rows] == ["amy", "bob", "eve", "zoe"]
    amy, bob, eve, zoe = (row.marks for row in shown.rows)
    assert (amy[0].score, amy[0].link) == ("3", "linreg/name-0.html") and amy[1] is None
    assert (bob[0].outcome, eve[0].outcome, eve[0].score) == (REJECTED, INTERNAL, "–")
    assert zoe[0] is None and zoe[1].link == "convnet/name-3.html"
    assert shown.rows[0].person.link == "../students/name-0/index.html"


def test_a_rejected_file_is_not_a_zero():
    """Neither in the total, nor in the mean, nor in the table."""
    shown = view(rejected(), passing("bob", assignment="convnet"), passing("amy"))
    bob = shown.rows[1]
    assert (bob.total, bob.max_score, bob.marks[0].score) == ("10", "10", "–")
    assert (shown.tasks[0].mean, shown.tasks[0].unscored) == ("10.0", 1)


def test_index_puts_trouble_first():
    """What has to be looked at stands above all scores, our own faults first, each with its cause."""
    shown = view(report(), rejected(), internal())
    assert [(one.outcome, one.student) for one in shown.attention] == [(INTERNAL, "eve"), (REJECTED, "bob")]
    assert [one.reason.en for one in shown.attention] == [f"NameError: {SECRET}", "The file is cut off."]
    assert [(outcome, count) for outcome, _, count in shown.counts] == [
        (GRADED, 1),
        (REJECTED, 1),
        (INTERNAL, 1),
    ]
    text = Page(index(report(), rejected(), internal())).shown["en"]
    assert text.index("To look at") < text.index("Who needs help") < text.index("Scores")


def test_who_needs_help_is_listed_with_reasons():
    """The lowest first, with the assignments that are the reason; a long list ends in a number."""
    stopped = report(student="bob", score=6, execution=Execution(Status.TIMED_OUT, 2))
    shown = view(stopped, report(), passing("zoe"))
    assert [(one.person.name, one.total, one.max_score) for one in shown.help] == [
        ("amy", "3", "10"),
        ("bob", "6", "10"),
    ]
    ((link, title, words),) = shown.help[1].reasons
    assert (link, title.en) == ("linreg/name-0.html", "A1")
    assert words.en == "6 of 10, Stopped: took too long (cell 2)"
    many = view(*(report(student=f"s{number:02}", score=0) for number in range(30)))
    assert (len(many.help), many.more_help) == (MOST_HELP, 30 - MOST_HELP)


def test_common_mistakes_are_those_of_several():
    """A mistake that two students made is named, with both; that of one is on the assignment's page."""
    slip = Mistake("slip", "", Text("Slips", "滑"), ("test_line",), ())
    course = {"linreg": assignment(mistakes=(slip,))}

    def made(student: str, mistake: str) -> Report:
        return report(student=student, checks=(CheckResult(checks()[0], FAILED, mistake=mistake),))

    (one,) = view(made("amy", "slip"), made("bob", "slip"), made("eve", "gone"), course=course).mistakes
    assert (one.mistake.en, one.link, one.who.count) == ("Slips", "linreg/index.html", 2)
    assert [person.link for person in one.who.first] == ["linreg/name-0.html", "linreg/name-1.html"]


def test_the_hardest_checks_come_from_all_assignments():
    """Those that fewest passed, unless there are too few submissions to say so."""
    few = view(report(), passing("zoe"))
    assert few.hardest == ()
    shown = view(*(report(student=f"s{n}") for n in range(5)), passing("zoe"))
    assert [(one.check.en, one.share) for one in shown.hardest][:2] == [("T1", 17), ("T2", 17)]
    assert all(one.share < 100 for one in shown.hardest)


def test_checks_that_separate_the_wrong_ones_are_named():
    """With enough submissions, a check that goes against all others is named."""
    line, means, other, *_ = checks()

    def made(number: int) -> Report:
        weak = number % 2
        verdicts = ((line, PASSED if weak else FAILED), (other, FAILED if weak else PASSED), (means, FAILED))
        return report(student=f"s{number:02}", checks=tuple(CheckResult(*pair) for pair in verdicts), score=3)

    found = {one.check.en: one.doubt.en for one in view(*map(made, range(24))).doubtful}
    assert "fewer points elsewhere than those who fail it (correlation −1.00" in found["T1"]
    assert found["T2"].startswith("Nobody passed.")
    assert view(*map(made, range(10))).doubtful == ()


def test_only_what_was_handed_in_has_a_column():
    """An assignment that nobody has handed in is left out, unless nobody has handed in anything."""
    assert [title.en for _, title in view(report()).titles] == ["A1"]
    assert [title.en for _, title in view().titles] == ["A1", "A2"]


def test_a_zero_says_why():
    """Nothing written and nothing right are different zeros."""
    nothing = tuple(CheckResult(check, NOT_ATTEMPTED) for check in checks())
    wrong = tuple(CheckResult(check, FAILED) for check in checks())
    shown = view(
        report(score=0, checks=nothing, execution=Execution()),
        report(student="bob", score=0, checks=wrong, execution=Execution()),
    )
    assert [row.marks[0].why.en for row in shown.rows] == ["nothing written", "no check passed"]
    assert view(report()).rows[0].marks[0].why is None


def test_students_without_a_submission_have_a_row():
    """Whoever is in the folder or on the roster has a row, with dashes and the reason, and counts."""
    shown = view(report(), without={"bob": REASON, "aaa": None})
    assert [(row.person.name, row.reason) for row in shown.rows] == [
        ("aaa", None),
        ("amy", None),
        ("bob", REASON),
    ]
    assert shown.rows[2].marks == (None,) and shown.students == 3 and not shown.rows[2].person.link
    assert dict(shown.without) == {"bob": REASON, "aaa": None}


def test_full_names_come_from_the_roster():
    """Whoever is on the roster has a full name beside the folder's, in the table and in the lists."""
    settings = Settings(Text("Deep learning", "深度学习"), students=(Student("amy", "Amy Adams"),))
    figures = of_class([report()], list(COURSE))
    shown = index_view(figures, COURSE, "en", names(report()), settings=settings)
    assert shown.course.en == "Deep learning"
    assert (shown.rows[0].person.full_name, shown.help[0].person.full_name) == ("Amy Adams", "Amy Adams")


def test_who_lacks_one_assignment_is_named():
    """For each assignment that others handed in, who did not; who handed in nothing at all stands apart."""
    shown = view(
        passing("amy"), passing("amy", assignment="convnet"), passing("bob"), without={"eve": REASON}
    )
    (one,) = shown.lacking
    assert one.title.en == "A2" and [person.name for person in one.who.first] == ["bob"]


def test_rows_can_be_narrowed():
    """A row says whether its student needs help, has something to look at, or lacks something."""
    shown = view(report(), rejected(), passing("zoe"), passing("zoe", assignment="convnet"))
    assert [row.kinds for row in shown.rows] == ["help lacks", "look lacks", ""]
    page = index(report(), rejected())
    assert '<tr class="help"><th scope="row">' in page and 'id="only-help"' in page


def test_files_that_were_chosen_are_listed():
    """A file that was not the only one, or not named as expected, is named on the class's page."""
    source = SourceFile("linreg (1).ipynb", ("linreg.ipynb",), "similar_name", "worked_on")
    chosen = replace(report(), source=source)
    plain = replace(report(), student="bob", source=SourceFile("linreg.ipynb"))
    (one,) = view(chosen, plain).choices
    assert one.student == chosen.student and "Not graded: linreg.ipynb." in one.reason.en


def test_what_was_skipped_is_listed():
    """What in the folder of submissions was left aside is there, as the terminal said it."""
    assert view(report(), skipped=["amy/x: a link"]).skipped == ("amy/x: a link",)


def test_a_mark_counts():
    """Where points were changed for lateness or by hand, the class's page shows what counts."""
    late = Mark("amy", "linreg", "graded", 10, 10, None, None, 9.5, 2, 2, None, {})
    shown = view(passing("amy"), marks={("amy", "linreg"): late})
    assert (shown.rows[0].total, shown.rows[0].marks[0].score, shown.tasks[0].mean) == ("9.5", "9.5", "9.5")


def test_answers_that_wait_for_a_person_are_named():
    """Whose answers are to be marked is part of the list, and the table says so in place of points."""
    waits = Mark("amy", "linreg", "pending", 8, 10, None, None, None, 1, 1, None, {"why": None})
    shown = view(passing("amy"), passing("bob"), marks={("amy", "linreg"): waits})
    (one,) = shown.pending
    assert one.title.en == "A1" and [person.link for person in one.who.first] == ["linreg/name-0.html"]
    amy, bob = (row.marks[0] for row in shown.rows)
    assert (amy.outcome, amy.word.en, bob.outcome) == ("pending", "Waiting for a person's marks", GRADED)
    assert "look" in shown.rows[0].kinds and not shown.attention


def many(students: int, tasks: int) -> tuple[dict[str, Assignment], list[Report]]:
    """A class: every tenth is stopped, every tenth wrote nothing, every twentieth was rejected."""
    course = {
        name: assignment(name=name, title=Text(f"Assignment {name[-2:]}", f"作业 {name[-2:]}"))
        for name in (f"assignment-{task:02}" for task in range(tasks))
    }
    nothing = tuple(CheckResult(check, NOT_ATTEMPTED) for check in checks())
    reports = []
    for student in range(students):
        for task, name in enumerate(course):
            who, kind = f"王小明{student:03}", (7 * student + task) % 20
            if kind in (0, 1):
                one = report(score=6, execution=Execution(Status.TIMED_OUT, 2, cells=()))
            elif kind in (2, 3):
                one = report(score=0, checks=nothing, execution=Execution())
            elif kind == 4:
                one = rejected()
            else:
                one = passing(who, assignment=name)
            reports.append(replace(one, student=who, assignment=name))
    return course, reports


@pytest.mark.parametrize(("students", "tasks", "linked"), [(300, 16, False), (180, 16, True), (300, 9, True)])
def test_a_large_class_fits_into_a_page(students, tasks, linked):
    """300 students with 16 assignments each, Chinese names included, are at most 400 kB.

    Where links would take too much of that, the table has scores alone; assignments' pages have the links.
    """
    course, reports = many(students, tasks)
    folders = {each.student: each.student for each in reports}
    page = index(*reports, assignments=course.values(), folders=folders)
    assert len(page.encode()) < 400_000
    assert ('<a href="assignment-05/王小明179.html">' in page) is linked
    assert 'href="../students/王小明179/index.html"' in page and 'href="assignment-05/index.html"' in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_does_no_harm(lang):
    """The page on the class, with everything in it, runs nothing but our script."""
    harmless(index(report(), rejected(), internal(), lang=lang, without={"x": REASON}))
