"""A stub is the solution without its answers, and with everything else unchanged."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from courses import SOLUTION, made
from grader.course.marks import STUB_MESSAGE
from grader.course.stub import PLACEHOLDER, how_to_check, read_notebook, text_of, without_answers, write
from grader.errors import CourseError
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.reading import parse
from grader.notebook.writing import dump


def lines(*text: str) -> str:
    return "\n".join(text)


@pytest.mark.parametrize(
    ("source", "expected", "count"),
    [
        ("x = 1", "x = 1", 0),
        ("", "", 0),
        (
            lines("a = 1", "### BEGIN SOLUTION", "b = 2", "### END SOLUTION", "c = 3"),
            lines("a = 1", PLACEHOLDER, "c = 3"),
            1,
        ),
        (
            lines(
                "def f():",
                "    ### BEGIN SOLUTION",
                "    if True:",
                "        return 1",
                "    ### END SOLUTION",
            ),
            lines("def f():", "    " + PLACEHOLDER),
            1,
        ),
        (
            lines("class A:", "\tdef f(self):", "\t\t### BEGIN SOLUTION", "\t\tpass", "\t\t### END SOLUTION"),
            lines("class A:", "\tdef f(self):", "\t\t" + PLACEHOLDER),
            1,
        ),
        (lines("### BEGIN SOLUTION", "### END SOLUTION"), PLACEHOLDER, 1),
        (
            lines(
                "### BEGIN SOLUTION",
                "a",
                "### END SOLUTION",
                "b",
                "### BEGIN SOLUTION",
                "c",
                "### END SOLUTION",
            ),
            lines(PLACEHOLDER, "b", PLACEHOLDER),
            2,
        ),
        (
            lines("### BEGIN SOLUTION", "### STUB rate = ...", "rate = 0.1", "### END SOLUTION"),
            "rate = ...",
            1,
        ),
        (
            lines(
                "    ### BEGIN SOLUTION",
                "### STUB w = ...",
                "    w = 1",
                "    ### STUB b = ...",
                "    b = 2",
                "    ### END SOLUTION",
            ),
            lines("    w = ...", "    b = ..."),
            1,
        ),
        (
            lines(
                "### BEGIN SOLUTION", "### STUB if x:", "### STUB     y = ...", "x = y", "### END SOLUTION"
            ),
            lines("if x:", "    y = ..."),
            1,
        ),
        (lines("### BEGIN SOLUTION", "### STUB", "x", "### END SOLUTION"), "", 1),
        (lines("  ### BEGIN SOLUTION  ", "  secret", "### END SOLUTION"), "  " + PLACEHOLDER, 1),
        (
            lines("# BEGIN SOLUTION", "a  =  1  # spaces", "print('### BEGIN SOLUTION')"),
            lines("# BEGIN SOLUTION", "a  =  1  # spaces", "print('### BEGIN SOLUTION')"),
            0,
        ),
    ],
    ids=range(13),
)
def test_answers_give_way(source, expected, count):
    """The placeholder, or the answer's stub lines, replace an answer. Everything else stays as it is."""
    assert without_answers(source) == (expected, count)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (lines("### BEGIN SOLUTION", "x"), "line 1: ### BEGIN SOLUTION without ### END SOLUTION"),
        (lines("x", "### END SOLUTION"), "line 2: ### END SOLUTION without"),
        (
            lines("### BEGIN SOLUTION", "### BEGIN SOLUTION", "### END SOLUTION"),
            "line 2: ### BEGIN SOLUTION inside an answer",
        ),
        (
            lines("### BEGIN SOLUTION", "### END SOLUTION", "### END SOLUTION"),
            "line 3: ### END SOLUTION without",
        ),
    ],
)
def test_regions_that_are_not_closed(source, message):
    """Marks that are not balanced are refused with their line, since an answer could get into the stub."""
    with pytest.raises(ValueError) as caught:
        without_answers(source)
    assert str(caught.value).startswith(message)


def test_the_placeholder_is_what_grading_takes_for_unwritten():
    """The placeholder raises the error by which a rubric knows that nothing was written."""
    with pytest.raises(NotImplementedError) as caught:
        exec(PLACEHOLDER)
    assert str(caught.value) == STUB_MESSAGE


def test_a_whole_stub(tmp_path):
    """A stub has the solution's cells with their kinds, ids and tags, no answer, a last cell that says how to
    check it, and ends in a newline.
    """
    text = text_of(made(tmp_path).assignments["halve"].solution, "halve")
    *cells, last = parse(text.encode()).cells
    assert last == how_to_check("halve") and "`grader check halve.ipynb`" in last.source
    assert [(cell.kind, cell.id, cell.tags) for cell in cells] == [
        (cell.kind, cell.id, cell.tags) for cell in SOLUTION.cells
    ]
    assert [one == other for one, other in zip(cells, SOLUTION.cells, strict=True)] == [
        True,
        True,
        False,
        True,
    ]
    assert "x / 2" not in text and "SOLUTION" not in text
    assert PLACEHOLDER.replace('"', '\\"') in text
    assert text.endswith("}\n")


def test_a_marker_in_prose_is_prose(tmp_path):
    """Only code cells hold answers, so text cells may show the marks."""
    prose = replace(SOLUTION.cells[0], source="### BEGIN SOLUTION\nis how an answer begins")
    course = made(tmp_path)
    course.assignments["halve"].solution.write_text(
        dump(Notebook((prose, *SOLUTION.cells[1:]))), encoding="utf-8"
    )
    assert (
        parse(text_of(course.assignments["halve"].solution, "halve").encode()).cells[0].source == prose.source
    )


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ((Cell("code", "x = 1"),), ["has no answer between"]),
        (
            (Cell("code", "### BEGIN SOLUTION", id="one"), Cell("code", "### END SOLUTION", id="two")),
            ["cell 'one'", "cell 'two'"],
        ),
    ],
)
def test_solutions_without_a_stub(tmp_path, cells, message):
    """A solution without marks, or with unbalanced ones, has no stub. Every wrong cell is reported."""
    course = made(tmp_path)
    course.assignments["halve"].solution.write_text(dump(Notebook(cells)), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        text_of(course.assignments["halve"].solution, "halve")
    assert len(caught.value.problems) == len(message)
    assert all(
        words in str(problem) and "solution.ipynb" in str(problem)
        for words, problem in zip(message, caught.value.problems, strict=True)
    )


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_solutions_that_can_not_be_read(tmp_path, content):
    """A solution that is not a notebook, or is missing, makes the course broken."""
    path = tmp_path / "solution.ipynb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CourseError, match="can't be read"):
        read_notebook(path)


def test_writing_a_stub(tmp_path):
    """write() brings a stub up to date, says whether it changed, and does not touch a good one."""
    halve = made(tmp_path).assignments["halve"]
    os.utime(halve.stub, (1, 1))
    assert write(halve) == {halve.stub: False}
    assert halve.stub.stat().st_mtime == 1
    for stale in ("stale", None):
        halve.stub.unlink() if stale is None else halve.stub.write_text(stale)
        assert write(halve) == {halve.stub: True}
        assert halve.stub.read_bytes().decode() == text_of(halve.solution, "halve")
        assert write(halve) == {halve.stub: False}


ASKING = (
    Cell("markdown", "Why?\n<!-- answer: why -->\nBecause it is half.", id="why"),
    Cell("code", "# answer: how\nprint('like this')", id="how"),
    Cell("code", "# answer: where\nx = 1\n### BEGIN SOLUTION\ny = 2\n### END SOLUTION", id="where"),
)


def stub_of(tmp_path, *cells):
    """The sources of the stub's cells, but for the one that says how to check it."""
    path = tmp_path / "solution.ipynb"
    path.write_text(dump(Notebook(cells)), encoding="utf-8")
    return [cell.source for cell in parse(text_of(path, "halve").encode()).cells[:-1]]


def test_answers_that_a_person_marks(tmp_path):
    """What stands below the mark is replaced by a line to write below; the question and the mark stay."""
    assert stub_of(tmp_path, *ASKING) == [
        "Why?\n<!-- answer: why -->\n*Write your answer here.*",
        "# answer: how\n# Write your answer here.",
        f"# answer: where\nx = 1\n{PLACEHOLDER}",
    ]


def test_answers_in_a_course_in_chinese(tmp_path):
    """If anything in the notebook is in Chinese, so is the line to write below."""
    chinese = Cell("markdown", "为什么？\n<!-- answer: why -->\n因为。")
    (text,) = stub_of(tmp_path, chinese)
    assert text == "为什么？\n<!-- answer: why -->\n*Write your answer here.*\n*在这里写下你的回答。*"
    last = parse(text_of(tmp_path / "solution.ipynb", "halve").encode()).cells[-1]
    assert last.source.startswith("## Check your work · 检查你的作业\n\nSave") and "先保存" in last.source
