"""The pages that people read: for students, for staff, for the class. The one owner of Jinja2.

A page is made in two steps: a view (such as grader.reports.submission) says what is shown, and a template
turns it into HTML. A page needs no network and no script; both languages are in it, and its style sheet,
allowed by its hash, shows one. Scripts of ours, allowed in the same way, keep a page's language and title in
step, and sort and filter the pages on a class. All text is escaped and cleaned when it is put in, but for the
HTML that grader.reports made of it: of authors' texts (markup), text cells (text_cells) and code (highlight).

Where pages lie: `students/<name>/<task>.html` and `index.html` beside it, `staff/<task>/<name>.html` and
`index.html` beside it, and `staff/index.html`.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jinja2
from markupsafe import Markup, escape

from grader.course.course import Assignment
from grader.course.manual import Question
from grader.course.settings import Settings
from grader.language.catalogue import LANGUAGES, Text
from grader.language.catalogue import say as _
from grader.language.clean import clean
from grader.model.marking import Sheet
from grader.model.report import Report
from grader.reports.arithmetic import Standing
from grader.reports.assignment_overview import AssignmentView, assignment_view
from grader.reports.class_overview import IndexView, index_view
from grader.reports.drawing import HTML_LANG
from grader.reports.figures import AssignmentFigures, ClassFigures, StudentFigures
from grader.reports.marking import MarkingView, marking_view
from grader.reports.markup import Blocks
from grader.reports.student_index import StudentIndexView, student_index_view
from grader.reports.submission import PageView, staff_view, student_view


def student_page(report: Report, assignment: Assignment, lang: str, standing: Standing | None = None) -> str:
    """The page to hand back, shown in `lang` first. It holds nothing hidden.

    `standing`: what counts, and why; without it the report's own score does.
    """
    return _render("student.html", student_view(report, assignment, lang, standing))


def cell_output(report: Report, assignment: Assignment, lang: str, below: Sequence[Text] = ()) -> str:
    """A check's result as the output of a notebook's cell, with sentences below it."""
    template = _environment().get_template("cell.html")
    view = student_view(report, assignment, lang)
    return template.render(view=view, html_lang=HTML_LANG[lang], below=below)


def staff_page(
    report: Report, assignment: Assignment, lang: str, name: str = "", standing: Standing | None = None
) -> str:
    """The page on one submission in full. `name`: the student's folder, for a link to the page above."""
    return _render("staff.html", staff_view(report, assignment, lang, name, standing))


def staff_index(
    figures: ClassFigures,
    assignments: Mapping[str, Assignment],
    lang: str,
    folders: Mapping[str, str],
    skipped: Sequence[str] = (),
    settings: Settings | None = None,
) -> str:
    """The class: what to do first, who got what, how each assignment went.

    `folders`: each student's folder. `skipped`: what in the folder of submissions was not taken, and why.
    """
    return _render("index.html", index_view(figures, assignments, lang, folders, skipped, settings))


def staff_assignment(
    figures: AssignmentFigures, assignment: Assignment | None, lang: str, folders: Mapping[str, str]
) -> str:
    """One assignment over the class: its points, its checks from the hardest, who failed them."""
    return _render("assignment.html", assignment_view(figures, assignment, lang, folders))


def student_index(
    student: StudentFigures,
    assignments: Mapping[str, Assignment],
    lang: str,
    settings: Settings | None = None,
    open_tasks: Collection[str] = (),
    held_back: Mapping[str, datetime] | None = None,
) -> str:
    """The first page of a student's folder. It holds nothing hidden.

    `open_tasks`: the names of assignments that are there to be handed in. `held_back`: those whose results
    students may not have yet, and from when on they may.
    """
    view = student_index_view(student, assignments, lang, settings, open_tasks, held_back)
    return _render("student_index.html", view)


def marking_page(
    sheet: Sheet,
    assignment: Assignment,
    question: Question,
    lang: str,
    folders: Mapping[str, str] | None = None,
) -> str:
    """All answers to one question, for a person who marks them and saves a file to be read in.

    `folders`: the students' folders, for links to their submissions.
    """
    return _render("marking.html", marking_view(sheet, assignment.title, question, lang, folders))


@dataclass(frozen=True)
class Inline:
    """A style sheet or a script that stands in a page, and the source by which its policy allows it."""

    text: Markup
    source: Markup


View = PageView | IndexView | AssignmentView | StudentIndexView | MarkingView


def _render(template: str, view: View) -> str:
    return (
        _environment()
        .get_template(template)
        .render(view=view, html_lang=HTML_LANG[view.lang], languages=LANGUAGES)
    )


@functools.cache
def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("grader.reports")
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def inline(name: str) -> Inline:
        text = loader.get_source(environment, name)[0].replace("\r\n", "\n")
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return Inline(Markup(text), Markup(f"'sha256-{digest}'"))

    environment.globals.update(
        _=_,
        style=inline("style.css"),
        script=inline("page.js"),
        class_style=inline("class.css"),
        class_script=inline("class.js"),
        marking_style=inline("marking.css"),
        marking_script=inline("marking.js"),
    )
    return environment


def shown(value: Any) -> Any:
    """What Jinja2 does to each value that it puts into a page: text is cleaned, a Text is put there in every
    language.
    """
    if isinstance(value, Text):
        en, zh = _safe(value.en), _safe(value.zh)
        if en == zh:
            return en
        tag = "div" if isinstance(value, Blocks) else "span"
        # Put together as plain text: this is called for every word, and both parts are safe already.
        return Markup(f'<{tag} lang="en">{en}</{tag}><{tag} lang="{HTML_LANG["zh"]}">{zh}</{tag}>')
    return clean(value) if type(value) is str else value


def _safe(words: str) -> Markup:
    return words if isinstance(words, Markup) else escape(clean(words))
