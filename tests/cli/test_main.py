"""The entry point: which module runs a command, and what becomes of exceptions."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader import __version__
from grader.cli import main as entry
from grader.errors import CourseError, MachineError, Problem, StorageError, UsageError


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """`main` handles SIGTERM; the tests' own process goes back to what it did."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """`main(["doctor", ...])` with another function for the command."""

    def call(run: Callable[[argparse.Namespace], int], *options: str) -> int:
        monkeypatch.setattr(entry.importlib, "import_module", lambda name: SimpleNamespace(run=run))
        return entry.main(["doctor", *options])

    return call


def failing(error: BaseException) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        raise error

    return run


@pytest.mark.parametrize("code", [0, 1, 3])
def test_a_commands_code_is_the_exit_code(doctor: Callable[..., int], code: int) -> None:
    """What a command returns is what the process ends with."""
    assert doctor(lambda options: code) == code


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("there is no file x"), 2, "grader: there is no file x\n"),
        (MachineError("no bubblewrap: apt install it"), 2, "grader: no bubblewrap: apt install it\n"),
        (
            CourseError([Problem("assignments/a/assignment.toml", 3, "unknown key 'titel'")]),
            2,
            "grader: the course has 1 problem:\n  assignments/a/assignment.toml:3: unknown key 'titel'\n"
            "Nothing was graded. Fix this and run the command again.\n",
        ),
        (
            KeyboardInterrupt(),
            130,
            "grader: interrupted. Finished work is kept; run the same command again to continue.\n",
        ),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/grades.csv"),
            2,
            "grader: No space left on device (out/grades.csv). Finished work is kept. Fix the cause "
            "(a full disk? permissions?) and run the same command again.\n",
        ),
        (StorageError("the gradebook is full."), 2, "grader: the gradebook is full.\n"),
    ],
)
def test_errors_become_messages(
    doctor: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    message: str,
) -> None:
    """An error that no submission causes is one message on standard error, without a stack trace."""
    assert doctor(failing(error)) == code
    assert capsys.readouterr() == ("", message)


def test_a_fault_of_ours_is_not_hidden(doctor: Callable[..., int]) -> None:
    """Any other exception keeps its stack trace."""
    with pytest.raises(ZeroDivisionError):
        doctor(failing(ZeroDivisionError()))


def test_verbose_shows_where_the_system_failed(
    doctor: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """With -v an error of the system comes with its stack trace."""
    assert doctor(failing(OSError(errno.EACCES, "Permission denied")), "-v") == 2
    assert "Traceback" in capsys.readouterr().err


def test_termination_is_an_interrupt(doctor: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """SIGTERM ends a command like Ctrl-C."""

    def run(options: argparse.Namespace) -> int:
        signal.raise_signal(signal.SIGTERM)
        return 0

    assert doctor(run) == 130 and "interrupted" in capsys.readouterr().err


def test_a_reader_that_leaves_is_no_error() -> None:
    """`grader ... | head` ends quietly with code 0."""
    code = (
        "import sys\nfrom types import SimpleNamespace\nfrom grader.cli import main\n"
        "def run(options):\n    while True:\n        print('x' * 9999)\n"
        "main.importlib = SimpleNamespace(import_module=lambda name: SimpleNamespace(run=run))\n"
        "sys.exit(main.main(['doctor']))"
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.wait(20) == 0 and run.stderr.read() == ""


@pytest.mark.parametrize("options", [["--help"], ["--version"], ["grade", "--help"], []])
def test_the_module_is_the_command(options: list[str], tmp_path: Path) -> None:
    """`python -m grader` prints and returns what `grader` does, usage messages included."""
    installed = Path(sys.executable).with_name("grader")
    if not installed.exists():
        pytest.skip("the command is not installed beside this Python")
    runs = [
        subprocess.run([*start, *options], cwd=tmp_path, capture_output=True, text=True, timeout=20)
        for start in ([str(installed)], [sys.executable, "-P", "-m", "grader"])
    ]
    first, second = ((run.returncode, run.stdout, run.stderr) for run in runs)
    assert first == second and "grader" in first[1] + first[2] and "__main__" not in first[1] + first[2]


def test_help_imports_nothing_heavy() -> None:
    """Parsing loads neither what grades nor rich, so that help and completion answer at once."""
    code = (
        "import sys\nfrom grader.cli.parser import parser\nparser().parse_args(['doctor'])\n"
        "import grader.cli.main\n"
        "heavy = {'torch', 'numpy', 'pytest', 'rich', 'shtab', 'nbformat', 'jinja2'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=20)
    assert done.stdout == "\n", done.stderr


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints the version of the package."""
    with pytest.raises(SystemExit):
        entry.main(["--version"])
    assert capsys.readouterr().out == f"grader {__version__}\n"
