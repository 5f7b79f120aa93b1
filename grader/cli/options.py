"""Options that several commands take, and how a command is declared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

MOST = 1024  # workers or seeds


class Parser(argparse.ArgumentParser):
    """A parser that loads the look of its messages, and with it rich, only when it shows one."""

    def format_help(self) -> str:
        """Return the text of `--help`."""
        self._load_formatter()
        return super().format_help()

    def format_usage(self) -> str:
        """Return the line that a message about wrong usage begins with."""
        self._load_formatter()
        return super().format_usage()

    def _load_formatter(self) -> None:
        from grader.cli.help import HelpFormatter

        self.formatter_class = HelpFormatter


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def add_command(commands: Commands, name: str, description: str, *examples: str) -> Parser:
    """Add a command. Its description is one sentence; its examples run in the repository's folder."""
    command = commands.add_parser(
        name,
        help=description.removesuffix("."),
        description=description,
        epilog="\n".join(["Examples:", *(f"  {example}" for example in examples)]),
        add_help=False,
    )
    add_help(command)
    return command


def add_help(command: Parser) -> None:
    """Add `--help`."""
    command.add_argument("-h", "--help", action="help", help="Show this help and exit")


def add_tasks(command: Parser) -> None:
    """Add the names of assignments."""
    command.add_argument(
        "tasks", nargs="*", metavar="TASK", help="Name of an assignment (default: every one)"
    )


def add_gradebook(command: Parser) -> None:
    """Add `--gradebook`."""
    command.add_argument(
        "--gradebook",
        metavar="URL",
        help="Database in place of DIR/gradebook.sqlite, as in postgresql+psycopg://user@host/name",
    )


def add_course(command: Parser) -> None:
    """Add `--course`."""
    command.add_argument(
        "--course",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="Folder with assignments/ and solutions/ (default: the current folder)",
    )


def add_running(
    command: Parser,
    *,
    sandbox: str,
    sandbox_default: str | None = "bubblewrap",
    jobs: str = "Number of notebooks that run at once (default: one for each processor)",
) -> None:
    """Add the options for running notebooks; `sandbox` and `jobs` are what their help says."""
    group = command.add_argument_group("running notebooks")
    group.add_argument("--jobs", type=count, metavar="N", help=jobs)
    group.add_argument(
        "--seed", type=natural, default=0, metavar="N", help="Seed of every random generator (default: 0)"
    )
    group.add_argument("--sandbox", choices=("bubblewrap", "none"), default=sandbox_default, help=sandbox)


def add_scheduler(command: Parser, words: str) -> None:
    """Add --scheduler. `words` say what it does."""
    command.add_argument("--scheduler", metavar="ADDRESS", help=f"{words} (docs/scale.md)")


def add_output(command: Parser) -> argparse._ArgumentGroup:
    """Add the options on output, and return their group."""
    group = command.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="Print results as JSON on standard output")
    group.add_argument(
        "--lang", choices=("en", "zh"), help="Language of what students read (default: the locale's)"
    )
    loudness = group.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="Show no progress")
    loudness.add_argument("-v", "--verbose", action="store_true", help="Show more, for finding faults")
    return group


def count(text: str) -> int:
    """The number of workers or seeds in an argument."""
    value = natural(text)
    if not 1 <= value <= MOST:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {MOST}")
    return value


def natural(text: str) -> int:
    """The whole number in an argument."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {(1 << 31) - 1}")
    return value
