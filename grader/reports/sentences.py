"""What happened, in plain language: one friendly sentence that says what to do next.

Nothing a student computed and nothing that a rubric expects is ever in a sentence: words come from the
assignment, from Python and from titles of checks, and are looked at once more here.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence

from grader.exchange.beside import MAX_FILE_BYTES
from grader.language.catalogue import Text, listed
from grader.language.catalogue import say as _
from grader.model.file import Beside, Obstacle
from grader.model.report import (
    FAILED,
    INTERNAL,
    NOT_ATTEMPTED,
    NOT_RUN,
    PASSED,
    REJECTED,
    Execution,
    Reason,
    SourceFile,
)
from grader.model.status import SandboxKind, Status

MAX_NAMED = 5  # files that a sentence names for each reason


def verdict(name: str) -> Text:
    """The word for a check's verdict."""
    return {
        PASSED: _("Passed"),
        FAILED: _("Failed"),
        NOT_RUN: _("Not run"),
        NOT_ATTEMPTED: _("Not attempted"),
    }[name]


def status(name: Status) -> Text:
    """The word for how a cell or a whole notebook ran."""
    words = {
        Status.OK: _("Ran"),
        Status.CELL_ERROR: _("Error"),
        Status.TIMED_OUT: _("Stopped: took too long"),
        Status.OUT_OF_MEMORY: _("Stopped: out of memory"),
        Status.DIED: _("Ended early"),
        Status.TOO_MUCH_OUTPUT: _("Stopped: too much output"),
        Status.PROTOCOL: _("Stopped: kernel not understood"),
        Status.NOT_RUN: _("Not run"),
    }
    return words[name]


def outcome_word(name: str) -> Text:
    """The word for a submission's outcome."""
    return {REJECTED: _("Rejected"), INTERNAL: _("Internal error")}.get(name) or _("Graded")


def sentence(reason: Reason, needs: Sequence[Text] = ()) -> Text | None:
    """Why a check did not pass, and what to do next. `needs`: titles of the checks that it waits for.

    None where the check's title says it all: a value is not what the check asks for.
    """
    words = dict(reason.words)
    first = run_again(reason)
    if reason.code in ("assertion", "differs"):
        return first
    why = (
        _session_ended(Status(reason.code))
        if reason.code in tuple(Status)
        else _why(reason.code, words, needs)
    )
    if reason.code == "unassigned":
        return why  # that says so itself
    return _("{first} {rest}", first=first, rest=why) if first else why


def run_again(reason: Reason) -> Text | None:
    """With what a check ran the notebook again; None if it didn't."""
    words = dict(reason.words)
    values, names, files = words.get("values", ""), words.get("again", ""), words.get("data", "")
    if values and files:
        return _(
            "This check ran your notebook again with {values} and other data in {files}.",
            values=values,
            files=files,
        )
    if values:
        return _("This check ran your notebook again with {values}.", values=values)
    if names and files:
        return _(
            "This check ran your notebook again with other values of {names} and other data in {files}.",
            names=names,
            files=files,
        )
    if names:
        return _("This check ran your notebook again with other values of {names}.", names=names)
    if files:
        return _("This check ran your notebook again with other data in {files}.", files=files)
    return None


def _why(code: str, words: Mapping[str, str], needs: Sequence[Text]) -> Text:
    name, kind = _identifier(words.get("name", "")), python_error(words.get("kind", ""))
    match code:
        case "invalid":
            return _(
                "Your result can't be used as it is: its type, its shape or a NaN in it doesn't fit. "
                "Print its type and its shape, and compare them with the task."
            )
        case "too_much_work":
            return _(
                "What your code gave back could not be checked: that took too much computing. "
                "Is it much larger than it should be?"
            )
        case "raised":
            return _raised(kind)
        case "waits" | "stale" | "stopped":
            return _caused(code, name, words.get("cell", ""))
        case "missing":
            return _missing(name)
        case "unassigned":
            return _unassigned(name)
        case "nowhere" if name:
            return _("{name} is nowhere in your notebook. Write it under exactly this name.", name=name)
        case "nowhere":
            return _missing(name)
        case "not_attempted" if name:
            return _("{name} has not been written yet. Put your code in place of the placeholder.", name=name)
        case "not_attempted":
            return _("This part has not been written yet. Put your code in place of the placeholder.")
        case "depends" if needs or words.get("needs"):
            return _(
                "This check builds on {needs}. Get that to pass first; then this one will be run.",
                needs=listed(list(needs)) if needs else words["needs"],
            )
        case "depends":
            return _("This check builds on another one. Get that to pass first; then this one will be run.")
        case "rejected":
            return _("No notebook could be graded, so there was nothing to check.")
    return _("This check did not pass.")


def _raised(kind: str) -> Text:
    if not kind:
        return _(
            "Your code raised an error when this check called it. Call it yourself with several different "
            "inputs and see which of them it can't take."
        )
    return _(
        "Your code raised {kind} when this check called it. Call it yourself with several different "
        "inputs and see which of them it can't take.",
        kind=kind,
    )


def _caused(code: str, name: str, cell: str) -> Text:
    """What a cause in the notebook, which is told above, means for a check."""
    if code == "stopped" or not name:
        return _("Your code stopped here for the reason that is given above. Put that right first.")
    if code == "stale":
        return _(
            "This check looks at {name}, which can't be right before what is said above is. "
            "Put that right first.",
            name=name,
        )
    if not cell:
        return _(
            "There is no {name} here, for the reason that is given above. Put that right first.", name=name
        )
    return _(
        "There is no {name} here, because of what is said above about cell {cell}. Put that right first.",
        name=name,
        cell=cell,
    )


def _missing(name: str) -> Text:
    if not name:
        return _(
            "A name that the task asks for is not there once all cells have run. Define it "
            "exactly as the task "
            "spells it, and see whether an earlier cell raised an error."
        )
    return _(
        "There is no {name} once all cells have run. Define it under exactly this name, "
        "and see whether an earlier cell raised an error.",
        name=name,
    )


def _unassigned(name: str) -> Text:
    if not name:
        return _(
            "This check runs your notebook again with other values, and one of the names that it sets is "
            "assigned by no cell. Put the line from the task back, outside any function or class."
        )
    return _(
        "This check runs your notebook again with another {name}, and no cell assigns {name} at top level. "
        "Put the line {name} = … from the task back, outside any function or class, and let your code use "
        "it.",
        name=name,
    )


def _session_ended(status: Status) -> Text:
    """Why a check did not pass whose session ended."""
    match status:
        case Status.TIMED_OUT:
            return _(
                "Your code took too long here and was stopped. Look for a loop that never ends, "
                "or for work that is done more often than needed."
            )
        case Status.OUT_OF_MEMORY:
            return _(
                "Your code used more memory than there is and was stopped. Look for a list or a tensor that "
                "keeps growing."
            )
        case Status.DIED:
            return _(
                "Python itself stopped while your code ran. Remove exit() and quit(), then "
                "restart and run all "
                "cells to see it yourself."
            )
        case Status.TOO_MUCH_OUTPUT:
            return _(
                "Your code printed far more than anyone can read and was stopped. Remove "
                "print() from inner loops."
            )
        case Status.PROTOCOL:
            return _("The kernel's answers stopped making sense. Remove code that changes Jupyter itself.")
    return _("This check did not pass.")


def ended(name: Status, cell: int | None) -> Text | None:
    """How a cell, or the notebook as a whole if `cell` is None, ended badly; None if it did not."""
    if name in (Status.OK, Status.NOT_RUN):
        return None
    if cell is None:
        match name:
            case Status.TIMED_OUT:
                return _("Your notebook took too long as a whole and was stopped.")
            case Status.OUT_OF_MEMORY:
                return _("Your notebook used more memory than there is and was stopped.")
            case Status.TOO_MUCH_OUTPUT:
                return _("Your notebook produced too much output and was stopped.")
        return _("Your notebook could not be run to its end.")
    match name:
        case Status.CELL_ERROR:
            return _("Cell {number} raised an error.", number=cell)
        case Status.TIMED_OUT:
            return _("Cell {number} ran for too long and was stopped.", number=cell)
        case Status.OUT_OF_MEMORY:
            return _("Cell {number} used more memory than there is and was stopped.", number=cell)
        case Status.TOO_MUCH_OUTPUT:
            return _("Cell {number} produced too much output and was stopped.", number=cell)
        case Status.DIED:
            return _("Cell {number} ended Python itself.", number=cell)
    return _("Cell {number} left a kernel whose answers made no sense.", number=cell)


def execution(run: Execution) -> Text | None:
    """How the notebook ran, with what became of its other cells; None if nothing went wrong."""
    first = ended(run.status, run.cell)
    if first is None or run.cell is None:
        return first
    if any(cell.status is Status.NOT_RUN for cell in run.cells):
        rest = _("Not all of the other cells could be run after that.")
    elif run.status is Status.CELL_ERROR:
        rest = _("The cells after it were still run.")
    else:
        rest = _("The other cells were run without it.")
    return _("{first} {rest}", first=first, rest=rest)


def source(of: SourceFile) -> Text | None:
    """Which file was graded and which were left aside; None if there was only one, named as expected."""
    if of.file is None or (of.recognized == "name" and not of.left):
        return None
    if of.recognized == "content":
        first = _("This file was graded: {file}. It was recognized by its content.", file=of.file)
    elif of.recognized == "similar_name":
        first = _("This file was graded: {file}. It was recognized by its name.", file=of.file)
    else:
        first = _("This file was graded: {file}.", file=of.file)
    if not of.left:
        return first
    names = Text(", ".join(of.left), "、".join(of.left))
    rest = _("Not graded: {names}.", names=names)
    reason = {
        "worked_on": _("Only the graded file was worked on and can be read."),
        "readable": _("Only the graded file can be read."),
        "newest": _("Of the files that fit best, the one with the latest date was taken."),
        "name": _("The name of the graded file fits best."),
        "place": _("The others lie in folders that are not named after the assignment."),
        "same": _("Of several files with the same code, one was taken."),
    }.get(of.chosen or "")
    both = _("{first} {rest}", first=first, rest=rest)
    return _("{first} {rest}", first=both, rest=reason) if reason else both


def left_out(of: Beside) -> Text | None:
    """Which files beside the notebook its sessions did not have, and why not; None if they had all."""
    if not of.left_out:
        return None
    parts = []
    sentences = []
    for each in of.left_out:
        names = [*each.names[:MAX_NAMED]]
        more = each.count - len(names)
        shown = Text(", ".join(names), "、".join(names))
        shown = _("{names} and {more} more", names=shown, more=more) if more else shown
        if each.why is Obstacle.HANDED_OUT:
            sentences.append(
                _("Your notebook ran with the assignment's own {names}, not with yours.", names=shown)
            )
            continue
        why = _obstacle(each.why)
        parts.append(Text(f"{shown.en} ({why.en})", f"{shown.zh}（{why.zh}）"))
    if parts:
        files = Text("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))
        sentences.append(
            _(
                "These files beside your notebook were not there when it was run: {files}. "
                "If your code needs one of them, ask your teacher.",
                files=files,
            )
        )
    return Text(" ".join(each.en for each in sentences), "".join(each.zh for each in sentences))


def _obstacle(why: Obstacle) -> Text:
    words = {
        Obstacle.TOO_LARGE: _("larger than {most} MB", most=MAX_FILE_BYTES >> 20),
        Obstacle.NO_ROOM: _("too much data in all"),
        Obstacle.TOO_MANY: _("too many files"),
        Obstacle.NOT_A_FILE: _("a link or a device, not a file"),
        Obstacle.UNREADABLE: _("can't be read"),
        Obstacle.ODD_NAME: _("characters in the name that can't be used"),
    }
    return words[why]


def outcome(name: str) -> Text | None:
    """What an outcome without a grading means, to the student; None for `graded`."""
    if name == REJECTED:
        return _("No notebook could be graded. Do what is described here, and submit again.")
    if name == INTERNAL:
        return _(
            "Something broke on our side. Your points are not affected, and your teacher has "
            "been told: your notebook will be graded again."
        )
    return None


def outcome_for_staff(name: str) -> Text | None:
    """The same to staff."""
    if name == REJECTED:
        return _("No notebook could be graded. The student was told:")
    if name == INTERNAL:
        return _(
            "The grader, the rubric or this machine failed, not the student. There is no score "
            "until it is graded again. "
            "This is what broke:"
        )
    return None


def protection(sandbox: SandboxKind) -> Text | None:
    """That a notebook was run unsealed; None if it was sealed."""
    if sandbox is not SandboxKind.NONE:
        return None
    return _("Graded without protection: this notebook was run without a sandbox.")


def _identifier(word: str) -> str:
    """A name of the assignment's, or nothing: what isn't a Python name is a phrase of the program's."""
    return word if word.isidentifier() else ""


def python_error(word: str) -> str:
    """An exception's name if it is one of Python's own: whoever names a class could put anything into its
    name.
    """
    found = getattr(builtins, word, None)
    return word if isinstance(found, type) and issubclass(found, BaseException) else ""
