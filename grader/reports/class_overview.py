"""What the page on the class shows, in every language: what to do first, then all scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.course.course import Assignment
from grader.course.settings import Settings
from grader.language.catalogue import Text
from grader.model.mark import PENDING
from grader.model.report import GRADED, INTERNAL, REJECTED, Report
from grader.reports import sentences
from grader.reports.assignment_overview import (
    Bar,
    bars,
    class_notices,
    counts,
    doubt,
    mistake_title,
    percent,
    rounded,
)
from grader.reports.check_figures import CheckFigures, of_checks
from grader.reports.figures import AssignmentFigures, ClassFigures, Result, StudentFigures
from grader.reports.markup import inline
from grader.reports.people import People, Person, iri, people, trouble, why_low
from grader.reports.student_index import status_word
from grader.reports.submission import NO_SCORE, Notice, points_shown

# In the lists of what to look at and of who needs help; the table of scores can be narrowed to all of them.
MOST_ATTENTION, MOST_HELP = 20, 10
MOST_CHOICES = 50
MOST_MISTAKES = 8
MOST_HARDEST = 5
MIN_HARDEST = 5  # submissions without which a check is not called hard
MOST_LINK_BYTES = 100_000  # of the links in the table of scores: a page stays below 400 kB


@dataclass(frozen=True)
class Mark:
    """One student's result for one assignment, in the table of the class."""

    link: str  # "" in a class so large that the links would fill the page
    outcome: str
    word: Text
    score: str
    why: Text | None = None  # why there are no points


@dataclass(frozen=True)
class Row:
    """One student's results, in the order of the assignments; None if nothing was handed in."""

    person: Person
    total: str
    max_score: str
    marks: tuple[Mark | None, ...]
    reason: Text | None = None  # why nothing could be graded at all
    kinds: str = ""  # what the table can be narrowed to: "help", "look", "lacks"


@dataclass(frozen=True)
class Attention:
    """A submission that staff have to look at."""

    link: str
    outcome: str
    word: Text
    student: str
    title: Text
    reason: Text


@dataclass(frozen=True)
class Help:
    """A student who needs help."""

    person: Person
    total: str
    max_score: str
    reasons: tuple[tuple[str, Text, Text], ...]  # link, assignment, points and what happened


@dataclass(frozen=True)
class Common:
    """A known mistake, and who made it."""

    link: str
    title: Text
    mistake: Text
    who: People


@dataclass(frozen=True)
class Hard:
    """A check that few passed, or that tells something odd about its rubric."""

    link: str
    title: Text
    check: Text
    share: int  # passed, in per cent
    doubt: Text | None = None


@dataclass(frozen=True)
class Lacking:
    """An assignment in which something is open, and whose: nothing handed in, or an answer to be marked."""

    title: Text
    who: People


@dataclass(frozen=True)
class TaskRow:
    """One assignment in the table of assignments."""

    link: str
    title: Text
    submissions: int
    mean: str
    median: str
    max_score: str
    full: int
    unscored: int  # rejected and internal
    seconds: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class IndexView:
    """The class."""

    lang: str
    course: Text
    students: int
    counts: tuple[tuple[str, Text, int], ...]  # outcome, its word, how many
    notices: tuple[Notice, ...]
    attention: tuple[Attention, ...]
    more_attention: int  # how many are in the table alone
    pending: tuple[Lacking, ...]  # answers that wait for a person's marks
    help: tuple[Help, ...]
    more_help: int
    mistakes: tuple[Common, ...]
    hardest: tuple[Hard, ...]
    doubtful: tuple[Hard, ...]
    without: tuple[tuple[str, Text | None], ...]  # students with nothing at all, and why if it is known
    lacking: tuple[Lacking, ...]
    choices: tuple[Attention, ...]  # submissions whose file was not the only one or not named as expected
    more_choices: int
    skipped: tuple[str, ...]  # what in the folder of submissions was not taken, and why
    titles: tuple[tuple[str, Text], ...]  # link and title of each column
    rows: tuple[Row, ...]
    tasks: tuple[TaskRow, ...]


def index_view(
    figures: ClassFigures,
    assignments: Mapping[str, Assignment],
    lang: str,
    folders: Mapping[str, str],
    skipped: Sequence[str] = (),
    settings: Settings | None = None,
) -> IndexView:
    """The class.

    `folders`: each student's folder, by the student's name in the reports. `skipped`: what in the folder of
    submissions was not taken, and why. `settings`: the course's title, and its students' full names.
    """
    settings = settings or Settings()
    full_names = {each.id: each.name for each in settings.students}
    tasks, results, need_help = figures.assignments, figures.results, figures.need_help
    checks = [(task.name, one) for task in tasks for one in of_checks(task.results)]
    titles = {one.name: title_of(one.name, assignments) for one in tasks}
    look_at = [one for end in (INTERNAL, REJECTED) for one in results if one.report.outcome == end]
    chosen = [
        (one, words)
        for one in results
        if one.report.source and (words := sentences.source(one.report.source))
    ]
    linked = sum(len(staff_link(one.report, folders).encode()) for one in results) <= MOST_LINK_BYTES

    def attention(result: Result, reason: Text) -> Attention:
        report = result.report
        link, word = staff_link(report, folders), sentences.outcome_word(report.outcome)
        return Attention(link, report.outcome, word, report.student, titles[report.assignment], reason)

    return IndexView(
        lang=lang,
        course=settings.title,
        students=len(figures.students),
        counts=counts(figures.outcomes),
        notices=class_notices(one.report for one in results),
        attention=tuple(attention(one, _last_line(one.report)) for one in look_at[:MOST_ATTENTION]),
        more_attention=max(len(look_at) - MOST_ATTENTION, 0),
        pending=tuple(
            Lacking(titles[task.name], people(task.pending, folders, f"{iri(task.name)}/", ".html"))
            for task in tasks
            if task.pending
        ),
        help=tuple(_help(one, titles, folders, full_names) for one in need_help[:MOST_HELP]),
        more_help=max(len(need_help) - MOST_HELP, 0),
        mistakes=_mistakes(tasks, assignments, folders),
        hardest=_hardest(checks, titles),
        doubtful=_doubtful(checks, titles),
        without=tuple(
            (name, why if isinstance(why, Text) else None) for name, why in figures.without.items()
        ),
        lacking=_lacking(figures, titles, folders),
        choices=tuple(attention(one, words) for one, words in chosen[:MOST_CHOICES]),
        more_choices=max(len(chosen) - MOST_CHOICES, 0),
        skipped=tuple(skipped),
        titles=tuple((task_link(name), title) for name, title in titles.items()),
        rows=tuple(_row(one, list(titles), figures, folders, full_names, linked) for one in figures.students),
        tasks=tuple(_task(one, titles[one.name]) for one in tasks if one.results),
    )


def title_of(name: str, assignments: Mapping[str, Assignment]) -> Text:
    """An assignment's title; its name if it has gone from the course."""
    return assignments[name].title if name in assignments else Text.verbatim(name)


def staff_link(report: Report, folders: Mapping[str, str]) -> str:
    """From the page on the class to that on a submission."""
    return f"{iri(report.assignment)}/{iri(folders[report.student])}.html"


def task_link(name: str) -> str:
    """From the page on the class to that on an assignment."""
    return f"{iri(name)}/index.html"


def _last_line(report: Report) -> Text:
    """What broke, in a line: a trace's last; a rejection's only one."""
    if report.reason is None:
        return Text("", "")

    def last(reason: str) -> str:
        return (reason.strip().splitlines() or [""])[-1].strip()[:300]

    return Text(last(report.reason.en), last(report.reason.zh))


def _help(
    student: StudentFigures,
    titles: Mapping[str, Text],
    folders: Mapping[str, str],
    full_names: Mapping[str, str],
) -> Help:
    reasons = tuple(
        (staff_link(one.report, folders), titles[name], trouble(one))
        for name, one in student.results.items()
        if one.needs
    )
    return Help(
        _person(student, folders, full_names), _total(student), points_shown(student.max_score), reasons
    )


def _person(student: StudentFigures, folders: Mapping[str, str], full_names: Mapping[str, str]) -> Person:
    """A student, with the page that shows what the student sees."""
    link = f"../students/{iri(folders[student.name])}/index.html" if student.results else ""
    return Person(student.name, link, full_names.get(student.name, ""))


def _total(student: StudentFigures) -> str:
    return NO_SCORE if student.points is None else points_shown(student.points)


def _mistakes(
    tasks: Sequence[AssignmentFigures], assignments: Mapping[str, Assignment], folders: Mapping[str, str]
) -> tuple[Common, ...]:
    found = [
        Common(
            task_link(task.name),
            title_of(task.name, assignments),
            mistake_title(name, assignments.get(task.name)),
            people(who, folders, f"{iri(task.name)}/", ".html"),
        )
        for task in tasks
        for name, who in task.mistakes.items()
        if len(who) > 1
    ]
    return tuple(sorted(found, key=lambda one: -one.who.count)[:MOST_MISTAKES])


def _hardest(checks: Sequence[tuple[str, CheckFigures]], titles: Mapping[str, Text]) -> tuple[Hard, ...]:
    found = [(name, one) for name, one in checks if one.of >= MIN_HARDEST and one.share < 1]
    found.sort(key=lambda pair: pair[1].share)
    return tuple(_hard(name, one, titles) for name, one in found[:MOST_HARDEST])


def _doubtful(checks: Sequence[tuple[str, CheckFigures]], titles: Mapping[str, Text]) -> tuple[Hard, ...]:
    return tuple(
        _hard(name, one, titles, words)
        for name, one in checks
        if (words := doubt(one)) is not None and not (one.tells_nothing and one.passed)
    )


def _hard(task: str, one: CheckFigures, titles: Mapping[str, Text], words: Text | None = None) -> Hard:
    return Hard(task_link(task), titles[task], inline(one.check.title), percent(one.share), words)


def _lacking(
    figures: ClassFigures, titles: Mapping[str, Text], folders: Mapping[str, str]
) -> tuple[Lacking, ...]:
    found = []
    for task in figures.assignments:
        who = [name for name in task.missing if name not in figures.without]
        if who and task.results:
            found.append(Lacking(titles[task.name], people(who, folders, "../students/", "/index.html")))
    return tuple(found)


def _row(
    student: StudentFigures,
    names: Sequence[str],
    figures: ClassFigures,
    folders: Mapping[str, str],
    full_names: Mapping[str, str],
    linked: bool,
) -> Row:
    own = student.results
    why = figures.without.get(student.name)
    kinds = {
        "help": student.needs_help,
        "look": any(one.report.outcome != GRADED or one.is_pending for one in own.values()),
        "lacks": len(own) < len(names),
    }
    return Row(
        _person(student, folders, full_names),
        _total(student),
        points_shown(student.max_score),
        tuple(mark(own[name], folders if linked else {}) if name in own else None for name in names),
        why if isinstance(why, Text) else None,
        " ".join(kind for kind, holds in kinds.items() if holds),
    )


def mark(result: Result, folders: Mapping[str, str]) -> Mark:
    """A result in a table. Without folders it has no link."""
    report = result.report
    status = PENDING if result.is_pending else report.outcome
    return Mark(
        staff_link(report, folders) if folders else "",
        status if result.points is None else GRADED,
        status_word(status),
        NO_SCORE if result.points is None else points_shown(result.points),
        None if result.points else why_low(result),
    )


def _task(task: AssignmentFigures, title: Text) -> TaskRow:
    return TaskRow(
        task_link(task.name),
        title,
        len(task.results),
        rounded(task.mean),
        rounded(task.median),
        points_shown(task.max_score),
        task.full,
        len(task.results) - len(task.graded),
        NO_SCORE if task.seconds is None else f"{task.seconds:.1f} s",
        bars(task),
    )
