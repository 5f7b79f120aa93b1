"""A course is read without running it, and every problem with it is told at once, with file and line."""

from __future__ import annotations

import pytest
from courses import FILES, HIDDEN, MISTAKE, PUBLIC, TOML, made, write

from grader.course.course import Equivalent
from grader.course.loader import load, load_assignment
from grader.errors import CourseError, UsageError
from grader.model.limits import Limits
from grader.model.report import Check

TOML_FILE, PUBLIC_FILE, HIDDEN_FILE, MISTAKE_FILE = FILES
STUB_FILE, SOLUTION_FILE = "assignments/halve/halve.ipynb", "solutions/halve/solution.ipynb"
EQUIVALENT_FILE, ALTERNATIVE_FILE = (
    "solutions/halve/equivalent.toml",
    "solutions/halve/alternatives/other.ipynb",
)
EQUIVALENT = '[[mutant]]\nline = "    return x / 2  "\nbecomes = "return x * 0.5"\nreason = """\nThe same for every float.\n"""\n'


def problems(root, changes) -> list[str]:
    """What is said of a course with these changes."""
    with pytest.raises(CourseError) as caught:
        made(root, changes)
    assert str(caught.value).startswith(f"the course has {len(caught.value.problems)} problem")
    assert all(str(problem) in str(caught.value) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def only(root, changes) -> str:
    """The one problem of a course with these changes."""
    found = problems(root, changes)
    assert len(found) == 1, found
    return found[0]


# ---- a good course


def test_a_good_course(tmp_path):
    """Checks, limits, texts and mistakes are as they were declared, in the order in which they run."""
    course = made(tmp_path)
    assert list(course.assignments) == ["halve"]
    halve = course.assignments["halve"]
    assert halve.checks == (
        Check(
            "test_half", 3, "The half of 8 is 4", "public", "8 的一半是 4", "Divide by two.", "除以二。", ()
        ),
        Check("test_others", 2.5, "Other numbers are halved", "hidden", depends=("test_half",)),
        Check(
            "test_rerun", 4.5, "Another n changes the result", "hidden", depends=("test_half", "test_others")
        ),
    )
    assert (halve.max_score, type(halve.max_score)) == (10, int)
    assert halve.limits == Limits(cpu_s=30)
    assert (halve.title, halve.statement, halve.zh_title, halve.zh_statement) == (
        "Halve a number",
        "Write halve.",
        "对半",
        "",
    )
    assert halve.files == (tmp_path / PUBLIC_FILE, tmp_path / HIDDEN_FILE)
    assert (halve.stub, halve.solution) == (tmp_path / STUB_FILE, tmp_path / SOLUTION_FILE)
    [mistake] = halve.mistakes
    assert (mistake.name, mistake.path, mistake.title, mistake.zh_title, mistake.hint) == (
        "doubles",
        MISTAKE_FILE,
        "Doubles",
        "翻倍",
        "The other way round.",
    )
    assert mistake.fails == ("test_half", "test_others", "test_rerun")
    assert mistake.replacements == (("x / 2", "x * 2"),)


def test_a_rubric_is_not_run(tmp_path):
    """Reading a rubric runs nothing in it."""
    made(tmp_path, {PUBLIC_FILE: "raise SystemExit('it was run')\n" + PUBLIC})


def digest(root, changes=None) -> str:
    return made(root, changes).assignments["halve"].rubric_sha256


@pytest.mark.parametrize("name", [*FILES, SOLUTION_FILE])
def test_the_rubrics_digest(tmp_path, name):
    """The digest that reports depend on changes with each file that a verdict or the name of a mistake may come from."""
    before = digest(tmp_path / "before")
    text = (tmp_path / "before" / name).read_text(encoding="utf-8")
    assert (
        digest(tmp_path / "same", {name: text}) == before != digest(tmp_path / "after", {name: text + "\n"})
    )
    assert len(before) == 64


def test_the_rubrics_digest_and_more_mistakes(tmp_path):
    """One more mistake, one less or one by another name is another rubric."""
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
    """What only proves the course, or is handed out, changes no report."""
    assert digest(tmp_path / "before") == digest(tmp_path / "after", {name: "\n"})


def test_alternatives(tmp_path):
    """Right answers in other styles are known by their files, sorted; other files beside them are none."""
    folder = tmp_path / "solutions/halve/alternatives"
    course = made(
        tmp_path, {f"solutions/halve/alternatives/{name}": "" for name in ("b.ipynb", "a.ipynb", "notes.md")}
    )
    assert course.assignments["halve"].alternatives == [folder / "a.ipynb", folder / "b.ipynb"]
    assert made(tmp_path / "none").assignments["halve"].alternatives == []
    assert load(tmp_path, public_only=True).assignments["halve"].alternatives == []


def test_equivalents(tmp_path):
    """A change after which the solution is still right is known by the line that it changes, indented or not, and why."""
    assert made(tmp_path, {EQUIVALENT_FILE: EQUIVALENT}).assignments["halve"].equivalents == (
        Equivalent("return x / 2", "return x * 0.5", "The same for every float."),
    )
    for number, content in enumerate((None, "", "# none\n", "mutant = []\n")):
        assert made(tmp_path / str(number), {EQUIVALENT_FILE: content}).assignments["halve"].equivalents == ()


def test_folders_that_are_no_assignments(tmp_path):
    """Files, hidden folders and caches beside the assignments are passed over."""
    made(
        tmp_path,
        {
            "assignments/README.md": "x",
            "assignments/.git/x": "x",
            "assignments/__pycache__/x": "x",
            "solutions/__pycache__/x": "x",
        },
    )


def test_other_forms_of_the_decorator(tmp_path):
    """@grader.check is a check too, and other functions and decorators beside it are not."""
    text = (
        PUBLIC.replace("from grader import check", "import grader\nimport pytest").replace(
            "@check", "@pytest.mark.slow()\n@grader.check"
        )
        + "\n\ndef helper():\n    pass\n"
    )
    assert (
        next(check.id for check in made(tmp_path, {PUBLIC_FILE: text}).assignments["halve"].checks)
        == "test_half"
    )


# ---- a broken one


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        (PUBLIC_FILE, PUBLIC + "def broken(:\n", f"{PUBLIC_FILE}:11: syntax error"),
        (HIDDEN_FILE, "\n\nif True:\nx = 1\n", f"{HIDDEN_FILE}:4: syntax error"),
        (PUBLIC_FILE, b"\xff\xfe", f"{PUBLIC_FILE}: can't be read"),
        (PUBLIC_FILE, "x = '\0'", f"{PUBLIC_FILE}: "),
        (PUBLIC_FILE, "", f"{PUBLIC_FILE}: declares no check"),
        (TOML_FILE, "title = 'a'\nstatement = \n", f"{TOML_FILE}:2: "),
        (TOML_FILE, b"\xff", f"{TOML_FILE}: can't be read"),
        (TOML_FILE, "titel = 'a'\n" + TOML, f"{TOML_FILE}:1: unknown key 'titel'; did you mean 'title'?"),
        (TOML_FILE, "xyz = 1\n" + TOML, f"{TOML_FILE}:1: unknown key 'xyz'; known are title, statement"),
        (TOML_FILE, TOML + "memory = 3\n", f"{TOML_FILE}:7: unknown key 'memory'; did you mean 'memory_mb'?"),
        (TOML_FILE, TOML + "wall_s = 0\n", f"{TOML_FILE}:7: the limit 'wall_s' must be above 0"),
        (TOML_FILE, TOML + "wall_s = 1.5\n", f"{TOML_FILE}:7: 'wall_s' must be a whole number"),
        (TOML_FILE, TOML + "wall_s = true\n", f"{TOML_FILE}:7: 'wall_s' must be a whole number"),
        (TOML_FILE, "limits = 3\n" + TOML.partition("[limits]")[0], f"{TOML_FILE}: [limits] must be a table"),
        (TOML_FILE, TOML.replace('"Halve a number"', "3"), f"{TOML_FILE}:1: 'title' must be text"),
        (TOML_FILE, TOML.replace("statement", "zh_statement"), f"{TOML_FILE}: 'statement' is missing"),
        (
            MISTAKE_FILE,
            MISTAKE.replace("test_rerun", "test_reruns"),
            f"{MISTAKE_FILE}:4: fails names 'test_reruns', which is no check; did you mean 'test_rerun'?",
        ),
        (
            MISTAKE_FILE,
            MISTAKE.replace('"test_rerun"', "3"),
            f"{MISTAKE_FILE}:4: fails names 3, which is no check",
        ),
        (MISTAKE_FILE, MISTAKE.replace("title", "tittle", 1), f"{MISTAKE_FILE}:1: unknown key 'tittle'"),
        (MISTAKE_FILE, MISTAKE.partition("[[")[0], f"{MISTAKE_FILE}: 'replace' is missing"),
        (
            MISTAKE_FILE,
            MISTAKE + "more = 'x'\n",
            f"{MISTAKE_FILE}: each [[replace]] has exactly the texts `old` and `new`",
        ),
        (
            MISTAKE_FILE,
            MISTAKE.replace('"x * 2"', "3"),
            f"{MISTAKE_FILE}: each [[replace]] has exactly the texts `old` and `new`",
        ),
        (MISTAKE_FILE, MISTAKE.replace("[[replace]]", "[replace"), f"{MISTAKE_FILE}:6: "),
        (
            EQUIVALENT_FILE,
            EQUIVALENT.replace("[[mutant]]", "[[mutants]]"),
            f"{EQUIVALENT_FILE}: unknown key 'mutants'; did you mean 'mutant'?",
        ),
        (
            EQUIVALENT_FILE,
            EQUIVALENT.replace("[[mutant]]", "[mutant]"),
            f"{EQUIVALENT_FILE}: 'mutant' must be a list",
        ),
        (EQUIVALENT_FILE, EQUIVALENT.replace("[[mutant]]", "[[mutant"), f"{EQUIVALENT_FILE}:1: "),
        (
            EQUIVALENT_FILE,
            EQUIVALENT.replace("reason", "because"),
            f"{EQUIVALENT_FILE}: each [[mutant]] has exactly the texts `line`, `becomes` and `reason`",
        ),
        (
            EQUIVALENT_FILE,
            EQUIVALENT.partition("reason")[0],
            f"{EQUIVALENT_FILE}: each [[mutant]] has exactly the texts `line`, `becomes` and `reason`",
        ),
        (
            EQUIVALENT_FILE,
            EQUIVALENT + "more = 'x'\n",
            f"{EQUIVALENT_FILE}: each [[mutant]] has exactly the texts `line`, `becomes` and `reason`",
        ),
        (
            EQUIVALENT_FILE,
            EQUIVALENT.replace('"return x * 0.5"', "3"),
            f"{EQUIVALENT_FILE}: each [[mutant]] has exactly the texts `line`, `becomes` and `reason`",
        ),
        (
            EQUIVALENT_FILE,
            "mutant = [3]\n",
            f"{EQUIVALENT_FILE}: each [[mutant]] has exactly the texts `line`, `becomes` and `reason`",
        ),
    ],
)
def test_broken_files(tmp_path, file, content, told):
    """What is wrong with a file is told with its place."""
    found = problems(tmp_path, {file: content})
    assert any(problem.startswith(told) for problem in found), found


@pytest.mark.parametrize("file", [*FILES, STUB_FILE, SOLUTION_FILE])
def test_missing_files(tmp_path, file):
    """Each file that a course needs is missed by name; the stub with the command that makes it. Mistakes are not needed."""
    if file == MISTAKE_FILE:
        assert made(tmp_path, {file: None}).assignments["halve"].mistakes == ()
        return
    found = problems(tmp_path, {file: None})
    expected = f"{file}: is missing" + ("; make it with: grader stub halve" if file == STUB_FILE else "")
    assert expected in found


@pytest.mark.parametrize("content", ["", "# nothing\n", "[limits]\ncpu_s = 3\n"])
def test_an_empty_assignment_toml(tmp_path, content):
    """An assignment.toml without a word lacks its title and its statement."""
    assert problems(tmp_path, {TOML_FILE: content}) == [
        f"{TOML_FILE}: 'statement' is missing",
        f"{TOML_FILE}: 'title' is missing",
    ]


def test_an_empty_mistake(tmp_path):
    """A mistake without a word is a problem, not passed over."""
    assert problems(tmp_path, {MISTAKE_FILE: ""}) == [
        f"{MISTAKE_FILE}: {key!r} is missing" for key in ("fails", "replace", "title")
    ]


def test_a_list_among_fails(tmp_path):
    """A list where the name of a check belongs is told, too."""
    assert only(
        tmp_path, {MISTAKE_FILE: MISTAKE.replace('"test_rerun"]', '"test_rerun", ["x"]]')}
    ).startswith(f"{MISTAKE_FILE}:4: fails names ['x']")


CHECK = '@check(points=3, title="The half of 8 is 4", zh="8 的一半是 4", hint="Divide by two.", zh_hint="除以二。")'


@pytest.mark.parametrize(
    ("decorator", "line", "told"),
    [
        ('@check(point=3, points=3, title="a")', 8, "@check has no 'point'; did you mean 'points'?"),
        ('@check(points=3, title="a", weight=2)', 8, "@check has no 'weight'"),
        ('@check(**{"points": 3}, points=3, title="a")', 8, "@check has no None"),
        ('@check(points=1 + CLOSE, title="a")', 8, "'points' must be written out, not computed"),
        ("@check(\n    points=3,\n    title=str(3),\n)", 10, "'title' must be written out, not computed"),
        ("@check(points=3)", 8, "test_half needs a title"),
        ('@check(points=3, title="  ")', 8, "test_half needs a title"),
        ("@check(points=3, title=4)", 8, "test_half needs a title"),
        ('@check(title="a")', 8, "test_half needs points"),
        ('@check(points=0, title="a")', 8, "test_half needs points"),
        ('@check(points=-1, title="a")', 8, "test_half needs points"),
        ('@check(points=True, title="a")', 8, "test_half needs points"),
        ('@check(points="3", title="a")', 8, "test_half needs points"),
        ('@check(points=1e999, title="a")', 8, "test_half needs points"),
        ('@check(3, title="a", points=3)', 8, "@check takes keywords only"),
        ('@check(points=3, title="a", hint=3)', 8, "'hint' must be text"),
        ('@check(points=3, title="a", depends="test_half")', 8, "'depends' must be a list"),
        ('@check(points=3, title="a", depends=[1])', 8, "'depends' must be a list"),
        ('@check(points=3, title="a", depends=["test_nothing"])', 9, "test_half depends on 'test_nothing'"),
        (
            '@check(points=3, title="a", depends=["test_others"])',
            9,
            "test_half depends on 'test_others', which is no check before it",
        ),
        (
            '@check(points=3, title="a", depends=["test_half"])',
            9,
            "test_half depends on 'test_half', which is no check before it",
        ),
        ('@other(points=3, title="a")', 9, "test_half is no check: give it points"),
        ("", 9, "test_half is no check: give it points"),
    ],
)
def test_broken_checks(tmp_path, decorator, line, told):
    """A check that is declared wrongly is told with its file and line, before anything is graded."""
    found = problems(tmp_path, {PUBLIC_FILE: PUBLIC.replace(CHECK, decorator)})
    assert any(problem.startswith(f"{PUBLIC_FILE}:{line}: {told}") for problem in found), found


def test_a_keyword_of_a_senseless_value(tmp_path):
    """A keyword whose value is no value at all must be written out as well."""
    found = problems(tmp_path, {PUBLIC_FILE: PUBLIC.replace(CHECK, "@check(points=3, title={[]: 1})")})
    assert f"{PUBLIC_FILE}:8: 'title' must be written out, not computed" in found


def test_two_checks_of_one_name(tmp_path):
    """A name that both files use is told at the second."""
    assert only(
        tmp_path,
        {HIDDEN_FILE: HIDDEN + '\n\n@check(points=1, title="x")\ndef test_half(student):\n    pass\n'},
    ) == (f"{HIDDEN_FILE}:18: there are two checks named test_half")


def test_a_check_that_pytest_would_not_run(tmp_path):
    """A check must be named test_…, or it would never have a verdict."""
    found = problems(
        tmp_path,
        {PUBLIC_FILE: PUBLIC + '\n@check(points=1, title="x")\ndef tests_more(student):\n    pass\n'},
    )
    assert found[0].startswith(f"{PUBLIC_FILE}:13: the check tests_more must be named test_…")


def test_all_problems_at_once(tmp_path):
    """Whatever is wrong, in however many files, is told in one go, by file and line."""
    found = problems(
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
    for told in (
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
        assert any(problem.startswith(told) for problem in found), told


# ---- no course, part of one, a part of it


def test_no_course(tmp_path):
    """A folder that is no course is a wrong command, and the option that mends it is named."""
    with pytest.raises(UsageError, match="--course"):
        load(tmp_path)


def test_a_course_without_assignments(tmp_path):
    """An empty folder of assignments is a problem."""
    (tmp_path / "assignments").mkdir()
    with pytest.raises(CourseError, match="holds no assignment"):
        load(tmp_path)


def test_the_public_part_alone(tmp_path):
    """Students have no solutions/: the public checks load all the same."""
    write(tmp_path, {HIDDEN_FILE: None, SOLUTION_FILE: None, MISTAKE_FILE: None})
    for halve in (
        load(tmp_path, public_only=True).assignments["halve"],
        load_assignment(tmp_path / "assignments/halve"),
    ):
        assert [check.id for check in halve.checks] == ["test_half"]
        assert (halve.staff, halve.solution, halve.mistakes, halve.files) == (
            None,
            None,
            (),
            (tmp_path / PUBLIC_FILE,),
        )
        assert halve.max_score == 3


def test_the_public_part_does_not_look_at_solutions(tmp_path):
    """What is broken in solutions/ does not keep anybody from checking their own notebook."""
    write(tmp_path, {HIDDEN_FILE: "def ("})
    assert load(tmp_path, public_only=True).assignments["halve"].max_score == 3


def test_a_broken_public_part(tmp_path):
    """load_assignment tells every problem, too."""
    write(tmp_path, {PUBLIC_FILE: "def (", TOML_FILE: "titel = 'x'\n"})
    with pytest.raises(CourseError) as caught:
        load_assignment(tmp_path / "assignments/halve")
    assert len(caught.value.problems) == 4


def test_stubs_that_are_yet_to_be_made(tmp_path):
    """`grader stub` reads a course that has no stubs yet."""
    write(tmp_path, {STUB_FILE: None})
    assert load(tmp_path, need_stubs=False).assignments["halve"].stub == tmp_path / STUB_FILE


def test_select(tmp_path):
    """Named assignments are given in the order asked for, all of them where none is named."""
    course = made(tmp_path)
    assert (
        [each.name for each in course.select([])]
        == [each.name for each in course.select(["halve"])]
        == ["halve"]
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("halv", "did you mean 'halve'?"),
        ("Halve", "did you mean 'halve'?"),
        ("xyz", "There are: halve"),
        ("", "There are: halve"),
    ],
)
def test_select_an_unknown_one(tmp_path, name, told):
    """An unknown name is answered with the nearest, or with those that there are."""
    with pytest.raises(UsageError) as caught:
        made(tmp_path).select([name])
    assert told in str(caught.value)
