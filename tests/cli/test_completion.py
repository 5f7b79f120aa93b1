"""Completion in real shells: the script is sourced and asked, as the Tab key would."""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support import ROOT, command


def script(shell: str, path: Path) -> Path:
    """Write a shell's script to a file."""
    done = command("completion", shell)
    assert done.returncode == 0, done.stderr
    path.write_text(done.stdout, encoding="utf-8")
    return path


def need(shell: str) -> str:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    return path


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("gr", {"grade"}),
        ("re", {"redteam", "report"}),
        ("grade --sandb", {"--sandbox"}),
        ("grade --sandbox ", {"bubblewrap", "none"}),
        ("completion ", {"bash", "zsh", "fish"}),
        ("validate --no", {"--no-mutants"}),
        ("grade examples/sub", {"examples/submissions"}),
    ],
)
def test_bash(words: str, wanted: set[str], tmp_path: Path) -> None:
    """Bash completes commands, options, their values and paths."""
    typed = ["grader", *words.split(" ")]
    asked = (
        f"source {script('bash', tmp_path / 'grader')}; "
        f"COMP_WORDS=({' '.join(repr(word) for word in typed)}); "
        f'COMP_CWORD={len(typed) - 1}; _shtab_grader; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(
        [need("bash"), "--norc", "-c", asked], cwd=ROOT, capture_output=True, text=True, timeout=20
    )
    assert set(done.stdout.split()) == wanted, done.stderr


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("gr", {"grade"}),
        ("grade --sandbox ", {"bubblewrap", "none"}),
        ("grade examples/sub", {"examples/submissions/"}),
    ],
)
def test_fish(words: str, wanted: set[str], tmp_path: Path) -> None:
    """Fish completes commands, values and paths."""
    asked = f"source {script('fish', tmp_path / 'grader')}; complete -C 'grader {words}'"
    done = subprocess.run(
        [need("fish"), "--no-config", "-c", asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert {line.split("\t")[0] for line in done.stdout.splitlines()} == wanted, done.stderr


def test_zsh(tmp_path: Path) -> None:
    """On a terminal, zsh completes a command after the Tab key."""
    shell = need("zsh")
    script("zsh", tmp_path / "_grader")
    child, terminal = pty.fork()
    if child == 0:
        os.execve(shell, [shell, "-f", "-i"], {**os.environ, "TERM": "dumb", "HOME": str(tmp_path)})
    try:
        start = f"fpath+={tmp_path}; autoload -U compinit; compinit -u; echo rea''dy\n"
        os.write(terminal, start.encode())
        assert "ready" in _until(terminal, "\nready")
        os.write(terminal, b"grader gr\t")
        assert "grade " in _until(terminal, "grade ")
    finally:
        os.close(terminal)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _until(terminal: int, words: str, seconds: float = 15) -> str:
    """What a terminal shows until some words appear."""
    shown, deadline = "", time.monotonic() + seconds
    while words not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65536).decode(errors="replace")
    return shown
