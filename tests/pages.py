"""Reports for pages, and a reader of pages that knows which language is shown."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from grader.course.course import Assignment
from grader.course.settings import Settings
from grader.language.catalogue import LANGUAGES, Text
from grader.model.report import (
    FAILED,
    GRADED,
    INTERNAL,
    NOT_ATTEMPTED,
    NOT_RUN,
    PASSED,
    REJECTED,
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
from grader.model.status import SandboxKind, Status
from grader.reports import html
from grader.reports.figures import of_class
from grader.reports.html import staff_assignment, staff_index, staff_page, student_index, student_page

CODES = (
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
)


LIMIT = Text("more than 20 s", "超过了 20 秒")


SECRET = "hidden-secret-0.25"


PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=1>',
    "'><svg onload=alert(1)>",
    "</pre></span></style></title><iframe src=//evil.example>",
    "{{7*7}} {% raw %} {# x #} ${7*7}",
    '<a href="javascript:alert(1)">x</a>',
    "![](file:///etc/passwd) [x](javascript:alert(1))",
    "<!-- --> <![CDATA[ x ]]> &lt;b&gt; &amp;",
    "שלום עולם",
    "مرحبا",
    "王小明 🎉 👩‍🔬",
)


def checks() -> tuple[Check, ...]:
    return (
        Check("test_line", 2, Text("T1", "甲"), "public", Text("H1", "提示甲")),
        Check("test_means", 1, Text("T2", "乙"), "public", Text("H2", "提示乙"), ("test_line",)),
        Check("test_other", 3, Text("T3", "丙"), "hidden", Text("H3", "提示丙")),
        Check("test_fit", 2, Text("T4", "丁"), "hidden", Text("H4", "提示丁")),
        Check("test_loss", 2, Text.verbatim("T5"), "hidden"),
    )


def assignment(**changes) -> Assignment:
    return replace(
        Assignment("linreg", Text("A1", "作业"), Text("S1", "说明"), Path("a"), Path("b"), checks()),
        **changes,
    )


def results() -> tuple[CheckResult, ...]:
    line, means, other, fit, loss = checks()
    return (
        CheckResult(line, FAILED, "assert 1.5 <= 0.21 (test_public.py:23)", Reason("assertion")),
        CheckResult(means, NOT_RUN, "depends on test_line", Reason("depends", (("needs", "T1"),))),
        CheckResult(other, PASSED),
        CheckResult(
            fit,
            FAILED,
            f"raised ValueError: {SECRET} (test_hidden.py:40)",
            Reason("raised", (("kind", "ValueError"),)),
        ),
        CheckResult(
            loss,
            NOT_ATTEMPTED,
            f"`loss` was not written yet {SECRET}",
            Reason("not_attempted", (("name", "loss"),)),
        ),
    )


def cells() -> tuple[CellRun, ...]:
    return (
        CellRun(
            1,
            "a = 1\nb = w\nc = 3",
            Status.CELL_ERROR,
            (Output(OutputKind.ERROR, "TRACE\nline 2"),),
            Text.verbatim("NameError: name 'w' is not defined"),
            2,
        ),
        CellRun(
            2,
            "show()",
            Status.OK,
            (
                Output(OutputKind.STDOUT, "1\n"),
                Output(OutputKind.STDERR, "2"),
                Output(OutputKind.TEXT, "3"),
                Output(OutputKind.IMAGE, "<Figure>", PIXEL, "image/png"),
            ),
        ),
        CellRun(3, "", Status.OK),
    )


def report(**changes) -> Report:
    made = Report(
        "amy",
        "linreg",
        "cd" * 32,
        GRADED,
        3,
        10,
        None,
        Execution(
            Status.CELL_ERROR, 1, Text.verbatim("NameError: name 'w' is not defined"), 0.6, 0.5, 1, cells()
        ),
        results(),
        Provenance("0.1.0", "ab" * 32, {"python": "3.11.7", "torch": "2.13.0"}, 0, SandboxKind.BUBBLEWRAP),
    )
    return replace(made, **changes)


def rejected(**changes) -> Report:
    unread = tuple(CheckResult(check, NOT_RUN, None, Reason("rejected")) for check in checks())
    return report(
        student="bob",
        outcome=REJECTED,
        score=0,
        reason=Text("The file is cut off.", "文件缺了一截。"),
        execution=Execution(),
        checks=unread,
        **changes,
    )


def internal(**changes) -> Report:
    return report(
        student="eve",
        outcome=INTERNAL,
        score=None,
        reason=Text.verbatim(f"Traceback\n  File x\nNameError: {SECRET}"),
        execution=Execution(),
        checks=(),
        **changes,
    )


def stopped(**changes) -> Report:
    """One that was stopped in its second cell."""
    fine, last = (cells()[1], replace(cells()[2], status=Status.TIMED_OUT, number=2, error=LIMIT))
    run = Execution(Status.TIMED_OUT, 2, LIMIT, 41, 20, 2, (fine, last))
    return report(student="sam", execution=run, **changes)


def names(*reports: Report) -> dict[str, str]:
    return {each.student: f"name-{number}" for number, each in enumerate(reports)}


def index(*reports: Report, lang: str = "en", **others) -> str:
    """The page on the class. `others`: see `class_pages`."""
    return class_pages(reports, lang=lang, **others)["staff/index.html"]


def class_pages(
    reports: Collection[Report],
    assignments: Collection[Assignment] = (),
    lang: str = "en",
    folders: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    **others,
) -> dict[str, str]:
    """Every page that is about more than one submission, by its file. `others`: see `of_class`."""
    task_of = {each.name: each for each in (assignments or [assignment()])}
    folders = names(*reports) if folders is None else folders
    made = of_class(reports, list(task_of), **others)
    pages = {"staff/index.html": staff_index(made, task_of, lang, folders, (), settings)}
    for task in made.assignments:
        if task.results:
            page = staff_assignment(task, task_of.get(task.name), lang, folders)
            pages[f"staff/{task.name}/index.html"] = page
    for student in made.students:
        if student.results:
            page = student_index(student, task_of, lang, settings)
            pages[f"students/{folders[student.name]}/index.html"] = page
    return pages


def all_pages(lang: str = "en", **changes) -> list[str]:
    made = [replace(each, **changes) for each in (report(), rejected(), internal(), stopped())]
    return [page(each, assignment(), lang) for each in made for page in (student_page, staff_page)] + list(
        class_pages(made, lang=lang).values()
    )


class Page(HTMLParser):
    """The tags of a page, and its text as it is shown in each language."""

    VOID = ("meta", "input", "img", "br", "link", "base")

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown = dict.fromkeys(LANGUAGES, "")
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.open: list[tuple[str, str | None]] = []
        self.balanced = True
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            lang = dict(attrs).get("lang") if tag in ("span", "div", "text") else None
            self.open.append((tag, lang[:2] if lang else None))

    def handle_endtag(self, tag):
        self.balanced = self.balanced and bool(self.open) and self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and self.open[-1][0] in ("style", "script"):
            (self.styles if self.open[-1][0] == "style" else self.scripts).append(data)
            return
        spoken = next((lang for _, lang in reversed(self.open) if lang), None)
        inside_title = any(tag == "title" for tag, _ in self.open)
        for lang in LANGUAGES:
            if spoken in (None, lang) and not inside_title:
                self.shown[lang] += data

    def attribute(self, tag: str, name: str) -> list[str | None]:
        return [attributes[name] for each, attributes in self.tags if each == tag and name in attributes]


SCRIPTS = [path.read_text() for path in (Path(html.__file__).parent / "templates").glob("*.js")]


def harmless(source: str, of_author: Collection[str] = ()) -> Page:
    """The page, after looking that nothing in it can run, load or leak anything.

    `of_author`: what the assignment's author links to and shows, as it stands in the page.
    """
    page = Page(source)
    assert page.balanced and not page.open
    for tag, attributes in page.tags:
        assert tag not in (
            "iframe",
            "object",
            "embed",
            "base",
            "link",
            "form",
            "video",
            "audio",
            "frame",
            "animate",
            "set",
            "foreignobject",
        )
        for name, value in attributes.items():
            if name in ("src", "href") and value in of_author:
                continue
            assert not name.startswith("on") and name not in (
                "style",
                "srcset",
                "srcdoc",
                "xlink:href",
                "action",
                "formaction",
                "background",
                "ping",
            )
            if name == "src":
                assert re.fullmatch(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/]+=*", value)
            if name == "href":
                assert re.fullmatch(r"#[\w-]+|(\.\./)*[\w.%~-]+(/[\w.%~-]+)*\.html", value), value
    metas = {
        attributes.get("http-equiv") or attributes.get("name"): attributes["content"]
        for tag, attributes in page.tags
        if tag == "meta" and "content" in attributes
    }
    styles, scripts = (" ".join(map(source_of, texts)) for texts in (page.styles, page.scripts))
    assert metas["Content-Security-Policy"] == (
        f"default-src 'none'; img-src data:; style-src {styles}; script-src {scripts}; "
        "base-uri 'none'; form-action 'none'"
    )
    # Only our own scripts may run, and nothing of a report is in them.
    assert all(script in SCRIPTS for script in page.scripts)
    assert not [attributes for tag, attributes in page.tags if tag == "script" and attributes]
    assert metas["referrer"] == "no-referrer" and metas["robots"] == "noindex"
    assert not any("url(" in style or "@import" in style for style in page.styles)
    return page


def source_of(text: str) -> str:
    """How a policy allows a style sheet or a script that stands in a page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
