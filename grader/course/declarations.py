"""The checks that a rubric's file declares, read from its syntax tree.

Nothing in the file is run, so a course is read in milliseconds, and its mistakes are found before anything
is graded.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.check import KEYWORDS
from grader.course.problems import Problems, did_you_mean
from grader.language.catalogue import either
from grader.model.report import Check

MAX_POINTS = 10_000  # of one check, exclusive


@dataclass(frozen=True)
class Declaration:
    """A check and where it is declared."""

    check: Check
    path: Path
    # The number of the line with the function's name, from 1.
    line: int


def declared_checks(path: Path, visibility: str, problems: Problems) -> tuple[Declaration, ...]:
    """The checks that one file declares, in their order. `visibility` is "public" or "hidden".

    A file that can't be read, a wrong declaration, and a test that is not a check are problems.
    """
    tree = _syntax_tree(path, problems)
    if tree is None:
        return ()
    found = []
    functions: dict[str, ast.FunctionDef] = {}
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        decorator = check_decorator(function)
        if decorator is not None:
            check = _Reader(path, problems).check(function, decorator, visibility, functions)
            if check is not None:
                found.append(Declaration(check, path, function.lineno))
        elif function.name.startswith("test_"):
            message = f"{function.name} is not a check: give it points with @check(points=…, title=…)"
            problems.add(path, message, function.lineno)
        functions[function.name] = function
    if not found and not problems.concern(path):
        problems.add(path, "declares no check")
    return tuple(found)


def require_order(declarations: Sequence[Declaration], problems: Problems) -> None:
    """Note every check whose name is taken already, or that depends on one which does not come before it."""
    seen: set[str] = set()
    for declaration in declarations:
        check = declaration.check
        if check.id in seen:
            problems.add(declaration.path, f"there are two checks named {check.id}", declaration.line)
        for other in check.depends:
            if other not in seen:
                message = f"{check.id} depends on {other!r}, which is not an earlier check"
                problems.add(declaration.path, message, declaration.line)
        seen.add(check.id)


def _syntax_tree(path: Path, problems: Problems) -> ast.Module | None:
    """A file's syntax tree; None, and a problem, if it has none."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        problems.add(path, "is missing")
    except SyntaxError as error:
        problems.add(path, f"syntax error: {error.msg}", error.lineno or 0)
    except (OSError, ValueError) as error:
        problems.add(path, f"can't be read: {error}")
    return None


def check_decorator(function: ast.FunctionDef) -> ast.Call | None:
    """The function's first decorator `@check(…)` or `@grader.check(…)`."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            called = decorator.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name == "check":
                return decorator
    return None


class _Reader:
    """Reads the declarations of one file and notes what is wrong with them."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self.problems = problems

    def check(
        self,
        function: ast.FunctionDef,
        decorator: ast.Call,
        visibility: str,
        above: Mapping[str, ast.FunctionDef],
    ) -> Check | None:
        """The check that a function is declared to be. None, and problems, if it is declared wrongly.

        `above` holds the functions that the file defines before it, by name.
        """
        before = len(self.problems)
        arguments = self.arguments(decorator)
        self.require_values(function, decorator, arguments)
        for keyword in decorator.keywords:
            if keyword.arg == "picture":
                self.require_picture(keyword.value, visibility, above)
        if len(self.problems) > before:
            return None
        hint = arguments.get("hint")
        return Check(
            function.name,
            arguments["points"],
            either(arguments["title"], arguments.get("zh", "")),
            visibility,
            either(hint, arguments.get("zh_hint", "")) if hint else None,
            tuple(arguments.get("depends", ())),
        )

    def arguments(self, decorator: ast.Call) -> dict[str, Any]:
        """The decorator's arguments that are known and written out."""
        found: dict[str, Any] = {}
        if decorator.args:
            self.problems.add(self.path, "@check takes keywords only", decorator.lineno)
        for keyword in decorator.keywords:
            name, line = keyword.arg, keyword.value.lineno
            if name is None:
                self.problems.add(self.path, "@check takes no **: write its keywords out", line)
            elif name not in KEYWORDS:
                self.problems.add(self.path, f"@check has no {name!r}{did_you_mean(name, KEYWORDS)}", line)
            elif name != "picture":  # a function: see require_picture
                try:
                    found[name] = ast.literal_eval(keyword.value)
                except (ValueError, TypeError):
                    self.problems.add(self.path, f"{name!r} must be written out, not computed", line)
        return found

    def require_picture(self, value: ast.expr, visibility: str, above: Mapping[str, ast.FunctionDef]) -> None:
        """Note a picture that could show something hidden, and what is no function of `student` alone.

        Students see pictures. So only a public check has one, made by public code from what the notebook
        itself computed.
        """
        function = above.get(value.id) if isinstance(value, ast.Name) else None
        if visibility != "public":
            message = "only a check in test_public.py can have a picture: students see it"
        elif function is None:
            message = "'picture' must be the name of a function that is defined above"
        elif ast.unparse(function.args) != "student":
            message = f"{function.name} must take student, and nothing else, to be a picture"
        else:
            return
        self.problems.add(self.path, message, value.lineno)

    def require_values(
        self, function: ast.FunctionDef, decorator: ast.Call, arguments: dict[str, Any]
    ) -> None:
        """Note every argument that is missing or of a wrong kind, and a name that pytest does not run."""
        if not function.name.startswith("test_"):
            message = f"the check {function.name} must be named test_…, or pytest does not run it"
            self.problems.add(self.path, message, function.lineno)

        def complain(message: str) -> None:
            self.problems.add(self.path, message, decorator.lineno)

        points, title = arguments.get("points"), arguments.get("title")
        if isinstance(points, bool) or not isinstance(points, (int, float)) or not 0 < points < MAX_POINTS:
            complain(f"{function.name} needs points, a number above 0 and below {MAX_POINTS:,}")
        if not isinstance(title, str) or not title.strip():
            complain(f"{function.name} needs a title")
        depends = arguments.get("depends", [])
        if not isinstance(depends, (list, tuple)) or not all(isinstance(name, str) for name in depends):
            complain("'depends' must be a list of names of checks")
        for key in ("zh", "hint", "zh_hint"):
            if not isinstance(arguments.get(key, ""), str):
                complain(f"{key!r} must be text")
