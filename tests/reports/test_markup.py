"""Authors' texts as HTML: what is rendered, what stays as it is written, and what their author hears of."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import replace

import pytest

from grader.course.course import Mistake
from grader.course.loader import load
from grader.language.catalogue import LANGUAGES, Text
from grader.model.file import Bound, Entry, File
from grader.model.report import FAILED, NOT_RUN, CheckResult, Reason
from grader.reports.html import staff_page, student_page
from grader.reports.markup import MAX_PICTURE_BYTES, Rendered, inline, rendered
from pages import HOSTILE, assignment, checks, class_pages, harmless, report, results
from support import ROOT

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
WEBP = b"RIFF\x0a\x00\x00\x00WEBPVP8 "
ROW = '<math display="inline"><mrow>{}</mrow></math>'


def statement(words: str, *files: Entry) -> Rendered:
    return rendered(words, files)


def data_of(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def words_of(page: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", page))


# ---- titles and hints


@pytest.mark.parametrize(("words", "shown"), [
    ("`w.grad` is right", "<code>w.grad</code> is right"),
    ("`a < b` and *not* **now**", "<code>a &lt; b</code> and <em>not</em> <strong>now</strong>"),
    ("看*这里*和**那里**。", "看<em>这里</em>和<strong>那里</strong>。"),
    ("$x$ is 5", ROW.format("<mi>x</mi>") + " is 5"),
    ("$$x$$, at once", ROW.format("<mi>x</mi>") + ", at once"),
    (r"\$5, \*, \`x\`", "$5, *, `x`"),
])  # fmt: skip
def test_titles_and_hints_hold_code_emphasis_and_formulas(words, shown):
    """Backticks, stars and dollars are rendered, and a backslash keeps them as they are."""
    assert rendered(words) == Rendered(shown, ())


@pytest.mark.parametrize("words", [
    "__init__ first calls the __init__ of nn.Module, then makes _one_ nn.Linear",
    "x_final and test_loss follow true_w",
    "2*error*x, x**2 + y**2, n * p, a*b*c",
    "TensorDataset(*data_arrays), then f(*names, **words)",
    "x *= … and y *= … change the caller's arrays",
    "x is uniform on [0, 1), y = 3x + 0.8; [x](y) and ![x](y)",
    "It costs $5 and $6; a lone $, and $ x $",
    "1 < 2 & 3 > 2, x²+2x+1, <b>, &lt;, &amp;, <http://a.b>",
    "# one", "- one", "1. one", "> one", "a --- b ~~c~~ d|e", r"C:\new, \frac", "`alone",
])  # fmt: skip
def test_code_in_prose_stays_as_it_is(words):
    """Names, operators and brackets that are written without backticks are shown as they are."""
    made = rendered(words)
    assert words_of(made.html) == words and made.faults == ()
    assert "<" not in made.html


def test_no_text_of_the_course_is_mangled():
    """Every statement, title and hint of the course keeps its characters but backticks."""
    texts: list[tuple[Text | None, tuple[Entry, ...] | None]] = []
    for one in load(ROOT).assignments.values():
        texts.append((one.statement, ()))
        for each in (*one.checks, *one.mistakes):
            texts += [(each.title, None), (each.hint, None)]
    found = [(text[lang], files) for text, files in texts if text for lang in LANGUAGES]
    assert len(found) > 1000
    for words, files in found:
        made = rendered(words, files)
        assert words_of(made.html).rstrip("\n") == words.replace("`", "") and made.faults == ()
        assert set(re.findall(r"<(\w+)", made.html)) <= {"p", "code"}


# ---- statements


def test_a_statement_holds_blocks():
    """Paragraphs, lists, code, links and formulas on lines of their own."""
    made = statement(
        "Fit *a* line\nto `x`.\n\n- one\n- two\n\n```python\nw = '<'\n```\n$$\nL = a\n+ b\n$$\n"
        'See [this](https://a.example/b?c=1&d=2 "title").\n'
    )
    assert made.faults == ()
    assert made.html == (
        "<p>Fit <em>a</em> line\nto <code>x</code>.</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        "<pre><code>w = &#39;&lt;&#39;\n</code></pre>\n"
        '<p class="formula" tabindex="0"><math display="block"><mrow><mi>L</mi><mo>=</mo><mi>a</mi><mo>+</mo>'
        '<mi>b</mi></mrow></math></p>\n<p>See <a href="https://a.example/b?c=1&amp;d=2">this</a>.</p>\n'
    )


@pytest.mark.parametrize("words", [
    "<script>alert(1)</script>", "a <b>b</b>", "# head", "> quote", "---", "<http://a.b>", "|a|\n|-|\n|b|",
    "__b__", "$$a$$ and $5", "$$\na\n\nb",
])  # fmt: skip
def test_a_statement_holds_no_html_and_no_headings(words):
    """Raw HTML, headings, quotations and tables are shown as they are written."""
    made = statement(words)
    assert set(re.findall(r"<(\w+)", made.html)) <= {"p", "span", "math", "mrow", "mi"}
    if "$" not in words:
        assert words_of(made.html).rstrip("\n") == words


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "page.html", "file:///etc/passwd", "data:text/html,x"]
)
def test_links_lead_to_pages_only(address):
    """A link to anything but http and https is only its text, and a fault."""
    made = statement(f"a [b]({address}) c [d](http://e.example)")
    assert made.html == '<p>a b c <a href="http://e.example">d</a></p>\n'
    assert made.faults == (f"links to {address!r}; links must begin with https:// or http://",)


# ---- pictures


@pytest.mark.parametrize(("kind", "content"), [
    ("png", PNG), ("jpeg", b"\xff\xd8\xff\xe0"), ("gif", b"GIF89a"), ("webp", WEBP), ("svg+xml", SVG),
])  # fmt: skip
def test_a_picture_is_in_the_page(kind, content):
    """A picture that is handed out is shown with its text, whatever its name ends with."""
    made = statement('![a "line" & <x>](./bild%201.dat)', File("bild 1.dat", content))
    source = data_of(kind, content)
    assert made == Rendered(f'<p><img src="{source}" alt="a &#34;line&#34; &amp; &lt;x&gt;"></p>\n', ())


def test_a_picture_in_a_folder_that_is_bound(tmp_path):
    """A picture is found in a large folder, and nothing outside of it."""
    (tmp_path / "pictures" / "a").mkdir(parents=True)
    (tmp_path / "pictures" / "a" / "b.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    folder = Bound("pictures", str(tmp_path / "pictures"), len(PNG), "0" * 64)
    assert data_of("png", PNG) in statement("![b](pictures/a/b.png)", folder).html
    for name in ("pictures/../secret.png", "secret.png", "pictures", "pictures/a", "pictures/c.png"):
        made = statement(f"![b]({name})", folder)
        assert made.html == "<p>[b]</p>\n" and "not among the files" in made.faults[0]


@pytest.mark.parametrize(("content", "why"), [
    (None, "is not among the files that are handed out"),
    (b"", "is not a PNG, JPEG, GIF, WebP or SVG"),
    (b"<html></html>", "is not a PNG, JPEG, GIF, WebP or SVG"),
    (b"<svg></svg>", "is not a PNG, JPEG, GIF, WebP or SVG"),  # no browser shows it
    (b"BM\x00", "is not a PNG, JPEG, GIF, WebP or SVG"),
    (PNG + bytes(MAX_PICTURE_BYTES), "is larger than 1 MB; make it smaller"),
])  # fmt: skip
def test_a_picture_that_cannot_be_shown(content, why):
    """Its text stands in its place, and its author hears why."""
    files = [] if content is None else [File("a.png", content)]
    made = statement("![a line](a.png)", *files)
    assert made == Rendered("<p>[a line]</p>\n", (f"shows the picture 'a.png', which {why}",))


def test_a_picture_needs_a_text():
    """Who can't see a picture reads its text."""
    made = statement("![](a.png)", File("a.png", PNG))
    assert 'alt=""' in made.html and made.faults[0].endswith("without a text; write ![what it shows](a.png)")


# ---- formulas


def test_a_formula_is_mathml():
    """What LaTeX means is in the page, without a script and without a style."""
    made = rendered(r"$\frac{\partial L}{\partial w} \le \hat{y}_i^2$")
    assert made == Rendered(
        ROW.format(
            "<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi>w</mi></mrow></mfrac><mo>≤</mo>"
            '<msubsup><mover accent="true"><mrow><mi>y</mi></mrow><mo>^</mo></mover><mi>i</mi><mn>2</mn>'
            "</msubsup>"
        ),
        (),
    )


@pytest.mark.parametrize("formula", [
    r"\foo x", "x^", "x^{2", "x}", "x^2^3", r"\frac{1}", r"\frac", r"\text", r"\left( x", "a & b", "x # y",
    r"\begin{aligned}a&=b\end{aligned}", r"\begin{matrix}a", r"\hline", r"\text{10\%}", "x\theta",
    r"\href{https://a.example}{x}", r"\style{color:red}{x}", r"\class{x}{y}",
    "{" * 3000, "{" * 3000 + "}" * 3000, r"\sqrt{" * 3000 + "}" * 3000,
])  # fmt: skip
def test_a_broken_formula_is_shown_as_it_is_written(formula):
    """What can't be read, or would do more than show a formula, is shown as written, and a fault."""
    made = rendered(f"a ${formula}$ b")
    assert words_of(made.html) == f"a ${formula}$ b" and "<" not in made.html
    assert len(made.faults) == 1 and "can't be read: " in made.faults[0]


@pytest.mark.parametrize("payload", [
    r"\text{</math><script>alert(1)</script>}", r"\hbox{<img src=x onerror=1>}", r"\unicode{x3c}",
    r'\color{red" onclick="x}{x}', r"\operatorname{<b>}", r"\mathrm{<b>}", r"\verb|<b>|",
    r"\hspace{1em\" x=\"}", r"\tag{<b>}", r"\text{&lt;b&gt;}", "<b>", r"\begin{array}{c\" x}1\end{array}",
])  # fmt: skip
def test_a_formula_cannot_leave_its_element(payload):
    """Markup in a formula is shown letter by letter: the library alone would put it into the page."""
    made = rendered(f"${payload}$")
    assert not set(re.findall(r"</?(\w+)", made.html)) & {"script", "img", "b"}
    assert not re.search("(onclick|onerror|x)=[\"']", made.html)


@pytest.mark.parametrize("words", ["$\frac{1}{2}$", "$\begin{matrix}a\\end{matrix}$", "a\x1b[31m`b`"])
def test_a_swallowed_backslash_is_found(words):
    """A control character, as Python and TOML make of a backslash and an f, is a fault."""
    assert any(
        "holds a control character; double each backslash" in fault for fault in rendered(words).faults
    )


# ---- in pages


def test_pages_show_rendered_texts():
    """Titles, hints, mistakes, statements and sentences that name a check are rendered on each page that has
    them, once in each language.
    """
    title, hint = Text("`w.grad` is *right*", "`w.grad` *正确*"), Text("See $x^2$.", "看 $x^2$。")
    line, means, *_ = checks()
    line, means = replace(line, title=title, hint=hint), replace(means, title=title, hint=hint)
    slip = Mistake("slip", "slip.toml", Text("No `zero_grad`", "没有 `zero_grad`"), ("test_line",), (), hint)
    made = report(
        checks=(
            CheckResult(line, FAILED, None, Reason("assertion"), mistake="slip"),
            CheckResult(means, NOT_RUN, None, Reason("depends", (("needs", "x"),))),
            results()[2],
            CheckResult(replace(checks()[3], hint=hint), FAILED, None, Reason("assertion")),
        )
    )
    link = "https://a.example/"
    task = assignment(
        statement=Text(f"- [more]({link})\n- ![a line](a.png)", f"- [更多]({link})\n- ![一条线](a.png)"),
        handed_out=(File("a.png", PNG),),
        mistakes=(slip,),
    )
    for page in (student_page(made, task, "en"), staff_page(made, task, "en")):
        found = harmless(page, (link, data_of("png", PNG)))
        assert found.attribute("img", "alt")[:2] == ["a line", "一条线"]
        # Two titles: a check, and the one that waits for it.
        assert page.count("<code>w.grad</code> is <em>right</em>") == 2
        assert "computes: No <code>zero_grad</code>." in page and "computes: 没有 <code>" not in page
        assert page.count("<msup>") == 4  # the hints of the mistake and of the last check, in two languages
        assert '<div lang="en"><ul>\n<li><a href=' in page and "`w" not in found.shown["en"]
        assert "更多" in found.shown["zh"] and "更多" not in found.shown["en"]
    index = harmless(class_pages([made], [task])["staff/linreg/index.html"]).shown
    assert "w.grad is right" in index["en"] and "w.grad 正确" in index["zh"]


@pytest.mark.parametrize("payload", HOSTILE)
def test_an_authors_text_cannot_break_a_page(payload):
    """Whatever an author writes, the page stays whole and runs nothing."""
    text = Text(payload, f"`{payload}` *{payload} ${payload}$ [x]({payload}) ![x]({payload})")
    hurt = tuple(replace(result, check=replace(result.check, title=text, hint=text)) for result in results())
    task = assignment(title=text, statement=text)
    for page in (student_page, staff_page):
        harmless(page(report(checks=hurt), task, "en"))


def test_what_a_student_wrote_is_not_rendered():
    """A message with backticks, stars and dollars is shown as it is."""
    words = "`w` *is* $x^2$ ![a](a.png)"
    hurt = (replace(results()[0], message=words), *results()[1:])
    page = student_page(report(student=words, checks=hurt), assignment(), "en")
    assert harmless(page).shown["en"].count(words) == 2


def test_a_text_is_rendered_in_each_language():
    """A missing translation is the other language's text, shown once."""
    assert inline(Text("`a`", "`b`")) == Text("<code>a</code>", "<code>b</code>")
    plain = assignment(statement=Text.verbatim("A `b`"))
    assert student_page(report(), plain, "en").count("<p>A <code>b</code></p>") == 1
