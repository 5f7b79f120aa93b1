"""The course: its assignments, their rubrics, their limits. Read once, every problem reported together.

Nothing of a rubric is run here: declarations of checks are read from the syntax tree, so a course
is loaded in milliseconds and a broken one is told with file and line before anything is graded.
"""

from __future__ import annotations

import ast
import dataclasses
import difflib
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.course.check import KEYWORDS
from grader.course.course import (
    EQUIVALENT,
    HIDDEN,
    PUBLIC,
    Assignment,
    Course,
    Equivalent,
    Mistake,
    relative_to,
)
from grader.errors import CourseError, Problem, UsageError
from grader.model.limits import Limits
from grader.model.report import Check


def load(root: Path, public_only: bool = False, need_stubs: bool = True) -> Course:
    """Read a course. `public_only` is for students, who have no `solutions/`; stubs may be missing where they are to be made.

    Raises UsageError where `root` is no course, CourseError with every problem where it is a broken one.
    """
    folder = root / "assignments"
    if not folder.is_dir():
        raise UsageError(
            f"{root} is no course: it has no folder `assignments`. Say where the course is: --course DIR"
        )
    problems: list[Problem] = []
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith((".", "_")):
            staff = None if public_only else root / "solutions" / path.name
            if (assignment := _Reader(root, problems).assignment(path, staff, need_stubs)) is not None:
                found[path.name] = assignment
    if not public_only:
        for path in sorted((root / "solutions").glob("*/")):
            if (
                path.name not in found
                and not path.name.startswith((".", "_"))
                and not (folder / path.name).is_dir()
            ):
                problems.append(
                    Problem(
                        relative_to(path, root), 0, f"has no public part: assignments/{path.name} is missing"
                    )
                )
    if not found and not problems:
        problems.append(Problem(relative_to(folder, root), 0, "holds no assignment"))
    if problems:
        raise CourseError(problems)
    return Course(root, found)


def load_assignment(folder: Path) -> Assignment:
    """Read the public part of one assignment, wherever it lies: what a student has."""
    problems: list[Problem] = []
    assignment = _Reader(folder.parent, problems).assignment(folder, None)
    if problems or assignment is None:
        raise CourseError(problems)
    return assignment


class _Reader:
    """Reads one assignment and gathers what is wrong with it."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root
        self.problems = problems

    def complain(self, path: Path, message: str, line: int = 0) -> None:
        self.problems.append(Problem(relative_to(path, self.root), line, message))

    def assignment(self, folder: Path, staff: Path | None, need_stub: bool = True) -> Assignment | None:
        before = len(self.problems)
        about = self.toml(folder / "assignment.toml")
        if about is None:
            about = {"title": "", "statement": ""}  # already complained of
        limits = self.limits(folder / "assignment.toml", about.pop("limits", {}))
        texts = self.keys(
            folder / "assignment.toml",
            about,
            {"title": str, "statement": str, "zh_title": str, "zh_statement": str},
            required=("title", "statement"),
        )
        required = ([folder / f"{folder.name}.ipynb"] if need_stub else []) + (
            [staff / "solution.ipynb"] if staff else []
        )
        for path in required:
            if not path.is_file():
                self.complain(
                    path,
                    "is missing"
                    + ("; make it with: grader stub " + folder.name if path.parent == folder else ""),
                )
        checks = self.checks(folder / PUBLIC, "public") + (
            self.checks(staff / HIDDEN, "hidden") if staff else ()
        )
        self.check_relations(checks)
        mistakes = self.mistakes(staff, {check.id for check, _, _ in checks}) if staff else ()
        equivalents = self.equivalents(staff / EQUIVALENT) if staff else ()
        if len(self.problems) > before:
            return None
        files = (folder / PUBLIC, *((staff / HIDDEN,) if staff else ()))
        digest = hashlib.sha256()
        known = (
            [
                path
                for path in (staff / "solution.ipynb", *sorted((staff / "mistakes").glob("*.toml")))
                if path.is_file()
            ]
            if staff
            else []
        )
        for path in (*files, folder / "assignment.toml", *known):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return Assignment(
            folder.name,
            folder=folder,
            staff=staff,
            checks=tuple(check for check, _, _ in checks),
            limits=limits,
            mistakes=mistakes,
            equivalents=equivalents,
            rubric_sha256=digest.hexdigest(),
            **texts,
        )

    def toml(self, path: Path) -> dict[str, Any] | None:
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.complain(path, "is missing")
        except (OSError, UnicodeDecodeError) as error:
            self.complain(path, f"can't be read: {error}")
        except tomllib.TOMLDecodeError as error:
            words = str(error)
            line = words.rpartition("(at line ")[2].partition(",")[0]
            self.complain(path, words, int(line) if line.isdigit() else 0)
        return None

    def keys(
        self, path: Path, found: dict[str, Any], known: Mapping[str, type], required: Sequence[str] = ()
    ) -> dict[str, Any]:
        """What is known among `found`; unknown keys, wrong types and missing ones are complained of."""
        good = {}
        for key, value in found.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                self.complain(
                    path,
                    f"unknown key {key!r}"
                    + (f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"),
                    self.line_of(path, key),
                )
            elif not isinstance(value, known[key]) or isinstance(value, bool):
                self.complain(path, f"{key!r} must be {_TYPES[known[key]]}", self.line_of(path, key))
            else:
                good[key] = value
        for key in required:
            if key not in found:
                self.complain(path, f"{key!r} is missing")
        return good

    @staticmethod
    def line_of(path: Path, key: str) -> int:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.split("=")[0].strip() == key:
                return number
        return 0

    def limits(self, path: Path, table: Any) -> Limits:
        if not isinstance(table, dict):
            self.complain(path, "[limits] must be a table")
            return Limits()
        known = {each.name: int for each in dataclasses.fields(Limits)}
        values = self.keys(path, table, known)
        for key in [key for key, value in values.items() if value <= 0]:
            self.complain(path, f"the limit {key!r} must be above 0", self.line_of(path, key))
        return Limits(**values)

    def checks(self, path: Path, visibility: str) -> tuple[tuple[Check, Path, int], ...]:
        """The declared checks of one file, read from its syntax tree."""
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        except FileNotFoundError:
            self.complain(path, "is missing")
            return ()
        except (OSError, UnicodeDecodeError, ValueError) as error:
            if isinstance(error, SyntaxError):
                self.complain(path, f"syntax error: {error.msg}", error.lineno or 0)
            else:
                self.complain(path, f"can't be read: {error}")
            return ()
        except SyntaxError as error:
            self.complain(path, f"syntax error: {error.msg}", error.lineno or 0)
            return ()
        found = []
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef):
                continue
            marks = [
                mark
                for mark in node.decorator_list
                if isinstance(mark, ast.Call) and _called(mark) == "check"
            ]
            if node.name.startswith("test_") and not marks:
                self.complain(
                    path,
                    f"{node.name} is no check: give it points with @check(points=…, title=…)",
                    node.lineno,
                )
            for mark in marks[:1]:
                if (check := self.check(path, node, mark, visibility)) is not None:
                    found.append((check, path, node.lineno))
        if not found and not any(problem.file == relative_to(path, self.root) for problem in self.problems):
            self.complain(path, "declares no check")
        return tuple(found)

    def check(self, path: Path, node: ast.FunctionDef, mark: ast.Call, visibility: str) -> Check | None:
        before = len(self.problems)
        words: dict[str, Any] = {}
        if mark.args:
            self.complain(path, "@check takes keywords only", mark.lineno)
        for keyword in mark.keywords:
            if keyword.arg not in KEYWORDS:
                near = difflib.get_close_matches(keyword.arg or "**", KEYWORDS, 1)
                self.complain(
                    path,
                    f"@check has no {keyword.arg!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
                    keyword.value.lineno,
                )
                continue
            try:
                words[keyword.arg] = ast.literal_eval(keyword.value)
            except (ValueError, TypeError):
                self.complain(
                    path, f"{keyword.arg!r} must be written out, not computed", keyword.value.lineno
                )
        if not node.name.startswith("test_"):
            self.complain(
                path, f"the check {node.name} must be named test_…, or pytest does not run it", node.lineno
            )
        points, title, depends = words.get("points"), words.get("title"), words.get("depends", [])
        if isinstance(points, bool) or not isinstance(points, (int, float)) or not 0 < points < 10_000:
            self.complain(path, f"{node.name} needs points, a number above 0", mark.lineno)
        if not isinstance(title, str) or not title.strip():
            self.complain(path, f"{node.name} needs a title", mark.lineno)
        if not isinstance(depends, (list, tuple)) or not all(isinstance(name, str) for name in depends):
            self.complain(path, "'depends' must be a list of names of checks", mark.lineno)
        for key in ("zh", "hint", "zh_hint"):
            if not isinstance(words.get(key, ""), str):
                self.complain(path, f"{key!r} must be text", mark.lineno)
        if len(self.problems) > before:
            return None
        assert isinstance(points, (int, float)) and isinstance(title, str)
        return Check(
            node.name,
            points,
            title,
            visibility,
            words.get("zh", ""),
            words.get("hint", ""),
            words.get("zh_hint", ""),
            tuple(depends),
        )

    def check_relations(self, checks: Sequence[tuple[Check, Path, int]]) -> None:
        seen: set[str] = set()
        for check, path, line in checks:
            if check.id in seen:
                self.complain(path, f"there are two checks named {check.id}", line)
            for other in check.depends:
                if other not in seen:
                    self.complain(path, f"{check.id} depends on {other!r}, which is no check before it", line)
            seen.add(check.id)

    def mistakes(self, staff: Path, ids: set[str]) -> tuple[Mistake, ...]:
        found = []
        for path in sorted((staff / "mistakes").glob("*.toml")):
            table = self.toml(path)
            if table is None:
                continue
            words = self.keys(
                path,
                table,
                {"title": str, "zh_title": str, "hint": str, "zh_hint": str, "fails": list, "replace": list},
                required=("title", "fails", "replace"),
            )
            fails = words.get("fails", [])
            for name in fails:
                if not isinstance(name, str) or name not in ids:
                    near = difflib.get_close_matches(str(name), ids, 1)
                    self.complain(
                        path,
                        f"fails names {name!r}, which is no check"
                        + (f"; did you mean {near[0]!r}?" if near else ""),
                        self.line_of(path, "fails"),
                    )
            pairs = []
            for entry in words.get("replace", []):
                if (
                    not isinstance(entry, dict)
                    or set(entry) != {"old", "new"}
                    or not all(isinstance(text, str) for text in entry.values())
                ):
                    self.complain(path, "each [[replace]] has exactly the texts `old` and `new`")
                    continue
                pairs.append((entry["old"], entry["new"]))
            texts = {key: words.get(key, "") for key in ("title", "zh_title", "hint", "zh_hint")}
            found.append(
                Mistake(
                    path.stem,
                    relative_to(path, self.root),
                    fails=tuple(fails),
                    replacements=tuple(pairs),
                    **texts,
                )
            )
        return tuple(found)

    def equivalents(self, path: Path) -> tuple[Equivalent, ...]:
        table = self.toml(path) if path.exists() else {}
        found = []
        for entry in self.keys(path, table or {}, {"mutant": list}).get("mutant", []):
            if (
                not isinstance(entry, dict)
                or set(entry) != {"line", "becomes", "reason"}
                or not all(isinstance(text, str) for text in entry.values())
            ):
                self.complain(path, "each [[mutant]] has exactly the texts `line`, `becomes` and `reason`")
                continue
            found.append(Equivalent(entry["line"].strip(), entry["becomes"].strip(), entry["reason"].strip()))
        return tuple(found)


_TYPES = {str: "text", int: "a whole number", list: "a list"}


def _called(call: ast.Call) -> str:
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
