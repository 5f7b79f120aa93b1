"""Reports for pages, and a reader of pages that knows which language is shown."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from grader.course.course import Assignment
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
from grader.reports.html import staff_index, staff_page, student_page

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


def index(*reports: Report, lang: str = "en") -> str:
    return staff_index(reports, [assignment()], lang, names(*reports))


def all_pages(lang: str = "en", **changes) -> list[str]:
    made = [replace(each, **changes) for each in (report(), rejected(), internal(), stopped())]
    return [page(each, assignment(), lang) for each in made for page in (student_page, staff_page)] + [
        index(*made, lang=lang)
    ]


class Page(HTMLParser):
    """The tags of a page, and its text as it is shown in each language."""

    VOID = ("meta", "input", "img", "br", "link", "base")

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown = dict.fromkeys(LANGUAGES, "")
        self.style = ""
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
        if any(tag == "style" for tag, _ in self.open):
            self.style += data
            return
        spoken = next((lang for _, lang in reversed(self.open) if lang), None)
        inside_title = any(tag == "title" for tag, _ in self.open)
        for lang in LANGUAGES:
            if spoken in (None, lang) and not inside_title:
                self.shown[lang] += data

    def attribute(self, tag: str, name: str) -> list[str | None]:
        return [attributes[name] for each, attributes in self.tags if each == tag and name in attributes]


def harmless(source: str, of_author: Collection[str] = ()) -> Page:
    """The page, after looking that nothing in it can run, load or leak anything.

    `of_author`: what the assignment's author links to and shows, as it stands in the page.
    """
    page = Page(source)
    assert page.balanced and not page.open
    for tag, attributes in page.tags:
        assert tag not in (
            "script",
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
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert metas["Content-Security-Policy"].startswith(
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'"
    )
    assert metas["referrer"] == "no-referrer" and metas["robots"] == "noindex"
    assert "url(" not in page.style and "@import" not in page.style
    return page
