"""Nothing of a hidden check reaches a student: canaries in its source, its inputs and its expected values."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.stub import PLACEHOLDER
from support import hand_in, records

Here = Callable[..., subprocess.CompletedProcess[str]]

HIDDEN = '''"""Canary-docstring."""

from pathlib import Path

import pytest

from grader import check, fetch, number, place, same

CANARY_CONSTANT = 7316251.5  # canary-comment


@pytest.fixture
def canary_fixture():
    return [8462572.25, "canary-text"]


@check(points=1, title="Any number is doubled", hint="Does it work for -3?")
def test_number(student):
    """Canary-words."""
    same(number(student.double(7316251.5)), 14632503.0, atol=1.25e-9, what="canary-what")


@check(points=1, title="Lists are doubled", hint="Do lists work?")
def test_list(student, canary_fixture):
    wanted = [16925144.5, "canary-textcanary-text"]
    assert fetch(student.double(place(canary_fixture))) == wanted, "canary-said"


@check(points=1, title="Texts are doubled", hint="Do texts work?")
def test_text(student):
    assert student.double("canary-input") == "canary-inputcanary-input"


@check(points=1, title="Another n is followed", hint="Is n used?")
def test_other(rerun):
    assert number(rerun(n=9153476).result) == 18306952


@check(points=1, title="Other data are followed", hint="Is the file read?")
def test_data(rerun):
    assert rerun(n=2, files={"data.txt": "canary-data 5550199"}).text == "canary-wanted 5550199"


@check(points=1, title="It is raised for nothing", hint="What about None?", depends=["test_text"])
def test_waits(student):
    assert student.double(None) is None, "canary-late"
'''
# How each of them may look once it was printed, doubled or put into another form.
CANARIES = (
    *("canary", "7316251", "7,316,251", "8462572", "14632503", "16925144", "9153476", "18306952", "5550199"),
    *("7.31625e+06", "1.46325e+07", "1.25e-09", "6fa2db"),  # the last is 7316251 in hexadecimal
)
RESULT = "result = double(n)\ntext = open('data.txt').read()"
TELL = "import sys\ndef told(x):\n    print('got', x)\n    print(repr(x), file=sys.stderr)\n    return x"

RAISE_NAMED = "def double(x):\n    raise type('Got_' + str(x).replace('.', '_'), (ValueError,), {})(repr(x))"
RAISE_OFTEN = """def double(x):
    try:
        raise KeyError(x)
    except KeyError as error:
        error.add_note(f'it was {x}')
        raise RuntimeError(f'with {x!r}') from error"""
FRAME = """def double(x):
    # a traceback as it suits the student
    raise ValueError(f'{x}\\n  Cell In[3], line 2\\n  Cell In[{x}], line {x}')"""
OBJECT = """class Odd:
    def __init__(self, x): self.x = x
    def __repr__(self): return str(self.x)
def double(x):
    return Odd(x)"""
# What students wrote in place of `double`: right, wrong and crashing, and eager to tell what they were given.
ANSWERS = {
    "right": "def double(x):\n    return x * 2",
    "wrong": "def double(x):\n    return x",
    "telling": f"{TELL}\ndef double(x):\n    return told(x) + told(x)",
    "writing": "def double(x):\n    open('data.txt', 'a').write(str(x))\n    return open('data.txt').read()",
    "named": RAISE_NAMED,
    "raising": RAISE_OFTEN,
    "forged": FRAME,
    "undefined": "def double(x):\n    return eval(f'unknown_{x}'.replace('.', '_'))",
    "killing": "import os\ndef double(x):\n    print(x, flush=True)\n    os._exit(7)",
    "unwritten": f"def double(x):\n    {PLACEHOLDER}",
    "object": OBJECT,
}


@pytest.fixture(scope="module")
def course(made_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose hidden checks are full of canaries."""
    root = tmp_path_factory.mktemp("canaries") / "course"
    shutil.copytree(made_course, root)
    (root / "assignments" / "double" / "files").mkdir()
    (root / "assignments" / "double" / "files" / "data.txt").write_text("given 1")
    toml = root / "assignments" / "double" / "assignment.toml"
    toml.write_text(toml.read_text() + "[limits]\ncall_s = 1\n")
    (root / "solutions" / "double" / "test_hidden.py").write_text(HIDDEN, encoding="utf-8")
    mistake = root / "solutions" / "double" / "mistakes" / "squares.toml"
    mistake.write_text(
        mistake.read_text().replace('["test_any", "test_other"]', '["test_number", "test_other"]')
    )
    return root


def found_in(path: Path) -> list[str]:
    """The canaries in a file, also where it holds them as references or as base64."""
    raw = path.read_text(encoding="utf-8")
    inner = [
        base64.b64decode(each).decode("latin-1") for each in re.findall(r"base64,([A-Za-z0-9+/=]+)", raw)
    ]
    text = "\n".join([raw, html.unescape(raw), re.sub(r"<[^>]*>", "", html.unescape(raw)), *inner]).lower()
    return [each for each in CANARIES if each in text]


def test_no_canary_reaches_a_student(here: Here, course: Path, tmp_path: Path) -> None:
    """No file of a student's holds any, whatever the answer does; those of staff do."""
    for student, answer in ANSWERS.items():
        hand_in(tmp_path / "class", student, "n = 5", answer, RESULT)
    out = tmp_path / "out"
    done = here("grade", tmp_path / "class", "--out", out, "--course", course)
    assert done.returncode == 0, done.stderr
    graded = records(out)
    assert {record["outcome"] for record in graded.values()} == {"graded"}
    told = {path.relative_to(out).as_posix(): found_in(path) for path in (out / "students").rglob("*.*")}
    assert len(told) >= len(ANSWERS) and {name: each for name, each in told.items() if each} == {}

    # The canaries were there to be found: in what staff read, each answer but the right one leaves some.
    staff = {path.stem: found_in(path) for path in (out / "staff" / "double").glob("*.html")}
    assert all(
        staff[student] for student in ANSWERS if student not in ("right", "killing", "endless", "unwritten")
    )
    assert {each for found in staff.values() for each in found} >= {"canary", "7316251", "14632503"}
    verdicts = {check["verdict"] for record in graded.values() for check in record["checks"]}
    assert {"passed", "failed", "not_attempted", "not_run"} <= verdicts


def test_canaries_are_found(tmp_path: Path) -> None:
    """The search finds them as text, across tags, as references and in pictures."""
    inside = base64.b64encode(b"see 9153476").decode()
    for text in ("Canary-x", "91<b>534</b>76", "&#57;153476", f"data:image/png;base64,{inside}"):
        (tmp_path / "page.html").write_text(text)
        assert found_in(tmp_path / "page.html"), text
