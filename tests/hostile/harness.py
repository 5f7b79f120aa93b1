"""Builds a hostile course and a class of attackers, grades it with the real command, and watches from outside.

An attack is a file in `attacks/`, a positive control one in `controls/`: cells between lines `# %%`, after a docstring whose
first line says what is tried and whose other lines say what must come of it. They are never imported.

    outcome: graded          status: timed_out          score: 0          assignment: line
    cell: 2                  contains: refused          absent: 1.1.1.1   like: A13_a_near_miss
    student: "a\\nb"          within: 1

`status` is the record's execution.status; "a | b" allows either, as `score` and `outcome` do. `cell` is where it happened, counted in
the file. `contains` and `absent` are texts of the page that the student gets; the first stand there more often than in the attack's own
cells. `rooted` is one more of the first where root grades and each session is a user of its own; `watched` what `status` is where a
watchdog keeps the memory limit. `like` names an attack whose student is told the very same.
`student` is the name of the student's folder, as Python writes it; `within` how many seconds it may take to grade.
A cell that is the one line `# honest` or `# wrong` stands for right or wrong answers to the assignment; the first line `# times 40`
repeats a cell; `# becomes "x" * 10` is a cell whose source that expression gives. A cell that begins with `# makes` is run by whoever
tests, to make what is handed in: it knows `path`, where the notebook is expected, `good`, the bytes of an honest one, and
`book(cell, …)`, a notebook as a dict.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.stub import without_answers
from grader.exchange.names import folder_names, printable
from grader.inside import seal
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump

HERE = Path(__file__).parent
FULL = {"line": 10, "calm": 10, "net": 3}
WALL_S = 15  # of `line`, whose limits are small so that a test of one takes seconds
SAMPLE_S = 0.1
SETTLE_S = 1.0  # after a verdict no process of its sessions may live longer
MAX_GROWTH_MB = 256  # of a process that talks to kernels
MAX_RUBRIC_MB = 1024  # of one that judges
MAX_BUSY_S = 10.0  # of computing by a process that talks to kernels, within BUSY_S: while it computes it watches over nothing
BUSY_S = 12.0
COMMAND_S = 3600
MAX_READ = 20_000_000  # bytes of a notebook; the record of a larger one has no hash of it
HONEST_EVERY = 4  # attackers between two honest students

INPUT, ANSWER = "4.4371924853", "14.1115774559"
CANARIES = {  # what no student may ever see, by where it lies
    "a line of the rubric": "CANARY-of-the-rubric",
    "the solution": "CANARY-of-the-solution",
    "the grader's environment": "CANARY-of-the-environment",
    "a file of the host": "CANARY-of-the-host",
    "a neighbour's notebook": "CANARY-of-a-neighbour",
    "the course's path": "CANARY-path",
    "a hidden input": INPUT[:8],
    "an expected value": ANSWER[:8],
}
NEIGHBOUR = "0-neighbour"

PUBLIC = """
from grader import check, number


@check(points=2, title="w and b are those of the line", hint="Look at the slope and at where the line cuts the axis.")
def test_values(student):
    assert abs(number(student.w) - 3) <= 0.21
    assert abs(number(student.b) - 0.8) <= 0.12
"""
HIDDEN = f'''
import torch

from grader import check, number

NOTE = "{CANARIES["a line of the rubric"]}"
INPUT, ANSWER = {INPUT}, {ANSWER}


@check(points=2, title="predict follows the line", hint="Try it with negative numbers.")
def test_predict(student):
    x = torch.rand(40) * 20 - 10
    assert (student.predict(x) - (3 * x + 0.8)).abs().max() <= 0.5


@check(points=2, title="predict takes one number")
def test_secret(student):
    found = number(student.predict(torch.tensor([INPUT], dtype=torch.float64)))
    assert abs(found - ANSWER) <= 0.25, f"{{found}} instead of {{ANSWER}}"


@check(points=1, title="fit finds any line")
def test_fit(student):
    slope, offset = (torch.rand(2) * 8 - 4).tolist()
    x = torch.linspace(-3, 3, 60)
    found = student.fit(x, slope * x + offset + 0.02 * torch.randn(60))
    assert abs(number(found[0]) - slope) <= 0.05
    assert abs(number(found[1]) - offset) <= 0.05


@check(points=1, title="fit is written by hand", depends=["test_fit"])
def test_source(source):
    assert not source.uses(".polyfit", ".lstsq", "torch.optim")


@check(points=2, title="Another line is found as well")
def test_other(rerun):
    other = rerun(true_w=-2.0, true_b=5.0, n=120)
    assert abs(number(other.w) + 2) <= 0.21
    assert abs(number(other.b) - 5) <= 0.12
    assert (number(other.w), number(other.b)) != (-2, 5)  # not from data with noise
'''
NET_PUBLIC = """
import torch

from grader import check


@check(points=1, title="Net gives three numbers for each row")
def test_shape(student):
    assert student.Net()(torch.randn(5, 4)).shape == (5, 3)
"""
NET_HIDDEN = """
import torch

from grader import check


@check(points=2, title="Net is a network")
def test_network(student):
    torch.manual_seed(torch.randint(1 << 30, ()).item())
    net, x = student.Net(), torch.randn(6, 4)
    out = net(x)
    assert out.shape == (6, 3) and out.isfinite().all()
    assert (net(x[2:3]) - out[2:3]).abs().max() <= 1e-5  # a row's numbers do not depend on the other rows
    weights = {name: value.detach() + 0.5 for name, value in net.state_dict().items()}
    net.load_state_dict(weights)
    assert (net(x) - out).abs().max() > 1e-3  # and they come from the weights
"""
TITLES = 'title = "{title}"\nstatement = "Write it."\nzh_title = "{title}"\nzh_statement = "写。"\n'
SMALL = f"""[limits]
cpu_s = 10
wall_s = {WALL_S}
cell_s = 2
cell_wall_s = 4
call_s = 2
call_wall_s = 4
memory_mb = 300
output_kb = 512
disk_mb = 32
processes = 48
rubric_s = 10
"""

LINE = (
    "true_w, true_b, n = 3.0, 0.8, 200",
    "import torch\nx = torch.rand(n) * 4 - 2\ny = true_w * x + true_b + 0.1 * torch.randn(n)",
    "def fit(x, y):\n    ### BEGIN SOLUTION\n    dx = x - x.mean()\n    slope = (dx * (y - y.mean())).sum() / (dx * dx).sum()\n"
    "    return slope.item(), (y.mean() - slope * x.mean()).item()\n    ### END SOLUTION",
    "def predict(x):\n    ### BEGIN SOLUTION\n    return w * x + b\n    ### END SOLUTION",
    "w, b = fit(x, y)",
)
LINE_WRONG = (
    LINE[0],
    LINE[1],
    "def fit(x, y):\n    return 0.0, 0.0",
    "def predict(x):\n    return x * 0 - 100",
    "w, b = 9.0, -5.0",
)
NET = (
    "import torch",
    "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layer = torch.nn.Linear(4, 3)\n\n"
    "    def forward(self, x):\n        ### BEGIN SOLUTION\n        return self.layer(x).tanh()\n        ### END SOLUTION",
)
NET_WRONG = (NET[0], "class Net(torch.nn.Module):\n    def forward(self, x):\n        return None")


def plain(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells as a student would hand them in: without the marks around answers."""
    return tuple(re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", cell, flags=re.MULTILINE) for cell in cells)


HONEST = {"line": plain(LINE), "calm": plain(LINE), "net": plain(NET)}
WRONG = {"line": LINE_WRONG, "calm": LINE_WRONG, "net": NET_WRONG}


# ---- attacks


@dataclass(frozen=True)
class Attack:
    """One file: what is tried and what must come of it."""

    name: str
    says: str
    cells: tuple[str, ...]
    places: tuple[int, ...]  # for each cell the file's own that it comes from, counted from 1
    assignment: str = "line"
    outcomes: tuple[str, ...] = ("graded",)
    statuses: tuple[str, ...] = ("ok",)
    scores: tuple[float, ...] = ()
    cell: int | None = None
    contains: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    like: str | None = None
    student: str = ""  # the folder's name
    within: float | None = None
    makes: str = ""  # code that makes what is handed in
    watched: tuple[
        str, ...
    ] = ()  # the statuses where a watchdog keeps the memory limit, if they are others there

    @property
    def id(self) -> str:
        return self.name.partition("_")[0]


def attacks() -> list[Attack]:
    return [read(path, "line") for path in sorted((HERE / "attacks").glob("*.py"))]


def controls() -> list[Attack]:
    return [read(path, "calm") for path in sorted((HERE / "controls").glob("*.py"))]


def read(path: Path, assignment: str) -> Attack:
    """The attack in a file. ValueError, with the file's name, where the file says what can't be understood."""
    head, *cells = re.split(r"^# %%\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    says, *lines = ast.literal_eval(head.strip()).strip().splitlines()
    found: dict[str, list[str]] = defaultdict(list)
    for line in filter(str.strip, lines):
        key, colon, value = line.strip().partition(":")
        if not colon or key not in (
            "assignment",
            "outcome",
            "status",
            "score",
            "cell",
            "contains",
            "absent",
            "like",
            "student",
            "within",
            "watched",
            "rooted",
        ):
            raise ValueError(f"{path.name}: {line!r} is not understood")
        found[key].append(value.strip())

    def one(key: str, otherwise: str) -> str:
        return found[key][0] if found[key] else otherwise

    def either(key: str, otherwise: str) -> tuple[str, ...]:
        return tuple(filter(None, map(str.strip, one(key, otherwise).split("|"))))

    assignment = one("assignment", assignment)
    makes = "\n".join(cell for cell in cells if cell.startswith("# makes"))
    cells = [cell for cell in cells if not cell.startswith("# makes")]
    expanded = [
        (place, source)
        for place, cell in enumerate(cells, 1)
        for source in expand(cell.strip("\n"), assignment)
    ]
    return Attack(
        path.stem,
        says,
        tuple(source for _, source in expanded),
        tuple(place for place, _ in expanded),
        assignment,
        either("outcome", "graded"),
        either("status", "ok"),
        tuple(map(float, either("score", str(FULL[assignment])))),
        int(found["cell"][0]) if found["cell"] else None,
        (*found["contains"], *(found["rooted"] if os.geteuid() == 0 else ())),
        tuple(found["absent"]),
        found["like"][0] if found["like"] else None,
        ast.literal_eval(found["student"][0]) if found["student"] else path.stem,
        float(found["within"][0]) if found["within"] else None,
        makes,
        either("watched", ""),
    )


def expand(cell: str, assignment: str) -> Sequence[str]:
    """The notebook's cells that one cell of a file stands for."""
    first, _, rest = cell.partition("\n")
    if cell in ("# honest", "# wrong"):
        return HONEST[assignment] if cell == "# honest" else WRONG[assignment]
    if first.startswith("# times "):
        return [rest] * int(first.removeprefix("# times "))
    if first.startswith("# becomes "):
        return [eval(first.removeprefix("# becomes "), {})]
    return [cell]


# ---- the course and the class


def build_course(root: Path) -> None:
    """A course with three assignments: `line` with small limits, `calm`, the same with the usual ones, and `net`."""
    for name, cells, public, hidden, limits in (
        ("line", LINE, PUBLIC, HIDDEN, SMALL),
        ("calm", LINE, PUBLIC, HIDDEN, ""),
        ("net", NET, NET_PUBLIC, NET_HIDDEN, SMALL),
    ):
        notebook = notebook_of(
            cells[0] + f"\n# {CANARIES['the solution']}" if name == "net" else cells[0], *cells[1:]
        )
        stubs = (
            Cell("code", without_answers(cell.source)[0], cell.tags, cell.id)
            for cell in notebook_of(*cells).cells
        )
        for path, text in (
            (f"assignments/{name}/assignment.toml", TITLES.format(title=name.title()) + limits),
            (f"assignments/{name}/test_public.py", public),
            (f"assignments/{name}/{name}.ipynb", dump(Notebook(tuple(stubs)))),
            (f"solutions/{name}/test_hidden.py", hidden),
            (f"solutions/{name}/solution.ipynb", dump(notebook)),
        ):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")


def notebook_of(*cells: str) -> Notebook:
    return Notebook(
        tuple(
            Cell("code", source, ("parameters",) if source.startswith("true_w") else ()) for source in cells
        )
    )


def hand_in(folder: Path, student: str, assignment: str, cells: Iterable[str]) -> Path:
    path = folder / student / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(notebook_of(*cells)), encoding="utf-8")
    return path


def make(folder: Path, attack: Attack) -> Path:
    """Have an attack make what it hands in; the path at which a notebook is expected."""
    path = folder / attack.student / f"{attack.assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)

    def book(*cells: str) -> dict:
        return json.loads(dump(notebook_of(*cells)))

    exec(
        attack.makes,
        {
            "path": path,
            "good": dump(notebook_of(*HONEST[attack.assignment])).encode(),
            "book": book,
            "HONEST": HONEST,
        },
    )
    return path


def named(tag: str) -> str:
    """A cell that names the session's process, so that whoever watches knows whose it is."""
    return f"with open('/proc/self/comm', 'w') as file:\n    file.write({tag!r})"


# ---- grading, and what was seen meanwhile


@dataclass
class Graded:
    """One run of the command: what it said and wrote, and what was seen of its processes."""

    attacks: dict[str, Attack]
    honest: list[str]
    folder: Path
    returncode: int = 0
    words: str = ""  # standard output and standard error
    seconds: float = 0.0
    records: dict[str, dict] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)  # attacks by how their processes are named
    lasted: dict[str, float] = field(
        default_factory=dict
    )  # by attack: seconds from its first session's beginning to its last one's end
    sent: dict[str, str] = field(default_factory=dict)  # sha256 of what was handed in
    survivors: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # processes that outlived their session's end
    changed: list[str] = field(default_factory=list)
    growth: dict[str, tuple[float, str]] = field(
        default_factory=dict
    )  # by kind of process: megabytes, and during which attacks
    busy: dict[str, tuple[float, str]] = field(default_factory=dict)  # the same: seconds
    folders: dict[str, str] = field(
        default_factory=dict
    )  # what pages' folders are called, by the folder that was handed in

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def record(self, name: str) -> dict | None:
        """The record of an attack, or of an honest student."""
        return self.records.get(printable(self.attacks[name].student if name in self.attacks else name))

    def page(self, attack: str) -> str:
        """What the student gets, as a person reads it."""
        import html

        known = self.attacks[attack]
        text = (self.out / "students" / self.folders[known.student] / f"{known.assignment}.html").read_text(
            encoding="utf-8"
        )
        return html.unescape(re.sub(r"<style.*?</style>|<[^>]*>", "", text, flags=re.DOTALL))


def grade(
    chosen: Sequence[Attack], sandbox: str = "bubblewrap", jobs: int = 2, package: Path | None = None
) -> Graded:
    """Grade a class of these, with honest students among them, and look at everything that must not have happened.

    `package`: a folder with another copy of the package, to grade with that one.
    """
    folder = Path(tempfile.mkdtemp(prefix="hostile-", dir="/tmp"))
    folder.chmod(0o711)  # sandboxes of root run as another user, who has to come through
    course, handed_in, home, host, temporary = (
        folder / name for name in ("CANARY-path-course", "class", "home", "host", "tmp")
    )
    for each in (home, host, temporary):
        each.mkdir()
    temporary.chmod(0o1777)
    (host / "secret.txt").write_text(CANARIES["a file of the host"])
    build_course(course)
    hand_in(
        handed_in,
        NEIGHBOUR,
        "line",
        (*HONEST["line"], f"# {CANARIES['a neighbour' + chr(39) + 's notebook']}"),
    )
    result = Graded({attack.name: attack for attack in chosen}, [NEIGHBOUR], folder)
    for number, attack in enumerate(chosen):
        if attack.makes:
            path = make(handed_in, attack)
        else:
            result.tags[f"{attack.id}-{number}"] = attack.name
            path = hand_in(
                handed_in, attack.student, attack.assignment, (named(f"{attack.id}-{number}"), *attack.cells)
            )
        if not attack.makes or (path.is_file() and not path.is_symlink() and path.stat().st_size < MAX_READ):
            result.sent[attack.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        if number % HONEST_EVERY == HONEST_EVERY - 1:
            result.honest.append(f"{attack.name}-honest")  # sorted, and so graded, right after it
            hand_in(handed_in, result.honest[-1], "line", HONEST["line"])
    result.folders = folder_names(os.listdir(handed_in))
    watched = (course, handed_in, home, host)
    before = {path: snapshot(path) for path in watched}
    environment = {
        **os.environ,
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "GRADER_TOKEN": CANARIES["the grader's environment"],
    }
    if package is not None:
        environment["PYTHONPATH"] = str(package)
    begun = time.monotonic()
    with open(folder / "words", "wb") as words:
        run = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "grader",
                "grade",
                handed_in,
                "--out",
                result.out,
                "--course",
                course,
                "--jobs",
                str(jobs),
                "--sandbox",
                sandbox,
                "-v",
            ],
            cwd=host,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: seal.prctl(
                seal.PR_SET_PDEATHSIG, signal.SIGTERM
            ),  # it ends with whoever tests
        )
        with Watch(run.pid, folder / "words", result.tags) as watch:
            try:
                result.returncode = run.wait(COMMAND_S)
            finally:
                run.kill()
        result.seconds = time.monotonic() - begun
        time.sleep(SETTLE_S)
    result.lasted = {
        result.tags[name]: last - first for name, (first, last) in watch.alive.items() if name in result.tags
    }
    result.survivors, result.late, result.growth, result.busy = (
        watch.survivors(),
        watch.late,
        watch.growth(),
        watch.busy(),
    )
    result.words = (folder / "words").read_text(encoding="utf-8", errors="replace")
    if (result.out / "results.jsonl").exists():
        for line in (
            (result.out / "results.jsonl").read_text(encoding="utf-8").splitlines()
        ):  # as Python splits lines
            record = json.loads(line)
            result.records[record["student"]] = record
    for path in watched:
        after = snapshot(path)
        result.changed += [
            str(path / name)
            for name in sorted(before[path].keys() | after)
            if before[path].get(name) != after.get(name)
        ]
    result.changed += [
        str(path) for path in sorted(temporary.iterdir())
    ]  # the command removes what it makes there
    result.changed += [
        str(path)
        for place in ("/tmp", "/var/tmp", "/dev/shm", "/")
        for path in Path(place).glob("hostile_mark*")
    ]
    return result


def clear(result: Graded) -> None:
    shutil.rmtree(result.folder, ignore_errors=True)


def snapshot(folder: Path) -> dict[str, tuple]:
    """Everything below a folder, and whether it is still the same."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        status = path.lstat()
        small = stat.S_ISREG(status.st_mode) and status.st_size < 1 << 26
        content = hashlib.sha256(path.read_bytes()).hexdigest() if small else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_uid, status.st_mtime_ns, content)
    return found


# ---- processes


@dataclass(frozen=True)
class Seen:
    """A process at one look."""

    pid: int
    parent: int
    born: int
    name: str
    zombie: bool
    numbers: tuple[
        int, ...
    ]  # in each namespace that it is in, from the outermost; a session's processes have three
    anonymous_mb: float  # the most that it ever had; what it was lent at its fork included
    busy_s: float  # that its first thread computed or waited for a processor


class Watch:
    """Looks at the processes of a command, over and over, in a thread."""

    def __init__(self, root: int, words: Path, tags: Mapping[str, str]) -> None:
        self.root, self.words, self.tags = root, words, tags
        self.heard = 0  # bytes of what the command has said
        self.verdicts: dict[str, float] = {}  # when a verdict was seen first, by attack
        self.attack_of: dict[
            tuple[int, int], str
        ] = {}  # attacks by their sessions' first processes: number and birth
        self.known: dict[int, int] = {}  # processes of the run, by number; and when they were born
        self.late: list[str] = []
        self.alive: dict[
            str, tuple[float, float]
        ] = {}  # sessions' processes by name: when they were seen first and last
        self.most: dict[tuple[int, int], tuple[float, str]] = {}
        self.times: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self.busiest: dict[tuple[int, int], tuple[float, str]] = {}
        self.parents: dict[int, set[int]] = defaultdict(set)
        self.server: Seen | None = None  # from which workers are forked
        self.lent_mb = 0.0  # the memory that they are lent
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.stop.wait(SAMPLE_S):
            self.look()

    def ours(self) -> list[Seen]:
        """The run's processes that are there now, orphans of earlier looks included."""
        found = {each.pid: each for each in everyone()}
        children = defaultdict(list)
        for each in found.values():
            children[each.parent].append(each.pid)
        left = [
            self.root,
            *(pid for pid, born in self.known.items() if pid in found and found[pid].born == born),
        ]
        ours: dict[int, Seen] = {}
        while left:
            pid = left.pop()
            if pid in found and pid not in ours:
                ours[pid] = found[pid]
                left += children[pid]
        self.known = {pid: each.born for pid, each in ours.items()}
        return list(ours.values())

    def look(self) -> None:
        now = time.monotonic()
        for line in self._said():
            for name in set(self.tags.values()) & set(line.split()):
                self.verdicts.setdefault(name, now)
        ours = self.ours()
        sessions = [each for each in ours if len(each.numbers) == 3]
        spaces = defaultdict(list)
        for each in sessions:
            self.alive[each.name] = (self.alive.get(each.name, (now,))[0], now)
            with contextlib.suppress(OSError):
                spaces[os.readlink(f"/proc/{each.pid}/ns/pid")].append(each)
        for together in spaces.values():
            first = next(((each.pid, each.born) for each in together if each.numbers[-1] == 1), None)
            if first is None:
                continue  # it has just ended, and with it the others end
            for each in together:
                if each.name in self.tags:
                    self.attack_of[first] = self.tags[each.name]
            ended = self.verdicts.get(self.attack_of.get(first, ""), now)
            if now - ended > SETTLE_S + SAMPLE_S:
                self.late += [
                    f"{each.pid} {each.name} of {self.attack_of[first]}, {now - ended:.1f} s after the verdict"
                    for each in together
                    if not each.zombie
                ]
        known = self.server.pid if self.server else None
        self.server = next(
            (
                each
                for each in ours
                if each.pid == known
                or (
                    known is None
                    and len(each.numbers) == 1
                    and "multiprocessing.forkserver" in command_line(each.pid)
                )
            ),
            self.server,
        )
        if self.server is None:
            return
        self.lent_mb = max(
            self.lent_mb, self.server.anonymous_mb
        )  # one that is just ending has nothing any more
        names = ", ".join(sorted({each.name for each in sessions})) or "no session"
        for each in ours:
            if len(each.numbers) == 1 and each.pid not in (self.root, self.server.pid):
                self.parents[each.parent].add(each.pid)
                most, during = self.most.get((each.pid, each.parent), (0.0, ""))
                if each.anonymous_mb > most:
                    self.most[each.pid, each.parent] = (
                        each.anonymous_mb,
                        names if each.anonymous_mb > most + 32 else during,
                    )
                times = [(moment, busy_s) for moment, busy_s in self.times[each.pid] if now - moment < BUSY_S]
                self.times[each.pid] = [*times, (now, each.busy_s)]
                busy = each.busy_s - self.times[each.pid][0][1]
                if busy > self.busiest.get((each.pid, each.parent), (0.0, ""))[0]:
                    self.busiest[each.pid, each.parent] = (busy, names)

    def _said(self) -> list[str]:
        """The lines that the command has written since the last look."""
        with open(self.words, encoding="utf-8", errors="replace") as file:
            file.seek(self.heard)
            lines = file.read().rpartition("\n")[0]
        self.heard += len(lines.encode(errors="replace")) + (1 if lines else 0)
        return lines.splitlines()

    def _worst(
        self, seen: Mapping[tuple[int, int], tuple[float, str]], less: float
    ) -> dict[str, tuple[float, str]]:
        """The largest of what was seen of workers and of rubrics' processes, and during what."""
        found = {"worker": (0.0, ""), "rubric": (0.0, "")}
        forked = self.parents[self.server.pid] if self.server else set()
        rubrics = {child for child in forked if self.parents[child]}  # they fork; workers never do
        for (pid, parent), (most, during) in seen.items():
            kind = (
                "rubric"
                if pid in rubrics or parent in rubrics
                else "worker"
                if self.server and parent == self.server.pid
                else ""
            )
            if kind and most - less > found[kind][0]:
                found[kind] = (most - less, during)
        return found

    def growth(self) -> dict[str, tuple[float, str]]:
        """Megabytes beyond what a process was lent when it was forked."""
        return self._worst(self.most, self.lent_mb)

    def busy(self) -> dict[str, tuple[float, str]]:
        """Seconds of computing within BUSY_S seconds."""
        return self._worst(self.busiest, 0.0)

    def survivors(self) -> list[str]:
        return [
            f"{each.pid} {each.name}" for each in self.ours() if not each.zombie and each.pid != self.root
        ]


def everyone() -> list[Seen]:
    """All processes of the machine."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                before, _, after = file.read().rpartition(")")
            fields = after.split()
            with open(f"/proc/{entry}/status", encoding="utf-8", errors="replace") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
            with open(f"/proc/{entry}/schedstat", encoding="ascii") as file:
                busy_s = sum(map(int, file.read().split()[:2])) / 1e9
            peak, filed = (int(status.get(key, "0").split()[0]) for key in ("VmHWM", "RssFile"))
            found.append(
                Seen(
                    int(entry),
                    int(fields[1]),
                    int(fields[19]),
                    before.partition("(")[2],
                    fields[0] == "Z",
                    tuple(map(int, status.get("NSpid", "0").split())),
                    (peak - filed) / 1024,
                    busy_s,
                )
            )
    return found


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""
