"""What staff add to a solution: mistakes, mutants that are still right, and reasons for prices."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from grader.course.course import Equivalent, Mistake
from grader.course.mistakes import SOLUTION
from grader.course.problems import Problems, did_you_mean
from grader.course.toml_file import TomlFile
from grader.language.catalogue import either

MISTAKE_TYPES = {
    "title": str,
    "zh_title": str,
    "hint": str,
    "zh_hint": str,
    "fails": list,
    "named": bool,
    "error": str,
    "costs": str,
    "replace": list,
}


def read_mistakes(folder: Path, checks: Collection[str], problems: Problems) -> tuple[Mistake, ...]:
    """The mistakes below a folder, sorted by name. `checks` are the ids that they may name."""
    files = (TomlFile.read(path, problems) for path in sorted(folder.glob("*.toml")))
    return tuple(_mistake(file, checks) for file in files if file is not None)


def _mistake(file: TomlFile, checks: Collection[str]) -> Mistake:
    """The mistake that a file describes. What is wrong with it is noted."""
    if file.path.stem == SOLUTION:
        file.complain(f"a mistake can't be named {SOLUTION!r}: rename the file")
    values = file.values(file.table, MISTAKE_TYPES, required=("title", "fails", "replace"))
    fails = values.get("fails", [])
    for name in fails:
        if not isinstance(name, str) or name not in checks:
            message = f"fails names {name!r}, which is not a check{did_you_mean(str(name), checks)}"
            file.complain(message, "fails")
    hint = values.get("hint")
    return Mistake(
        file.path.stem,
        file.problems.relative(file.path),
        either(values.get("title"), values.get("zh_title", "")),
        fails=tuple(fails),
        replacements=tuple(
            (entry["old"], entry["new"]) for entry in file.entries(values, "replace", ("old", "new"))
        ),
        hint=either(hint, values.get("zh_hint", "")) if hint else None,
        named=values.get("named", True),
        error=values.get("error", ""),
        costs=values.get("costs", "").strip(),
    )


def read_equivalents(path: Path, problems: Problems) -> tuple[Equivalent, ...]:
    """The equivalent mutants that a file lists; none if there is no such file."""
    file = TomlFile.read(path, problems) if path.exists() else None
    if file is None:
        return ()
    texts = ("line", "becomes", "reason")
    entries = file.entries(file.values(file.table, {"mutant": list}), "mutant", texts)
    return tuple(Equivalent(*(entry[text].strip() for text in texts)) for entry in entries)


def read_unwritten(path: Path, problems: Problems) -> dict[str, str]:
    """The reasons why parts of the stub cost so much when they are left unwritten, by the part's name."""
    file = TomlFile.read(path, problems) if path.exists() else None
    if file is None:
        return {}
    entries = file.entries(file.values(file.table, {"part": list}), "part", ("name", "costs"))
    return {entry["name"].strip(): entry["costs"].strip() for entry in entries}
