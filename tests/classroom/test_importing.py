"""A download becomes a folder of submissions."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses import made
from downloads import notebook, tarred, written, zipped
from grader.classroom.importing import take_in
from grader.classroom.progress import Progress
from grader.course.course import Course
from grader.errors import UsageError
from grader.exchange.attempts import recorded
from grader.exchange.folder import discover

HALVE = notebook("def halve(x):\n    return x / 2", "result = halve(8)")
AGAIN = notebook("def halve(x):\n    return x * 0.5", "result = halve(8)")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return made(tmp_path / "course")


def canvas(tmp_path: Path, files: dict[str, bytes], name: str = "submissions.zip") -> Path:
    return written(tmp_path / name, zipped(files))


def rows(intake) -> list[tuple[str, str, int | None, bool]]:
    return [(row.student, row.assignment, row.attempt, row.late) for row in intake.rows]


def test_importing_again(course, tmp_path):
    """The same download adds nothing, a later one adds what is new, and `grade` finds the newest."""
    first = canvas(tmp_path, {"zhangwei_101_1_halve.ipynb": HALVE, "liname_LATE_102_2_halve.ipynb": HALVE})
    later = canvas(
        tmp_path, {"zhangwei_101_3_halve-1.ipynb": AGAIN, "liname_LATE_102_2_halve.ipynb": HALVE}, "2.zip"
    )
    folder = tmp_path / "class"
    assert rows(take_in(course, first, folder)) == [
        ("liname_102", "halve", 1, True),
        ("zhangwei_101", "halve", 1, False),
    ]
    assert [row[2] for row in rows(take_in(course, first, folder))] == [None, None]
    assert rows(take_in(course, later, folder)) == [
        ("liname_102", "halve", None, True),
        ("zhangwei_101", "halve", 2, False),
    ]
    found = discover(folder, course.assignments)
    assert [(each.student, each.load()) for each in found.submissions] == [
        ("liname_102", HALVE),
        ("zhangwei_101", AGAIN),
    ]
    assert found.warnings == [] and found.without == {}
    first_try, second = recorded(folder / "zhangwei_101")
    assert (first_try.origin.archive, second.origin.archive) == ("submissions.zip", "2.zip")


def test_a_dry_run(course, tmp_path):
    """A dry run tells what would happen, and writes nothing."""
    archive = canvas(tmp_path, {"zhangwei_101_1_halve.ipynb": HALVE})
    before = sorted(tmp_path.rglob("*"))
    assert take_in(course, archive, tmp_path / "class", dry_run=True).new == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_times(course, tmp_path):
    """What a system tells of times is in the record."""
    files = {
        "submitted/amy/halve/halve.ipynb": HALVE,
        "submitted/amy/halve/timestamp.txt": b"2026-12-01 22:10:00.5 UTC",
    }
    take_in(course, written(tmp_path / "a.tar.gz", tarred(files)), tmp_path / "class")
    (only,) = recorded(tmp_path / "class" / "amy")
    assert only.submitted_at == "2026-12-01T22:10:00+00:00" and only.origin.system == "nbgrader"


def test_an_attempt_each(course, tmp_path):
    """Several attempts in one download are as many attempts, in the order of their times."""
    name = "HW_amy_attempt_2026-12-0{}-10-00-00_halve.ipynb"
    archive = canvas(tmp_path, {name.format(2): AGAIN, name.format(1): HALVE})
    assert [row.attempt for row in take_in(course, archive, tmp_path / "class").rows] == [1, 2]
    assert (tmp_path / "class" / "amy" / "halve.ipynb").read_bytes() == AGAIN


def test_a_roster_and_a_map(course, tmp_path):
    """Folders have the roster's ids, a map settles the rest, and who is missing is told."""
    archive = canvas(
        tmp_path, {"zhangwei_101_1_halve.ipynb": HALVE, **{f"x_{at}_1_final.ipynb": AGAIN for at in (2, 3)}}
    )
    roster = written(
        tmp_path / "roster.csv", "id,name,canvas\ns1,Zhang Wei,\ns2,李娜,2\ns3,Nobody,\n".encode()
    )
    rules = written(tmp_path / "map.csv", b"file,student,assignment\nx_3_*,-,\nx_2_*,,halve\n")
    intake = take_in(course, archive, tmp_path / "class", roster=roster, rules=rules)
    assert rows(intake) == [("s1", "halve", 1, False), ("s2", "halve", 1, False)]
    assert intake.absent == ("s3",) and intake.unclear == ()


def test_a_worksheet(course, tmp_path):
    """Moodle's worksheet tells whose a submission is, though the name is another one, and when it came."""
    archive = canvas(tmp_path, {f"Wei_{at}_assignsubmission_file/halve.ipynb": HALVE for at in (4711, 4712)})
    rows = "Identifier,Full name,Email address,Grade,Maximum Grade,Last modified (submission)\n"
    rows += 'Participant 4711,Wei,wei@x.edu,,10,"Sunday, 1 December 2024, 9:26 PM"\n'
    worksheet = written(tmp_path / "worksheet.csv", rows.encode())
    roster = written(tmp_path / "roster.csv", b"id,email\ns1,wei@x.edu\n")
    take_in(course, archive, tmp_path / "class", roster=roster, worksheet=worksheet)
    (only,) = recorded(tmp_path / "class" / "s1")
    assert only.submitted_at == "2024-12-01T21:26:00"


def test_the_folder_that_is_there(course, tmp_path):
    """A login in another case is the student whose folder is there."""
    (tmp_path / "class" / "Amy").mkdir(parents=True)
    files = {"submitted/amy/halve/a.ipynb": HALVE}
    assert take_in(course, canvas(tmp_path, files), tmp_path / "class").rows[0].student == "Amy"


def test_progress(course, tmp_path):
    """Each delivery is a step."""
    seen: list[Progress] = []
    archive = canvas(tmp_path, {f"x_{at}_1_halve.ipynb": HALVE for at in (1, 2)})
    take_in(course, archive, tmp_path / "class", on_progress=seen.append)
    assert [(each.done, each.total) for each in seen] == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("files", "options", "words"),
    [
        ({"a.ipynb": HALVE, "b.ipynb": HALVE}, {}, "no download that is known"),
        ({}, {}, "no file that can be read"),
        ({"amy/halve.ipynb": HALVE}, {"assignment": "halv"}, "did you mean 'halve'"),
        ({"amy/halve.ipynb": HALVE}, {"rules": Path("/nowhere.csv")}, "can't be read"),
    ],
)
def test_what_can_not_be_done(course, tmp_path, files, options, words):
    """Such a download or command is refused before anything is written."""
    with pytest.raises(UsageError, match=words):
        take_in(course, canvas(tmp_path, files), tmp_path / "class", **options)
    assert not (tmp_path / "class").exists()


def test_a_file_in_place_of_the_folder(course, tmp_path):
    """The folder for submissions can't be a file."""
    archive = canvas(tmp_path, {"amy/halve.ipynb": HALVE})
    with pytest.raises(UsageError, match="is a file"):
        take_in(course, archive, archive)
