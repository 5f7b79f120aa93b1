"""A course is read from its folder without running it, and every problem with it is reported at once."""

from __future__ import annotations

import pytest

from courses import (
    EQUIVALENT_FILE,
    FILES,
    HIDDEN_FILE,
    MISTAKE,
    MISTAKE_FILE,
    PUBLIC,
    PUBLIC_FILE,
    SOLUTION_FILE,
    STUB_FILE,
    TOML,
    TOML_FILE,
    made,
    problems_of,
    write,
)
from grader.course.loader import load, load_assignment
from grader.errors import CourseError, UsageError
from grader.language.catalogue import Text
from grader.model.limits import Limits
from grader.model.report import Check

ALTERNATIVE_FILE = "solutions/halve/alternatives/other.ipynb"


# ---- a good course


def test_a_good_course(tmp_path):
    """Checks, limits, texts and mistakes are as they were declared, in the order in which they run."""
    course = made(tmp_path)
    assert list(course.assignments) == ["halve"]
    halve = course.assignments["halve"]
    assert halve.checks == (
        Check(
            "test_half",
            3,
            Text("The half of 8 is 4", "8 的一半是 4"),
            "public",
            Text("Divide by two.", "除以二。"),
        ),
        Check(
            "test_others", 2.5, Text.verbatim("Other numbers are halved"), "hidden", depends=("test_half",)
        ),
        Check(
            "test_rerun",
            4.5,
            Text.verbatim("Another n changes the result"),
            "hidden",
            depends=("test_half", "test_others"),
        ),
    )
    assert (halve.max_score, type(halve.max_score)) == (10, int)
    assert halve.limits == Limits(cpu_s=30)
    assert halve.title == Text("Halve a number", "对半")
    assert halve.statement == Text.verbatim("Write halve.")
    assert halve.rubric_files == (tmp_path / PUBLIC_FILE, tmp_path / HIDDEN_FILE)
    assert (halve.stub, halve.solution) == (tmp_path / STUB_FILE, tmp_path / SOLUTION_FILE)
    assert [mistake.name for mistake in halve.mistakes] == ["doubles"]


def test_a_rubric_is_not_run(tmp_path):
    """Reading a rubric runs nothing in it."""
    made(tmp_path, {PUBLIC_FILE: "raise SystemExit('it was run')\n" + PUBLIC})


def digest(root, changes=None) -> str:
    return made(root, changes).assignments["halve"].rubric_sha256


@pytest.mark.parametrize("name", [*FILES, SOLUTION_FILE])
def test_the_rubrics_digest(tmp_path, name):
    """The digest changes with each file that a verdict or a mistake's name may come from."""
    before = digest(tmp_path / "before")
    text = (tmp_path / "before" / name).read_text(encoding="utf-8")
    assert (
        digest(tmp_path / "same", {name: text}) == before != digest(tmp_path / "after", {name: text + "\n"})
    )
    assert len(before) == 64


def test_the_rubrics_digest_and_more_mistakes(tmp_path):
    """The digest changes when a mistake is added, removed or renamed."""
    other = MISTAKE_FILE.replace("doubles", "other")
    digests = [
        digest(tmp_path / str(number), changes)
        for number, changes in enumerate(
            ({}, {other: MISTAKE}, {MISTAKE_FILE: None}, {MISTAKE_FILE: None, other: MISTAKE})
        )
    ]
    assert len(set(digests)) == 4


@pytest.mark.parametrize("name", [STUB_FILE, EQUIVALENT_FILE, ALTERNATIVE_FILE, "solutions/halve/notes.txt"])
def test_what_the_digest_does_not_depend_on(tmp_path, name):
    """Files that only prove the course, or are handed out, do not change the digest."""
    assert digest(tmp_path / "before") == digest(tmp_path / "after", {name: "\n"})


def test_folders_that_are_no_assignments(tmp_path):
    """Files, hidden folders and caches beside the assignments are ignored."""
    made(
        tmp_path,
        {
            "assignments/README.md": "x",
            "assignments/.git/x": "x",
            "assignments/__pycache__/x": "x",
            "solutions/__pycache__/x": "x",
        },
    )


# ---- a broken one


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TOML + "memory = 3\n", ":7: unknown key 'memory'; did you mean 'memory_mb'?"),
        (TOML + "wall_s = 0\n", ":7: the limit 'wall_s' must be above 0"),
        (TOML + "wall_s = -1\n", ":7: the limit 'wall_s' must be above 0"),
        (TOML + "wall_s = 1.5\n", ":7: 'wall_s' must be a whole number"),
        (TOML + "wall_s = true\n", ":7: 'wall_s' must be a whole number"),
        ("limits = 3\n" + TOML.partition("[limits]")[0], ": [limits] must be a table"),
        (TOML.replace("statement", "zh_statement"), ": 'statement' is missing"),
    ],
)
def test_a_broken_assignment_toml(tmp_path, content, message):
    """What is wrong with limits and texts is reported with its line."""
    assert problems_of(tmp_path, {TOML_FILE: content}) == [TOML_FILE + message]


@pytest.mark.parametrize("file", [*FILES, STUB_FILE, SOLUTION_FILE])
def test_missing_files(tmp_path, file):
    """A missing file is named, and the stub with the command that makes it. Mistakes are not needed."""
    if file == MISTAKE_FILE:
        assert made(tmp_path, {file: None}).assignments["halve"].mistakes == ()
        return
    found = problems_of(tmp_path, {file: None})
    expected = f"{file}: is missing" + ("; make it with: grader stub halve" if file == STUB_FILE else "")
    assert expected in found


@pytest.mark.parametrize("content", ["", "# nothing\n", "[limits]\ncpu_s = 3\n"])
def test_an_empty_assignment_toml(tmp_path, content):
    """Without any text, an assignment.toml lacks its title and its statement."""
    assert problems_of(tmp_path, {TOML_FILE: content}) == [
        f"{TOML_FILE}: 'statement' is missing",
        f"{TOML_FILE}: 'title' is missing",
    ]


def test_all_problems_at_once(tmp_path):
    """The problems of all files are reported together, sorted by file and line."""
    found = problems_of(
        tmp_path,
        {
            TOML_FILE: "titel = 'a'\n",
            PUBLIC_FILE: PUBLIC.replace("points=3", "point=3"),
            HIDDEN_FILE: "def (",
            MISTAKE_FILE: MISTAKE.replace("test_rerun", "test_x"),
            SOLUTION_FILE: None,
            "assignments/other/assignment.toml": "title = 3\n",
            "solutions/lonely/test_hidden.py": "",
        },
    )
    assert found == sorted(found)
    for message in (
        f"{TOML_FILE}:1: unknown key 'titel'",
        f"{TOML_FILE}: 'title' is missing",
        f"{TOML_FILE}: 'statement' is missing",
        f"{PUBLIC_FILE}:8: @check has no 'point'",
        f"{HIDDEN_FILE}:1: syntax error",
        f"{MISTAKE_FILE}:4: fails names 'test_x'",
        f"{SOLUTION_FILE}: is missing",
        "assignments/other/test_public.py: is missing",
        "assignments/other/assignment.toml:1: 'title' must be text",
        "solutions/lonely: has no public part: assignments/lonely is missing",
    ):
        assert any(problem.startswith(message) for problem in found), message


# ---- no course, and a part of one


def test_no_course(tmp_path):
    """For a folder that is not a course, the error names the option that says where the course is."""
    with pytest.raises(UsageError, match="--course"):
        load(tmp_path)


def test_a_course_without_assignments(tmp_path):
    """An empty folder of assignments is a problem."""
    (tmp_path / "assignments").mkdir()
    with pytest.raises(CourseError, match="holds no assignment"):
        load(tmp_path)


def test_the_public_part_alone(tmp_path):
    """Students have no solutions/, and the public checks load all the same."""
    write(tmp_path, {HIDDEN_FILE: None, SOLUTION_FILE: None, MISTAKE_FILE: None})
    halve = load_assignment(tmp_path / "assignments/halve")
    assert [check.id for check in halve.checks] == ["test_half"]
    assert (halve.staff, halve.solution, halve.mistakes) == (None, None, ())
    assert halve.rubric_files == (tmp_path / PUBLIC_FILE,)
    assert halve.max_score == 3


def test_the_public_part_does_not_look_at_solutions(tmp_path):
    """Students can check their notebooks although something in solutions/ is broken."""
    write(tmp_path, {HIDDEN_FILE: "def ("})
    assert load_assignment(tmp_path / "assignments/halve").max_score == 3


def test_a_broken_public_part(tmp_path):
    """load_assignment, too, reports every problem."""
    write(tmp_path, {PUBLIC_FILE: "def (", TOML_FILE: "titel = 'x'\n"})
    with pytest.raises(CourseError) as caught:
        load_assignment(tmp_path / "assignments/halve")
    assert len(caught.value.problems) == 4


def test_stubs_that_are_yet_to_be_made(tmp_path):
    """`grader stub` reads a course that has no stubs yet."""
    write(tmp_path, {STUB_FILE: None})
    assert load(tmp_path, need_stubs=False).assignments["halve"].stub == tmp_path / STUB_FILE


def test_an_assignment_is_not_called_index(tmp_path):
    """The pages that list assignments lie among those that are named after them."""
    found = problems_of(tmp_path, {"assignments/index/assignment.toml": TOML})
    assert "assignments/index: can't be called index: pages of this name list assignments" in "\n".join(found)
