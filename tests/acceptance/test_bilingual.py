"""Everything that a student reads is there in English and in Chinese.

The first half reads the course itself and what `grader new` makes. The second half reads reports' pages.
"""

from __future__ import annotations

import ast
import asyncio
import functools
import io
import json
import re
import socket
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grader.cli.check import show
from grader.course import scaffold
from grader.course.course import Assignment, Mistake
from grader.course.loader import load
from grader.language.catalogue import Text, say
from grader.model.codec import from_data, to_data
from grader.model.report import (
    FAILED,
    GRADED,
    INTERNAL,
    NOT_ATTEMPTED,
    NOT_RUN,
    PASSED,
    REJECTED,
    VERDICTS,
    CellRun,
    Check,
    CheckResult,
    Execution,
    Output,
    OutputKind,
    Provenance,
    Reason,
    Report,
)
from grader.model.status import RubricScope, SandboxKind, Status
from grader.model.task import Rubric, Task
from grader.notebook.notebook import Unreadable
from grader.notebook.reading import parse
from grader.notebook.syntax import syntax_tree as source_tree
from grader.reports.html import staff_page, student_page
from grader.worker.notebook_run import summary
from grader.worker.process import EndReason
from grader.worker.recipe import grade
from pages import class_pages
from support import QUICK, ROOT

CHINESE = re.compile("[\u3400-\u9fff]")
CHINESE_STRETCH = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’—…]+")  # with its punctuation
WORD = re.compile(r"[A-Za-z]{2,}")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
NO_PROSE = re.compile(r"`[^`]*`|\$[^$]*\$|https?://\S+")
HEADING = re.compile(r"#{1,6} +(.*)")
NEW = "what-grader-new-makes"
NAMES = sorted(
    path.name
    for path in (ROOT / "assignments").iterdir()
    if path.is_dir() and not path.name.startswith((".", "_"))
)
WRITES_IN_PLOTS = {
    "annotate",
    "legend",
    "set_title",
    "set_xlabel",
    "set_ylabel",
    "suptitle",
    "text",
    "title",
    "xlabel",
    "ylabel",
}


# ---- the course


@pytest.fixture(scope="module")
def assignments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Assignment]:
    """The repository's assignments, and a new one."""
    root = tmp_path_factory.mktemp("course")
    scaffold.make(root, NEW)
    return {**load(ROOT).assignments, **load(root).assignments}


@pytest.fixture(params=[*NAMES, NEW])
def assignment(request: pytest.FixtureRequest, assignments: dict[str, Assignment]) -> Assignment:
    return assignments[request.param]


@pytest.fixture
def markdown(assignment: Assignment) -> dict[str, str]:
    """The text between cells of code, by the cell's id, without blocks of code."""
    return {
        cell.id: FENCED.sub("", cell.source)
        for cell in parse(assignment.stub.read_bytes()).cells
        if cell.kind == "markdown"
    }


@pytest.fixture
def code(assignment: Assignment) -> dict[str, str]:
    """What students find in cells of code, by the cell's id."""
    return {cell.id: cell.source for cell in parse(assignment.stub.read_bytes()).cells if cell.kind == "code"}


def chinese(text: str) -> bool:
    """Whether a text contains Chinese."""
    return CHINESE.search(text) is not None


def english(text: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a text contains English prose beside Chinese.

    Prose is a stretch with two words that are not `names`, or one word at the start of the text.
    """
    stretches = [
        [word for word in WORD.findall(part) if word not in names]
        for part in CHINESE_STRETCH.split(NO_PROSE.sub(" ", text))
    ]
    return any(len(words) > 1 for words in stretches) or bool(stretches[0])


def assert_none(wrong: list[str]) -> None:
    """Fail if anything is wrong, with each place on a line of its own."""
    assert not wrong, "\n".join(wrong)


def nodes(source: str) -> Iterator[ast.AST]:
    """All nodes of a cell's syntax tree. There are none where it is not Python."""
    tree = source_tree(source)
    return ast.walk(tree) if tree else iter(())


def names_in(code: dict[str, str]) -> frozenset[str]:
    """Every name that the notebook's code uses. In a comment such a word is code."""
    return frozenset(
        token.string for source in code.values() for token in tokens(source) if token.type == tokenize.NAME
    )


def tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    """A cell's tokens, up to what is not Python."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(source).readline)
    except (SyntaxError, tokenize.TokenError):  # magics
        return


def comments(source: str) -> list[str]:
    """The comments. Those on consecutive lines are one, since one language may stand below the other."""
    found: list[tuple[int, bool, str]] = []
    for token in tokens(source):
        if token.type != tokenize.COMMENT:
            continue
        (line, column), text = token.start, token.string.lstrip("#!").strip()
        alone = not token.line[:column].strip()
        if found and alone and found[-1][:2] == (line - 1, True):
            text = f"{found.pop()[2]}\n{text}"
        found.append((line, alone, text))
    return [text for _, _, text in found]


def not_in_both(**texts: Text | None) -> list[str]:
    """What is wrong with texts that must be in both languages."""
    wrong = []
    for name, text in texts.items():
        if text is None or not WORD.search(text.en) or chinese(text.en):
            wrong.append(f"{name} is not English: {text}")
        if text is None or not chinese(text.zh):
            wrong.append(f"{name} is not Chinese: {text}")
    return wrong


def test_titles_and_statements(assignment: Assignment) -> None:
    """Every assignment has a title and a statement in both languages."""
    assert_none(not_in_both(title=assignment.title, statement=assignment.statement))


def test_checks(assignment: Assignment) -> None:
    """Every check has a title and a hint in both languages."""
    assert_none(
        [
            f"{check.id}: {words}"
            for check in assignment.checks
            for words in not_in_both(title=check.title, hint=check.hint)
        ]
    )


def test_mistakes(assignment: Assignment) -> None:
    """Every known mistake has a title and a hint in both languages."""
    assert_none(
        [
            f"{mistake.path}: {words}"
            for mistake in assignment.mistakes
            for words in not_in_both(title=mistake.title, hint=mistake.hint)
        ]
    )


def test_markdown(markdown: dict[str, str]) -> None:
    """Every cell of text is in both languages."""
    assert_none(
        [f"{name}: {text}" for name, text in markdown.items() if not (chinese(text) and english(text))]
    )


def test_headings(markdown: dict[str, str]) -> None:
    """A heading is `English · 中文`."""
    headings = [
        (name, found[1])
        for name, text in markdown.items()
        for line in text.splitlines()
        if (found := HEADING.fullmatch(line))
    ]
    assert headings
    wrong = []
    for name, heading in headings:
        first, dot, second = heading.partition(" · ")
        if not dot or chinese(first) or not WORD.search(first) or not chinese(second):
            wrong.append(f"{name}: {heading}")
    assert_none(wrong)


def test_docstrings(code: dict[str, str]) -> None:
    """Every docstring is in both languages."""
    wrong = []
    for name, source in code.items():
        for node in nodes(source):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                words = ast.get_docstring(node)
                if words and not (chinese(words) and english(words)):
                    wrong.append(f"{name}: {node.name}: {words}")
    assert_none(wrong)


def test_comments(code: dict[str, str]) -> None:
    """Every comment is in both languages, unless it is only code or symbols."""
    names = names_in(code)
    wrong = []
    for name, source in code.items():
        for comment in comments(source):
            nothing_but_code = not chinese(comment) and not set(WORD.findall(comment)) - names
            if not nothing_but_code and not (chinese(comment) and english(comment, names)):
                wrong.append(f"{name}: {comment}")
    assert_none(wrong)


def test_plots(code: dict[str, str]) -> None:
    """No plot contains Chinese: matplotlib's own font has no such characters."""
    wrong = []
    for name, source in code.items():
        for call in nodes(source):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                root = call.func.value
                while isinstance(root, ast.Attribute):
                    root = root.value
                if call.func.attr in WRITES_IN_PLOTS or (isinstance(root, ast.Name) and root.id == "plt"):
                    wrong += [
                        f"{name}: {text.value}"
                        for text in ast.walk(call)
                        if isinstance(text, ast.Constant)
                        and isinstance(text.value, str)
                        and chinese(text.value)
                    ]
    assert_none(wrong)


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("The slope at x. x 处的坡度。", True),
        ("The slope at x.", False),
        ("x 处的坡度。", False),
        ("用 autograd 求出 backward 的结果", False),
        ("# Slope · 坡度", True),
        ("Slope: 坡度", True),
        ("坡度 (the slope)", True),
        ("`the slope` 是坡度", False),
        ("$the slope$ 是坡度", False),
        ("The slope.\n坡度。", True),
        ("", False),
        ("（x 轴）", False),
    ],
)
def test_what_counts_as_both(text: str, both: bool) -> None:
    """A word of code among Chinese ones does not make a text English."""
    assert (chinese(text) and english(text)) == both


def test_which_comments_belong_together() -> None:
    """Comments on consecutive lines are one. A comment after code stands alone. A string is no comment."""
    source = "# one\n# 一\nx = 1  # two\ny = 2  # three\n# four\n\n# five\nz = '# six'\n"
    assert comments(source) == ["one\n一", "two", "three", "four", "five"]


# ---- pages


CODES = (
    "assertion",
    "invalid",
    "raised",
    "missing",
    "unassigned",
    "not_attempted",
    "depends",
    "timed_out",
    "out_of_memory",
    "died",
    "too_much_output",
    "protocol",
    "rejected",
    "some other code",
)
WORDS = (("kind", "ValueError"), ("name", "fit"))
AUTHORS = {"en": ("Title", "Hint", "Student"), "zh": ("标题", "提示", "学生")}
NO_LANGUAGE = {
    "CPU",
    "Jupyter",
    "MB",
    "NaN",
    "Python",
    "SHA",
    "ValueError",
    "bubblewrap",
    "exit",
    "fit",
    "ipynb",
    "print",
    "python",
    "quit",
}


def a_task(lang: str) -> Assignment:
    """An assignment whose author writes in one language only, so that all other text is the grader's."""
    title, hint, _ = AUTHORS[lang]
    verbatim = Text.verbatim
    checks = tuple(
        Check(
            f"test_{number}",
            2,
            verbatim(f"{title} {number}"),
            visibility,
            verbatim(hint),
            ("test_0",) * bool(number),
        )
        for number, visibility in enumerate(["public", "hidden"] * (len(CODES) + 1))
    )
    mistakes = tuple(
        Mistake(name, "path", verbatim(f"{title} B"), (), (), hints)
        for name, hints in (("hinted", verbatim(hint)), ("plain", None))
    )
    return Assignment(
        "linreg", verbatim(f"{title} A"), verbatim(title), Path("a"), Path("b"), checks, mistakes=mistakes
    )


def a_class(lang: str) -> list[Report]:
    """Reports with every outcome, status, verdict and reason, public and hidden, sealed and not."""
    task, (title, _, student) = a_task(lang), AUTHORS[lang]
    verdicts = {"depends": NOT_RUN, "rejected": NOT_RUN, "not_attempted": NOT_ATTEMPTED}
    reasons = [Reason(code, words) for code in CODES for words in ((), WORDS)]
    results = (
        CheckResult(task.checks[0], FAILED, title, Reason("assertion"), mistake="hinted"),
        CheckResult(task.checks[1], PASSED),
        *(
            CheckResult(check, verdicts.get(reason.code, FAILED), title, reason)
            for check, reason in zip(task.checks[2:], reasons)
        ),
    )
    results = (*results[:-1], replace(results[-1], mistake="plain"))
    assert {result.verdict for result in results} == set(VERDICTS)
    words = Text.verbatim(title)
    outputs = (Output(OutputKind.STDOUT, title), Output(OutputKind.ERROR, title))
    cells = (
        CellRun(1, "x", Status.CELL_ERROR, outputs, words, 1, True),
        CellRun(2, "", Status.OK),
        *(CellRun(number, "x", status) for number, status in enumerate(Status, 3)),
    )
    sealed = Provenance("0.1.0", "00" * 32, {"python": "3.11.7"}, 0, SandboxKind.BUBBLEWRAP)
    graded = Report(
        student, task.name, "00" * 32, GRADED, 2, 20, None, Execution(cells=cells), results, sealed
    )
    found = [
        replace(
            graded, execution=replace(graded.execution, status=status, cell=cell, message=words, cells=ran)
        )
        for status in Status
        if status != Status.NOT_RUN
        for cell in (None, 1)
        for ran in (cells, cells[:2])
    ]
    found += [
        replace(
            graded,
            outcome=outcome,
            score=None if outcome == INTERNAL else 0,
            reason=words,
            checks=results[:2],
        )
        for outcome in (REJECTED, INTERNAL)
    ]
    found += [
        replace(graded, provenance=replace(sealed, sandbox=SandboxKind.NONE)),
        replace(graded, provenance=replace(sealed, rubric=RubricScope.PUBLIC)),
    ]
    why, limit = refusal().text, say("more than {most} MB of memory", most=512)
    found += [
        replace(graded, outcome=REJECTED, score=0, reason=why, checks=results[:2], execution=Execution()),
        replace(graded, execution=Execution(Status.OUT_OF_MEMORY, 1, limit, cells=cells[:2])),
    ]
    return [replace(report, student=f"{student} {number}") for number, report in enumerate(found)]


def refusal() -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        parse(b"")
    return caught.value


class ShownText(HTMLParser):
    """The pieces of text that a page shows in one language, without code, output and addresses."""

    VOID = ("meta", "input", "img", "br", "link", "base")

    def __init__(self, source: str, lang: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lang = lang
        self.pieces: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        spoken = ("title", "alt", "aria-label", "placeholder")
        self.pieces += [value for name in spoken if (value := attributes.get(name))]
        if tag not in self.VOID:
            self.open.append((tag, (attributes.get("lang") or "")[:2]))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self.open}
        others = any(lang not in ("", self.lang) for tag, lang in self.open if tag != "html")
        if data.strip() and not others and not tags & {"style", "script", "pre", "code"}:
            self.pieces.append(data.strip())


@functools.cache
def pages(lang: str) -> dict[str, str]:
    """Every kind of page of every report, by a name."""
    reports, task = a_class(lang), a_task(lang)
    views: dict[str, Callable[..., str]] = {"student": student_page, "staff": staff_page}
    made = {
        f"{kind} {number}": page(report, task, lang)
        for kind, page in views.items()
        for number, report in enumerate(reports)
    }
    names = {report.student: f"name-{number}" for number, report in enumerate(reports)}
    return {
        **made,
        **class_pages(reports, [task], lang, names, without={"17": say("The student's folder is empty.")}),
        "index of nobody": class_pages([], [task], lang)["staff/index.html"],
    }


def test_chinese_pages_speak_no_english() -> None:
    """Read in Chinese, no page has an English word, however a submission ended."""
    left = {
        piece: name
        for name, page in pages("zh").items()
        for piece in ShownText(page, "zh").pieces
        if set(WORD.findall(piece)) - NO_LANGUAGE
    }
    assert_none([f"{name}: {piece}" for piece, name in left.items()])


def test_english_pages_speak_no_chinese() -> None:
    """Read in English, no page has any Chinese except the switch to it."""
    left = {
        piece: name
        for name, page in pages("en").items()
        for piece in ShownText(page, "en").pieces
        if chinese(piece)
    }
    assert_none([f"{name}: {piece}" for piece, name in left.items()])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_are_looked_at(lang: str) -> None:
    """The two tests above see the words of templates and of sentences."""
    expected = {
        "en": (
            "Hint",
            "Staff only",
            "Students: ",
            "more checks are run once",
            "Graded without protection",
            "Title A",
        ),
        "zh": ("提示", "仅限教师", "学生：", "第 1 个单元格", "标题 A"),
    }[lang]
    pieces = " ".join(piece for page in pages(lang).values() for piece in ShownText(page, lang).pieces)
    assert [words for words in expected if words not in pieces] == []
    page = '<p title="one two">a<span lang="en">x y</span><span lang="zh-Hans">甲<code>c d</code></span></p>'
    assert ShownText(page, "zh").pieces == ["one two", "a", "甲"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_student_is_told_in_one_language(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`grader check` prints only the requested language, however the notebook ended."""
    for report in a_class(lang):
        show(report, a_task(lang), lang)
    printed = capsys.readouterr().out
    expected = {"en": ("the file is empty", "more than 512 MB"), "zh": ("文件是空的", "超过了 512 MB")}
    assert all(words in printed for words in expected[lang])
    assert_none(
        [
            line
            for line in printed.splitlines()
            if (chinese(line) if lang == "en" else set(WORD.findall(line)) - NO_LANGUAGE)
        ]
    )


@pytest.mark.parametrize(
    ("content", "problem", "sentence"),
    [
        (b"", None, ("This is not a notebook: the file is empty.", "这不是笔记本：文件是空的。")),
        (b"", Text("It is a pipe.", "这是管道。"), ("It is a pipe.", "这是管道。")),
    ],
)
def test_a_refusal_arrives_in_both(content: bytes, problem: Text | None, sentence: tuple[str, str]) -> None:
    """A report says in both languages why a submission was rejected, and keeps both through JSON."""
    sealed = Provenance("0.1.0", "00", {}, 0, SandboxKind.NONE)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        report = asyncio.run(
            grade(Task("amy", "linreg", "00", content, problem, Rubric((), ()), QUICK, sealed), ours, None)
        )
    assert report.outcome == REJECTED and report.reason is not None
    assert report.reason.en.startswith(sentence[0]) and report.reason.zh.startswith(sentence[1])
    assert from_data(Report, json.loads(json.dumps(to_data(report)))) == report


def test_what_stopped_a_session_is_said_in_both() -> None:
    """A limit is named in both languages, whether a cell or the whole notebook met it."""
    reason = EndReason(Status.TIMED_OUT, say("the notebook took longer than {most} s", most=9))
    cell = CellRun(2, "x", Status.TIMED_OUT, (), reason.message)
    for runs in ([CellRun(1, "x", Status.OK), cell], [CellRun(1, "x", Status.OK)]):
        execution = summary(runs, reason, 1.0, 1.0, 1)
        assert execution.message == Text("the notebook took longer than 9 s", "笔记本的运行时间超过了 9 秒")
    raised = summary(
        [CellRun(1, "x", Status.CELL_ERROR, (), Text.verbatim("NameError: x"))], None, 1.0, 1.0, 1
    )
    assert raised.message == Text.verbatim("NameError: x")
