"""What grading costs: beside plain nbclient, by sealing, beside a busy neighbour, in memory and at start-up.

    python benchmarks/overhead.py [--repeat N] [--many N]

Each of the course's four main solutions is run in three ways, in turn:

- plain nbclient: a fresh kernel for each notebook, nothing checked;
- this grader with one worker: sealed session, rubric, both report pages; reruns included;
- the student code's own time: the same cells in an interpreter that has imported everything. They run once
  with plots drawn as a notebook draws them, and once without for every rerun that the rubric asked for, since
  a rerun makes no images. Calls that the rubric makes count as ours.

Wall time is the clock's. CPU time is that of all processes together, from a control group where one can be
written, else of the whole machine. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from meter import Meter, Times, measured, medians
from own_code import OwnCode
from tasks import ROOT, TASKS, solution

TARGETS = {
    "wall": 0.25,
    "cpu": 0.20,
    "ratio": 5.0,
    "memory": 1.2,
    "start": 4.0,
    "sealing": 25,
    "neighbour": 1.25,
}


@dataclass
class Measured:
    """One solution's times in each way, and how many sessions grading it takes."""

    plain: list[Times] = field(default_factory=list)
    graded: list[Times] = field(default_factory=list)
    drawn: list[Times] = field(default_factory=list)
    undrawn: list[Times] = field(default_factory=list)
    sessions: int = 0

    def own(self) -> Times:
        """The student code's own time in all sessions."""
        (wall, cpu), (rerun_wall, rerun_cpu) = medians(self.drawn), medians(self.undrawn)
        reruns = self.sessions - 1
        return wall + reruns * rerun_wall, cpu + reruns * rerun_cpu

    def cost(self) -> Times:
        """What grading takes beyond that."""
        (wall, cpu), (own_wall, own_cpu) = medians(self.graded), self.own()
        return wall - own_wall, cpu - own_cpu


def plain_nbclient(path: Path) -> None:
    """What everybody has: nbclient and a fresh kernel."""
    import nbformat
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            nbformat.read(path, 4), kernel_name="python3", resources={"metadata": {"path": folder}}
        ).execute()


def measure(repeat: int, plain: int, meter: Meter) -> dict[str, Measured]:
    """Each solution in each way: `repeat` times, and `plain` times with plain nbclient."""
    from grader.course.loader import load
    from grader.engine.local import Grading
    from grader.reports.html import staff_page, student_page

    course = load(ROOT)
    results = {task: Measured() for task in TASKS}
    own_code = OwnCode()
    with Grading(jobs=1) as grading:
        grading.ready()

        def grade(task: str) -> None:
            assignment = course.assignments[task]
            (report,) = grading.reports(
                [lambda: grading.task(assignment, "amy", solution(task).read_bytes(), 0)]
            )
            assert report.score == report.max_score, (task, report.outcome, report.score, report.reason)
            results[task].sessions = report.execution.sessions
            student_page(report, assignment, "en")
            staff_page(report, assignment, "en", "amy")

        for task in TASKS:
            # Warms page caches for everything that follows.
            grade(task)
        for turn in range(repeat):
            for task, result in results.items():
                result.drawn.append(own_code.run(task, True))
                result.undrawn.append(own_code.run(task, False))
                with measured(meter, result.graded):
                    grade(task)
                if turn < plain:
                    with measured(meter, result.plain):
                        plain_nbclient(solution(task))
    own_code.close()
    return results


def print_times(results: dict[str, Measured]) -> None:
    print(f"{'':18}{'plain nbclient':>16}{'own code':>22}{'this grader':>20}{'grading costs':>20}")
    print(
        f"{'assignment':18}{'wall':>8}{'cpu':>8}{'runs':>6}{'wall':>8}{'cpu':>8}"
        f"{'wall':>12}{'cpu':>8}{'wall':>12}{'cpu':>8}"
    )
    for task, result in results.items():
        plain, own, graded, cost = medians(result.plain), result.own(), medians(result.graded), result.cost()
        print(
            f"{task:18}{plain[0]:8.2f}{plain[1]:8.2f}{result.sessions:6}{own[0]:8.2f}{own[1]:8.2f}"
            f"{graded[0]:12.2f}{graded[1]:8.2f}{cost[0]:12.3f}{cost[1]:8.3f}"
        )


def print_costs(results: dict[str, Measured]) -> None:
    wall, cpu = medians(result.cost() for result in results.values())
    print(
        f"\ngrading costs above own code, median of the four: {wall:.3f} s wall (target: {TARGETS['wall']}), "
        f"{cpu:.3f} s CPU (target: {TARGETS['cpu']})"
    )
    plain_rate, rate = (
        60 * len(results) / sum(times[0] for times in each)
        for each in (
            [medians(result.plain) for result in results.values()],
            [medians(result.graded) for result in results.values()],
        )
    )
    print(
        f"submissions a minute, one worker: {rate:.0f}, plain nbclient {plain_rate:.0f}: "
        f"{rate / plain_rate:.1f} times (target: {TARGETS['ratio']:.0f})"
    )


def print_other_figures(starts: Times, repeat: int, many: int, meter: Meter) -> None:
    from neighbour import beside_a_burner
    from sealing import cost_of_sealing
    from whole_command import peak_memory

    peak = peak_memory(many)
    first, whole = starts
    print(
        f"start-up, median of 3: {first:.2f} s from the command to the first kernel "
        f"(target: {TARGETS['start']:.0f}), {whole:.2f} s to the end of a class of one"
    )
    wall_ms, cpu_ms = cost_of_sealing(repeat, meter)
    print(
        f"sealing costs {wall_ms:.1f} ms wall, {cpu_ms:.1f} ms CPU a submission, median of the four "
        f"(target: {TARGETS['sealing']})"
    )
    calm, busy = beside_a_burner(repeat)
    print(
        f"the four graded: {calm:.2f} s alone, {busy:.2f} s beside a submission that burns every processor: "
        f"{busy / calm:.2f} times (target: {TARGETS['neighbour']})"
    )
    print(
        f"memory, {many} submissions with two workers, peak of all processes together (sum of PSS): "
        f"{peak / 1024:.2f} GB (target: {TARGETS['memory']})"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--repeat", type=int, default=7, help="runs of each notebook (default 7)")
    arguments.add_argument(
        "--plain", type=int, default=3, help="runs of each notebook with plain nbclient (default 3)"
    )
    arguments.add_argument(
        "--many", type=int, default=100, help="submissions for the memory figure (default 100)"
    )
    options = arguments.parse_args()
    from whole_command import start_up

    from grader.engine.local import processors

    meter = Meter()
    print(
        f"{platform.system()} {platform.release()}, {processors()} processors, "
        f"Python {platform.python_version()}, CPU time from {meter.source}"
    )
    starts = start_up()
    results = measure(options.repeat, options.plain, meter)
    print(f"\nmedians of {options.repeat} runs ({options.plain} for plain nbclient), seconds\n")
    print_times(results)
    print_costs(results)
    print_other_figures(starts, options.repeat, options.many, meter)


if __name__ == "__main__":
    main()
