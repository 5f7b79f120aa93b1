"""The command line: parses, calls and prints. What is heavy is imported by the command that needs it."""

from __future__ import annotations

import argparse
import os
import select
import signal
import sqlite3
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from grader import __version__
from grader.errors import CourseError, GraderError

DONE, FAILED, USAGE, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--course",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the folder with assignments/ and solutions/ (default: here)",
    )
    common.add_argument("--json", action="store_true", help="results as JSON on standard output")
    common.add_argument(
        "--lang", choices=("en", "zh"), help="language of what students read (default: the locale's)"
    )
    loudness = common.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="no progress")
    loudness.add_argument("-v", "--verbose", action="store_true", help="more, for finding faults")
    running = argparse.ArgumentParser(add_help=False)
    running.add_argument(
        "--jobs", type=_count, metavar="N", help="how many at once (default: one for each processor)"
    )
    running.add_argument(
        "--seed", type=_natural, default=0, metavar="N", help="for every random generator (default: 0)"
    )

    top = argparse.ArgumentParser(
        prog="grader", description="Grades Jupyter notebooks in sealed sessions, with pytest rubrics."
    )
    top.add_argument("--version", action="version", version=f"grader {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    grade = commands.add_parser(
        "grade",
        parents=[common, running],
        help="grade a class",
        description="Grade a class: SUBMISSIONS/<student>/<assignment>.ipynb.",
    )
    grade.add_argument("submissions", type=Path, metavar="SUBMISSIONS")
    grade.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the gradebook and the reports go"
    )
    grade.add_argument(
        "--sandbox",
        choices=("bubblewrap", "none"),
        default="bubblewrap",
        help="none: without any protection from what the notebooks do (every report says so)",
    )

    check = commands.add_parser(
        "check",
        parents=[common, running],
        help="run the public checks on your own notebook",
        description="Run an assignment's public checks on your own notebook.",
    )
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    check.add_argument(
        "--assignment", metavar="NAME", help="which one it is for, where its file name does not say"
    )
    check.add_argument(
        "--sandbox", choices=("bubblewrap", "none"), help="default: sealed where this machine can, else not"
    )

    validate = commands.add_parser(
        "validate",
        parents=[common, running],
        help="prove that the course holds together",
        description="Grade every solution, stub and known mistake, and look for what must not be public.",
    )
    validate.add_argument("tasks", nargs="*", metavar="TASK")
    validate.add_argument(
        "--seeds",
        type=_count,
        default=5,
        metavar="N",
        help="how many seeds each solution must pass with (default: 5)",
    )
    validate.add_argument(
        "--no-mutants",
        dest="mutants",
        action="store_false",
        help="without mutated solutions, which take most of the time",
    )
    validate.add_argument(
        "--sandbox", choices=("bubblewrap", "none"), default="bubblewrap", help="none: without protection"
    )

    redteam = commands.add_parser(
        "redteam",
        parents=[common, running],
        help="try every known cheat on the rubrics",
        description="Grade notebooks that cheat and show which check each passes. None may pass a hidden one.",
    )
    redteam.add_argument("tasks", nargs="*", metavar="TASK")
    redteam.add_argument(
        "--cheat",
        dest="cheats",
        action="append",
        default=[],
        metavar="NAME",
        help="this one alone; may be given again (default: all)",
    )
    redteam.add_argument(
        "--sandbox",
        choices=("bubblewrap", "none"),
        default="bubblewrap",
        help="none: without protection, so that a cheat that searches the disk finds the solutions",
    )

    stub = commands.add_parser(
        "stub",
        parents=[common],
        help="regenerate stubs from solutions",
        description="Generate the stubs from the solutions.",
    )
    stub.add_argument("tasks", nargs="*", metavar="TASK")

    new = commands.add_parser(
        "new",
        parents=[common],
        help="make a complete assignment to start from",
        description="Make a new assignment, complete and valid, for you to change.",
    )
    new.add_argument("name", metavar="NAME", help="lower-case words with hyphens between them: my-task")

    commands.add_parser(
        "doctor",
        parents=[common],
        help="what this machine can protect against, and how to mend what is missing",
    )
    return top


def _count(text: str) -> int:
    value = _natural(text)
    if not 1 <= value <= 1024:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 1024")
    return value


def _natural(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {(1 << 31) - 1}")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Here, and only here, exceptions become messages."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a name that this terminal can't show stops nothing
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        if options.command == "grade":
            from grader.cli.grade import run as command
        elif options.command == "check":
            from grader.cli.check import run as command
        elif options.command == "validate":
            from grader.cli.validate import run as command
        elif options.command == "redteam":
            from grader.cli.redteam import run as command
        elif options.command == "stub":
            from grader.cli.stub import run as command
        elif options.command == "new":
            from grader.cli.new import run as command
        else:
            from grader.cli.doctor import run as command
        return command(options)
    except CourseError as error:
        return _say(f"{error}\nNothing was graded. Mend this and start again.")
    except GraderError as error:
        return _say(str(error))
    except KeyboardInterrupt:
        _say("interrupted; what was finished is kept. The same command goes on where it was.")
        return INTERRUPTED
    except (OSError, sqlite3.OperationalError) as error:
        if isinstance(error, BrokenPipeError) and _nobody_reads(1):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # `grader … | head`
            return DONE
        if options.verbose:
            traceback.print_exc()
        place = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
        words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return _say(
            f"{words}{place}. What was finished is kept; mend the cause (a full disk? rights?) and run the same command again."
        )


def _nobody_reads(number: int) -> bool:
    """Whether the other end of a pipe that we write to was closed."""
    if not hasattr(select, "poll"):  # Windows
        return True
    poll = select.poll()
    poll.register(number, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _interrupt() -> None:
    raise KeyboardInterrupt


def _say(words: str) -> int:
    print(f"grader: {words}", file=sys.stderr)
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
