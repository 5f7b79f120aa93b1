"""The entry point: parse, run one command, and turn exceptions into messages and exit codes."""

from __future__ import annotations

import importlib
import os
import select
import signal
import sys
import traceback
from collections.abc import Sequence

from grader.cli.parser import parser
from grader.errors import CourseError, GraderError

DONE, USAGE, INTERRUPTED = 0, 2, 130

# The module whose `run` carries out each command. Imported on use: torch and the like take seconds.
MODULES = {
    "grade": "grader.cli.grade",
    "report": "grader.cli.report",
    "history": "grader.cli.history",
    "compare": "grader.cli.compare",
    "forget": "grader.cli.forget",
    "import": "grader.cli.import_",
    "export": "grader.cli.export",
    "mark": "grader.cli.mark",
    "check": "grader.cli.check",
    "validate": "grader.cli.validate",
    "redteam": "grader.cli.redteam",
    "new": "grader.cli.new",
    "stub": "grader.cli.stub",
    "doctor": "grader.cli.doctor",
    "completion": "grader.cli.completion",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Only here do exceptions become messages."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A name that the terminal's encoding can't express must not stop the command.
            stream.reconfigure(errors="backslashreplace")
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        return importlib.import_module(MODULES[options.command]).run(options)
    except CourseError as error:
        return _fail(f"{error}\nNothing was graded. Fix this and run the command again.")
    except GraderError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail(
            "interrupted. Finished work is kept; run the same command again to continue.", INTERRUPTED
        )
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _reader_is_gone(1):
            # `grader ... | head`: nothing may be written when Python flushes standard output at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return DONE
        if options.verbose:
            traceback.print_exc()
        return _fail(
            f"{_cause(error)}. Finished work is kept. Fix the cause (a full disk? permissions?) "
            "and run the same command again."
        )


def _cause(error: OSError) -> str:
    """What the operating system says, and about which file."""
    place = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{place}"


def _reader_is_gone(descriptor: int) -> bool:
    """Whether the other end of a pipe that we write to was closed. Windows can't tell and says yes."""
    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _interrupt() -> None:
    raise KeyboardInterrupt


def _fail(message: str, code: int = USAGE) -> int:
    print(f"grader: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
