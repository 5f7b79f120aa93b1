"""What the commands accept that read a gradebook and run nothing."""

from __future__ import annotations

from pathlib import Path

from grader.cli.options import Commands, Parser, add_command, add_course, add_gradebook, add_output


def add_report(commands: Commands) -> None:
    """Declare `grader report`."""
    command = add_command(
        commands,
        "report",
        "Write all tables and pages anew from the gradebook; nothing is graded.",
        "grader report reports",
        "grader report reports --lang zh",
    )
    command.add_argument("out", type=Path, metavar="DIR", help="Folder that `grader grade` wrote to")
    add_gradebook(command)
    add_course(command)
    add_output(command)


def add_history(commands: Commands) -> None:
    """Declare `grader history`."""
    command = add_command(
        commands,
        "history",
        "Show every attempt, report and change by hand of a student for an assignment.",
        "grader history amara convnet --out reports",
        "grader history amara convnet --out reports --json",
    )
    command.add_argument("student", metavar="STUDENT", help="Name of the student, as in grades.csv")
    command.add_argument("assignment", metavar="ASSIGNMENT", help="Name of the assignment")
    _add_out(command)
    add_gradebook(command)
    add_course(command)
    add_output(command)


def add_forget(commands: Commands) -> None:
    """Declare `grader forget`."""
    command = add_command(
        commands,
        "forget",
        "Drop a student, or one assignment of theirs, from the gradebook and the files.",
        "grader forget amara --out reports",
        "grader forget amara convnet --out reports --yes",
    )
    command.add_argument("student", metavar="STUDENT", help="Name of the student, as in grades.csv")
    command.add_argument(
        "assignment", nargs="?", metavar="ASSIGNMENT", help="Name of an assignment (default: every one)"
    )
    command.add_argument("--yes", action="store_true", help="Don't ask; for scripts")
    _add_out(command)
    add_gradebook(command)
    add_course(command)
    add_output(command)


def add_compare(commands: Commands) -> None:
    """Declare `grader compare`."""
    command = add_command(
        commands,
        "compare",
        "Show what differs between two states of a class, by student and check.",
        "grader compare last-week reports",
        "grader compare reports/gradebook.sqlite other/gradebook.sqlite --json",
    )
    where = "Folder that `grader grade` wrote to, or a gradebook: its file or URL"
    command.add_argument("before", metavar="A", help=f"{where}; the state before")
    command.add_argument("after", metavar="B", help="The same, after")
    add_course(command)
    add_output(command)


def _add_out(command: Parser) -> None:
    command.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="Folder that `grader grade` wrote to"
    )
