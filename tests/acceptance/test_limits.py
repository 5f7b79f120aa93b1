"""docs/limits.md: every figure in it is the one that is enforced."""

from __future__ import annotations

import functools
import importlib
import json
import re
from collections.abc import Callable
from dataclasses import fields

import pytest

from grader.engine.local import Grading
from grader.language.catalogue import translation
from grader.model.limits import ENFORCED_BY, Limits, figures, table
from grader.sandbox.cgroup import Group
from support import QUICK, ROOT, SECRET, quick

PAGE = ROOT / "docs" / "limits.md"
# Other names that the code that enforces a limit may use for it.
OTHER_NAMES = ("memory_mb", "limit_mb", "wall_s", "cpu_s", "more_mb", "files")
UNITS = {"MB": 1 << 20, "kB": 1 << 10}
FIXED = re.compile(
    r"^\| (.+?) \| ([\d,.]+) (\w+)[^|]*? \| .+ \| `grader/([\w/]+)\.py` ([\w.]+) \|$", re.MULTILINE
)


def test_the_page_holds_the_table() -> None:
    """The first table is the one that the data makes (`grader.model.limits.table()`)."""
    command = """python -c "from grader.model.limits import table; print(table(), end='')\""""
    assert table() in PAGE.read_text(encoding="utf-8"), f"the first table is what this prints: {command}"


def test_every_limit_is_explained() -> None:
    """Each limit that an author may set says what it bounds, who enforces it, and where."""
    assert list(ENFORCED_BY) == [field.name for field in fields(Limits)]
    for name, explained in ENFORCED_BY.items():
        for enforcer in explained.enforcers:
            source = (ROOT / enforcer.where).read_text(encoding="utf-8")
            used = re.findall(r"{(\w+)}", enforcer.figure)
            assert used and set(used) <= set(figures(Limits())), (name, enforcer)
            assert any(re.search(rf"\b{word}\b", source) for word in (name, *used, *OTHER_NAMES)), enforcer


def test_students_read_what_the_page_says() -> None:
    """The sentence that a limit ends in is one that the program says, around the same figure."""
    known = [re.sub(r"{\w+}", "#", message) for message in messages()]
    for name, explained in ENFORCED_BY.items():
        if explained.student_reads and not explained.student_reads.startswith("Python's own"):
            assert re.sub(r"{\w+}|5000", "#", explained.student_reads) in known, name


def messages() -> list[str]:
    catalogue = translation("zh")._catalog  # type: ignore[attr-defined]
    return [message for message in catalogue if isinstance(message, str)]


@pytest.mark.parametrize(
    ("bounds", "number", "unit", "module", "constant"),
    [match.groups() for match in FIXED.finditer(PAGE.read_text(encoding="utf-8"))],
)
def test_fixed_limits(bounds: str, number: str, unit: str, module: str, constant: str) -> None:
    """Each figure of the second table is the constant that it names."""
    found = importlib.import_module(f"grader.{module.replace('/', '.')}")
    written = float(number.replace(",", "")) * UNITS.get(unit, 1)
    if constant.isdigit():
        assert constant in (ROOT / "grader" / f"{module}.py").read_text(encoding="utf-8")
        assert written == int(constant), bounds
    else:
        assert written == functools.reduce(getattr, constant.split("."), found), bounds


def test_the_second_table_is_read() -> None:
    """Every row of the second table is one that the test above understands."""
    rows = PAGE.read_text(encoding="utf-8").partition("## Limits that are fixed")[2].strip().splitlines()[2:]
    assert len(FIXED.findall("\n".join(rows))) == len(rows) > 20


PROBE = """
import json, os, resource
disk = os.statvfs("/tmp")
print(json.dumps({
    "data_mb": resource.getrlimit(resource.RLIMIT_DATA)[0] >> 20,
    "file_mb": resource.getrlimit(resource.RLIMIT_FSIZE)[0] >> 20,
    "processes": resource.getrlimit(resource.RLIMIT_NPROC)[0],
    "cpu_s": resource.getrlimit(resource.RLIMIT_CPU)[0],
    "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    "disk_mb": disk.f_blocks * disk.f_frsize >> 20, "files": disk.f_files,
}))
"""


def test_a_session_has_these_limits(said: Callable[..., str]) -> None:
    """Inside a real session the kernel's own limits are the figures that the page gives."""
    limits = quick(disk_mb=40, processes=50, cpu_s=19, memory_mb=300)
    assert json.loads(said(PROBE, limits=limits)) == {
        "data_mb": limits.data_mb, "file_mb": 40, "processes": 50, "cpu_s": 24, "open_files": 512,
        "disk_mb": 40, "files": 16384,
    }  # fmt: skip


def test_a_control_group_has_this_limit(
    said: Callable[..., str], grading: Grading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where control groups can be made, a session's group is limited to `memory_mb` and its disk."""
    address = grading.address()
    if address is None or address.groups is None:
        pytest.skip("no control groups can be made here")
    seen = []
    made = Group.__init__

    def init(self: Group, groups: object, name: str, pid: int, limit_mb: int, *others: object) -> None:
        seen.append(limit_mb)
        made(self, groups, name, pid, limit_mb, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Group, "__init__", init)
    assert said("print(1)").strip() == "1" and SECRET
    assert seen == [QUICK.group_mb]
