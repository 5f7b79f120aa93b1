"""What a submission may use: the figures, who enforces each of them, and what a student reads.

`Limits` holds the figures. `ENFORCED_BY` says who enforces each one, how exactly, and where in the code. The
first table of docs/limits.md is made from it. A test compares both with the code that enforces the limits.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds of computing time unless "wall" is in the name.

    Set in the table [limits] of assignment.toml. Wall-clock limits stop counting while the session waits for
    a processor: they are for code that sleeps, not for code that computes.
    """

    cpu_s: int = 60  # one session: the notebook's cells and the rubric's calls
    wall_s: int = 180
    cell_s: int = 20  # one cell
    cell_wall_s: int = 60
    call_s: int = 10  # one call by the rubric
    call_wall_s: int = 30
    memory_mb: int = 1024  # one session's processes together: see ENFORCED_BY
    output_kb: int = 4096  # one session
    disk_mb: int = 128  # one session
    processes: int = 64  # of one session, threads included
    rubric_s: int = 120  # the rubric itself, computing or idle
    rubric_mb: int = 1024  # of memory that the rubric takes while it judges one submission

    @property
    def group_mb(self) -> int:
        """A session's control group: its files are memory, too."""
        return self.memory_mb + self.disk_mb

    @property
    def data_mb(self) -> int:
        """Each process's own limit (RLIMIT_DATA): a backstop against one absurd allocation."""
        return 4 * self.memory_mb + 4096

    @property
    def message_kb(self) -> int:
        """The largest message of a kernel that the worker reads."""
        return 2 * self.output_kb


@dataclass(frozen=True)
class Enforcer:
    """Who enforces a limit, and the exact figure. Names in braces are those of `figures`."""

    who: str
    figure: str
    where: str  # the file with the code that enforces it


@dataclass(frozen=True)
class Explained:
    """A limit as its row in docs/limits.md explains it."""

    bounds: str
    enforcers: tuple[Enforcer, ...]
    student_reads: str  # "" if no student reads of it


_WATCH = "grader/worker/limits.py"
_CALL = "grader/worker/examination.py"

ENFORCED_BY = {
    "cpu_s": Explained(
        "Computing time of one session: all cells and the rubric's calls",
        (
            Enforcer("worker", "{cpu_s} s for all processes together, sampled every 50 ms", _WATCH),
            Enforcer("kernel", "per process: {cpu_s} s + 5 s (RLIMIT_CPU)", "grader/inside/seal.py"),
        ),
        "the notebook used more than {cpu_s} s of computing time",
    ),
    "wall_s": Explained(
        "Time of one session by the clock",
        (
            Enforcer(
                "worker", "{wall_s} s without waits for a processor, 3 times {wall_s} s with them", _WATCH
            ),
            Enforcer(
                "worker",
                "3 times {wall_s} s for all sessions of a submission, reruns included",
                "grader/worker/clock.py",
            ),
        ),
        "the notebook took longer than {wall_s} s",
    ),
    "cell_s": Explained(
        "Computing time of one cell",
        (Enforcer("worker", "{cell_s} s, counted from the worker's first look at the cell", _WATCH),),
        "the cell used more than {cell_s} s of computing time",
    ),
    "cell_wall_s": Explained(
        "Time of one cell by the clock",
        (
            Enforcer(
                "worker",
                "{cell_wall_s} s without waits for a processor, 3 times {cell_wall_s} s with them",
                _WATCH,
            ),
        ),
        "the cell took longer than {cell_wall_s} s",
    ),
    "call_s": Explained(
        "Computing time of one call by the rubric",
        (
            Enforcer(
                "worker", "{call_s} s; counting starts at the rubric's first query, 1 s into the call", _CALL
            ),
        ),
        "a call used more than {call_s} s of computing time",
    ),
    "call_wall_s": Explained(
        "Time of one call by the clock",
        (Enforcer("worker", "{call_wall_s} s without waits for a processor", _CALL),),
        "a call took longer than {call_wall_s} s",
    ),
    "memory_mb": Explained(
        "Memory of one session's processes together",
        (
            Enforcer(
                "kernel, where control groups can be made",
                "{group_mb} MB (memory_mb + disk_mb): files, page tables and buffers included; "
                "with cgroup v1, TCP buffers have 32 MB of their own",
                "grader/sandbox/cgroup.py",
            ),
            Enforcer(
                "worker, where control groups can be made",
                "3 times {memory_mb} MB for all sessions of a submission, reruns included, "
                "sampled every 50 ms",
                "grader/worker/clock.py",
            ),
            Enforcer(
                "watchdog, elsewhere",
                "{memory_mb} MB resident beyond what the warm process lends (about 250 MB), "
                "sampled every 50 ms",
                "grader/sandbox/watchdog.py",
            ),
            Enforcer("kernel", "{data_mb} MB per process (RLIMIT_DATA), a backstop", "grader/inside/seal.py"),
            Enforcer(
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
            Enforcer(
                "worker",
                "{output_kb} kB, where each message counts 128 extra characters; "
                "and 5000 pieces (displays, results and errors)",
                "grader/worker/kernel.py",
            ),
            Enforcer(
                "worker",
                "a message over {message_kb} kB is dropped unread, and the session ends",
                "grader/worker/kernel.py",
            ),
        ),
        "more output than {output_kb} kB or 5000 pieces",
    ),
    "disk_mb": Explained(
        "The session's private disk, at /tmp and /home/student",
        (
            Enforcer("kernel", "{disk_mb} MB and 16384 files (the size of a tmpfs)", "grader/inside/seal.py"),
            Enforcer("kernel", "{disk_mb} MB per file (RLIMIT_FSIZE)", "grader/inside/seal.py"),
        ),
        "Python's own error: No space left on device",
    ),
    "processes": Explained(
        "Processes and threads of one session",
        (
            Enforcer(
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
            Enforcer(
                "rubric",
                "a quarter of what is left of {rubric_s} s of computing, for each check and for its fixtures",
                "grader/rubric/alarm.py",
            ),
            Enforcer("kernel", "{rubric_s} s of computing (RLIMIT_CPU)", "grader/rubric/process.py"),
            Enforcer(
                "worker",
                "{rubric_s} s without a word to the worker, not counting its computing and waits for a "
                "processor",
                _CALL,
            ),
        ),
        "What your code gave back could not be checked: that took too much computing. Is it much larger than "
        "it should be?",
    ),
    "rubric_mb": Explained(
        "Memory that the rubric takes for one submission",
        (
            Enforcer(
                "kernel",
                "{rubric_mb} MB more than before the submission (RLIMIT_DATA)",
                "grader/rubric/process.py",
            ),
        ),
        "",
    ),
}


def figures(limits: Limits) -> dict[str, int]:
    """Every figure that a text in ENFORCED_BY may name."""
    return {
        **{name: getattr(limits, name) for name in ENFORCED_BY},
        "group_mb": limits.group_mb,
        "data_mb": limits.data_mb,
        "message_kb": limits.message_kb,
    }


def table(limits: Limits = Limits()) -> str:
    """The table of docs/limits.md, in Markdown: one row per enforcer."""
    rows = [
        "| limit | bounds | default | enforced by | exactly | a student reads | code |",
        "|---|---|---|---|---|---|---|",
    ]
    known = figures(limits)
    for name, explained in ENFORCED_BY.items():
        for number, enforcer in enumerate(explained.enforcers):
            first = (f"`{name}`", explained.bounds, str(known[name])) if number == 0 else ("", "", "")
            reads = explained.student_reads.format(**known) if number == 0 else ""
            cells = (*first, enforcer.who, enforcer.figure.format(**known), reads, f"`{enforcer.where}`")
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"
