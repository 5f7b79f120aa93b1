"""What the command line accepts: one function for each command. Light, so that `grader --help` is fast."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from grader import __version__

SHELLS = ("bash", "zsh", "fish")
MOST = 1024  # workers or seeds
# What `grader export` writes.
FORMATS = (
    "csv", "json", "canvas", "moodle", "brightspace", "blackboard", "gradescope", "gradescope-autograder",
    "nbgrader", "junit", "github", "feedback", "dolos",
)  # fmt: skip


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


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="grader",
        description="Grade Jupyter notebooks in sealed sessions, with rubrics written in pytest.",
        epilog="`grader COMMAND --help` explains one command and gives examples.",
        add_help=False,
    )
    _add_help(top)
    top.add_argument(
        "--version", action="version", version=f"grader {__version__}", help="Show the version and exit"
    )
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="commands", prog=top.prog
    )
    for add in (
        _add_grade,
        _add_import,
        _add_export,
        _add_check,
        _add_validate,
        _add_redteam,
        _add_new,
        _add_stub,
        _add_doctor,
        _add_completion,
    ):
        add(commands)
    return top


def _add_grade(commands: Commands) -> None:
    command = _add_command(
        commands,
        "grade",
        "Grade a class and write its gradebook, tables and pages.",
        "grader grade examples/submissions --out reports",
        "grader grade examples/submissions --out reports --jobs 4 --lang zh",
        "grader grade examples/submissions --out reports --json > results.jsonl",
    )
    command.add_argument(
        "submissions",
        type=Path,
        metavar="SUBMISSIONS",
        help="Folder of submissions: SUBMISSIONS/<student>/<assignment>.ipynb",
    )
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="Folder for the gradebook and the reports; must not lie inside SUBMISSIONS",
    )
    _add_course(command)
    _add_running(
        command,
        sandbox="How notebooks are sealed off; none gives no protection from what they do, "
        "and every report says so (default: bubblewrap)",
    )
    _add_scheduler(command, "Grade on the machines of this Dask scheduler; --jobs then has no effect")
    _add_output(command)


def _add_import(commands: Commands) -> None:
    command = _add_command(
        commands,
        "import",
        "Turn a learning management system's download into a folder of submissions.",
        "grader import submissions.zip submissions --dry-run",
        "grader import submissions.zip submissions --roster roster.csv",
        "grader import download submissions --assignment linreg-manual --map map.csv",
    )
    command.add_argument(
        "archive",
        type=Path,
        metavar="ARCHIVE",
        help="ZIP or tar.gz file, or an unpacked folder, from Canvas, Moodle, Gradescope, Blackboard, "
        "Brightspace, nbgrader or GitHub Classroom",
    )
    command.add_argument(
        "submissions", type=Path, metavar="SUBMISSIONS", help="Folder of submissions to add to"
    )
    command.add_argument("--dry-run", action="store_true", help="Show what would be imported; write nothing")
    command.add_argument(
        "--map",
        type=Path,
        metavar="FILE",
        help="CSV with file,student,assignment, for what names don't tell; - leaves a file out",
    )
    command.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="CSV with id,name,email,section and other systems' numbers; folders are named after the id",
    )
    command.add_argument(
        "--assignment", metavar="NAME", help="Assignment that the whole download is for (default: by each file)"
    )
    _add_course(command)
    _add_output(command)


def _add_export(commands: Commands) -> None:
    command = _add_command(
        commands,
        "export",
        "Write grades and feedback in another system's format.",
        "grader export reports --format csv",
        "grader export reports --format canvas --template gradebook.csv --to grades.csv",
        "grader export reports --format moodle --template worksheet.csv --assignment linreg-manual --to grades.csv",
        "grader export reports --format feedback --template submissions.zip --to feedback.zip",
    )
    command.add_argument("out", type=Path, metavar="DIR", help="Folder that grade --out wrote")
    command.add_argument("--format", required=True, choices=FORMATS, help="Format to write")
    command.add_argument(
        "--template",
        type=Path,
        metavar="FILE",
        help="What the system exported, to be filled in: its gradebook, or for feedback its download",
    )
    command.add_argument(
        "--to", type=Path, metavar="PATH", help="Where the result goes (default: standard output, if it is text)"
    )
    command.add_argument(
        "--assignment",
        dest="assignments",
        action="append",
        default=[],
        metavar="NAME",
        help="Leave out the other assignments; may be repeated (default: every one)",
    )
    command.add_argument(
        "--column",
        dest="columns",
        action="append",
        default=[],
        metavar="ASSIGNMENT=HEADING",
        help="Column of the template for an assignment, where names don't tell; may be repeated",
    )
    command.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="CSV with id,name,email,section and other systems' numbers, by which students are matched",
    )
    command.add_argument(
        "--sandbox",
        choices=("bubblewrap", "none"),
        default="bubblewrap",
        help="How an autograder for Gradescope seals notebooks; none gives no protection (default: bubblewrap)",
    )
    _add_course(command)
    _add_output(command)


def _add_check(commands: Commands) -> None:
    command = _add_command(
        commands,
        "check",
        "Run an assignment's public checks on your own notebook.",
        "grader check assignments/linreg-manual/linreg-manual.ipynb",
        "grader check examples/submissions/amara/linreg-manual.ipynb --lang zh",
        "grader check examples/submissions/amara/convnet.ipynb --assignment convnet --json",
    )
    command.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="Notebook to check")
    command.add_argument(
        "--assignment",
        metavar="NAME",
        help="Assignment that the notebook is for (default: told by the notebook's name or folder)",
    )
    _add_course(command)
    _add_running(
        command,
        sandbox="How the notebook is sealed off (default: bubblewrap if this machine can, otherwise none)",
        sandbox_default=None,
        jobs="No effect: there is one notebook",
    )
    _add_output(command)


def _add_validate(commands: Commands) -> None:
    command = _add_command(
        commands,
        "validate",
        "Prove that solutions, stubs, mistakes and rubrics fit together.",
        "grader validate",
        "grader validate linreg-manual --no-mutants --seeds 1",
    )
    _add_tasks(command)
    command.add_argument(
        "--seeds",
        type=_count,
        default=5,
        metavar="N",
        help="Number of seeds with which each right answer must pass (default: 5)",
    )
    command.add_argument(
        "--no-mutants",
        dest="mutants",
        action="store_false",
        help="Leave out mutated solutions, which take most of the time",
    )
    command.add_argument(
        "--variants",
        action="store_true",
        help="Grade right answers in other forms with every seed, not with the first alone",
    )
    command.add_argument(
        "--search",
        action="store_true",
        help="Look for inputs that would catch surviving mutants, and on which right answers differ",
    )
    _add_course(command)
    _add_running(
        command, sandbox="How notebooks are sealed off; none gives no protection (default: bubblewrap)"
    )
    _add_output(command)


def _add_redteam(commands: Commands) -> None:
    command = _add_command(
        commands,
        "redteam",
        "Grade notebooks that cheat and show which checks each one passes.",
        "grader redteam linreg-manual",
        'grader redteam linreg-manual --cheat "memorised values" --cheat "parameters handed back"',
    )
    _add_tasks(command)
    command.add_argument(
        "--cheat",
        dest="cheats",
        action="append",
        default=[],
        metavar="NAME",
        help="Try this cheat alone; may be repeated (default: every cheat)",
    )
    command.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="Write the notebooks that pass what they must not to this folder",
    )
    _add_course(command)
    _add_running(
        command,
        sandbox="How notebooks are sealed off; with none, a cheat that searches the disk finds the solutions "
        "(default: bubblewrap)",
    )
    _add_output(command)


def _add_new(commands: Commands) -> None:
    command = _add_command(
        commands,
        "new",
        "Make a complete, valid assignment to start from.",
        "grader new my-task",
        "grader new my-task --course /path/to/course",
    )
    command.add_argument(
        "name",
        metavar="NAME",
        help="Name of the assignment: lower-case words joined by hyphens, as in my-task",
    )
    _add_course(command)
    _add_output(command)


def _add_stub(commands: Commands) -> None:
    command = _add_command(
        commands,
        "stub",
        "Regenerate the notebooks that students start from.",
        "grader stub",
        "grader stub linreg-manual",
    )
    _add_tasks(command)
    _add_course(command)
    _add_output(command)


def _add_doctor(commands: Commands) -> None:
    command = _add_command(
        commands,
        "doctor",
        "Test this machine's protections and say how to add missing ones.",
        "grader doctor",
        "grader doctor --json",
        "grader doctor --scheduler tcp://192.168.0.7:8786",
    )
    _add_scheduler(command, "Test every machine of this Dask scheduler, not this one")
    _add_course(command)
    _add_output(command)


def _add_completion(commands: Commands) -> None:
    command = _add_command(
        commands,
        "completion",
        "Print a script that completes commands and options in a shell.",
        'eval "$(grader completion bash)"',
        "grader completion zsh > _grader",
        "grader completion fish | source",
    )
    command.add_argument("shell", choices=SHELLS, help="Shell that you use")
    command.set_defaults(verbose=False)


def _add_command(commands: Commands, name: str, description: str, *examples: str) -> Parser:
    """Add a command. Its description is one sentence; its examples run in the repository's folder."""
    command = commands.add_parser(
        name,
        help=description.removesuffix("."),
        description=description,
        epilog="\n".join(["Examples:", *(f"  {example}" for example in examples)]),
        add_help=False,
    )
    _add_help(command)
    return command


def _add_help(command: Parser) -> None:
    command.add_argument("-h", "--help", action="help", help="Show this help and exit")


def _add_tasks(command: Parser) -> None:
    command.add_argument(
        "tasks", nargs="*", metavar="TASK", help="Name of an assignment (default: every one)"
    )


def _add_scheduler(command: argparse.ArgumentParser, words: str) -> None:
    command.add_argument("--scheduler", metavar="ADDRESS", help=f"{words} (docs/scale.md)")


def _add_course(command: Parser) -> None:
    command.add_argument(
        "--course",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="Folder with assignments/ and solutions/ (default: the current folder)",
    )


def _add_running(
    command: Parser,
    *,
    sandbox: str,
    sandbox_default: str | None = "bubblewrap",
    jobs: str = "Number of notebooks that run at once (default: one for each processor)",
) -> None:
    group = command.add_argument_group("running notebooks")
    group.add_argument("--jobs", type=_count, metavar="N", help=jobs)
    group.add_argument(
        "--seed", type=_natural, default=0, metavar="N", help="Seed of every random generator (default: 0)"
    )
    group.add_argument("--sandbox", choices=("bubblewrap", "none"), default=sandbox_default, help=sandbox)


def _add_output(command: Parser) -> None:
    group = command.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="Print results as JSON on standard output")
    group.add_argument(
        "--lang", choices=("en", "zh"), help="Language of what students read (default: the locale's)"
    )
    loudness = group.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="Show no progress")
    loudness.add_argument("-v", "--verbose", action="store_true", help="Show more, for finding faults")


def _count(text: str) -> int:
    value = _natural(text)
    if not 1 <= value <= MOST:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {MOST}")
    return value


def _natural(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {(1 << 31) - 1}")
    return value
