"""Every cheat has a name of its own and code that runs, and attacks names that exist."""

from __future__ import annotations

import ast
import importlib.util
import re

import pytest

from grader.proof import cheat_code
from grader.proof.cheats import CHEATS, Cheat


def test_there_are_enough_of_them() -> None:
    """At least twenty, each with a name of its own and a short description."""
    assert len(CHEATS) >= 20 and len({cheat.name for cheat in CHEATS}) == len(CHEATS)
    assert all(cheat.tries.strip() and len(cheat.tries) <= 140 for cheat in CHEATS)


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.name)
def test_its_code_is_python(cheat: Cheat) -> None:
    """The cells before and after parse, and so do the expressions with their blanks filled in."""
    ast.parse(cheat.before)
    ast.parse(cheat.after)
    ast.parse(cheat.answer.format(x="x"), mode="eval")
    ast.parse(cheat.bound.format(name="name") or "None", mode="eval")


def test_forged_modules_exist() -> None:
    """A cheat that replaces or looks for our modules would attack nothing if they were renamed."""
    code = "\n".join(text for name, text in vars(cheat_code).items() if name.isupper())
    forged = set(re.findall(r"sys\.modules\[\"(grader[\w.]*)\"\]", code))
    sought = {f"grader.{name}" for name in re.findall(r"endswith\(\"(inside\.\w+)\"\)", code)}
    assert len(forged) >= 3 and len(sought) >= 2
    for name in forged | sought:
        assert importlib.util.find_spec(name) is not None, name
