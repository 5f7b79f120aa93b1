"""What was handed in goes to its student and its assignment, or is named with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from downloads import Held, notebook, zipped
from grader.errors import UsageError
from grader.exchange.incoming.recognition import recognized
from grader.exchange.incoming.sorting import Plan, Sorter, Wanted, rules_of
from grader.model.roster import Student
from support import notebook_of

STUBS = {
    "double": notebook_of("def double(x):\n    return ...  # twice as much", "result = double(5)"),
    "halve": notebook_of("def halve(number):\n    return ...  # half of it", "half = halve(8)"),
}
DOUBLE, HALVE = (
    notebook("def double(x):\n    return 2 * x  # twice as much", "result = double(5)"),
    notebook("def halve(number):\n    return number / 2  # half of it", "half = halve(8)"),
)
STRANGE = notebook("print('nothing of this course')")
FOLDER = "{}_{}_assignsubmission_file/{}"


def plan(tmp_path: Path, files: dict[str, bytes], name: str = "a.zip", **others) -> Plan:
    held = Held(files)
    system = recognized(held)
    assert system is not None
    tasks = dict.fromkeys(STUBS, Wanted(100))
    return Sorter(held, system, name, tmp_path, tasks, lambda task: STUBS[task], **others).plan()


def found(made: Plan) -> list[tuple[str, str, bytes]]:
    return [(each.student, each.handed.assignment, each.load().notebook) for each in made.found]


def test_by_name_and_by_content(tmp_path):
    """A notebook's name says what it is for; if it doesn't, its content does."""
    files = {
        "zhangwei_101_1_double.ipynb": DOUBLE,
        "zhangwei_101_2_作业.ipynb": HALVE,
        "liname_LATE_102_3_double-1.ipynb": DOUBLE,
    }
    made = plan(tmp_path, files)
    assert found(made) == [
        ("liname_102", "double", DOUBLE),
        ("zhangwei_101", "double", DOUBLE),
        ("zhangwei_101", "halve", HALVE),
    ]
    assert made.unclear == [] and [each.handed.late for each in made.found] == [True, False, False]
    assert (
        made.found[0].handed.origin.number == "102"
        and made.found[0].path == "liname_LATE_102_3_double-1.ipynb"
    )


def test_an_assignment_that_all_is_for(tmp_path):
    """What says nothing is for what all else is for, what the archive is called, or what is asked for."""
    files = {
        FOLDER.format(name, number, "double.ipynb"): DOUBLE for number, name in enumerate(["甲", "乙", "丙"])
    }
    files[FOLDER.format("丁", 9, "final.ipynb")] = STRANGE
    assert ("丁", "double", STRANGE) in found(plan(tmp_path / "1", files))
    alone = {FOLDER.format("丁", 9, "final.ipynb"): STRANGE}
    (unclear,) = plan(tmp_path / "2", alone).unclear
    assert (unclear.student, unclear.why.en) == ("丁", "It fits no assignment.")
    assert found(plan(tmp_path / "3", alone, "Course-double-1234.zip")) == [("丁", "double", STRANGE)]
    assert found(plan(tmp_path / "4", alone, only="halve")) == [("丁", "halve", STRANGE)]


def test_the_systems_own_name_of_an_assignment(tmp_path):
    """A label decides for files whose names say nothing, and not for one that fits another assignment."""
    files = {"submitted/amy/double/problem1.ipynb": STRANGE, "submitted/bo/double/halve.ipynb": HALVE}
    assert found(plan(tmp_path, files)) == [("amy", "double", STRANGE), ("bo", "halve", HALVE)]


def test_files_come_along(tmp_path):
    """Data beside a notebook come along, also out of a ZIP file that was handed in."""
    inner = zipped({"hw/double.ipynb": DOUBLE, "hw/data/x.csv": b"1\n"})
    made = plan(
        tmp_path, {FOLDER.format("甲", 1, "hw.zip"): inner, FOLDER.format("乙", 2, "double.ipynb"): DOUBLE}
    )
    with_data = next(each for each in made.found if each.student == "甲").load()
    assert [(file.name, file.content) for file in with_data.files] == [("data/x.csv", b"1\n")]
    assert next(each for each in made.found if each.student == "甲").path == FOLDER.format("甲", 1, "hw.zip")


def test_a_roster(tmp_path):
    """With a roster folders have its ids; who is not in it is told, and who is missing."""
    roster = [
        Student("s1", "Zhang, Wei"),
        Student("s2", "李娜", others={"canvas": "102"}),
        Student("s3", "Nobody"),
    ]
    files = {
        f"{name}_{number}_1_double.ipynb": DOUBLE
        for name, number in (("zhangwei", 101), ("x", 102), ("eve", 9))
    }
    made = plan(tmp_path, files, roster=roster)
    assert [(each.student, each.is_listed) for each in made.found] == [
        ("eve_9", False),
        ("s1", True),
        ("s2", True),
    ]
    assert made.absent == ["s3"]


def test_names_of_folders(tmp_path):
    """Moodle's numbers change, so a name is enough there, unless two students have it."""
    one = {FOLDER.format("王芳", 1, "double.ipynb"): DOUBLE, FOLDER.format("甲", 3, "double.ipynb"): DOUBLE}
    assert [each.student for each in plan(tmp_path / "1", one).found] == ["王芳", "甲"]
    two = {**one, FOLDER.format("王芳", 2, "double.ipynb"): DOUBLE}
    assert [each.student for each in plan(tmp_path / "2", two).found] == ["王芳_1", "王芳_2", "甲"]


def test_numbers_of_one_assignment(tmp_path):
    """Moodle's numbers are never looked up in a roster, where they could be anything of anybody."""
    roster = [Student("s1", "Somebody", others={"seat": "1"}), Student("s2", "王芳")]
    made = plan(tmp_path, {FOLDER.format("王芳", 1, "double.ipynb"): DOUBLE}, roster=roster)
    assert [each.student for each in made.found] == ["s2"]


def test_several_notebooks(tmp_path):
    """Of several notebooks for one assignment one is chosen as `grade` chooses, or the choice stays open."""
    stub = notebook("def double(x):\n    return ...  # twice as much", "result = double(5)")
    made = plan(
        tmp_path / "1",
        {"x_1_1_double.ipynb": stub, "x_1_2_double (1).ipynb": DOUBLE, "y_2_3_double.ipynb": DOUBLE},
    )
    assert [each.left for each in made.found] == [("double.ipynb",), ()]
    files = {f"{at}/double.ipynb": notebook(f"def double(x): return {at} * x") for at in (2, 3)}
    made = plan(tmp_path / "2", {FOLDER.format("甲", 1, "hw.zip"): zipped(files)})
    assert made.found == [] and "There are 2 notebooks" in made.unclear[0].why.en


def test_what_is_no_notebook(tmp_path):
    """Texts, and files that are no notebooks, are named."""
    files = {
        "x_1_text.html": b"",
        "y_2_3_double.pdf": b"%PDF",
        "double.ipynb": DOUBLE,
        **{f"z_{number}_4_double.ipynb": DOUBLE for number in (3, 4, 5)},
    }
    made = plan(tmp_path, files)
    assert len(made.found) == 3
    reasons = {each.file or each.student: each.why.en for each in made.unclear}
    assert reasons["double.ipynb"] == "Its name does not say whose it is."
    assert reasons["x_1"] == "Nothing but text was handed in."
    assert reasons["y_2"] == "There is no notebook, only double.pdf."


def test_a_group(tmp_path):
    """What a group handed in is each member's."""
    listed = b"submission_1:\n  :submitters:\n  - {':name': Amy, ':sid': a1}\n  - {':name': Bo, ':sid': b2}\n"
    files = {"submission_metadata.yml": listed, "submission_1/double.ipynb": DOUBLE}
    assert found(plan(tmp_path, files)) == [("a1", "double", DOUBLE), ("b2", "double", DOUBLE)]


MAP = "file,student,assignment\n*_final.ipynb,amy,double\nx_1_2_old.ipynb,-,\ndouble.ipynb,bo,\n"


def test_a_map(tmp_path):
    """A map says whose a file is, and for what, and leaves files out."""
    files = {
        "x_1_1_final.ipynb": STRANGE,
        "x_1_2_old.ipynb": DOUBLE,
        "y_2_3_halve.ipynb": HALVE,
        "double.ipynb": DOUBLE,
    }
    files |= {f"z{at}_{at}_3_halve.ipynb": HALVE for at in (5, 6)}
    made = plan(tmp_path, files, rules=rules_of(MAP, "map.csv", list(STUBS)))
    assert ("amy", "double", STRANGE) in found(made) and ("bo", "double", DOUBLE) in found(made)
    assert made.unclear == [] and len(made.found) == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "first line"), ("a,b\n", "first line"), ("file,student,assignment\nx,amy,dubble\n", "line 2")],
)
def test_a_broken_map(text, words):
    """A map with a mistake names the line."""
    with pytest.raises(UsageError, match=words):
        rules_of(text, "map.csv", list(STUBS))
