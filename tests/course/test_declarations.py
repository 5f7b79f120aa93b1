"""Checks are read from a rubric's syntax tree, and a wrong declaration is reported with file and line."""

from __future__ import annotations

import pytest

from courses import HIDDEN, HIDDEN_FILE, PUBLIC, PUBLIC_FILE, made, problems_of
from grader.course.declarations import declared_checks, require_order
from grader.course.problems import Problems
from grader.errors import CourseError
from grader.language.catalogue import Text
from grader.model.report import Check

CHECK = next(line for line in PUBLIC.splitlines() if line.startswith("@check"))
PLAIN = '@check(points=1, title="x")\ndef {}(student):\n    pass\n'


def declared(root, source: str) -> list[Check]:
    """The checks in a file with this source, which must have no problem."""
    path, problems = root / "test_public.py", Problems(root)
    path.write_text(source, encoding="utf-8")
    declarations = declared_checks(path, "public", problems)
    require_order(declarations, problems)
    problems.raise_if_any()
    return [declaration.check for declaration in declarations]


def test_nothing_is_run(tmp_path):
    """A file that would end Python declares its checks all the same."""
    found = declared(tmp_path, "raise SystemExit\n" + PLAIN.format("test_x"))
    assert found == [Check("test_x", 1, Text.verbatim("x"), "public")]


def test_a_hint_in_one_language(tmp_path):
    """A text that is not given in Chinese is the English one, and a hint may be missing."""
    [with_hint, without] = declared(
        tmp_path,
        '@check(points=1, title="x", hint="h")\ndef test_x(student):\n    pass\n' + PLAIN.format("test_y"),
    )
    assert with_hint.hint == Text("h", "h") and without.hint is None


def test_where_a_check_is_declared(tmp_path):
    """A declaration names its file and the line of the function."""
    path = tmp_path / "test_public.py"
    path.write_text("\n" + PLAIN.format("test_x"), encoding="utf-8")
    [declaration] = declared_checks(path, "hidden", Problems(tmp_path))
    assert (declaration.path, declaration.line, declaration.check.visibility) == (path, 3, "hidden")


def test_other_forms_of_the_decorator(tmp_path):
    """@grader.check declares a check too. Other functions and decorators beside it are ignored."""
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


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (PUBLIC_FILE, PUBLIC + "def broken(:\n", f"{PUBLIC_FILE}:11: syntax error"),
        (HIDDEN_FILE, "\n\nif True:\nx = 1\n", f"{HIDDEN_FILE}:4: syntax error"),
        (PUBLIC_FILE, b"\xff\xfe", f"{PUBLIC_FILE}: can't be read"),
        (PUBLIC_FILE, "x = '\0'", f"{PUBLIC_FILE}: "),
        (PUBLIC_FILE, "", f"{PUBLIC_FILE}: declares no check"),
    ],
)
def test_files_without_a_check(tmp_path, file, content, message):
    """A file that is no Python, or declares nothing, is a problem."""
    found = problems_of(tmp_path, {file: content})
    assert any(problem.startswith(message) for problem in found), found


@pytest.mark.parametrize(
    ("decorator", "line", "message"),
    [
        ('@check(point=3, points=3, title="a")', 8, "@check has no 'point'; did you mean 'points'?"),
        ('@check(points=3, title="a", weight=2)', 8, "@check has no 'weight'"),
        ('@check(**{"points": 3}, points=3, title="a")', 8, "@check takes no **: write its keywords out"),
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
        ('@check(points=10_000, title="a")', 8, "test_half needs points, a number above 0 and below 10,000"),
        ('@check(points=1e999, title="a")', 8, "test_half needs points"),
        ('@check(3, title="a", points=3)', 8, "@check takes keywords only"),
        ('@check(points=3, title="a", hint=3)', 8, "'hint' must be text"),
        ('@check(points=3, title="a", depends="test_half")', 8, "'depends' must be a list"),
        ('@check(points=3, title="a", depends=[1])', 8, "'depends' must be a list"),
        ('@check(points=3, title="a", depends=["test_nothing"])', 9, "test_half depends on 'test_nothing'"),
        (
            '@check(points=3, title="a", depends=["test_others"])',
            9,
            "test_half depends on 'test_others', which is not an earlier check",
        ),
        (
            '@check(points=3, title="a", depends=["test_half"])',
            9,
            "test_half depends on 'test_half', which is not an earlier check",
        ),
        ('@other(points=3, title="a")', 9, "test_half is not a check: give it points"),
        ("", 9, "test_half is not a check: give it points"),
    ],
)
def test_broken_checks(tmp_path, decorator, line, message):
    """A wrong declaration is reported with its file and line, before anything is graded."""
    found = problems_of(tmp_path, {PUBLIC_FILE: PUBLIC.replace(CHECK, decorator)})
    assert any(problem.startswith(f"{PUBLIC_FILE}:{line}: {message}") for problem in found), found


def test_a_keyword_of_a_senseless_value(tmp_path):
    """A value that Python itself could not compute is not written out either."""
    found = problems_of(tmp_path, {PUBLIC_FILE: PUBLIC.replace(CHECK, "@check(points=3, title={[]: 1})")})
    assert f"{PUBLIC_FILE}:8: 'title' must be written out, not computed" in found


def test_two_checks_of_one_name(tmp_path):
    """A name that both files use is reported at the second."""
    assert problems_of(tmp_path, {HIDDEN_FILE: HIDDEN + "\n" + PLAIN.format("test_half")}) == [
        f"{HIDDEN_FILE}:17: there are two checks named test_half"
    ]


def test_a_check_that_pytest_would_not_run(tmp_path):
    """A check must be named test_…, or it would never have a verdict."""
    found = problems_of(
        tmp_path,
        {PUBLIC_FILE: PUBLIC + '\n@check(points=1, title="x")\ndef tests_more(student):\n    pass\n'},
    )
    assert found[0].startswith(f"{PUBLIC_FILE}:13: the check tests_more must be named test_…")


def test_checks_depend_on_earlier_ones(tmp_path):
    """A check may depend on any check before it, and on none after it."""
    later = PLAIN.format("test_y").replace('"x"', '"x", depends=["test_x"]')
    assert [check.depends for check in declared(tmp_path, PLAIN.format("test_x") + later)] == [
        (),
        ("test_x",),
    ]
    with pytest.raises(CourseError, match="test_y depends on 'test_x', which is not an earlier check"):
        declared(tmp_path, later + PLAIN.format("test_x"))


DRAWN = "def line(student):\n    pass\n\n\n"


def test_a_picture_is_a_function_above(tmp_path):
    """A public check names a function of `student` that is defined before it."""
    [found] = declared(tmp_path, DRAWN + PLAIN.format("test_x").replace('"x"', '"x", picture=line'))
    assert found.id == "test_x"


def test_hidden_checks_have_no_pictures(tmp_path):
    """Students see pictures, and code of a hidden check could show them its inputs."""
    check = PLAIN.format("test_x").replace('"x"', '"x", picture=line')
    problems = problems_of(tmp_path, {HIDDEN_FILE: DRAWN + check})
    assert f"{HIDDEN_FILE}:5: only a check in test_public.py can have a picture: students see it" in problems


@pytest.mark.parametrize(
    ("before", "given", "message"),
    [
        ("", "line", "'picture' must be the name of a function that is defined above"),
        ("line = 3\n", "line", "'picture' must be the name of a function that is defined above"),
        (DRAWN, "line(3)", "'picture' must be the name of a function that is defined above"),
        (DRAWN, "lambda student: 3", "'picture' must be the name of a function that is defined above"),
        (DRAWN, '"line"', "'picture' must be the name of a function that is defined above"),
        (DRAWN.replace("student", "rerun"), "line", "line must take student, and nothing else, to be a pict"),
        (DRAWN.replace("student", "student, rerun"), "line", "line must take student, and nothing else"),
        (DRAWN.replace("student", ""), "line", "line must take student, and nothing else, to be a picture"),
        (DRAWN.replace("student", "*student"), "line", "line must take student, and nothing else"),
    ],
)
def test_what_is_no_picture(tmp_path, before, given, message):
    """A picture gets the notebook's own run, and nothing that reruns and other data hold."""
    check = PLAIN.format("test_x").replace('"x"', f'"x", picture={given}')
    with pytest.raises(CourseError, match=message):
        declared(tmp_path, before + check)
