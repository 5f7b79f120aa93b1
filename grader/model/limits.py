"""What a submission may use: the figures, who keeps each of them, and what a student reads.

`Limits` holds the figures. `KEPT_BY` says of each figure who keeps it, exactly how, and where; docs/limits.md
is made from it, and a test holds both against the code that enforces them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds of computing time unless "wall" is in the name.

    Set in the table [limits] of assignment.toml. Wall-clock limits stop counting while the session waits for
    a processor; they are for what sleeps, not for what computes.
    """

    cpu_s: int = 60  # one session: the notebook's cells and the rubric's calls
    wall_s: int = 180
    cell_s: int = 20  # one cell
    cell_wall_s: int = 60
    call_s: int = 10  # one call by the rubric
    call_wall_s: int = 30
    memory_mb: int = 1024  # one session's processes together: see KEPT_BY
    output_kb: int = 4096  # one session
    disk_mb: int = 128  # one session
    processes: int = 64  # of one session, threads included
    rubric_s: int = 120  # the rubric itself, computing or silent
    rubric_mb: int = 1024  # of memory that the rubric takes while it judges one submission

    @property
    def group_mb(self) -> int:
        """A session's control group: its files are memory, too."""
        return self.memory_mb + self.disk_mb

    @property
    def data_mb(self) -> int:
        """Each process's own limit (RLIMIT_DATA): a backstop against one absurd allocation."""
        return 4 * self.memory_mb + 4096


@dataclass(frozen=True)
class Keeper:
    """Who keeps a limit, and the exact figure. Figures in braces are those of `Limits`."""

    who: str
    figure: str
    where: str  # the code that keeps it


@dataclass(frozen=True)
class Explained:
    """A limit as an author reads of it."""

    bounds: str
    keepers: tuple[Keeper, ...]
    student_reads: str  # "" where it is never a student's message


_WATCH = "grader/worker/limits.py"
_CALL = "grader/worker/examination.py"

KEPT_BY = {
    "cpu_s": Explained(
        "Computing time of one session: all cells and the rubric's calls",
        (
            Keeper("worker", "{cpu_s} s for all processes together, sampled every 50 ms", _WATCH),
            Keeper("kernel", "{cpu_s} s + 5 s for each process (RLIMIT_CPU)", "grader/inside/seal.py"),
        ),
        "the notebook used more than {cpu_s} s of computing time",
    ),
    "wall_s": Explained(
        "Time of one session by the clock",
        (
            Keeper("worker", "{wall_s} s minus waiting for a processor; 3 times that at most", _WATCH),
            Keeper(
                "worker",
                "3 times {wall_s} s for all sessions of a submission, reruns included",
                "grader/worker/clock.py",
            ),
        ),
        "the notebook took longer than {wall_s} s",
    ),
    "cell_s": Explained(
        "Computing time of one cell",
        (Keeper("worker", "{cell_s} s, counted from the first look at the cell", _WATCH),),
        "the cell used more than {cell_s} s of computing time",
    ),
    "cell_wall_s": Explained(
        "Time of one cell by the clock",
        (Keeper("worker", "{cell_wall_s} s minus waiting for a processor; 3 times that at most", _WATCH),),
        "the cell took longer than {cell_wall_s} s",
    ),
    "call_s": Explained(
        "Computing time of one call by the rubric",
        (Keeper("worker", "{call_s} s, counted from the rubric's first question after 1 s", _CALL),),
        "a call used more than {call_s} s of computing time",
    ),
    "call_wall_s": Explained(
        "Time of one call by the clock",
        (Keeper("worker", "{call_wall_s} s minus waiting for a processor", _CALL),),
        "a call took longer than {call_wall_s} s",
    ),
    "memory_mb": Explained(
        "Memory of one session's processes together",
        (
            Keeper(
                "kernel, where control groups can be made",
                "{group_mb} MB (memory_mb + disk_mb): files, page tables and buffers included; "
                "with cgroup v1, 32 MB of TCP buffers apart",
                "grader/sandbox/cgroup.py",
            ),
            Keeper(
                "watchdog, elsewhere",
                "{memory_mb} MB resident beyond what the warm process lends (about 250 MB), "
                "sampled every 50 ms",
                "grader/sandbox/watchdog.py",
            ),
            Keeper(
                "kernel", "{data_mb} MB for each process (RLIMIT_DATA), a backstop", "grader/inside/seal.py"
            ),
            Keeper(
                "worker, with --sandbox none",
                "{memory_mb} MB resident beyond a fresh kernel, as psutil counts",
                "grader/worker/plain_process.py",
            ),
        ),
        "more than {memory_mb} MB of memory",
    ),
    "output_kb": Explained(
        "Output of one session",
        (
            Keeper(
                "worker",
                "{output_kb} kB, with 128 for each message, and 5000 pieces",
                "grader/worker/kernel.py",
            ),
            Keeper("worker", "twice {output_kb} kB for one message, unread", "grader/worker/kernel.py"),
        ),
        "more output than {output_kb} kB or 5000 pieces",
    ),
    "disk_mb": Explained(
        "The session's private disk, at /tmp and /home/student",
        (
            Keeper("kernel", "{disk_mb} MB and 16384 files (the size of a tmpfs)", "grader/inside/seal.py"),
            Keeper("kernel", "{disk_mb} MB for each file (RLIMIT_FSIZE)", "grader/inside/seal.py"),
        ),
        "Python's own error: No space left on device",
    ),
    "processes": Explained(
        "Processes and threads of one session",
        (
            Keeper(
                "kernel",
                "{processes} in the session's user namespace (RLIMIT_NPROC)",
                "grader/inside/seal.py",
            ),
        ),
        "Python's own error: can't start new thread",
    ),
    "rubric_s": Explained(
        "The rubric's own time for one submission",
        (
            Keeper("kernel", "{rubric_s} s of computing (RLIMIT_CPU)", "grader/rubric/process.py"),
            Keeper("worker", "{rubric_s} s of silence", _CALL),
        ),
        "",
    ),
    "rubric_mb": Explained(
        "Memory that the rubric takes for one submission",
        (Keeper("kernel", "{rubric_mb} MB more than before it (RLIMIT_DATA)", "grader/rubric/process.py"),),
        "",
    ),
}


def figures(limits: Limits) -> dict[str, int]:
    """Every figure that a text in KEPT_BY may name."""
    return {
        **{name: getattr(limits, name) for name in KEPT_BY},
        "group_mb": limits.group_mb,
        "data_mb": limits.data_mb,
    }


def table(limits: Limits = Limits()) -> str:
    """The table of docs/limits.md, in Markdown: one row for each keeper."""
    rows = [
        "| limit | bounds | default | kept by | exactly | a student reads | code |",
        "|---|---|---|---|---|---|---|",
    ]
    known = figures(limits)
    for name, explained in KEPT_BY.items():
        for number, keeper in enumerate(explained.keepers):
            first = (f"`{name}`", explained.bounds, str(known[name])) if number == 0 else ("", "", "")
            reads = explained.student_reads.format(**known) if number == 0 else ""
            cells = (*first, keeper.who, keeper.figure.format(**known), reads, f"`{keeper.where}`")
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"
