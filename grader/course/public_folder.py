"""What the public folder says of the course as a whole: a README for students, and copies of `course.toml`.

They are made from `course.toml` by `grader stub`. A copy lies in each assignment's folder and holds what
`grader check` has to know. A course without `course.toml` has none of them, and `grader stub` removes those
that an earlier one left.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from grader import files
from grader.course.course import Course
from grader.course.settings import NAME, Settings
from grader.errors import CourseError, Problem
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.language.dates import shown

README = "README.md"
# How each file begins. A file that begins otherwise is its author's, and is left alone.
MADE_BY = "Written by `grader stub` from course.toml: change that file, not this one."
FIRST_LINES = {README: f"<!-- {MADE_BY} -->\n", NAME: f"# {MADE_BY}\n"}


def texts(course: Course) -> dict[Path, str]:
    """The files and their content; none if the course has no `course.toml`."""
    if course.settings is None:
        return {}
    readme = FIRST_LINES[README] + _readme(course, course.settings)
    # One in each assignment's folder, which may be all that a student gets.
    copies = {
        each.folder / NAME: FIRST_LINES[NAME] + _copy(course.settings, each.name)
        for each in course.assignments.values()
    }
    return {course.root / "assignments" / README: readme, **copies}


def leftovers(course: Course) -> list[Path]:
    """The files that were made from a `course.toml` that is gone."""
    if course.settings is not None:
        return []
    folder = course.root / "assignments"
    places = [folder / README, *(each.folder / NAME for each in course.assignments.values())]
    return [path for path in places if _content(path).startswith(FIRST_LINES[path.name])]


def write(course: Course) -> dict[Path, bool]:
    """Bring the files up to date, remove leftovers, and tell of each whether it changed.

    Raises CourseError if one of them is its author's own.
    """
    found = texts(course)
    if problems := [problem for path in found if (problem := _not_ours(course, path))]:
        raise CourseError(problems)
    changed = {path: _content(path) != text for path, text in found.items()}
    for path, is_stale in changed.items():
        if is_stale:
            files.write(path, found[path])
    for path in leftovers(course):
        path.unlink()
        changed[path] = True
    return changed


def inspect(course: Course) -> list[Problem]:
    """What is wrong with the files."""
    problems = [
        Problem(course.relative(path), 0, "is left from a course.toml that is gone. Run: grader stub")
        for path in leftovers(course)
    ]
    for path, text in texts(course).items():
        if problem := _not_ours(course, path):
            problems.append(problem)
        elif _content(path) != text:
            message = "is not what course.toml generates. Run: grader stub"
            problems.append(Problem(course.relative(path), 0, message))
    return problems


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _not_ours(course: Course, path: Path) -> Problem | None:
    """The problem with a file that somebody else wrote; None if there is no such file."""
    if not path.exists() or _content(path).startswith(FIRST_LINES[path.name]):
        return None
    message = "was not written by `grader stub`: rename it, then run: grader stub"
    return Problem(course.relative(path), 0, message)


def _copy(settings: Settings, assignment: str) -> str:
    """The part of `course.toml` that students may have, as TOML.

    It names no student: neither the roster nor an extension is in it.
    """
    title, environment = settings.title, settings.environment
    chinese = title.zh if title.zh != title.en else ""
    due = settings.terms_of(assignment).due
    # An offset instead, where the file has one.
    zone = settings.timezone if isinstance(due and due.tzinfo, ZoneInfo) else ""
    texts = {"title": title.en, "zh_title": chinese, "contact": settings.contact, "timezone": zone}
    lists = {"requires": environment.requires, "preload": environment.preload, "absent": environment.absent}
    lines = [f"{key} = {_toml(value)}" for key, value in texts.items() if value]
    if any(lists.values()):
        lines += ["", "[environment]"]
        lines += [f"{key} = [{', '.join(map(_toml, value))}]" for key, value in lists.items() if value]
    if due is not None:
        written = due.replace(tzinfo=None) if zone else due
        lines += ["", f"[assignment.{_key(assignment)}]", f"due = {written.isoformat()}"]
    return "\n".join(lines).strip("\n") + "\n"


def _key(name: str) -> str:
    """A name as a key in TOML, in quotation marks only if it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)


def _toml(text: str) -> str:
    """A text as TOML has it, which JSON has as well but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _readme(course: Course, settings: Settings) -> str:
    """The README, in Chinese too if the course has anything in Chinese."""
    titles = [settings.title, *(each.title for each in course.assignments.values())]
    parts = [_in_language(course, settings, "en")]
    if any(title.zh != title.en for title in titles):
        parts.append(_in_language(course, settings, "zh"))
    return "\n".join(parts)


def _in_language(course: Course, settings: Settings, lang: str) -> str:
    title = settings.title if settings.title.en else _("Assignments")
    listed = [
        f"- [{each.title[lang]}]({name}/{name}.ipynb){_due(settings, name)[lang]}"
        for name, each in course.assignments.items()
    ]
    example = next(iter(course.assignments))
    check = _("Check your notebook before you hand it in. In this folder, for example:")
    paragraphs = [
        f"# {title[lang]}",
        "\n".join(listed),
        check[lang],
        _code(f"grader check {example}/{example}.ipynb" + (" --lang zh" if lang == "zh" else "")),
        *(text[lang] for text in _packages(settings.environment.requires)),
    ]
    if settings.contact:
        paragraphs.append(_("Questions: {contact}", contact=settings.contact)[lang])
    return "\n\n".join(paragraphs) + "\n"


def _due(settings: Settings, assignment: str) -> Text:
    """When an assignment is due, behind its title; nothing if it has no date."""
    due = settings.terms_of(assignment).due
    return _(", due {date}", date=shown(due)) if due else Text("", "")


def _packages(requires: Sequence[str]) -> list[Text]:
    """Which packages notebooks may use, and how to install those that grader does not bring."""
    names = ["torch", "NumPy", "Matplotlib", *(f"`{each}`" for each in requires)]
    packages = Text(", ".join(names), "、".join(names))
    found = [
        _(
            "Notebooks can use {packages}. No other packages are there when they are graded.",
            packages=packages,
        )
    ]
    if requires:
        found.append(_("On your own machine, install what the course adds beside grader:"))
        found.append(Text.verbatim(_code(f"python -m pip install {shlex.join(requires)}")))
    return found


def _code(line: str) -> str:
    return f"```sh\n{line}\n```"
