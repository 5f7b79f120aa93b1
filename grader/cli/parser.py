"""What the command line accepts: one function for each command. Light, so that `grader --help` is fast."""

from __future__ import annotations

from pathlib import Path

from grader import __version__
from grader.cli.exchange_parser import add_export, add_import
from grader.cli.gradebook_parser import add_compare, add_forget, add_history, add_report
from grader.cli.marking_parser import add_mark
from grader.cli.options import (
    Commands,
    Parser,
    add_command,
    add_course,
    add_gradebook,
    add_help,
    add_output,
    add_running,
    add_scheduler,
    add_tasks,
    count,
)

SHELLS = ("bash", "zsh", "fish")


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="grader",
        description="Grade Jupyter notebooks in sealed sessions, with rubrics written in pytest.",
        epilog="`grader COMMAND --help` explains one command and gives examples.",
        add_help=False,
    )
    add_help(top)
    top.add_argument(
        "--version", action="version", version=f"grader {__version__}", help="Show the version and exit"
    )
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="commands", prog=top.prog
    )
    for add in (
        _add_grade,
        add_report,
        add_history,
        add_compare,
        add_forget,
        add_import,
        add_export,
        add_mark,
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
    command = add_command(
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
    command.add_argument(
        "--student",
        dest="students",
        action="append",
        default=[],
        metavar="NAME",
        help="Grade this student's submissions alone; may be repeated. Files still show the whole class",
    )
    command.add_argument(
        "--assignment",
        dest="assignments",
        action="append",
        default=[],
        metavar="NAME",
        help="Grade submissions for this assignment alone; may be repeated",
    )
    command.add_argument(
        "--force", action="store_true", help="Grade again what is graded already and has not changed"
    )
    command.add_argument(
        "--open", action="store_true", help="Open the page on the class in the browser at the end"
    )
    add_gradebook(command)
    add_course(command)
    add_running(
        command,
        sandbox="How notebooks are sealed off; none gives no protection from what they do, "
        "and every report says so (default: bubblewrap)",
    )
    add_scheduler(command, "Grade on the machines of this Dask scheduler; --jobs then has no effect")
    add_output(command)


def _add_check(commands: Commands) -> None:
    command = add_command(
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
    add_course(command)
    add_running(
        command,
        sandbox="How the notebook is sealed off (default: bubblewrap if this machine can, otherwise none)",
        sandbox_default=None,
        jobs="No effect: there is one notebook",
    )
    group = add_output(command)
    group.add_argument(
        "--html", action="store_true", help="Write the result as a page as well, and open it in the browser"
    )


def _add_validate(commands: Commands) -> None:
    command = add_command(
        commands,
        "validate",
        "Prove that solutions, stubs, mistakes and rubrics fit together.",
        "grader validate",
        "grader validate linreg-manual --no-mutants --seeds 1",
    )
    add_tasks(command)
    command.add_argument(
        "--seeds",
        type=count,
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
    add_course(command)
    add_running(
        command, sandbox="How notebooks are sealed off; none gives no protection (default: bubblewrap)"
    )
    add_output(command)


def _add_redteam(commands: Commands) -> None:
    command = add_command(
        commands,
        "redteam",
        "Grade notebooks that cheat and show which checks each one passes.",
        "grader redteam linreg-manual",
        'grader redteam linreg-manual --cheat "memorised values" --cheat "parameters handed back"',
    )
    add_tasks(command)
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
    add_course(command)
    add_running(
        command,
        sandbox="How notebooks are sealed off; with none, a cheat that searches the disk finds the solutions "
        "(default: bubblewrap)",
    )
    add_output(command)


def _add_new(commands: Commands) -> None:
    command = add_command(
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
    add_course(command)
    add_output(command)


def _add_stub(commands: Commands) -> None:
    command = add_command(
        commands,
        "stub",
        "Regenerate the notebooks that students start from.",
        "grader stub",
        "grader stub linreg-manual",
    )
    add_tasks(command)
    add_course(command)
    add_output(command)


def _add_doctor(commands: Commands) -> None:
    command = add_command(
        commands,
        "doctor",
        "Test this machine's protections and say how to add missing ones.",
        "grader doctor",
        "grader doctor --json",
        "grader doctor --scheduler tcp://192.168.0.7:8786",
    )
    add_scheduler(command, "Test every machine of this Dask scheduler, not this one")
    add_course(command)
    add_output(command)


def _add_completion(commands: Commands) -> None:
    command = add_command(
        commands,
        "completion",
        "Print a script that completes commands and options in a shell.",
        'eval "$(grader completion bash)"',
        "grader completion zsh > _grader",
        "grader completion fish | source",
    )
    command.add_argument("shell", choices=SHELLS, help="Shell that you use")
    command.set_defaults(verbose=False)
