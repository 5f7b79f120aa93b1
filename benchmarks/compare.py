"""The same right and wrong notebooks through nbgrader, Otter-Grader and this grader: who gives which score, in which time.

    python benchmarks/compare.py [--environments DIR] [--only TOOL ...] [--match TEXT] [--seconds N]

Each of the other two gets a virtual environment of its own, made at the first run (`.tools/compare`, about 1.3 GB each, most of
it torch), an assignment like this course's `linreg-manual` (`graders/line.py`: public and hidden tests, the same tolerances), and is
used as its manual says, with its own defaults and without a container: nbgrader's `generate_assignment` and `autograde`, Otter's
`otter assign` and `grade_submission`, which is what `otter run` calls. Every tool stays loaded; each notebook has the same time at most.

The notebooks are the tool's own student version with the answer filled in and one thing done to it.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent / "graders"
THIS = "this grader"
OTHERS = {"nbgrader": ("nbgrader", "0.9.6"), "Otter-Grader": ("otter-grader", "7.0.0")}
SCRIPTS = {THIS: "this.py", "nbgrader": "with_nbgrader.py", "Otter-Grader": "with_otter.py"}

# ---- what is handed in

RIGHT_FIT = """\
def fit(x, y, learning_rate, steps):
    w = torch.zeros(1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= learning_rate * p.grad
                p.grad = None
    return w.detach(), b.detach()
"""
RIGHT_RESULT = "w, b = fit(x, y, learning_rate=0.5, steps=100)\n"
WRONG_FIT = "def fit(x, y, learning_rate, steps):\n    return torch.zeros(1), torch.zeros(1)\n"
CONSTANT_FIT = "def fit(x, y, learning_rate, steps):\n    return torch.tensor([3.0]), torch.tensor([0.8])\n"

DELETE_ASSERTS = """\
def without_asserts(lines):
    return [line.replace(line.strip(), "pass") if line.strip().startswith("assert") else line for line in lines]
get_ipython().input_transformers_cleanup.append(without_asserts)
"""

PATCHED = """\
import builtins, math, numpy
builtins.abs = lambda value: 0.0
math.isclose = numpy.isclose = numpy.allclose = torch.isclose = torch.allclose = torch.equal = lambda *_, **__: True
torch.testing.assert_close = numpy.testing.assert_allclose = lambda *_, **__: None
"""

EQUAL_TO_ALL = """\
class Same:
    def same(self, *_): return self
    def true(self, *_): return True
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __abs__ = __neg__ = __getitem__ = detach = float = same
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = __bool__ = true
    def __float__(self): return 0.0
    def item(self): return self
"""

FORGED = """\
import IPython.core.interactiveshell as shell
shell.ExecutionResult.success = property(lambda self: True)          # every cell went well
get_ipython().showtraceback = lambda *_, **__: None
try:
    import otter.test_files.ok_test
    otter.test_files.ok_test.run_doctest = lambda *_: (True, "")        # every test passed
except ImportError:
    pass
try:
    import _pytest.python
    _pytest.python.Function.runtest = lambda self: None
    import grader.rubric.process
except ImportError:
    pass
"""

RESULTS_FILE = """\
def rewrite(result):
    import pickle, re
    for path in re.findall(r'open\\("([^"]+[.]pkl)"', result.info.raw_cell or ""):
        with open(path, "rb") as file:
            results = pickle.load(file)
        for test in results.results.values():
            for case in test.test_case_results:
                case.passed = True
        with open(path, "wb") as file:
            pickle.dump(results, file)
get_ipython().events.register("post_run_cell", rewrite)
"""

READ = f"""\
import glob, os
def show(lines):
    print("READ", "".join(lines))
    return lines
get_ipython().input_transformers_cleanup.append(show)
places = ["**/*.py", "../*.py", "../*/*.py", "../../*/*.py", {str(ROOT / "solutions/linreg-manual/*.py")!r}]
for path in sorted({{os.path.abspath(path) for place in places for path in glob.glob(place, recursive=True)}})[:200]:
    print("READ", path, open(path, errors="replace").read())
"""


@dataclass(frozen=True)
class Notebook:
    """What is done to a student's version: the answers, and cells after the set-up, after the answers and at the end."""

    name: str
    deserves: str
    fit: str | None = RIGHT_FIT
    result: str | None = RIGHT_RESULT
    early: str = ""
    after: str = ""
    last: str = ""
    tools: tuple[str, ...] = tuple(SCRIPTS)  # the others: not applicable


NOTEBOOKS = (
    Notebook("right", "100"),
    Notebook("untouched stub", "0", None, None),
    Notebook("wrong, no trick", "0", WRONG_FIT),
    Notebook("answer written in (w = 3, b = 0.8)", "30 at most", CONSTANT_FIT),
    Notebook("asserts deleted by an input transformer", "0", WRONG_FIT, early=DELETE_ASSERTS),
    Notebook("abs, isclose, allclose patched", "0", WRONG_FIT, early=PATCHED),
    Notebook(
        "object equal to everything",
        "0",
        "def fit(x, y, learning_rate, steps):\n    return Same(), Same()\n",
        early=EQUAL_TO_ALL,
    ),
    Notebook("verdicts forged in the kernel", "0", WRONG_FIT, early=FORGED),
    Notebook("results file rewritten", "0", WRONG_FIT, early=RESULTS_FILE, tools=("Otter-Grader",)),
    Notebook("hidden tests read and printed", "0", WRONG_FIT, early=READ),
    Notebook("right, sys.exit() in the last cell", "100", last="import sys\nsys.exit(0)\n"),
    Notebook("right, os._exit() in the last cell", "100", last="import os\nos._exit(0)\n"),
    Notebook("right, then a cell that never ends", "100", after="while True:\n    pass\n"),
    Notebook(
        "right, then 200 MB of output", "100", after="for _ in range(200_000):\n    print('x' * 1000)\n"
    ),
)


def handed_in(stub: Path, what: Notebook) -> nbformat.NotebookNode:
    """The student's version, changed as `what` says. The cell for w and b is the code cell after the one for `fit`."""
    made = nbformat.read(stub, 4)
    cells = []
    after_fit = False
    for cell in made.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        if after_fit:
            cell.source = cell.source if what.result is None else what.result
            cells += [nbformat.v4.new_code_cell(what.after)] if what.after else []
        after_fit = "def fit(" in cell.source
        if after_fit and what.fit is not None:
            cell.source = what.fit
        if what.early and "import torch" in cell.source:
            cells.append(nbformat.v4.new_code_cell(what.early))
    made.cells = cells + ([nbformat.v4.new_code_cell(what.last)] if what.last else [])
    return made


# ---- the graders


def interpreter(tool: str, folder: Path) -> Path:
    """The Python of a tool's own environment, made if need be."""
    if tool == THIS:
        return Path(sys.executable)
    package, version = OTHERS[tool]
    place = folder / f"{package}-{version}"
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        print(f"installing {package} {version} into {place}", flush=True)
        outside = {
            key: value for key, value in os.environ.items() if key not in ("PIP_CONSTRAINT", "PYTHONPATH")
        }
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True, env=outside)
        torch = importlib.metadata.version("torch").partition("+")[0]
        subprocess.run(
            [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                f"{package}=={version}",
                f"torch=={torch}",
                "ipykernel",
                "matplotlib",
            ],
            check=True,
            env=outside,
        )
        (place / "ready").touch()
    return python


class Tool:
    """A grader's process. It is told of one notebook at a time, and replaced where it does not answer in time."""

    def __init__(self, name: str, python: Path, folder: Path, log: Path) -> None:
        self.name = name
        self.python = python
        self.folder = folder
        self.log = log
        self.turns = 0
        self.process: subprocess.Popen | None = None

    def start(self) -> dict:
        self.turns += 1
        place = self.folder / f"{self.name.replace(' ', '-')}-{self.turns}"
        place.mkdir()
        environment = {
            key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")
        }
        environment["PATH"] = f"{self.python.parent}{os.pathsep}{environment.get('PATH', '')}"
        environment |= {
            "JUPYTER_PATH": "",
            "JUPYTER_DATA_DIR": str(place / "jupyter"),
            "IPYTHONDIR": str(place / "ipython"),
            "OMP_NUM_THREADS": "1",
        }
        self.process = subprocess.Popen(
            [self.python, HERE / SCRIPTS[self.name], place],
            cwd=place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("ab"),
            env=environment,
            text=True,
            bufsize=1,
        )
        begun = self.hear(180)
        if begun is None:
            raise RuntimeError(f"{self.name} does not start:\n{self.log.read_text(errors='replace')[-3000:]}")
        return begun

    def hear(self, seconds: float) -> dict | None:
        """The next line, or None where none comes in time."""
        assert self.process is not None and self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else ""
        return json.loads(line) if line else None

    def grade(self, path: Path, seconds: float) -> tuple[dict, float]:
        if self.process is None:
            self.start()
        assert self.process is not None and self.process.stdin is not None
        begun = time.perf_counter()
        print(path, file=self.process.stdin, flush=True)
        said = self.hear(seconds)
        spent = time.perf_counter() - begun
        if said is None:
            ended = self.process.poll()
            self.stop()
            said = {
                "share": None,
                "leaked": False,
                "note": f"no score: no end within {seconds:.0f} s"
                if ended is None
                else f"no score: the grader itself ended ({ended})",
            }
        return said, spent

    def stop(self) -> None:
        """End the process and the kernels that it started."""
        import psutil

        if self.process is None:
            return
        started = psutil.Process(self.process.pid)
        family = [*started.children(recursive=True), started] if self.process.poll() is None else []
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                pass
        self.process.wait()
        self.process = None


# ---- the table


def shown(said: dict) -> str:
    score = "none" if said["share"] is None else f"{100 * said['share']:.0f}"
    return score + (", has read them" if said["leaked"] else "")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--environments",
        type=Path,
        default=ROOT / ".tools" / "compare",
        help="where the other graders are installed (default .tools/compare)",
    )
    arguments.add_argument(
        "--only", nargs="+", choices=[*SCRIPTS], default=[*SCRIPTS], help="these graders alone"
    )
    arguments.add_argument("--match", default="", help="only notebooks with this in their name")
    arguments.add_argument("--seconds", type=float, default=60, help="for one notebook (default 60)")
    options = arguments.parse_args()

    print(
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, torch {importlib.metadata.version('torch')}, "
        f"{', '.join(f'{package} {version}' for package, version in OTHERS.values())}, grader {importlib.metadata.version('grader')}\n",
        flush=True,
    )
    results: dict[tuple[str, str], str] = {}
    times: dict[tuple[str, str], str] = {}
    notes = []
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        for tool in options.only:
            log = folder / f"{tool.replace(' ', '-')}.log"
            running = Tool(tool, Path(), folder, log)
            try:
                running.python = interpreter(tool, options.environments.resolve())
                stub = Path(running.start()["stub"])
                kept = folder / f"stub-{SCRIPTS[tool]}.ipynb"
                kept.write_bytes(stub.read_bytes())
                warm_up(running, kept, folder, options.seconds)
                for number, notebook in enumerate(NOTEBOOKS):
                    key = (notebook.name, tool)
                    if options.match not in notebook.name:
                        continue
                    if tool not in notebook.tools:
                        results[key] = times[key] = "n/a"
                        continue
                    path = folder / SCRIPTS[tool] / str(number) / "line.ipynb"
                    path.parent.mkdir(parents=True)
                    nbformat.write(handed_in(kept, notebook), path)
                    said, spent = running.grade(path, options.seconds)
                    results[key], times[key] = shown(said), f"{spent:.1f}"
                    if said["note"]:
                        notes.append(f"{tool}, {notebook.name}: {said['note']}")
                    print(
                        f"{tool}: {notebook.name}: {results[key]} ({times[key]} s) {said['note']}",
                        file=sys.stderr,
                        flush=True,
                    )
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                notes.append(f"{tool} could not be run: {error}")
            finally:
                running.stop()
    table("score, of 100", results, options.only, lambda notebook: notebook.deserves)
    table("wall time of one notebook, seconds", times, options.only, lambda notebook: "")
    print("\n" + "\n".join(notes))
    return 0


def warm_up(tool: Tool, stub: Path, folder: Path, seconds: float) -> None:
    """One notebook that is not counted: it reads what the others find in memory."""
    path = folder / f"warm-{SCRIPTS[tool.name]}.ipynb"
    nbformat.write(handed_in(stub, NOTEBOOKS[0]), path)
    place = folder / f"warm-{tool.turns}-{SCRIPTS[tool.name]}" / "line.ipynb"
    place.parent.mkdir()
    path.rename(place)
    tool.grade(place, seconds)


def table(
    title: str, cells: dict[tuple[str, str], str], tools: list[str], first: Callable[[Notebook], str]
) -> None:
    print(
        f"\n{title}\n\n{'':42}{'deserves' if any(map(first, NOTEBOOKS)) else '':>12}"
        + "".join(f"{tool:>20}" for tool in tools)
    )
    for notebook in NOTEBOOKS:
        if not any(name == notebook.name for name, _ in cells):
            continue
        print(
            f"{notebook.name:42}{first(notebook):>12}"
            + "".join(f"{cells.get((notebook.name, tool), 'not run'):>20}" for tool in tools)
        )


if __name__ == "__main__":
    sys.exit(main())
