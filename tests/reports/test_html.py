"""Pages: what they show to whom, and that nothing in them can act."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from grader.language.catalogue import LANGUAGES, Text
from grader.model.report import FAILED, CellRun, Execution, Output, OutputKind, Reason, TextCell
from grader.model.status import RubricScope, SandboxKind, Status
from grader.reports.html import cell_output, staff_page, student_page, student_view
from pages import (
    HOSTILE,
    PIXEL,
    SECRET,
    Page,
    all_pages,
    assignment,
    checks,
    class_pages,
    harmless,
    index,
    internal,
    rejected,
    report,
    results,
    stopped,
)


def test_student_sees_score_and_every_check():
    """A student's page has the score, and each check with its word, icon and points."""
    page = harmless(student_page(report(), assignment(), "en"))
    text = page.shown["en"]
    assert re.search(r"3\s*/ 10", text)
    for check in checks():
        assert check.title.en in text
    for word in ("Passed", "Failed", "Not run", "Not attempted"):
        assert word in text
    icons = [
        value
        for value in page.attribute("use", "href")
        if value in ("#icon-passed", "#icon-failed", "#icon-not_run", "#icon-not_attempted")
    ]
    order = ["failed", "not_run", "passed", "failed", "not_attempted"]
    # Those below the bar are in the order of the verdicts.
    assert icons == [f"#icon-{name}" for name in ("passed", "failed", "not_run", "not_attempted", *order)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hidden_message_is_not_for_students(lang):
    """What a hidden check says is nowhere in the student's page, and all of it in the staff's."""
    assert SECRET not in student_page(report(), assignment(), lang)
    assert "test_hidden" not in student_page(report(), assignment(), lang)
    assert staff_page(report(), assignment(), lang).count(SECRET) == 2


def test_public_message_is_shown():
    """A public check that failed shows its assertion."""
    line = student_view(report(), assignment(), "en").checks[0]
    assert line.message == "assert 1.5 <= 0.21 (test_public.py:23)"
    assert "assert 1.5 <= 0.21" in Page(student_page(report(), assignment(), "en")).shown["zh"]


def test_passed_check_says_no_more():
    """A passed check has no reason and no hint."""
    other = student_view(report(), assignment(), "en").checks[1]
    assert (other.reason, other.hint, other.message) == (None, None, None)
    assert "H3" not in student_page(report(), assignment(), "en")


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
    assert "No notebook could be graded" in text


def test_rejected_reason_is_told_in_each_language():
    """Why a file was refused is in the language that is read, for the student, for staff and in the table of
    the class.
    """
    for source in (
        student_page(rejected(), assignment(), "zh"),
        staff_page(rejected(), assignment(), "zh"),
        index(rejected(), lang="zh"),
    ):
        shown = harmless(source).shown
        assert shown["zh"].count("文件缺了一截。") == 1 and "cut off" not in shown["zh"]
        assert shown["en"].count("The file is cut off.") == 1 and "文件" not in shown["en"]


def test_what_stopped_a_session_is_told_to_staff_in_each_language():
    """The limit that was met is in a staff page's notice and among its facts; the student has the sentence
    about the cell.
    """
    shown = harmless(staff_page(stopped(), assignment(), "zh")).shown
    assert shown["zh"].count("超过了 20 秒") == 2 and "more than" not in shown["zh"]
    assert shown["en"].count("more than 20 s") == 2 and "超过了" not in shown["en"]
    student = harmless(student_page(stopped(), assignment(), "zh")).shown["zh"]
    assert (
        "第 2 个单元格运行太久，被中止了。" in student
        and "超过了" not in student
        and "more than" not in student
    )


def test_staff_see_where_a_report_came_from():
    """Execution, provenance and the submission's hash are on the staff page and not on the student's."""
    staff, student = staff_page(report(), assignment(), "en"), student_page(report(), assignment(), "en")
    for value in ("0.50 s", "0.60 s", "cd" * 32, "ab" * 32, "torch 2.13.0", "bubblewrap"):
        assert value in staff and value not in student


@pytest.mark.parametrize("page", [student_page, staff_page])
def test_missing_protection_is_told(page):
    """A report made without a sandbox says so, to everyone."""
    bare = report(provenance=replace(report().provenance, sandbox=SandboxKind.NONE))
    assert "Graded without protection" in page(bare, assignment(), "en")
    assert "Graded without protection" not in page(report(), assignment(), "en")
    assert "Graded without protection" in index(bare)


def test_public_run_says_that_more_follows():
    """Where only the public checks were run, the page says so."""
    public = report(provenance=replace(report().provenance, rubric=RubricScope.PUBLIC))
    assert "Only the public checks" in student_page(public, assignment(), "en")


def test_line_that_raised_is_marked():
    """The student's own line is marked, and only that one."""
    cell = student_view(report(), assignment(), "en").notebook[0].cell
    assert [line.text for line in cell.lines if line.marked] == ["b = w"] and len(cell.lines) == 3
    source = student_page(report(), assignment(), "en")
    assert re.findall(r'<span class="line marked" id="cell-1-line-2">(.*)', source) == ["b = w"]
    assert "TRACE" in source and "NameError: name &#39;w&#39; is not defined" in source


@pytest.mark.parametrize("line", [None, 0, -1, 99])
def test_a_line_that_is_none_is_not_marked(line):
    """A line outside of the cell marks nothing."""
    run = CellRun(1, "a = 1", Status.CELL_ERROR, (), Text.verbatim("NameError"), line)
    source = harmless(student_page(report(execution=Execution(cells=(run,))), assignment(), "en")).shown["en"]
    assert "Raised in line" not in source


def test_plot_is_shown_as_data():
    """A PNG is in the page itself, with its text as the alternative."""
    page = harmless(student_page(report(), assignment(), "en"))
    assert page.attribute("img", "src") == [f"data:image/png;base64,{PIXEL}"]
    assert page.attribute("img", "alt") == ["Picture of cell 2"]
    (label,) = page.attribute("img", "aria-labelledby")
    assert label in page.attribute("span", "id")


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
    run = CellRun(1, "show()", Status.OK, (Output(OutputKind.IMAGE, "alt text", data, mime),))
    page = harmless(student_page(report(execution=Execution(cells=(run,))), assignment(), "en"))
    assert page.attribute("img", "src") == []
    assert "alt text" in page.shown["en"]


def test_first_newline_of_an_output_is_kept():
    """A browser drops a newline right after <pre>; it is not the output's."""
    run = CellRun(1, "print()", Status.OK, (Output(OutputKind.STDOUT, "\n\nx"),))
    assert '<pre class="output stdout" tabindex="0">\n\n\nx</pre>' in student_page(
        report(execution=Execution(cells=(run,))), assignment(), "en"
    )


def test_stopped_cell_is_named():
    """A cell that was stopped is named on top with a link to it, and what became of the others is said."""
    page = harmless(student_page(stopped(), assignment(), "en"))
    assert "Cell 2 ran for too long and was stopped. The other cells were run without it." in page.shown["en"]
    assert "第 2 个单元格运行太久，被中止了。其余的单元格已跳过它照常运行。" in page.shown["zh"]
    assert "#cell-2" in page.attribute("a", "href")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_harmless(lang):
    """No page holds a script, an event handler, a frame or an address outside of itself."""
    for source in all_pages(lang):
        harmless(source)


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_shown_literally(payload):
    """Markup, template syntax and scripts of all sorts appear letter by letter, wherever a student can put
    them.
    """
    run = CellRun(
        1,
        payload,
        Status.CELL_ERROR,
        (
            Output(OutputKind.STDOUT, payload),
            Output(OutputKind.TEXT, payload),
            Output(OutputKind.ERROR, payload),
            Output(OutputKind.IMAGE, payload, PIXEL, "image/png"),
        ),
        Text.verbatim(payload),
        1,
    )
    hurt = tuple(
        replace(result, message=payload, reason=Reason("missing", (("name", payload),)))
        if result.verdict == FAILED
        else result
        for result in results()
    )
    made = report(
        student=payload,
        checks=hurt,
        execution=Execution(Status.CELL_ERROR, 1, Text.verbatim(payload), cells=(run,)),
    )
    student = harmless(student_page(made, assignment(), "en"))
    assert (
        student.shown["en"].count(payload) >= 8
    )  # name, message, notice, source, two outputs, error, traceback
    assert len(student.attribute("img", "alt")) == 1
    assert harmless(staff_page(made, assignment(), "en")).shown["en"].count(payload) >= 8
    broken = internal(), rejected()
    for one in (replace(each, student=payload, reason=Text(payload, f"{payload}。")) for each in broken):
        for page in (harmless(staff_page(one, assignment(), "en")), harmless(index(one))):
            assert payload in page.shown["en"] and f"{payload}。" in page.shown["zh"]


def test_what_cannot_be_seen_is_removed():
    """Terminal escapes, control characters, direction overrides and lone surrogates are cleaned again where
    they are shown.
    """
    dirty = "a\x1b[31mb\x1b]8;;http://x\x07c\x00d\u202ee\u2066f\ud800g"
    run = CellRun(1, dirty, Status.CELL_ERROR, (Output(OutputKind.STDOUT, dirty),), Text.verbatim(dirty), 1)
    for page in (student_page, staff_page):
        source = page(
            report(
                student=dirty,
                reason=Text.verbatim(dirty),
                execution=Execution(Status.CELL_ERROR, 1, Text.verbatim(dirty), cells=(run,)),
            ),
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
    for path, source in class_pages([made], folders={made.student: name}).items():
        for link in set(harmless(source).attribute("a", "href")):
            start = next(start for start in ("../students/", "../", "linreg/", "") if link.startswith(start))
            rest = link.removeprefix(start)
            assert rest.count("/") == (start == "../students/") and rest.endswith(".html"), (path, link)
    links = harmless(staff_page(made, assignment(), "en", name)).attribute("a", "href")
    assert "../index.html" in links and [
        each
        for each in links
        if each.startswith("../../students/") and each.endswith("/linreg.html") and each.count("/") == 4
    ]


def test_pages_lead_to_each_other():
    """A student's page leads to the student's others, staff's to the assignment and the class."""
    assert "index.html" in Page(student_page(report(), assignment(), "en")).attribute("a", "href")
    links = Page(staff_page(report(), assignment(), "en", "amy")).attribute("a", "href")
    assert links[:2] == ["../index.html", "index.html"]
    own = report(provenance=replace(report().provenance, rubric=RubricScope.PUBLIC))
    assert "index.html" not in Page(student_page(own, assignment(), "en")).attribute("a", "href")


def test_page_begins_in_the_language_asked_for():
    """The default language is in <html>, in the title and in the switch."""
    for lang, tag, title in (("en", "en", "A1"), ("zh", "zh-Hans", "作业")):
        source = student_page(report(), assignment(), lang)
        page = Page(source)
        assert page.attribute("html", "lang") == [tag]
        assert f"<title>{title} · amy</title>" in source
        chosen = [
            attributes["id"] for each, attributes in page.tags if each == "input" and "checked" in attributes
        ]
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
    plain = assignment(title=Text.verbatim("A1"), statement=Text.verbatim("S1"))
    page = Page(student_page(report(), plain, "zh"))
    assert "A1" in page.shown["zh"] and "S1" in page.shown["zh"] and "T5" in page.shown["zh"]


def test_empty_class_has_a_page():
    """No report at all is no error."""
    assert "Students: 0" in harmless(index()).shown["en"]


def test_a_page_is_small():
    """Without its content a page is below 30 kB."""
    assert len(student_page(report(execution=Execution(), checks=()), assignment(), "en").encode()) < 20_000


def test_no_page_is_large():
    """However long a notebook is and whatever it puts out, its page has at most 400 kB."""
    image = Output(OutputKind.IMAGE, "", "AAAA" * 20_000, "image/png")
    outputs = (
        Output(OutputKind.STDOUT, "<" * 20_000),
        image,
        Output(OutputKind.TEXT, "&" * 20_000),
        Output(OutputKind.ERROR, ">" * 20_000),
    )
    wordy = "\n".join("if x < 1 and 'y' or 2 > z: pass" for _ in range(300))
    error = Text.verbatim("<" * 1000)
    many = tuple(CellRun(number, wordy, Status.CELL_ERROR, outputs, error, 1) for number in range(1, 41))
    texts = tuple(TextCell(number, "<" * 10_000) for number in range(5))
    for cells in (many, tuple(CellRun(number, "x", Status.OK) for number in range(1, 500))):
        made = report(execution=Execution(cells=cells, texts=texts))
        assert len(staff_page(made, assignment(), "en").encode()) <= 400_000


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("payload", HOSTILE)
def test_the_output_of_a_cell_is_as_harmless(lang, payload):
    """Nothing hidden is in it, and hostile text is shown literally: it becomes part of a notebook's page."""
    assert SECRET not in cell_output(report(), assignment(), lang)
    shown = cell_output(report(), assignment(title=Text(payload, payload)), lang, [Text(payload, payload)])
    assert not re.search(r"<(script|img|iframe|svg|a|style|link|form)\b", shown)
