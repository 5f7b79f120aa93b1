"""docs/a-term.md is true: its commands are run in order, on the downloads of a small class."""

from __future__ import annotations

import csv
import shlex
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from documents import blocks, commands
from downloads import written, zipped
from support import ROOT

PAGE = ROOT / "docs" / "a-term.md"
TASK = "linreg-manual"
CANVAS = (
    "Student,ID,SIS Login ID,Section,linreg-manual (77),Current Score\r\n"
    "    Points Possible,,,,100.00,(read only)\r\n"
    '"Okafor, Amara",101,amara,A,,\r\n"Ruiz, Diego",102,diego,A,,\r\n"Sato, Kenji",103,kenji,A,EX,\r\n'
    '"李娜",104,lina,A,,\r\n"Weber, Noah",105,noah,A,,\r\n"Student, Test",999,,A,,\r\n'
)
WORKSHEET = (
    "编号,全名,邮箱地址,状态,成绩,最高分,成绩可以更改,最近更改(提交),最近更改(成绩),反馈评论\n"
    '参与者4711,"Amara Okafor",amara@example.edu,已提交,,"10,00",是,-,-,\n'
    '参与者4714,李娜,lina@example.edu,已提交,,"10,00",是,-,-,\n'
)


def submission(student: str) -> bytes:
    return (ROOT / "examples" / "submissions" / student / f"{TASK}.ipynb").read_bytes()


@pytest.fixture
def term(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one assignment of the course, the page's own files, and what a class handed in."""
    for kind in ("assignments", "solutions"):
        shutil.copytree(ROOT / kind / TASK, tmp_path / kind / TASK)
    (tmp_path / "assignments" / TASK / "course.toml").unlink(missing_ok=True)
    shutil.rmtree(tmp_path / "solutions" / TASK / "mistakes")  # to grade them takes most of the time
    for block in blocks(PAGE):
        if name := block.value("file"):
            written(tmp_path / name, block.text.encode())
    first = {
        f"okaforamara_101_9001_{TASK}.ipynb": submission("amara"),
        "ruizdiego_102_9002_homework.rar": b"Rar!",
        f"satokenji_LATE_103_9003_{TASK}-1.ipynb": submission("kenji"),
        "李娜_104_9004_作业.ipynb": submission("wang-fang"),
    }
    later = {
        name: content for name, content in first.items() if name[:4] in ("okaf", "sato") and ".ipynb" in name
    }
    later |= {
        f"ruizdiego_102_9102_{TASK}.ipynb": submission("diego"),
        f"李娜_104_9104_{TASK}.ipynb": submission("李娜"),
    }
    moodle = {
        f"Amara Okafor_4711_assignsubmission_file/{TASK}.ipynb": submission("amara"),
        f"李娜_4714_assignsubmission_file/{TASK}.ipynb": submission("李娜"),
    }
    for name, files in (("submissions", first), ("later", later), ("moodle", moodle)):
        written(tmp_path / f"{name}.zip", zipped(files))
    written(tmp_path / "gradebook.csv", CANVAS.encode("utf-8-sig"))
    written(tmp_path / "worksheet.csv", WORKSHEET.encode("gb18030"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_term(term: Path, here: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Each command of the page does what the page says, and prints the lines that it shows."""
    printed = ""
    for block in blocks(PAGE):
        if block.language == "sh" and "term" in block.words:
            printed = ""
            for arguments in commands(block.text):
                done = here(*arguments, "--lang", "en")
                assert done.returncode == 0, f"grader {shlex.join(arguments)}: {done.stderr}"
                printed += done.stdout + done.stderr
        elif "term" in block.words:
            said = [" ".join(line.split()) for line in printed.splitlines()]
            for line in block.text.splitlines():
                assert " ".join(line.split()) in said, (
                    f"{PAGE.name}:{block.line}: {line!r} is not in\n{printed}"
                )
    wanted = {
        f"{name},A,": f"{name},A,{points}" for name, points in (("amara", 100), ("diego", 100), ("lina", 100))
    }
    table = CANVAS
    for old, new in wanted.items():
        table = table.replace(old, new)
    assert (term / "grades.csv").read_bytes() == table.encode("utf-8-sig")
    sheet = WORKSHEET.replace("已提交,", "已提交,10")
    assert (term / "worksheet-graded.csv").read_bytes() == sheet.encode("gb18030")
    with open(term / "marks.csv", encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["lina"]["attempts"] == "2" and rows["noah"]["status"] == "missing"
    assert (rows["kenji"]["raw"], rows["kenji"]["final"]) == ("7", "9")
    with zipfile.ZipFile(term / "feedback.zip") as archive:
        assert f"李娜_104_9104_{TASK}.html" in archive.namelist()
    with zipfile.ZipFile(term / "moodle-feedback.zip") as archive:
        assert f"李娜_4714_assignsubmission_file_/{TASK}.html" in archive.namelist()
