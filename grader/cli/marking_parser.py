"""What `grader mark` accepts."""

from __future__ import annotations

from pathlib import Path

from grader.cli.options import Commands, add_command, add_course, add_gradebook, add_output


def add_mark(commands: Commands) -> None:
    """Declare `grader mark`."""
    command = add_command(
        commands,
        "mark",
        "Write sheets of answers to mark by hand, read them in, or change points.",
        "grader mark reports --hide-names",
        "grader mark reports --read reports/marking/linreg-manual-why.csv",
        'grader mark reports --student amara --assignment linreg-manual --points 9 --comment "as agreed"',
    )
    command.add_argument("out", type=Path, metavar="DIR", help="Folder that grade --out wrote")
    command.add_argument(
        "--read",
        dest="files",
        nargs="+",
        action="extend",
        type=Path,
        default=[],
        metavar="FILE",
        help="Read sheets in: CSV files, or what a page saved",
    )
    command.add_argument(
        "--assignment",
        dest="assignments",
        action="append",
        default=[],
        metavar="NAME",
        help="Assignment; may be repeated for sheets (default: every one)",
    )
    command.add_argument("--hide-names", action="store_true", help="Write sheets without students' names")
    group = command.add_argument_group("changing points")
    group.add_argument("--student", metavar="NAME", help="Student whose points to change")
    group.add_argument(
        "--check", metavar="ID", help="Check or question whose points to change (default: the total)"
    )
    group.add_argument("--points", type=float, metavar="N", help="Points in place of the computed ones")
    group.add_argument("--comment", default="", metavar="TEXT", help="Reason, which the student reads")
    group.add_argument("--take-back", action="store_true", help="Let the computed points count again")
    command.add_argument(
        "--by", metavar="NAME", help="Who marks, as the gradebook keeps it (default: the user's name)"
    )
    add_gradebook(command)
    add_course(command)
    add_output(command)
