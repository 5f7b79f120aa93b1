"""What `import grader` finds in a sealed session: a `check` that does nothing.

A notebook may end with `grader.check("…")`, for the student who works on it. Where it is checked or graded,
that cell has nothing to do, and must not fail.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

NAME = "grader"


def check(*_: object, **__: object) -> None:
    """No-op: the notebook is being checked."""


class _Loader(Loader):
    """Makes the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the one function into it."""
        module.check = check  # type: ignore[attr-defined]


class _Finder(MetaPathFinder):
    """Finds the module."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, _Loader(), is_package=True) if name == NAME else None


def stand_in() -> None:
    """Let notebooks import it, unless something else has its name: the real one, or a file beside them."""
    sys.meta_path.append(_Finder())
