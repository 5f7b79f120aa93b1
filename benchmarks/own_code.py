"""The student code's own time: a notebook's cells in an interpreter that has imported everything.

Run as a script, it is the interpreter: tasks come on standard input, times go to standard output.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from meter import Times
from tasks import TASKS, solution


class OwnCode:
    """An interpreter that has imported what sessions import, and runs a notebook's cells in a fork of itself.

    It is a process of its own, so that the calling one stays what a grading process is. It is asked in turn
    with the other measurements, since a shared machine is now faster, now slower.
    """

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        }
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.run(TASKS[0], True)

    def run(self, task: str, draw: bool) -> Times:
        """Wall and CPU seconds of a solution's cells, with its plots drawn or not."""
        assert self.process.stdin and self.process.stdout
        print(task, int(draw), file=self.process.stdin, flush=True)
        wall, cpu = map(float, self.process.stdout.readline().split())
        return wall, cpu

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def serve() -> None:
    """The other side of OwnCode."""
    from grader.inside import pages, preloading

    # A session's kernel finds the same imported.
    preloading.preload()
    pages.settle()
    for line in sys.stdin:
        task, draw = line.split()
        read, write = os.pipe()
        if os.fork() == 0:
            times = run_cells(solution(task), draw == "1")
            os.write(write, " ".join(map(str, times)).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as file:
            answer = file.read()
        # Taking a fork down costs time, too, which the next measurement must not include.
        os.wait()
        print(answer, flush=True)


def run_cells(path: Path, draw: bool) -> Times:
    """Wall and CPU seconds of a notebook's cells in this process."""
    import nbformat
    import torch
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib_inline.backend_inline import configure_inline_support

    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    shell = InteractiveShell.instance()
    # Plots are drawn after each cell.
    configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
    if not draw:
        select_figure_formats(shell, set())
    torch.manual_seed(0)
    begun, cpu = time.perf_counter(), time.process_time()
    for cell in cells:
        shell.run_cell(cell)
    return time.perf_counter() - begun, time.process_time() - cpu


if __name__ == "__main__":
    serve()
