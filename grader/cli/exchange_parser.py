"""What `grader import` and `grader export` accept."""

from __future__ import annotations

from pathlib import Path

from grader.cli.options import Commands, add_command, add_course, add_gradebook, add_output

# What `grader export` writes.
FORMATS = (
    "csv", "json", "canvas", "moodle", "brightspace", "blackboard", "gradescope", "gradescope-autograder",
    "nbgrader", "junit", "github", "feedback", "dolos",
)  # fmt: skip
FORMAT_HELP = f"Format to write: {', '.join(FORMATS)}"


def add_import(commands: Commands) -> None:
    """Declare `grader import`."""
    command = add_command(
        commands,
        "import",
        "Turn a learning management system's download into a folder of submissions.",
        "grader import submissions.zip examples/submissions --dry-run",
        "grader import download.zip examples/submissions --assignment convnet --map map.csv --dry-run",
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
        "--assignment", metavar="NAME", help="Assignment that all of it is for (default: told by each file)"
    )
    command.add_argument(
        "--worksheet",
        type=Path,
        metavar="FILE",
        help="Moodle's grading worksheet, for students' addresses and the times of handing in",
    )
    add_course(command)
    add_output(command)


def add_export(commands: Commands) -> None:
    """Declare `grader export`."""
    command = add_command(
        commands,
        "export",
        "Write grades and feedback in another system's format.",
        "grader export reports --format csv",
        "grader export reports --format canvas --template gradebook.csv --to grades.csv",
        "grader export reports --format feedback --template submissions.zip --to feedback.zip",
    )
    command.add_argument("out", type=Path, metavar="DIR", help="Folder that grade --out wrote")
    command.add_argument("--format", required=True, choices=FORMATS, metavar="F", help=FORMAT_HELP)
    command.add_argument(
        "--template",
        type=Path,
        metavar="FILE",
        help="What the system exported, to be filled in: its gradebook, or for feedback its download",
    )
    command.add_argument(
        "--to",
        type=Path,
        metavar="PATH",
        help="Where the result goes (default: standard output, if it is text)",
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
        help="How a Gradescope autograder seals notebooks; none gives no protection (default: bubblewrap)",
    )
    add_gradebook(command)
    add_course(command)
    add_output(command)
