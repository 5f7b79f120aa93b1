"""How much slower grading is beside a submission that burns every processor."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time

import nbformat
from tasks import ROOT, TASKS, solution

from grader.course.loader import load
from grader.engine.local import Grading
from grader.engine.workers import Stopped

BURNER = """
import os
while True:
    try:
        if os.fork() == 0:
            while True: pass
    except OSError: pass
"""


def beside_a_burner(repeat: int) -> tuple[float, float]:
    """Seconds for the four solutions, one after another: alone, and beside a submission that burns.

    That submission keeps every processor busy, with all the processes that it may start.
    """
    course = load(ROOT)
    cells = [nbformat.v4.new_code_cell(BURNER, id=f"burner-{number}") for number in range(40)]
    burner = nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()
    alone: list[float] = []
    beside: list[float] = []
    with Grading(jobs=2) as grading:
        grading.ready()

        def grade() -> float:
            begun = time.perf_counter()
            for task in TASKS:
                whole = grading.task(course.assignments[task], "amy", solution(task).read_bytes(), 0)
                report = grading.workers.report_on(whole, grading.address())
                assert report.score == report.max_score, report
            return time.perf_counter() - begun

        grade()
        alone += [grade() for _ in range(repeat)]

        def burn() -> None:
            with contextlib.suppress(Stopped):
                whole = grading.task(course.assignments[TASKS[0]], "eve", burner, 0)
                grading.workers.report_on(whole, grading.address())

        other = threading.Thread(target=burn)
        other.start()
        time.sleep(2)
        while other.is_alive() and len(beside) < repeat:
            beside.append(grade())
        grading.workers.stop()
        other.join()
    return statistics.median(alone), statistics.median(beside)
