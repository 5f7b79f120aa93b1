"""Reports: what a page shows to whom, and that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

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
    STATUSES,
    CellRun,
    Check,
    CheckResult,
    Execution,
    Output,
    Provenance,
    Reason,
    Report,
)
from grader.reports import sentences as reasons
from grader.reports.html import index_view, staff_index, staff_page, staff_view, student_page, student_view

CODES = (
    "assertion",
    "invalid",
    "raised",
    "missing",
    "not_attempted",
    "depends",
    "timed_out",
    "out_of_memory",
    "died",
    "too_much_output",
    "protocol",
    "rejected",
)
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


# ---- what reports are made of


def checks() -> tuple[Check, ...]:
    return (
        Check("test_line", 2, "T1", "public", "甲", "H1", "提示甲"),
        Check("test_means", 1, "T2", "public", "乙", "H2", "提示乙", ("test_line",)),
        Check("test_other", 3, "T3", "hidden", "丙", "H3", "提示丙"),
        Check("test_fit", 2, "T4", "hidden", "丁", "H4", "提示丁"),
        Check("test_loss", 2, "T5", "hidden"),
    )


def assignment(**changes) -> Assignment:
    return replace(
        Assignment("linreg", "A1", "S1", Path("a"), Path("b"), checks(), zh_title="作业", zh_statement="说明"),
        **changes,
    )


def results() -> tuple[CheckResult, ...]:
    line, means, other, fit, loss = checks()
    return (
        CheckResult(line, FAILED, "assert 1.5 <= 0.21 (test_public.py:23)", Reason("assertion")),
        CheckResult(means, NOT_RUN, "depends on test_line", Reason("depends", (("needs", "T1"),))),
        CheckResult(other, PASSED),
        CheckResult(fit, FAILED, f"raised ValueError: {SECRET} (test_hidden.py:40)", Reason("raised", (("kind", "ValueError"),))),
        CheckResult(loss, NOT_ATTEMPTED, f"`loss` was not written yet {SECRET}", Reason("not_attempted", (("name", "loss"),))),
    )


def cells() -> tuple[CellRun, ...]:
    return (
        CellRun(
            1,
            "a = 1\nb = w\nc = 3",
            "cell_error",
            (Output("error", "TRACE\nline 2"),),
            "NameError: name 'w' is not defined",
            2,
        ),
        CellRun(
            2,
            "show()",
            "ok",
            (
                Output("stdout", "1\n"),
                Output("stderr", "2"),
                Output("text", "3"),
                Output("image", "<Figure>", PIXEL, "image/png"),
            ),
        ),
        CellRun(3, "", "ok"),
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
        Execution("cell_error", 1, "NameError: name 'w' is not defined", 0.6, 0.5, 1, cells()),
        results(),
        Provenance("0.1.0", "ab" * 32, {"python": "3.11.7", "torch": "2.13.0"}, 0, "bubblewrap"),
    )
    return replace(made, **changes)


def rejected(**changes) -> Report:
    unread = tuple(CheckResult(check, NOT_RUN, None, Reason("rejected")) for check in checks())
    return report(
        student="bob",
        outcome=REJECTED,
        score=0,
        reason="The file is cut off.",
        reason_zh="文件缺了一截。",
        execution=Execution(),
        checks=unread,
        **changes,
    )


def internal(**changes) -> Report:
    return report(
        student="eve",
        outcome=INTERNAL,
        score=None,
        reason=f"Traceback\n  File x\nNameError: {SECRET}",
        execution=Execution(),
        checks=(),
        **changes,
    )


def stopped(**changes) -> Report:
    """One that was stopped in its second cell."""
    fine, last = cells()[1], replace(cells()[2], status="timed_out", number=2, error="more than 20 s", error_zh="超过了 20 秒")
    run = Execution("timed_out", 2, "more than 20 s", 41, 20, 2, (fine, last), "超过了 20 秒")
    return report(student="sam", execution=run, **changes)


def names(*reports: Report) -> dict[str, str]:
    return {each.student: f"name-{number}" for number, each in enumerate(reports)}


def index(*reports: Report, lang: str = "en") -> str:
    return staff_index(reports, [assignment()], lang, names(*reports))


def all_pages(lang: str = "en", **changes) -> list[str]:
    made = [replace(each, **changes) for each in (report(), rejected(), internal(), stopped())]
    return [page(each, assignment(), lang) for each in made for page in (student_page, staff_page)] + [index(*made, lang=lang)]


# ---- how a browser would see a page


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
            lang = dict(attrs).get("lang") if tag == "span" else None
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


def harmless(source: str) -> Page:
    """The page, after looking that nothing in it can run, load or leak anything."""
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
    assert metas["Content-Security-Policy"].startswith(f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'")
    assert metas["referrer"] == "no-referrer" and metas["robots"] == "noindex"
    assert "url(" not in page.style and "@import" not in page.style
    return page


# ---- who may see what


def test_student_sees_score_and_every_check():
    """A student's page has the score, and each check with its word, icon and points."""
    page = harmless(student_page(report(), assignment(), "en"))
    text = page.shown["en"]
    assert re.search(r"3\s*/ 10", text)
    for check in checks():
        assert check.title in text
    for word in ("Passed", "Failed", "Not run", "Not attempted"):
        assert word in text
    icons = [
        value
        for value in page.attribute("use", "href")
        if value in ("#icon-passed", "#icon-failed", "#icon-not_run", "#icon-not_attempted")
    ]
    assert icons == ["#icon-failed", "#icon-not_run", "#icon-passed", "#icon-failed", "#icon-not_attempted"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hidden_message_is_not_for_students(lang):
    """What a hidden check says is nowhere in the student's page, and all of it in the staff's."""
    assert SECRET not in student_page(report(), assignment(), lang)
    assert "test_hidden" not in student_page(report(), assignment(), lang)
    assert staff_page(report(), assignment(), lang).count(SECRET) == 2


def test_hidden_check_gives_title_sentence_and_hint():
    """A hidden check that failed has its title, a sentence and its hint, and no message, in the view already."""
    fit = student_view(report(), assignment(), "en").checks[3]
    assert fit.message is None
    assert fit.title == Text("T4", "丁") and fit.hint == Text("H4", "提示丁")
    assert "ValueError" in fit.reason.en and "ValueError" in fit.reason.zh


def test_public_message_is_shown():
    """A public check that failed shows its assertion."""
    line = student_view(report(), assignment(), "en").checks[0]
    assert line.message == "assert 1.5 <= 0.21 (test_public.py:23)"
    assert "assert 1.5 <= 0.21" in Page(student_page(report(), assignment(), "en")).shown["zh"]


def test_passed_check_says_no_more():
    """A passed check has no reason and no hint."""
    other = student_view(report(), assignment(), "en").checks[2]
    assert (other.reason, other.hint, other.message) == (None, None, None)
    assert "H3" not in student_page(report(), assignment(), "en")


def test_waiting_check_names_what_it_waits_for_in_each_language():
    """A check that was not run names the titles it builds on, translated."""
    means = student_view(report(), assignment(), "en").checks[1]
    assert "“T1”" in means.reason.en and "“甲”" in means.reason.zh


def test_internal_reason_is_for_staff():
    """What of ours broke is shown to staff; the student learns that it was not them, and sees no score."""
    student, staff = student_page(internal(), assignment(), "en"), staff_page(internal(), assignment(), "en")
    assert SECRET not in student and SECRET in staff
    assert "Your points are not affected" in student and "your teacher has been told" in student
    assert student_view(internal(), assignment(), "en").score == "–"


def test_rejected_reason_is_for_the_student():
    """Why a file was refused is told to the student, once."""
    text = harmless(student_page(rejected(), assignment(), "en")).shown["en"]
    assert text.count("The file is cut off.") == 1
    assert "could not be read as a notebook" in text


def test_rejected_reason_is_told_in_each_language():
    """Why a file was refused is in the language that is read, for the student, for staff and in the table of the class."""
    for source in (student_page(rejected(), assignment(), "zh"), staff_page(rejected(), assignment(), "zh"), index(rejected(), lang="zh")):
        shown = harmless(source).shown
        assert shown["zh"].count("文件缺了一截。") == 1 and "cut off" not in shown["zh"]
        assert shown["en"].count("The file is cut off.") == 1 and "文件" not in shown["en"]


def test_rejected_reason_without_chinese():
    """A report from before there were reasons in Chinese shows the English one."""
    old = replace(rejected(), reason_zh="")
    assert "The file is cut off." in harmless(student_page(old, assignment(), "zh")).shown["zh"]
    assert "The file is cut off." in harmless(index(old, lang="zh")).shown["zh"]


def test_what_stopped_a_session_is_told_to_staff_in_each_language():
    """The limit that was met is in a staff page's notice and among its facts; the student has the sentence about the cell."""
    shown = harmless(staff_page(stopped(), assignment(), "zh")).shown
    assert shown["zh"].count("超过了 20 秒") == 2 and "more than" not in shown["zh"]
    assert shown["en"].count("more than 20 s") == 2 and "超过了" not in shown["en"]
    student = harmless(student_page(stopped(), assignment(), "zh")).shown["zh"]
    assert "第 2 个单元格运行太久，被中止了。" in student and "超过了" not in student and "more than" not in student


def test_staff_see_where_a_report_came_from():
    """Execution, provenance and the submission's hash are on the staff page and not on the student's."""
    staff, student = staff_page(report(), assignment(), "en"), student_page(report(), assignment(), "en")
    for value in ("0.50 s", "0.60 s", "cd" * 32, "ab" * 32, "torch 2.13.0", "bubblewrap"):
        assert value in staff and value not in student


@pytest.mark.parametrize("page", [student_page, staff_page])
def test_missing_protection_is_told(page):
    """A report made without a sandbox says so, to everyone."""
    bare = report(provenance=replace(report().provenance, sandbox="none"))
    assert "Graded without protection" in page(bare, assignment(), "en")
    assert "Graded without protection" not in page(report(), assignment(), "en")
    assert "Graded without protection" in index(bare)


def test_public_run_says_that_more_follows():
    """Where only the public checks were run, the page says so."""
    public = report(provenance=replace(report().provenance, rubric="public"))
    assert "Only the public checks" in student_page(public, assignment(), "en")


# ---- the notebook as it ran


def test_line_that_raised_is_marked():
    """The student's own line is marked, and only that one."""
    cell = student_view(report(), assignment(), "en").cells[0]
    assert cell.lines == (("a = 1", False), ("b = w", True), ("c = 3", False))
    source = student_page(report(), assignment(), "en")
    assert re.findall(r'<span class="line marked">(.*)', source) == ["b = w"]
    assert "TRACE" in source and "NameError: name &#39;w&#39; is not defined" in source


@pytest.mark.parametrize("source", ["a = 1\r\nb = w\r\n", "a = 1\rb = w", "a = 1\nb = w\n\n"])
def test_lines_are_counted_as_python_does(source):
    """Any newline counts as one line; form feeds and Unicode separators are none."""
    run = CellRun(1, source, "cell_error", (), "NameError", 2)
    cell = student_view(report(execution=Execution(cells=(run,))), assignment(), "en").cells[0]
    assert cell.lines == (("a = 1", False), ("b = w", True))
    odd = CellRun(1, "a = '\u2028\x0c'\nb = w", "cell_error", (), "NameError", 2)
    assert len(student_view(report(execution=Execution(cells=(odd,))), assignment(), "en").cells[0].lines) == 2


@pytest.mark.parametrize("line", [None, 0, -1, 99])
def test_a_line_that_is_none_is_not_marked(line):
    """A line outside of the cell marks nothing."""
    run = CellRun(1, "a = 1", "cell_error", (), "NameError", line)
    source = harmless(student_page(report(execution=Execution(cells=(run,))), assignment(), "en")).shown["en"]
    assert "Raised in line" not in source


def test_plot_is_shown_as_data():
    """A PNG is in the page itself, with its text as the alternative."""
    page = harmless(student_page(report(), assignment(), "en"))
    assert page.attribute("img", "src") == [f"data:image/png;base64,{PIXEL}"]
    assert page.attribute("img", "alt") == ["<Figure>"]


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (PIXEL, "image/svg+xml"),
        (PIXEL, "text/html"),
        (PIXEL, 'image/png" onerror="x'),
        ('x" onerror="alert(1)', "image/png"),
        (PIXEL + "\n", "image/png"),
        ("data:text/html,x", "image/png"),
        ("AAA", "image/png"),
        ("", "image/png"),
    ],
)
def test_only_clean_png_and_jpeg_are_images(data, mime):
    """Another type or anything beyond base64 is not shown as an image."""
    run = CellRun(1, "show()", "ok", (Output("image", "alt text", data, mime),))
    page = harmless(student_page(report(execution=Execution(cells=(run,))), assignment(), "en"))
    assert page.attribute("img", "src") == []
    assert "alt text" in page.shown["en"]


def test_progress_bars_are_shown_as_they_ended():
    """After a carriage return a line is written anew, as on a terminal."""
    run = CellRun(1, "train()", "ok", (Output("stderr", "  0%\r 50%\r100%\ndone\r\nlast\r"),))
    assert student_view(report(execution=Execution(cells=(run,))), assignment(), "en").cells[0].outputs[0].text == "100%\ndone\nlast"


def test_first_newline_of_an_output_is_kept():
    """A browser drops a newline right after <pre>; it is not the output's."""
    run = CellRun(1, "print()", "ok", (Output("stdout", "\n\nx"),))
    assert '<pre class="output stdout">\n\n\nx</pre>' in student_page(report(execution=Execution(cells=(run,))), assignment(), "en")


def test_stopped_cell_is_named():
    """A cell that was stopped is named on top with a link to it, and what became of the others is said."""
    page = harmless(student_page(stopped(), assignment(), "en"))
    assert "Cell 2 ran for too long and was stopped. The other cells were run without it." in page.shown["en"]
    assert "第 2 个单元格运行太久，被中止了。其余的单元格已跳过它照常运行。" in page.shown["zh"]
    assert "#cell-2" in page.attribute("a", "href")


# ---- nothing in a page can act


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_harmless(lang):
    """No page holds a script, an event handler, a frame or an address outside of itself."""
    for source in all_pages(lang):
        harmless(source)


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_shown_literally(payload):
    """Markup, template syntax and scripts of all sorts appear letter by letter, wherever a student can put them."""
    run = CellRun(
        1,
        payload,
        "cell_error",
        (
            Output("stdout", payload),
            Output("text", payload),
            Output("error", payload),
            Output("image", payload, PIXEL, "image/png"),
        ),
        payload,
        1,
    )
    hurt = tuple(
        replace(result, message=payload, reason=Reason("missing", (("name", payload),))) if result.verdict == FAILED else result
        for result in results()
    )
    made = report(student=payload, checks=hurt, execution=Execution("cell_error", 1, payload, cells=(run,)))
    student = harmless(student_page(made, assignment(), "en"))
    assert student.shown["en"].count(payload) >= 8  # name, message, notice, source, two outputs, error, traceback
    assert student.attribute("img", "alt") == [payload]
    assert harmless(staff_page(made, assignment(), "en")).shown["en"].count(payload) >= 8
    broken = internal(), rejected()
    for one in (replace(each, student=payload, reason=payload, reason_zh=f"{payload}。") for each in broken):
        for page in (harmless(staff_page(one, assignment(), "en")), harmless(index(one))):
            assert payload in page.shown["en"] and f"{payload}。" in page.shown["zh"]


def test_what_cannot_be_seen_is_removed():
    """Terminal escapes, control characters, direction overrides and lone surrogates are cleaned again where they are shown."""
    dirty = "a\x1b[31mb\x1b]8;;http://x\x07c\x00d\u202ee\u2066f\ud800g"
    run = CellRun(1, dirty, "cell_error", (Output("stdout", dirty),), dirty, 1)
    for page in (student_page, staff_page):
        source = page(
            report(student=dirty, reason=dirty, execution=Execution("cell_error", 1, dirty, cells=(run,))),
            assignment(),
            "en",
        )
        source.encode("utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", source)
        assert "abc\N{REPLACEMENT CHARACTER}d" in source
    assert "\x1b" not in index(replace(internal(), student=dirty))


@pytest.mark.parametrize("name", ["javascript:alert(1)", "a/../../b", "x?y#z", '"><b>', "王小明", "a b.c"])
def test_links_stay_inside(name):
    """Whatever a folder is called, links lead to the pages that are named after it and nowhere else."""
    made = report()
    page = harmless(staff_index([made], [assignment()], "en", {made.student: name}))
    (link,) = set(page.attribute("a", "href"))
    assert link.startswith("linreg/") and link.count("/") == 1
    links = harmless(staff_page(made, assignment(), "en", name)).attribute("a", "href")
    assert "../index.html" in links and [
        each for each in links if each.startswith("../../students/") and each.endswith("/linreg.html") and each.count("/") == 4
    ]


def test_page_without_a_name_has_no_link_to_the_student():
    """Where the student's folder is not told there is no link to it."""
    assert staff_view(report(), assignment(), "en").student_page == ""


# ---- both languages


def test_page_begins_in_the_language_asked_for():
    """The default language is in <html>, in the title and in the switch."""
    for lang, tag, title in (("en", "en", "A1"), ("zh", "zh-Hans", "作业")):
        source = student_page(report(), assignment(), lang)
        page = Page(source)
        assert page.attribute("html", "lang") == [tag]
        assert f"<title>{title} · amy</title>" in source
        chosen = [attributes["id"] for each, attributes in page.tags if each == "input" and "checked" in attributes]
        assert chosen == [f"show-{lang}"]


def test_both_languages_are_in_every_page():
    """The texts are the same whichever language the page begins in: it can be switched without a network."""
    for english, chinese in zip(all_pages("en"), all_pages("zh"), strict=True):
        assert Page(english).shown == Page(chinese).shown


def test_chinese_page_has_no_english_left():
    """Read in Chinese, all that is Latin was put there by the assignment, the student or Python."""
    known = {
        "amy",
        "bob",
        "eve",
        "sam",
        "English",
        "NaN",
        "Python",
        "CPU",
        "SHA",
        "loss",
        "ValueError",
        "NameError",
        "bubblewrap",
        "python",
        "torch",
        "Jupyter",
        "assert",
        "test_public",
        "test_hidden",
        "test_line",
        "py",
        "T5",
        "name",
        "is",
        "not",
        "defined",
        "show",
        "TRACE",
        "line",
        "print",
        "exit",
        "quit",
    }
    theirs = {
        "raised",
        "was",
        "written",
        "yet",
        "hidden",
        "secret",
        "depends",
        "on",
        "Traceback",
        "File",
    }  # messages in the fixtures
    for source in all_pages("zh"):
        page = Page(source)
        words = set(re.findall(r"[A-Za-z_]{2,}[0-9]?", re.sub(r"\b(?:ab|cd){32}\b", "", page.shown["zh"])))
        assert words - known - theirs == set()
        assert not re.search("[\u4e00-\u9fff]", page.shown["en"].replace("中文", ""))


def test_untranslated_title_falls_back():
    """Without Chinese words the English ones are shown, once."""
    plain = assignment(zh_title="", zh_statement="")
    page = Page(student_page(report(), plain, "zh"))
    assert "A1" in page.shown["zh"] and "S1" in page.shown["zh"] and "T5" in page.shown["zh"]


# ---- sentences


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence(code):
    """Each reason is one text in each language, with nothing left to fill in."""
    for words in ((), (("kind", "ValueError"), ("name", "fit"), ("needs", "“T1”"))):
        said = reasons.sentence(Reason(code, words))
        assert said.en != said.zh
        assert said.en != reasons.sentence(Reason("no such code")).en
        assert said.en.endswith(".") and said.zh.endswith("。")
        assert "{" not in said.en + said.zh


def test_only_pythons_own_errors_are_named():
    """An exception class of a student's can carry data in its name: it is not shown."""
    assert "ValueError" in reasons.sentence(Reason("raised", (("kind", "ValueError"),))).en
    for kind in ("", "X_0_25_0_5", "print", SECRET):
        assert "raised an error" in reasons.sentence(Reason("raised", (("kind", kind),))).en


def test_phrases_are_no_names():
    """`this part` is not the name of anything."""
    assert reasons.sentence(Reason("not_attempted", (("name", "this part"),))).en.startswith("This part has not been written")
    assert reasons.sentence(Reason("not_attempted", (("name", "fit"),))).en.startswith("fit has not been written")


@pytest.mark.parametrize("status", STATUSES[1:])
def test_every_status_has_a_sentence(status):
    """How a notebook ended badly is told with the cell's number, and without one where it was no cell's doing."""
    with_cell = reasons.execution(Execution(status, 3))
    assert with_cell.en.startswith("Cell 3 ") and "第 3 个单元格" in with_cell.zh
    assert "Cell" not in reasons.execution(Execution(status)).en
    assert reasons.execution(Execution("ok")) is None


def test_cells_that_could_not_be_run_are_told():
    """It is not said that all other cells were run where some were not."""
    run = Execution("died", 1, cells=(CellRun(1, "x", "died"), CellRun(2, "y", "not_run")))
    assert reasons.execution(run).en == "Cell 1 ended Python itself. Not all of the other cells could be run after that."


# ---- the class


def test_index_shows_every_student_and_score():
    """Students by assignments, each score a link to its staff page; nothing where nothing was submitted."""
    other = assignment(name="convnet", title="A2", zh_title="")
    reports = [report(), rejected(), internal(), report(student="zoe", assignment="convnet", score=10)]
    view = index_view(reports, [assignment(), other], "en", names(*reports))
    assert view.students == 4 and view.titles == (Text("A1", "作业"), Text("A2", "A2"))
    assert [row.student for row in view.rows] == ["amy", "bob", "eve", "zoe"]
    amy, bob, eve, zoe = (row.marks for row in view.rows)
    assert (amy[0].score, amy[0].max_score, amy[0].share, amy[0].link) == ("3", "10", 30, "linreg/name-0.html") and amy[1] is None
    assert (bob[0].outcome, eve[0].outcome, eve[0].score) == (REJECTED, INTERNAL, "–")
    assert zoe[0] is None and zoe[1].link == "convnet/name-3.html"


def test_index_puts_trouble_first():
    """What has to be looked at stands above all scores, our own faults first, each with its cause."""
    view = index_view([report(), rejected(), internal()], [assignment()], "en", names(report(), rejected(), internal()))
    assert [(one.outcome, one.student) for one in view.attention] == [(INTERNAL, "eve"), (REJECTED, "bob")]
    assert [one.reason.en for one in view.attention] == [f"NameError: {SECRET}", "The file is cut off."]
    assert [(outcome, count) for outcome, _, count in view.counts] == [(GRADED, 1), (REJECTED, 1), (INTERNAL, 1)]
    text = Page(index(report(), rejected(), internal())).shown["en"]
    assert text.index("To look at") < text.index("Scores")


def test_pass_rates_are_over_graded_reports():
    """A check's rate counts graded submissions only; the others say nothing about the check."""
    perfect = report(student="zoe", score=10, checks=tuple(CheckResult(check, PASSED) for check in checks()))
    view = index_view(
        [report(), perfect, rejected(), internal()],
        [assignment()],
        "en",
        names(report(), perfect, rejected(), internal()),
    )
    (task,) = view.tasks
    assert (task.mean, task.max_score) == ("6.5", "10")
    assert [(rate.title.en, rate.passed, rate.graded, rate.share) for rate in task.rates][:3] == [
        ("T1", 1, 2, 50),
        ("T2", 1, 2, 50),
        ("T3", 2, 2, 100),
    ]
    assert [(verdict, count) for verdict, _, count in task.rates[0].others] == [(FAILED, 1)]


def test_empty_class_has_a_page():
    """No report at all is no error."""
    assert "–" in harmless(staff_index([], [assignment()], "en", {})).shown["en"]


def test_only_what_was_handed_in_has_a_column():
    """An assignment that nobody has handed in is left out, unless nobody has handed in anything."""
    course = [assignment(), assignment(name="later", title="A2", zh_title="以后")]
    assert [title.en for title in index_view([report()], course, "en", names(report())).titles] == ["A1"]
    assert [title.en for title in index_view([], course, "en", {}).titles] == ["A1", "A2"]


def test_trouble_in_running_is_marked():
    """A score that came about although the notebook was stopped is marked as such."""
    view = index_view([report(execution=Execution("timed_out", 2))], [assignment()], "en", names(report()))
    assert view.rows[0].marks[0].trouble == Text("Stopped: took too long", "已中止：运行太久")
    assert index_view([report()], [assignment()], "en", names(report())).rows[0].marks[0].trouble is None


def test_a_page_is_small():
    """Without its content a page is below 30 kB."""
    assert len(student_page(report(execution=Execution(), checks=()), assignment(), "en").encode()) < 20_000


@pytest.mark.parametrize(("score", "words"), [(8, "8"), (7.5, "7.5"), (8.0, "8"), (None, "–"), (0, "0")])
def test_points_are_written_plainly(score, words):
    """Whole points have no decimals; no score is a dash."""
    assert student_view(report(score=score), assignment(), "en").score == words
