"""What verdicts depend on: a rubric's code without the words and the points of its checks.

A title, a hint or a number of points changes no verdict, so a report that holds can be told anew with them.
Everything else in a rubric's files counts as it is written, comments included.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Sequence

from grader.course.declarations import check_decorator
from grader.model.codec import to_data
from grader.model.file import Entry, File, digest
from grader.model.limits import Limits
from grader.notebook import reading
from grader.notebook.notebook import Unreadable

WORDS = ("points", "title", "zh", "hint", "zh_hint")


def verdict_sha256(
    files: Iterable[File], limits: Limits, handed_out: Sequence[Entry], other: Sequence[Entry], stub: bytes
) -> str:
    """The SHA-256 of all that an assignment's verdicts depend on.

    `stub` is the notebook that students start from: what they wrote is told from what was given.
    """
    data = [
        [[file.name, without_words(file.content)] for file in files],
        to_data(limits),
        [digest(entries) if entries else "" for entries in (handed_out, other)],
        cells_of(stub),
    ]
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()


def without_words(rubric: bytes) -> str:
    """A rubric file's text in which each check's decorator says only what it depends on.

    A file that can't be parsed is left as it is.
    """
    text = rubric.decode("utf-8", "backslashreplace")
    try:
        functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    except (SyntaxError, ValueError):
        return text
    # Python's lines, as the syntax tree counts them: a form feed or the like ends none.
    lines = [line.encode() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    for function in reversed(functions):
        call = check_decorator(function)
        if call is None or call.end_lineno is None or call.end_col_offset is None:
            continue
        depends = [_written(each.value) for each in call.keywords if each.arg == "depends"]
        kept = [each.arg for each in call.keywords if each.arg not in WORDS]
        first, last = call.lineno - 1, call.end_lineno - 1
        rest = lines[last][call.end_col_offset :]
        lines[first : last + 1] = [lines[first][: call.col_offset] + f"{kept} {depends}".encode() + rest]
    return b"\n".join(lines).decode()


def _written(value: ast.expr) -> list[str]:
    try:
        return list(ast.literal_eval(value))
    except (ValueError, TypeError):
        return [ast.dump(value)]


def cells_of(notebook: bytes) -> list[list[str]]:
    """The sources of a notebook's cells; none if it can't be read."""
    try:
        return [[cell.kind, cell.source] for cell in reading.parse(notebook).cells]
    except Unreadable:
        return []
