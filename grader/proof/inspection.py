"""The inspection of a course's files, before anything is graded."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.course import public_folder, settings
from grader.course.course import EQUIVALENT, HIDDEN, PUBLIC, UNWRITTEN, Assignment, Course
from grader.course.handed_out import copies_beside, is_current
from grader.course.marks import STUB, answer_lines, regions
from grader.course.problems import did_you_mean
from grader.course.stub import read_notebook, text_of
from grader.errors import CourseError, Problem
from grader.model.file import FILES, File, first_part
from grader.notebook.answers import marked
from grader.notebook.notebook import Notebook, Unreadable
from grader.notebook.reading import parse
from grader.proof.comparisons import bare_comparisons
from grader.proof.texts import faulty_texts, untranslated

# Characters from which on a line would give an answer away. Shorter lines occur in many programs.
MIN_SECRET = 24


def inspect(course: Course, assignment: Assignment) -> list[Problem]:
    """What the files show: a stale stub, a file that does not belong, something secret in a public file, and
    what no page could show.
    """
    problems: list[Problem] = []
    assert assignment.solution is not None
    try:
        fresh = text_of(assignment.solution, assignment.name)
    except CourseError as error:
        where = course.relative(assignment.solution)
        return [Problem(where, each.line, each.message) for each in error.problems]
    if assignment.stub.read_text(encoding="utf-8") != fresh:
        problems.append(
            Problem(
                course.relative(assignment.stub),
                0,
                f"is not what the solution generates. Run: grader stub {assignment.name}",
            )
        )
    problems += _stale_copies(course, assignment)
    problems += _questions(course, assignment)
    problems += faulty_texts(course, assignment)
    handed_out = {first_part(entry.name) for entry in assignment.handed_out}
    public = {"assignment.toml", PUBLIC, assignment.stub.name, FILES} | handed_out
    copy = assignment.folder / settings.NAME
    if course.settings is not None or copy in public_folder.leftovers(course):
        public.add(copy.name)  # grader.course.public_folder looks after it
    problems += _unexpected_files(course, assignment.folder, public)
    if assignment.staff is not None:
        files = {HIDDEN, EQUIVALENT, UNWRITTEN, FILES, "solution.ipynb", "mistakes", "alternatives"}
        problems += _unexpected_files(course, assignment.staff, files)
        problems += _unexpected_files(
            course,
            assignment.staff / "mistakes",
            {Path(mistake.path).name for mistake in assignment.mistakes},
        )
        problems += _unexpected_files(
            course, assignment.staff / "alternatives", {path.name for path in assignment.alternatives}
        )
        problems += _leaks(course, assignment)
    return problems


def advice(course: Course, assignment: Assignment) -> list[Problem]:
    """What an author should look at, although it is no problem."""
    return bare_comparisons(course, assignment) + untranslated(course, assignment)


def _stale_copies(course: Course, assignment: Assignment) -> list[Problem]:
    """The files beside the stub that are not what is handed out."""
    problems = []
    for path, entry in copies_beside(assignment.stub, assignment.handed_out).items():
        try:
            current = is_current(path, entry)
        except OSError:
            current = False
        if not current:
            message = f"is not what {FILES}/{entry.name} holds. Run: grader stub {assignment.name}"
            problems.append(Problem(course.relative(path), 0, message))
    return problems


def _questions(course: Course, assignment: Assignment) -> list[Problem]:
    """The questions that no cell asks or that several do, and the marks of no question."""
    assert assignment.solution is not None
    cells = read_notebook(assignment.solution).cells
    found = Counter(mark.name for cell in cells if (mark := marked(cell.source)))
    names = {question.id for question in assignment.questions}
    toml, solution = (
        course.relative(assignment.folder / "assignment.toml"),
        course.relative(assignment.solution),
    )
    problems = []
    for name in sorted(names - set(found)):
        message = f"the question {name!r} has no cell: begin one in {solution} with <!-- answer: {name} -->"
        problems.append(Problem(toml, 0, message))
    for name in sorted(set(found) - names):
        message = f"a cell marks the answer {name!r}, but {toml} has no [[manual]] question of that id"
        problems.append(Problem(solution, 0, message + did_you_mean(name, names)))
    for name in sorted(names):
        if found[name] > 1:
            problems.append(Problem(solution, 0, f"{found[name]} cells mark the answer {name!r}; one may"))
    return problems


def _unexpected_files(course: Course, folder: Path, known: Iterable[str]) -> list[Problem]:
    """The files of a folder that are not `known`."""
    if not folder.is_dir():
        return []
    expected = set(known) | {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}
    return [
        Problem(course.relative(path), 0, f"does not belong here; expected: {', '.join(sorted(known))}")
        for path in sorted(folder.iterdir())
        if path.name not in expected
    ]


def _leaks(course: Course, assignment: Assignment) -> list[Problem]:
    """Lines of answers and of hidden checks in public files, and public copies of whole hidden checks."""
    secret = _secret_lines(assignment)
    problems = []
    for path in sorted(_public_files(assignment)):
        text = _readable_text(path)
        for line, origin in secret.items():
            if line in text:
                number = text[: text.index(line)].count("\n") + 1
                message = f"shows a line of {course.relative(origin)}: {line[:60]}"
                problems.append(Problem(course.relative(path), number, message))
    assert assignment.staff is not None
    public, hidden = assignment.folder / PUBLIC, assignment.staff / HIDDEN
    for name, body in _bodies(hidden).items():
        for other, public_body in _bodies(public).items():
            if body == public_body:
                message = f"{other} is an exact copy of the hidden check {name}"
                problems.append(Problem(course.relative(public), 0, message))
    return problems


def _public_files(assignment: Assignment) -> Iterator[Path]:
    """The files of the public folder, those handed out once. What is too large to be copied is not read."""
    yield from (path for path in assignment.folder.iterdir() if not path.is_symlink())
    for entry in assignment.handed_out:
        if isinstance(entry, File) and "/" in entry.name:
            yield assignment.folder / entry.name


def _secret_lines(assignment: Assignment) -> dict[str, Path]:
    """The lines that no public file may show, each with the file that it comes from.

    Lines that students are given, or that the public checks show, are not secret.
    """
    assert assignment.solution is not None and assignment.staff is not None
    public, hidden = assignment.folder / PUBLIC, assignment.staff / HIDDEN
    given, answers = _split(read_notebook(assignment.solution))
    text = public.read_text(encoding="utf-8")
    # As they stand, and as the hidden ones are compared: without comments.
    shown = {*_lines(text), *_lines(ast.unparse(ast.parse(text)))}
    secret = {line: assignment.solution for line in answers if not line.startswith("#")}
    secret |= {line: hidden for body in _bodies(hidden).values() for line in _lines(body)}
    return {line: path for line, path in secret.items() if line and line not in given and line not in shown}


def _readable_text(path: Path) -> str:
    """A public file's text, or a notebook's sources. Empty if it can't be read or does not count."""
    if path.name in ("__pycache__", ".ipynb_checkpoints") or not path.is_file():
        return ""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            return "\n".join(cell.source for cell in parse(text.encode()).cells)
    except (UnicodeDecodeError, Unreadable):
        return ""
    return text


def _bodies(path: Path) -> dict[str, str]:
    """The code of each check of a rubric file, without its decorator and docstring."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            found[node.name] = "\n".join(map(ast.unparse, body))
    return found


def _lines(text: str) -> list[str]:
    """The lines without their indentation. Short ones become empty, so that the others keep their numbers."""
    return [line.strip() if len(line.strip()) >= MIN_SECRET else "" for line in text.splitlines()]


def _split(solution: Notebook) -> tuple[set[str], list[str]]:
    """The lines of a solution that students are given, and those of its answers."""
    given: set[str] = set()
    answers: list[str] = []
    for cell in solution.cells:
        mark = marked(cell.source)
        if mark and (cell.kind != "code" or not answer_lines(cell.source)):
            given.update(map(str.strip, mark.before.splitlines()))
            answers += [text for text in _lines(mark.below) if text]
            continue
        if cell.kind != "code":
            given.update(map(str.strip, cell.source.splitlines()))
            continue
        for region in regions(cell.source):
            if region.is_answer:
                given.update(map(str.strip, region.stub))
                own = [line for line in region.lines if not line.strip().startswith(STUB)]
                answers += [text for text in _lines("\n".join(own)) if text]
            else:
                given.update(map(str.strip, region.lines))
    return given, answers
