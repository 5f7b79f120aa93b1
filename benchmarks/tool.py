"""A grader's process, each in an environment of its own."""

from __future__ import annotations

import importlib.metadata
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent / "graders"
THIS = "this grader"
OTHERS = {"nbgrader": ("nbgrader", "0.9.6"), "Otter-Grader": ("otter-grader", "7.0.0")}
SCRIPTS = {THIS: "this.py", "nbgrader": "with_nbgrader.py", "Otter-Grader": "with_otter.py"}


def interpreter(tool: str, folder: Path) -> Path:
    """The Python of a tool's own environment, made if need be."""
    return Path(sys.executable) if tool == THIS else environment(*OTHERS[tool], folder)


def environment(package: str, version: str, folder: Path) -> Path:
    """The Python of an environment with this package, below `folder`, made if need be."""
    place = folder / f"{package}-{version}"
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        print(f"installing {package} {version} into {place}", file=sys.stderr, flush=True)
        outside = {
            key: value for key, value in os.environ.items() if key not in ("PIP_CONSTRAINT", "PYTHONPATH")
        }
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True, env=outside)
        torch = importlib.metadata.version("torch").partition("+")[0]
        packages = [f"{package}=={version}", f"torch=={torch}", "ipykernel", "matplotlib"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True, env=outside)
        (place / "ready").touch()
    return python


class Tool:
    """A grader's process. It grades one notebook at a time. One that is too late is replaced."""

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
        first = self.answer(180)
        if first is None:
            raise RuntimeError(f"{self.name} does not start:\n{self.log.read_text(errors='replace')[-3000:]}")
        return first

    def answer(self, seconds: float) -> dict | None:
        """The next answer, or None where none comes in time."""
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
        answer = self.answer(seconds)
        spent = time.perf_counter() - begun
        if answer is None:
            code = self.process.poll()
            self.stop()
            reason = f"no end within {seconds:.0f} s" if code is None else f"the grader itself ended ({code})"
            answer = {"share": None, "leaked": False, "note": f"no score: {reason}"}
        return answer, spent

    def stop(self) -> None:
        """End the process and the kernels that it started."""
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
