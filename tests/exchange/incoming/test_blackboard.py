"""Blackboard downloads."""

from __future__ import annotations

from downloads import Held
from grader.exchange.incoming.blackboard import SYSTEM, parse

START = "Homework 1_{}_attempt_2024-09-24-21-26-31"
NOTE = "Name: Wei Zhang ({})\r\nAssignment: Homework 1\r\nDate Submitted: Tuesday\r\n"


def test_a_file():
    """A name tells the assignment, the user and the time."""
    part = parse(START.format("wzhang") + "_double.ipynb")
    assert part is not None
    assert (part.label, part.student.login, part.file) == ("Homework 1", "wzhang", "double.ipynb")
    assert part.submitted_at == "2024-09-24T21:26:31"
    assert parse("double.ipynb") is None


def test_users_with_an_underline():
    """Where a user name begins, and the full name, the text file says."""
    files = {
        START.format("wei_zhang") + ".txt": NOTE.format("wei_zhang").encode(),
        START.format("wei_zhang") + "_double.ipynb": b"{}",
        START.format("amy") + "_double.ipynb": b"{}",
    }
    amy, wei = sorted(SYSTEM.gather(Held(files), parse), key=lambda each: each.students[0].login)
    assert (amy.students[0].login, amy.students[0].name, amy.label) == ("amy", "", "Homework 1")
    assert (wei.students[0].login, wei.students[0].name, wei.label) == (
        "wei_zhang",
        "Wei Zhang",
        "Homework 1",
    )
    assert [name for name, _ in wei.files] == ["double.ipynb"]


def test_notes_in_chinese():
    """The text file may be in Chinese."""
    files = {
        START.format("z_w") + ".txt": "姓名：张伟 (z_w)\n作业：一\n".encode("utf-8-sig"),
        START.format("z_w") + "_a.ipynb": b"{}",
    }
    (only,) = SYSTEM.gather(Held(files), parse)
    assert (only.students[0].login, only.students[0].name) == ("z_w", "张伟")
