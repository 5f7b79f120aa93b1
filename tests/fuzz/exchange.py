"""Import mutated downloads and fill in mutated tables, and report what they did.

    python -m fuzz.exchange [--archives N] [--templates N] [--seed N]      (in the folder `tests`)

Of a download it demands: an error in words, or a folder in which every file lies below a student's folder
under a portable name; nothing written anywhere else; every notebook named, as found, left or unclear. Of a
table: an error in words, or the same bytes outside the cells of grades. An input that fails is printed with
its number; the same seed makes it again.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from courses import made
from downloads import mark, notebook, tarred, zipped, zipped_as
from fuzz import bytes_changes
from fuzz.targets import ACCEPTED, REFUSED, Slow, arm, demand
from grader.classroom.importing import take_in
from grader.course.course import Course
from grader.errors import UsageError
from grader.exchange import file_names
from grader.exchange.attempts import FOLDER
from grader.exchange.incoming.opening import open_archive
from grader.exchange.names import folder_names, printable
from grader.exchange.outgoing import blackboard, brightspace, canvas, moodle
from grader.exchange.outgoing.template import assigned, fill
from grader.exchange.sheet import parsed

MEMORY = 768 << 20  # bytes beyond what all imports take
HALVE = notebook("def halve(x):\n    return x / 2", "result = halve(8)")
STRANGE = notebook("print(1)")
YAML = (
    b"submission_1:\n  :submitters:\n  - {':name': Amy, ':sid': a1}\n  :created_at: 2024-09-24 21:26:31 Z\n"
)
LAYOUTS: list[dict[str, bytes]] = [
    {"zhangwei_101_1_halve.ipynb": HALVE, "liname_LATE_102_2_a.ipynb": STRANGE, "x_3_4_data.csv": b"1"},
    {"张伟_1_assignsubmission_file/halve.ipynb": HALVE, "李娜_2_assignsubmission_file_/b.ipynb": HALVE},
    {"assignment_1_export/submission_metadata.yml": YAML, "assignment_1_export/submission_1/a.ipynb": HALVE},
    {
        "HW_a_b_attempt_2024-09-24-21-26-31.txt": b"Name: A B (a_b)\n",
        "HW_a_b_attempt_2024-09-24-21-26-31_halve.ipynb": HALVE,
    },
    {"1-2 - Amy Lee - Sep 24, 2024 926 PM/halve.ipynb": HALVE, "index.html": b""},
    {"submitted/amy/halve/a.ipynb": HALVE, "submitted/amy/halve/timestamp.txt": b"2024-09-24 21:26:31 UTC"},
    {"halve-amy/a.ipynb": HALVE, "halve-bo/a.ipynb": STRANGE, "halve-bo/data/x.csv": b"1,2"},
    {"amy_1_assignsubmission_file/hw.zip": zipped({"hw/halve.ipynb": HALVE, "hw/x.csv": b"1"})},
]
NASTY = [
    "../../out.ipynb", "/out.ipynb", "C:\\out.ipynb", "a/../../out.ipynb", "con.ipynb", "x" * 300 + ".ipynb",
    "\x1b[2J.ipynb", "a\u202eb.ipynb", "a\x00b.ipynb", ".ipynb", "..", "a//b.ipynb", "\ud800.ipynb",
    "halve.ipynb/halve.ipynb", "halve/halve/halve.ipynb", "", "-rf.ipynb", "~/a.ipynb", "$(id).ipynb",
    "halve.ipynb:stream", "halve (1).ipynb", "__MACOSX/._halve.ipynb",
]  # fmt: skip
CANVAS = b"Student,ID,SIS Login ID,Section,halve (7)\r\n    Points Possible,,,,100\r\nLee,1,amy,S,\r\n"
MOODLE = '编号,全名,状态,成绩,最高分\n参与者12,amy,已提交,,"10,00"\n'
BRIGHTSPACE = b"Username,halve Points Grade <Numeric MaxPoints:20>,End-of-Line Indicator\n#amy,,#\n"
BLACKBOARD = '"Username"\t"halve [Total Pts: 10 Score] |9"\r\n"amy"\t""\r\n'
TABLES: list[tuple[Callable, bytes]] = [
    (canvas.layout, CANVAS),
    (moodle.layout, MOODLE.encode("gb18030")),
    (brightspace.layout, BRIGHTSPACE),
    (blackboard.layout, BLACKBOARD.encode("utf-16")),
]


def mutated_archive(draw: Random) -> bytes:
    """A download of some system: with nasty names, other bytes, or both."""
    files: Mapping[str, bytes] = dict(draw.choice(LAYOUTS))
    if draw.random() < 0.5:
        files = {_renamed(name, draw): content for name, content in files.items()}
    if draw.random() < 0.3:
        files = {name: bytes_changes.changed_bytes(content, draw) for name, content in files.items()}
    made_of: Callable[[Mapping[str, bytes]], bytes] = draw.choice((zipped, zipped, tarred, in_gbk))
    try:
        content = made_of({name.replace("\0", ""): each for name, each in files.items()})
    except (ValueError, IndexError, OSError):
        content = zipped(draw.choice(LAYOUTS))
    return bytes_changes.changed_bytes(content, draw) if draw.random() < 0.5 else content


def in_gbk(files: Mapping[str, bytes]) -> bytes:
    return zipped_as("gb18030", files)


def _renamed(name: str, draw: Random) -> str:
    if draw.random() < 0.5:
        return name
    folder, _, last = name.rpartition("/")
    nasty = draw.choice(NASTY)
    return draw.choice((nasty, f"{folder}/{nasty}", name.replace(last, nasty), f"x_1_2_{nasty}"))


def check_archive(data: bytes, course: Course, root: Path) -> str:
    """Import the bytes below `root`, in which nothing else may change."""
    archive, out = root / "download", root / "class"
    archive.write_bytes(data)
    before = {path for path in root.rglob("*") if not path.is_relative_to(out)}
    try:
        intake = take_in(course, archive, out)
    except UsageError as error:
        demand(str(error).isprintable() or "\n" in str(error), "words that can't be shown")
        demand(not out.exists(), "refused, and something was written")
        return REFUSED
    demand(before == {path for path in root.rglob("*") if not path.is_relative_to(out)}, "files elsewhere")
    for path in out.rglob("*") if out.exists() else ():
        demand(path.is_dir() or (path.is_file() and not path.is_symlink()), f"{path} is no file")
        demand(len(path.relative_to(out).parts) > 1 or path.is_dir(), f"{path} is in no student's folder")
    for student in os.listdir(out) if out.exists() else ():
        demand(folder_names([student])[student] == student, f"a folder {student!r}")
        demand((out / student / FOLDER).is_dir(), "a student without a record")
    demand_named(archive, out, intake)
    again = take_in(course, archive, out)
    demand(again.new == 0 and len(again.rows) == len(intake.rows), "importing again added something")
    return ACCEPTED


def demand_named(archive: Path, out: Path, intake) -> None:
    """Demand that each notebook is found, left, unclear with a reason, or there beside another one."""
    said = "\n".join([row.file + "\n" + "\n".join(row.left) for row in intake.rows])
    said += "\n".join(f"{each.file}\n{each.why.en}" for each in intake.unclear)
    said += "\n".join(printable(path.name) for path in out.rglob("*"))
    with open_archive(archive) as opened:
        for entry in opened.entries:
            last = printable(entry.path.rpartition("/")[2])
            if file_names.is_notebook(entry.path) and last not in said:
                # Named by the student's own name for it, without what the system put before it.
                own = file_names.stem(last).rpartition("_")[2]
                demand(own in said or bool(intake.unclear), f"{entry.path!r} is nowhere")


def check_table(data: bytes, layout_of: Callable) -> str:
    """Fill in the bytes as a table."""
    try:
        sheet = parsed(data, "a.csv")
        demand(sheet.content() == data, "a table changed by itself")
        layout = layout_of(sheet, "a.csv")
        columns = assigned(layout, {"halve": ("Halve", "减半")}, {}, "a.csv")
        fill(sheet, layout, columns, [mark("amy", "halve")], ())
        filled = parsed(sheet.content(), "a.csv")
    except UsageError:
        return REFUSED
    if filled.separator != sheet.separator or filled.encoding != sheet.encoding:
        return ACCEPTED  # so few cells that the new number decides
    demand(len(filled.rows) == len(sheet.rows), "other rows")
    for old, new in zip(parsed(data, "a.csv").rows, filled.rows):
        demand(len(old) == len(new), "other cells")
        for at, (one, other) in enumerate(zip(old, new)):
            demand(at in columns or one.value == other.value, "another cell changed")
    return ACCEPTED


def swept(what: str, count: int, one: Callable[[int], str], shown: int = 5) -> int:
    """Try `count` inputs. How many failed."""
    begun, counts, slowest = time.monotonic(), Counter(), 0.0
    for number in range(count):
        started = time.process_time()
        try:
            counts[one(number)] += 1
        except (Exception, Slow):
            counts["failed"] += 1
            if counts["failed"] <= shown:
                print(f"{what} {number}:\n{traceback.format_exc(limit=-8)}", flush=True)
        slowest = max(slowest, time.process_time() - started)
    outcomes = ", ".join(f"{counts[each]:,} {each}" for each in (ACCEPTED, REFUSED, "failed"))
    took = time.monotonic() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    times = f"{took:.0f} s, slowest {slowest:.2f} s"
    print(f"{what}: {count:,}: {outcomes}; {times}, at most {memory} MB", flush=True)
    return counts["failed"]


def bound_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, hard))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz.exchange", description=__doc__.splitlines()[0])
    parser.add_argument("--archives", type=int, default=10_000)
    parser.add_argument("--templates", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    arm()
    bound_memory()
    with tempfile.TemporaryDirectory() as place:
        course = made(Path(place) / "course")

        def archive(number: int) -> str:
            data = mutated_archive(Random(f"{chosen.seed} {number}"))
            with tempfile.TemporaryDirectory(dir=place) as root:
                return check_archive(data, course, Path(root))

        def table(number: int) -> str:
            draw = Random(f"{chosen.seed} {number}")
            layout_of, content = draw.choice(TABLES)
            return check_table(bytes_changes.changed_bytes(content, draw), layout_of)

        failed = swept("downloads", chosen.archives, archive) + swept("tables", chosen.templates, table)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
