"""Runs the same right and wrong notebooks through nbgrader, Otter-Grader and this grader: which scores, how
fast.

    python benchmarks/compare.py [--environments DIR] [--only TOOL ...] [--match TEXT] [--seconds N]

Each of the other two gets a virtual environment of its own, made at the first run (`.tools/compare`, about
1.3 GB each, most of it torch), and an assignment like this course's `linreg-manual` (`graders/line.py`:
public and hidden tests, the same tolerances). Each is used as its manual says, with its own defaults and
without a container: nbgrader's `generate_assignment` and `autograde`, Otter's `otter assign` and
`grade_submission`, which is what `otter run` calls. Every tool stays loaded, and each notebook has the same
time limit.

The notebooks are the tool's own student version with the answers filled in and one thing done to it
(`notebooks.py`).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from tasks import ROOT
from tool import OTHERS, SCRIPTS, Tool, interpreter

from notebooks import NOTEBOOKS, Notebook, handed_in

# By a notebook's name and a tool's.
Cells = dict[tuple[str, str], str]


class Comparison:
    """Scores and times of all notebooks with each tool."""

    def __init__(self, folder: Path, match: str, seconds: float) -> None:
        self.folder = folder
        self.match = match
        self.seconds = seconds
        self.scores: Cells = {}
        self.times: Cells = {}
        self.notes: list[str] = []

    def run(self, name: str, environments: Path) -> None:
        """Run every notebook with one tool. A tool that can't be run leaves a note."""
        tool = Tool(name, Path(), self.folder, self.folder / f"{name.replace(' ', '-')}.log")
        try:
            tool.python = interpreter(name, environments)
            stub = self.folder / f"stub-{SCRIPTS[name]}.ipynb"
            stub.write_bytes(Path(tool.start()["stub"]).read_bytes())
            self.warm_up(tool, stub)
            for number, notebook in enumerate(NOTEBOOKS):
                if self.match in notebook.name:
                    self.grade(tool, stub, number, notebook)
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            self.notes.append(f"{name} could not be run: {error}")
        finally:
            tool.stop()

    def warm_up(self, tool: Tool, stub: Path) -> None:
        """Grade one notebook that is not counted. It reads from disk what the others find in memory."""
        path = self.folder / f"warm-{tool.turns}-{SCRIPTS[tool.name]}" / "line.ipynb"
        path.parent.mkdir()
        nbformat.write(handed_in(stub, NOTEBOOKS[0]), path)
        tool.grade(path, self.seconds)

    def grade(self, tool: Tool, stub: Path, number: int, notebook: Notebook) -> None:
        """Grade one notebook."""
        key = (notebook.name, tool.name)
        if tool.name not in notebook.tools:
            self.scores[key] = self.times[key] = "n/a"
            return
        path = self.folder / SCRIPTS[tool.name] / str(number) / "line.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(handed_in(stub, notebook), path)
        answer, spent = tool.grade(path, self.seconds)
        self.scores[key], self.times[key] = score_of(answer), f"{spent:.1f}"
        if answer["note"]:
            self.notes.append(f"{tool.name}, {notebook.name}: {answer['note']}")
        print(
            f"{tool.name}: {notebook.name}: {self.scores[key]} ({self.times[key]} s) {answer['note']}",
            file=sys.stderr,
            flush=True,
        )


def score_of(answer: dict) -> str:
    """A tool's answer as the table shows it."""
    score = "none" if answer["share"] is None else f"{100 * answer['share']:.0f}"
    return score + (", has read them" if answer["leaked"] else "")


def print_table(title: str, cells: Cells, tools: list[str], first: Callable[[Notebook], str]) -> None:
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

    versions = [
        f"torch {importlib.metadata.version('torch')}",
        *(f"{package} {version}" for package, version in OTHERS.values()),
        f"grader {importlib.metadata.version('grader')}",
    ]
    print(
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        + ", ".join(versions)
        + "\n",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        comparison = Comparison(folder, options.match, options.seconds)
        for tool in options.only:
            comparison.run(tool, options.environments.resolve())
    print_table("score, of 100", comparison.scores, options.only, lambda notebook: notebook.deserves)
    print_table("wall time of one notebook, seconds", comparison.times, options.only, lambda notebook: "")
    print("\n" + "\n".join(comparison.notes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
