"""Grades a class of attackers with the real command, and watches from outside.

The course is in `course.py`; what attacks look like is explained in `attack.py`.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.exchange.names import folder_names, printable
from grader.inside import seal
from hostile.attack import Attack, make_submission
from hostile.course import CANARIES, HONEST, NEIGHBOUR, build_course, hand_in
from hostile.watch import SETTLE_S, Watch

COMMAND_S = 3600
MAX_READ = 20_000_000  # bytes of a notebook; the record of a larger one has no hash of it
HONEST_EVERY = 4  # attackers between two honest students


@dataclass
class Graded:
    """One run of the command: what it wrote, and what was seen of its processes."""

    attacks: dict[str, Attack]
    honest: list[str]
    folder: Path
    returncode: int = 0
    output: str = ""  # standard output and standard error
    seconds: float = 0.0
    records: dict[str, dict] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)  # attacks by how their processes are named
    # Seconds from the beginning of the first session to the end of the last one, by attack.
    lasted: dict[str, float] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)  # sha256 of what was handed in
    survivors: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # processes that outlived their session's end
    changed: list[str] = field(default_factory=list)  # files that changed outside the output folder
    # By kind of process: megabytes, and during which attacks.
    growth: dict[str, tuple[float, str]] = field(default_factory=dict)
    busy: dict[str, tuple[float, str]] = field(default_factory=dict)  # the same: seconds
    # The names of pages' folders, by the folder that was handed in.
    folders: dict[str, str] = field(default_factory=dict)

    @property
    def course(self) -> Path:
        """The course's folder, whose name is a canary."""
        return self.folder / "CANARY-path-course"

    @property
    def submissions(self) -> Path:
        """What the class handed in."""
        return self.folder / "class"

    @property
    def home(self) -> Path:
        """The home directory of the person who grades."""
        return self.folder / "home"

    @property
    def host(self) -> Path:
        """The command's working directory, with a file that no session may see."""
        return self.folder / "host"

    @property
    def temporary(self) -> Path:
        """The command's folder for temporary files."""
        return self.folder / "tmp"

    @property
    def out(self) -> Path:
        """Where the command writes pages and records."""
        return self.folder / "out"

    def record(self, name: str) -> dict | None:
        """The record of an attack, or of an honest student."""
        return self.records.get(printable(self.attacks[name].student if name in self.attacks else name))

    def page(self, attack: str) -> str:
        """What the student gets, as a person reads it."""
        known = self.attacks[attack]
        path = self.out / "students" / self.folders[known.student] / f"{known.assignment}.html"
        text = path.read_text(encoding="utf-8")
        return html.unescape(re.sub(r"<style.*?</style>|<[^>]*>", "", text, flags=re.DOTALL))


def grade(
    chosen: Sequence[Attack], sandbox: str = "bubblewrap", jobs: int = 2, package: Path | None = None
) -> Graded:
    """Grade a class of these attackers, with honest students among them, and look for everything forbidden.

    `package` is a folder that holds another copy of the package, to grade with instead.
    """
    folder = Path(tempfile.mkdtemp(prefix="hostile-", dir="/tmp"))
    folder.chmod(0o711)  # sandboxes of root run as another user, who needs a way through
    result = Graded({attack.name: attack for attack in chosen}, [NEIGHBOUR], folder)
    make_folders(result)
    hand_in_all(result, chosen)
    result.folders = folder_names(os.listdir(result.submissions))
    guarded = (result.course, result.submissions, result.home, result.host)
    before = {path: snapshot(path) for path in guarded}
    watch = run_command(result, sandbox, jobs, package)
    result.lasted = {
        result.tags[name]: last - first for name, (first, last) in watch.alive.items() if name in result.tags
    }
    result.survivors, result.late = watch.survivors(), watch.late
    result.growth, result.busy = watch.growth(), watch.busy()
    result.output = (folder / "output").read_text(encoding="utf-8", errors="replace")
    if (result.out / "results.jsonl").exists():
        # Split as Python splits lines: no name and no text may break a record in two.
        for line in (result.out / "results.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            result.records[record["student"]] = record
    for path in guarded:
        after = snapshot(path)
        result.changed += [
            str(path / name)
            for name in sorted(before[path].keys() | after)
            if before[path].get(name) != after.get(name)
        ]
    # The command removes what it makes in its temporary folder.
    result.changed += [str(path) for path in sorted(result.temporary.iterdir())]
    result.changed += [
        str(path)
        for place in ("/tmp", "/var/tmp", "/dev/shm", "/")
        for path in Path(place).glob("hostile_mark*")
    ]
    return result


def make_folders(result: Graded) -> None:
    """Make the course, the neighbour's submission and the folders around the command."""
    for path in (result.home, result.host, result.temporary):
        path.mkdir()
    result.temporary.chmod(0o1777)
    (result.host / "secret.txt").write_text(CANARIES["a file of the host"])
    build_course(result.course)
    canary = CANARIES["a neighbour's notebook"]
    hand_in(result.submissions, NEIGHBOUR, "line", (*HONEST["line"], f"# {canary}"))


def hand_in_all(result: Graded, chosen: Sequence[Attack]) -> None:
    """Hand in what the attackers hand in, and honest notebooks among them."""
    for number, attack in enumerate(chosen):
        if attack.makes:
            path = make_submission(result.submissions, attack)
        else:
            tag = f"{attack.id}-{number}"
            result.tags[tag] = attack.name
            path = hand_in(
                result.submissions, attack.student, attack.assignment, (naming_cell(tag), *attack.cells)
            )
        if not attack.makes or (path.is_file() and not path.is_symlink() and path.stat().st_size < MAX_READ):
            result.sent[attack.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        if number % HONEST_EVERY == HONEST_EVERY - 1:
            result.honest.append(f"{attack.name}-honest")  # sorted, and so graded, right after it
            hand_in(result.submissions, result.honest[-1], "line", HONEST["line"])


def naming_cell(tag: str) -> str:
    """A cell that names the session's process, so that the watch knows whose it is."""
    return f"with open('/proc/self/comm', 'w') as file:\n    file.write({tag!r})"


def run_command(result: Graded, sandbox: str, jobs: int, package: Path | None) -> Watch:
    """Grade the class with the real command; return the watch over its processes a moment after its end."""
    environment = {
        **os.environ,
        "LC_ALL": "C.UTF-8",
        "HOME": str(result.home),
        "TMPDIR": str(result.temporary),
        "GRADER_TOKEN": CANARIES["the grader's environment"],
    }
    if package is not None:
        environment["PYTHONPATH"] = str(package)
    command = [sys.executable, "-P", "-m", "grader", "grade", result.submissions, "--out", result.out]
    options = ["--course", result.course, "--jobs", str(jobs), "--sandbox", sandbox, "-v"]
    begun = time.monotonic()
    with open(result.folder / "output", "wb") as output:
        run = subprocess.Popen(
            [*command, *options],
            cwd=result.host,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            # It ends with the test.
            preexec_fn=lambda: seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGTERM),
        )
        with Watch(run.pid, result.folder / "output", result.tags) as watch:
            try:
                result.returncode = run.wait(COMMAND_S)
            finally:
                run.kill()
        result.seconds = time.monotonic() - begun
        time.sleep(SETTLE_S)
    return watch


def clear(result: Graded) -> None:
    """Remove all files of a run."""
    shutil.rmtree(result.folder, ignore_errors=True)


def snapshot(folder: Path) -> dict[str, tuple]:
    """Everything below a folder, with mode, owner, time of change and content, to compare later."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        status = path.lstat()
        small = stat.S_ISREG(status.st_mode) and status.st_size < 1 << 26
        content = hashlib.sha256(path.read_bytes()).hexdigest() if small else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_uid, status.st_mtime_ns, content)
    return found
