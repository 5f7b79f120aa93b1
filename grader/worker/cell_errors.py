"""What the error of a cell shows to be its cause: a package, a file or a device that is not there, …"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.model.report import Cause, CellRun, OutputKind, Place
from grader.model.status import Status
from grader.worker.rebinding import rebinding

MAX_ERROR = 300  # characters of an error's message
NO_MODULE, ABSENT_MODULE, NO_GPU, NO_WINDOW, NO_INPUT, NO_FILE, NO_NETWORK = (
    *("no_module", "absent_module", "no_gpu", "no_window"),
    *("no_input", "no_file", "no_network"),
)
UNKNOWN_MAGIC, SPLIT_CELL, OTHER_LANGUAGE, RECURSION, NEW_TENSOR = (
    *("unknown_magic", "split_cell"),
    *("other_language", "recursion", "new_tensor"),
)

GPU = re.compile(
    r"no NVIDIA driver|not compiled with CUDA|No CUDA GPUs|torch\.cuda\.is_available\(\) is False|"
    r"CUDA (?:driver|error)|"
    r"from the '(?:CUDA|MPS)' backend|MPS backend is|support for mps|not linked with support for \w+ devices"
)
WINDOW = re.compile(r"\$DISPLAY|connect to (?:the )?(?:X server|display)|No available video device|_?tkinter")
NETWORK = re.compile(
    r"name resolution|Name or service not known|[Nn]etwork is unreachable|urlopen error|"
    r"Max retries exceeded|No route to host|nodename nor servname"
)
# What a stand-in raises (grader.inside.absent).
ABSENT = re.compile(r"AbsentPackage: ([\w.]{1,100}) is not there where notebooks are graded")
FILE = re.compile(r"FileNotFoundError: (?:\[Errno 2\] )?.*?['\"]?([^/\\'\"]{1,80}?)['\"]?(?: not found\.)?$")
MAGIC = re.compile(r"UsageError: (?:Line|Cell) magic (?:function )?`(%{1,2}\w{1,40})` not found")
OUTSIDE = re.compile(
    r"unexpected indent|unindent does not match|'(?:return|yield|await)' outside|'(?:break|continue)' "
)
LANGUAGES = {
    "R": re.compile(r"^[ \t]*[\w.]+[ \t]*<-\s|^[ \t]*library\(\w+\)|<-\s*function\(", re.MULTILINE),
    "JavaScript": re.compile(
        r"^[ \t]*(?:let|const|var) +\w+ *=|console\.log\(|^[ \t]*function +\w+\(.*\)\s*\{", re.MULTILINE
    ),
    "Julia": re.compile(r"^[ \t]*using +[A-Z]\w*[ \t]*$|^[ \t]*function +\w+\([^)]*\)\s*$", re.MULTILINE),
    "C": re.compile(r"^[ \t]*#include *[<\"]|^[ \t]*int +main *\(", re.MULTILINE),
    "Java": re.compile(r"^[ \t]*public +(?:static|class)\s|System\.out\.print", re.MULTILINE),
}


# A frame in a cell, as IPython writes it and the probe too. `%%time` compiles what stands below it.
_FRAME = re.compile(r"Cell In\[(\d{1,6})\], line (\d{1,6})|<timed exec>[:\", line]{1,9}(\d{1,6})")


@dataclass(frozen=True)
class Failure:
    """An error that ended a cell, and the student's own line at which it was raised."""

    error: str  # "NameError: name 'w' is not defined"
    number: int  # of the cell with that line
    line: int | None
    cells: Mapping[int, str]  # the sources of all code cells
    tree: ast.Module | None  # of the cell with that line


def deepest(run: CellRun, runs: Sequence[CellRun]) -> tuple[int, int | None]:
    """The cell and the line of the deepest frame in the student's own code, when a cell failed."""
    traceback = next((each.text for each in run.outputs if each.kind is OutputKind.ERROR), "")
    found = deepest_frame(traceback, runs, run.number)
    return (found.cell, found.line) if found else (run.number, run.line)


def deepest_frame(traceback: str, runs: Sequence[CellRun], timed: int | None = None) -> Place | None:
    """The last frame of a traceback that is a line of a cell; None if there is none.

    `timed`: the cell in which `%%time` runs code, if one is known. A student's code may write a traceback as
    it likes: what is no line of a cell is not believed.
    """
    # IPython counts the cells that have run, from 1.
    counted = [each for each in runs if each.status in (Status.OK, Status.CELL_ERROR) and each.source.strip()]
    *_, (count, line, below) = _FRAME.findall(traceback) or [("0", "0", "")]
    if below:
        found = next((each for each in runs if each.number == timed), None)
        line = str(int(below) + 1)
    else:
        found = counted[int(count) - 1] if 0 < int(count) <= len(counted) else None
    if found and 0 < int(line) <= found.source.count("\n") + 1:
        return Place(found.number, int(line))
    return None


def cause_of(failure: Failure) -> Cause | None:
    """The cause that an error shows; None if it shows none."""
    kind, _, message = failure.error.partition(": ")
    at = failure.number, failure.line
    if kind == "ModuleNotFoundError":
        module = _module(failure, message)
        return Cause(NO_WINDOW if WINDOW.search(message) else NO_MODULE, *at, (("module", module),))
    if absent := ABSENT.match(failure.error):
        return Cause(ABSENT_MODULE, *at, (("module", absent[1]),))
    if kind == "StdinNotImplementedError" or failure.error == "EOFError: EOF when reading a line":
        return Cause(NO_INPUT, *at)
    if magic := MAGIC.match(failure.error):
        return Cause(UNKNOWN_MAGIC, failure.number, _line_with(failure, magic[1]), (("magic", magic[1]),))
    if kind == "FileNotFoundError":
        file = FILE.match(failure.error)
        return Cause(NO_FILE, *at, (("file", file[1] if file else ""),))
    if kind == "RecursionError":
        return Cause(RECURSION, *at)
    if found := rebinding(failure.error, failure.line, failure.tree):
        line, name = found
        return Cause(NEW_TENSOR, failure.number, line, (("name", name), ("error", failure.error[:MAX_ERROR])))
    if kind in ("SyntaxError", "IndentationError"):
        return _unparsable(failure, message)
    for code, pattern in ((NO_GPU, GPU), (NO_WINDOW, WINDOW), (NO_NETWORK, NETWORK)):
        if pattern.search(message):
            return Cause(code, *at)
    return None


def _module(failure: Failure, message: str) -> str:
    """The whole dotted name of a module that is not there, as the failing line names it."""
    named = re.search(r"No module named '([\w.]{1,100})'", message)
    top = named[1] if named else ""
    for node in ast.walk(failure.tree) if failure.tree else ():
        if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno == failure.line:
            names = (
                [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            )
            for name in names:
                if name == top or name.startswith(top + "."):
                    return name
    return top


def _line_with(failure: Failure, text: str) -> int | None:
    lines = failure.cells[failure.number].split("\n")
    return next((number for number, line in enumerate(lines, 1) if text in line), None)


def _unparsable(failure: Failure, message: str) -> Cause | None:
    """Why a cell is not Python."""
    source = failure.cells[failure.number]
    if _begins_indented(source) and OUTSIDE.search(message):
        return Cause(SPLIT_CELL, failure.number)
    rest = [number for number in failure.cells if number > failure.number and failure.cells[number].strip()]
    if "expected an indented block" in message and rest and _begins_indented(failure.cells[rest[0]]):
        return Cause(SPLIT_CELL, rest[0])
    for language, pattern in LANGUAGES.items():
        if pattern.search(source[:10_000]):
            return Cause(OTHER_LANGUAGE, failure.number, None, (("language", language),))
    return None


def continues(source: str, before: str) -> bool:
    """Whether a cell begins indented, where the cell before it ends in a block."""
    last = next((line for line in reversed(before.split("\n")) if line.strip()), "")
    return _begins_indented(source) and (last[:1] in (" ", "\t") or last.rstrip().endswith(":"))


def _begins_indented(source: str) -> bool:
    first = next(
        (line for line in source.split("\n") if line.strip() and not line.lstrip().startswith("#")), ""
    )
    return first[:1] in (" ", "\t")
