"""The pages that people read: one for the student, one for staff, one for the class. The one owner of Jinja2.

A page is made in two steps: a view (grader.reports.submission, grader.reports.class_overview) says what is
shown, and a template puts it into HTML. A page needs no network and no script; both languages are in it, and
its style sheet, allowed by its hash, shows one. All text is escaped and cleaned when it is put in, but
for what grader.reports.markup has made of the texts of authors.

Where pages lie: `students/<name>/<task>.html`, `staff/<task>/<name>.html` and `staff/index.html`.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import jinja2
from markupsafe import Markup, escape

from grader.course.course import Assignment
from grader.language.catalogue import LANGUAGES, Text
from grader.language.catalogue import say as _
from grader.language.clean import clean
from grader.model.report import Report
from grader.reports.class_overview import IndexView, index_view
from grader.reports.drawing import HTML_LANG
from grader.reports.markup import Blocks
from grader.reports.submission import PageView, staff_view, student_view


def student_page(report: Report, assignment: Assignment, lang: str) -> str:
    """The page to hand back, shown in `lang` first. It holds nothing hidden."""
    return _render("student.html", student_view(report, assignment, lang))


def staff_page(report: Report, assignment: Assignment, lang: str, name: str = "") -> str:
    """The page on one submission in full. `name`: the student's folder, for a link to the page above."""
    return _render("staff.html", staff_view(report, assignment, lang, name))


def staff_index(
    reports: Iterable[Report],
    assignments: Iterable[Assignment],
    lang: str,
    names: Mapping[str, str],
    without: Mapping[str, Text] | None = None,
) -> str:
    """The class: who got what, what needs a look, how each check went.

    `names`: each student's folder. `without`: students of whom nothing could be graded, and why not.
    """
    return _render("index.html", index_view(reports, assignments, lang, names, without))


def _render(template: str, view: PageView | IndexView) -> str:
    return (
        _environment()
        .get_template(template)
        .render(view=view, html_lang=HTML_LANG[view.lang], languages=LANGUAGES)
    )


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    style = (
        environment.loader.get_source(environment, "style.css")[0].replace("\r\n", "\n")
        if environment.loader
        else ""
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals.update(_=_, style=Markup(style), style_sha256=digest)
    return environment


def shown(value: Any) -> Any:
    """What Jinja2 does to each value that it puts into a page: text is cleaned, a Text is put there in every
    language.
    """
    if isinstance(value, Text):
        en, zh = _safe(value.en), _safe(value.zh)
        tag = Markup("div" if isinstance(value, Blocks) else "span")
        both = Markup('<{0} lang="en">{1}</{0}><{0} lang="{2}">{3}</{0}>')
        return en if en == zh else both.format(tag, en, HTML_LANG["zh"], zh)
    return clean(value) if type(value) is str else value


def _safe(words: str) -> Markup:
    return words if isinstance(words, Markup) else escape(clean(words))
