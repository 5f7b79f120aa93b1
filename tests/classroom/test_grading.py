"""A class is graded from Python: reports come back as values, files are written, progress and notes are
reported.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from grader.classroom.collecting import content_of
from grader.classroom.grading import GRADING, KNOWN_MISTAKES, grade, score_of
from grader.classroom.progress import Progress
from grader.course.course import Course
from grader.course.loader import load
from grader.engine import local
from grader.engine.local import Grading
from grader.errors import UsageError
from grader.exchange.attempts import Handed, StudentAttempts
from grader.language.catalogue import Text
from grader.model.report import INTERNAL, REJECTED, SourceFile
from grader.notebook.notebook import Unreadable
from grader.notebook.submission import Submission
from reports import report
from support import hand_in, records

RIGHT = ("n = 5", "def double(x):\n    return 2 * x", "result = double(n)")
SQUARES = ("n = 5", "def double(x):\n    return x * x", "result = double(n)")


@pytest.fixture
def course(grading: Grading, monkeypatch: pytest.MonkeyPatch, small_course: Path) -> Course:
    """The small course, graded in the sandbox that all tests share."""
    monkeypatch.setattr(local, "Grading", lambda *_, **__: contextlib.nullcontext(grading))
    return load(small_course)


def test_a_class(course: Course, tmp_path: Path) -> None:
    """Reports come back by student, with a known mistake named; everything under --out is there."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    hand_in(tmp_path / "class", "ben", *SQUARES)
    seen: list[Progress] = []
    graded = grade(course, tmp_path / "class", tmp_path / "out", on_progress=seen.append)
    assert [(each.student, each.score) for each in graded.reports] == [("amy", 4), ("ben", 1)]
    assert [result.mistake for result in graded.reports[1].checks] == ["", "squares", "squares"]
    assert (graded.folders, graded.warnings, graded.unchanged) == ({"amy": "amy", "ben": "ben"}, (), 0)
    assert [(one.done, one.total) for one in seen if one.phase == GRADING] == [(0, 2), (1, 2), (2, 2)]
    assert [one.total for one in seen if one.phase == KNOWN_MISTAKES] == [5] * 6
    assert set(records(tmp_path / "out")) == {("amy", "double"), ("ben", "double")}
    for name in ("grades.csv", "students/amy/double.html", "staff/double/ben.html", "staff/index.html"):
        assert (tmp_path / "out" / name).is_file()


def test_again_only_what_changed(course: Course, tmp_path: Path) -> None:
    """A second run grades what changed, and says in both languages how much is unchanged."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    hand_in(tmp_path / "class", "ben", *RIGHT)
    grade(course, tmp_path / "class", tmp_path / "out")
    hand_in(tmp_path / "class", "ben", "n = 5")
    seen: list[Progress] = []
    notes: list[Text] = []
    graded = grade(
        course, tmp_path / "class", tmp_path / "out", on_progress=seen.append, on_note=notes.append
    )
    assert [one.words for one in seen if one.phase == GRADING] == ["", "ben double 0/4"]
    assert graded.unchanged == 1 and [note.en for note in notes] == [
        "1 of 2 submissions are graded already and unchanged"
    ]
    assert "2 份提交中有 1 份" in notes[0].zh


def test_what_is_skipped_is_noted_at_once(course: Course, tmp_path: Path) -> None:
    """A warning reaches the callback before anything is graded, and stands in the result."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    (tmp_path / "class" / "stray.txt").write_text("x")
    order: list[str] = []
    graded = grade(
        course,
        tmp_path / "class",
        tmp_path / "out",
        on_progress=lambda progress: order.append("progress"),
        on_note=lambda note: order.append(note.en),
    )
    assert "stray.txt" in order[0] and order[1] == "progress"
    assert len(graded.warnings) == 1 and "stray.txt" in graded.warnings[0]


def test_what_was_handed_in_under_other_names(course: Course, tmp_path: Path) -> None:
    """The record says which file was graded, also in a later run; a student without any has a row."""
    stub = course.assignments["double"].stub.read_bytes()
    hand_in(tmp_path / "class", "amy", *RIGHT, task="double (1)")
    (tmp_path / "class" / "amy" / "double.ipynb").write_bytes(stub)
    (tmp_path / "class" / "bob").mkdir()
    for _ in range(2):
        graded = grade(course, tmp_path / "class", tmp_path / "out")
        source = SourceFile("double (1).ipynb", ("double.ipynb",), "similar_name", "worked_on")
        assert [(each.score, each.source) for each in graded.reports] == [(4, source)]
        assert records(tmp_path / "out")["amy", "double"]["source"]["left"] == ["double.ipynb"]
    assert graded.unchanged == 1 and list(graded.without) == ["bob"]
    assert "bob," in (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8")
    page = (tmp_path / "out/students/amy/double.html").read_text(encoding="utf-8")
    assert "This file was graded: double (1).ipynb." in page


def test_a_stub_that_can_not_be_read_recognizes_nothing(course: Course, tmp_path: Path) -> None:
    """Then names alone decide; it is no error."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    course.assignments["double"].stub.unlink()
    hand_in(tmp_path / "class", "amy", *RIGHT, task="Untitled")
    graded = grade(course, tmp_path / "class", tmp_path / "out")
    assert [each.score for each in graded.reports] == [4] and "Untitled.ipynb" in graded.warnings[0]


@pytest.mark.parametrize("out", ["class", "class/out"])
def test_reports_do_not_go_among_submissions(course: Course, tmp_path: Path, out: str) -> None:
    """An --out inside the submissions, which the next run would grade, is refused; nothing is written."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    with pytest.raises(UsageError, match="inside the submissions"):
        grade(course, tmp_path / "class", tmp_path / out)
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["amy"]


def test_out_is_a_folder(course: Course, tmp_path: Path) -> None:
    """A file in the place of --out is refused."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    (tmp_path / "out").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        grade(course, tmp_path / "class", tmp_path / "out")


def test_a_score_in_a_word() -> None:
    """A graded report shows its points, any other why it has none."""
    assert score_of(report()) == Text.verbatim("10/10")
    assert score_of(report(outcome=REJECTED)).en == "rejected"
    assert score_of(report(outcome=INTERNAL, score=None)) == Text("internal", "内部错误")


def test_content_or_the_reason_why_not(tmp_path: Path) -> None:
    """A submission that can't be read gives the reason in place of its bytes."""
    path = tmp_path / "double.ipynb"
    path.write_bytes(b"{}")
    assert content_of(Submission("amy", "double", "amy", path)) == b"{}"
    missing = content_of(Submission("amy", "double", "amy", tmp_path, Text("two files", "两个文件")))
    assert isinstance(missing, Unreadable) and missing.text.zh == "两个文件"


READS = (
    "import helpers\nn = int(open('data/n.txt').read())",
    "double = helpers.double",
    "result = double(n)",
)


def test_files_beside_a_notebook(course: Course, tmp_path: Path) -> None:
    """They lie in the working folder of every session. A changed one means a new grading."""
    for folder in ("amy", "ben/double", "cat/homework"):
        notebook = hand_in(tmp_path / "class", folder, *READS)
        (notebook.parent / "data").mkdir()
        (notebook.parent / "data" / "n.txt").write_text("5")
        (notebook.parent / "helpers.py").write_text("def double(x):\n    return 2 * x\n")
        (notebook.parent / "link").symlink_to("/etc/passwd")
    graded = grade(course, tmp_path / "class", tmp_path / "out")
    # n is no parameter here, so the rerun finds nothing to change.
    first = {each.student: each.score for each in graded.reports}
    assert set(first) == {"amy", "ben", "cat"} and len(set(first.values())) == 1 and first["amy"] >= 2
    beside = records(tmp_path / "out")["cat", "double"]["beside"]
    assert beside["placed"] == ["data/n.txt", "helpers.py"]
    assert beside["left_out"] == [{"why": "not_a_file", "count": 1, "files": ["link"]}]
    page = (tmp_path / "out/students/cat/double.html").read_text(encoding="utf-8")
    assert "link (a link or a device, not a file)" in page
    assert "data/n.txt, helpers.py" in (tmp_path / "out/staff/double/cat.html").read_text(encoding="utf-8")
    assert grade(course, tmp_path / "class", tmp_path / "out").unchanged == 3
    (tmp_path / "class/amy/helpers.py").write_text("def double(x):\n    return 3 * x\n")
    graded = grade(course, tmp_path / "class", tmp_path / "out")
    assert graded.unchanged == 2 and {each.student: each.score for each in graded.reports} == first | {
        "amy": 0
    }


def scores(out: Path) -> dict[str, float | None]:
    """The scores in the records, by student."""
    return {student: record["score"] for (student, _), record in records(out).items()}


def test_a_folder_with_one_student_never_shrinks_the_class(course: Course, tmp_path: Path) -> None:
    """Who has gone from the folder stays in every file; so does who is left out by `students`."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    hand_in(tmp_path / "class", "ben", *SQUARES)
    grade(course, tmp_path / "class", tmp_path / "out")
    hand_in(tmp_path / "other", "cat", *RIGHT)
    graded = grade(course, tmp_path / "other", tmp_path / "out")
    assert scores(tmp_path / "out") == {"amy": 4, "ben": 1, "cat": 4} and graded.unchanged == 0
    assert [each.student for each in graded.reports] == ["amy", "ben", "cat"]
    assert graded.reports[1].checks[1].mistake == "squares" and graded.reports[0].execution.cells
    hand_in(tmp_path / "class", "amy", *SQUARES)
    hand_in(tmp_path / "class", "ben", *RIGHT)
    grade(course, tmp_path / "class", tmp_path / "out", students=["ben"])
    assert scores(tmp_path / "out") == {"amy": 4, "ben": 4, "cat": 4}
    index = (tmp_path / "out/staff/index.html").read_text(encoding="utf-8")
    assert all(name in index for name in ("amy", "ben", "cat"))
    with pytest.raises(UsageError, match="no student 'amu'.*did you mean 'amy'"):
        grade(course, tmp_path / "class", tmp_path / "out", students=["amu"])
    with pytest.raises(UsageError, match="no assignment 'dubble'"):
        grade(course, tmp_path / "class", tmp_path / "out", assignments=["dubble"])


def test_a_new_submission_is_a_new_attempt(course: Course, tmp_path: Path) -> None:
    """Attempts are kept with their reports; the record says which counts."""
    for cells in (SQUARES, RIGHT, RIGHT):
        hand_in(tmp_path / "class", "amy", *cells)
        grade(course, tmp_path / "class", tmp_path / "out")
    record = records(tmp_path / "out")["amy", "double"]
    assert (record["attempt"], record["attempts"], record["final_score"]) == (2, 2, 4)


def graded_again(course_folder: Path, tmp_path: Path, **others: object) -> list[str]:
    """Grade once more; what was run for it."""
    seen: list[Progress] = []
    grade(
        load(course_folder),
        tmp_path / "class",
        tmp_path / "out",
        on_progress=seen.append,
        **others,  # type: ignore[arg-type]
    )
    return [one.words for one in seen if one.words]


def test_other_words_and_points_run_nothing(course: Course, tmp_path: Path) -> None:
    """A changed title, hint or number of points is in every file, and nothing is run for it."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    hand_in(tmp_path / "class", "ben", *SQUARES)
    grade(course, tmp_path / "class", tmp_path / "out")
    for name, old, new in (
        ("assignments/double/test_public.py", "points=1", "points=3"),
        ("solutions/double/test_hidden.py", "Any number is doubled", "Each number is doubled"),
        ("solutions/double/mistakes/squares.toml", "Not the square.", "That is a square."),
    ):
        path = course.root / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert graded_again(course.root, tmp_path) == []
    found = records(tmp_path / "out")
    assert scores(tmp_path / "out") == {"amy": 6, "ben": 3}
    assert found["ben", "double"]["max_score"] == 6
    assert (
        found["ben", "double"]["provenance"]["rubric_sha256"]
        == load(course.root).assignments["double"].rubric_sha256
    )
    page = (tmp_path / "out/students/ben/double.html").read_text(encoding="utf-8")
    assert "Each number is doubled" in page and "That is a square." in page


def test_another_check_runs_what_it_must(course: Course, tmp_path: Path) -> None:
    """Everyone's attempts are graded again by a changed rubric, from the gradebook if need be."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    grade(course, tmp_path / "class", tmp_path / "out")
    hand_in(tmp_path / "class2", "ben", *RIGHT)
    path = course.root / "assignments/double/test_public.py"
    path.write_text(path.read_text(encoding="utf-8").replace("== 4", "== 5"), encoding="utf-8")
    grade(load(course.root), tmp_path / "class2", tmp_path / "out")
    assert scores(tmp_path / "out") == {"amy": 1, "ben": 1}


def test_force(course: Course, tmp_path: Path) -> None:
    """What has not changed is graded again if it is asked for."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    grade(course, tmp_path / "class", tmp_path / "out")
    assert graded_again(course.root, tmp_path) == []
    assert graded_again(course.root, tmp_path, force=True) == ["amy double 4/4"]


def test_a_gradebook_elsewhere(course: Course, tmp_path: Path) -> None:
    """By its URL; the folder of files then has none."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    url = f"sqlite:///{tmp_path}/elsewhere.db"
    graded = grade(course, tmp_path / "class", tmp_path / "out", gradebook=url)
    assert [each.score for each in graded.reports] == [4] and graded.reports[:1][0].score == 4
    assert not (tmp_path / "out" / "gradebook.sqlite").exists() and (tmp_path / "elsewhere.db").exists()


def test_times_of_imported_attempts(course: Course, tmp_path: Path) -> None:
    """What `grader import` has kept of earlier attempts is graded, and the record says when it came."""
    handed = [
        Handed(
            "double",
            hand_in(tmp_path / "x", "amy", *cells).read_bytes(),
            submitted_at=f"2026-11-0{day}T10:00:00+08:00",
        )
        for day, cells in ((1, SQUARES), (2, RIGHT))
    ]
    StudentAttempts(tmp_path / "class" / "amy").add(handed, "2026-11-03T00:00:00+00:00")
    grade(course, tmp_path / "class", tmp_path / "out")
    record = records(tmp_path / "out")["amy", "double"]
    assert (record["attempt"], record["attempts"], record["final_score"]) == (2, 2, 4)
    assert record["submitted_at"] == "2026-11-02T10:00:00+08:00"
    assert graded_again(course.root, tmp_path) == []


def test_an_interrupt_leaves_files(course: Course, tmp_path: Path) -> None:
    """Ctrl-C ends the run with all files made from what is graded; the next run goes on where it was."""
    hand_in(tmp_path / "class", "amy", *RIGHT)
    hand_in(tmp_path / "class", "ben", *SQUARES)

    def interrupt(progress: Progress) -> None:
        if progress.phase == KNOWN_MISTAKES:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, tmp_path / "class", tmp_path / "out", on_progress=interrupt)
    assert scores(tmp_path / "out") == {"amy": 4, "ben": 1}
    assert (tmp_path / "out/students/ben/double.html").is_file()
    assert grade(course, tmp_path / "class", tmp_path / "out").unchanged == 2
    assert records(tmp_path / "out")["ben", "double"]["checks"][1]["mistake"] == "squares"
