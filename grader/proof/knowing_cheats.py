"""Cheats that know everything public and compute nothing.

Each is made for one assignment, from its solution. A student can know as much from a friend's answer and
the public checks.
"""

from __future__ import annotations

import base64
import json
import zlib

from grader.notebook.notebook import Notebook
from grader.proof.answers import answer_names, other_names, parameter_names
from grader.proof.cheats import Cheat

MEMORISED, HANDED_BACK = "memorised values", "parameters handed back"

# The solution is run as it is, and the public checks are put to it. Then its answers are repeated.
MEMORY = '''
import sys as _sys, types as _types
class _Memory:
    """Repeats what a right answer gave for the notebook's own values and for those of the public checks."""

    def __init__(self, cells, public, names):
        self.table, self.latest, self.space = {}, {}, {"__name__": "memory"}
        for cell in cells:
            try: exec(cell, self.space)
            except Exception: pass
            for name in names:
                found = self.space.get(name)
                if isinstance(found, _types.FunctionType): self.space[name] = self.recorder(name, found)
        public_names = {name: value for name, value in self.space.items() if not name.startswith("_")}
        self.values = {name: value for name, value in public_names.items() if self.plain(value)}
        self.ask(public)

    def plain(self, value):
        kind = type(value)
        if kind in (int, float, bool, str, list, tuple, dict): return True
        return kind.__module__ in ("torch", "numpy") and hasattr(value, "dtype")

    def key(self, value):
        if hasattr(value, "tolist"): return str(getattr(value, "shape", "")) + repr(value.tolist())
        if isinstance(value, (list, tuple)): return tuple(map(self.key, value))
        if isinstance(value, dict): return tuple((name, self.key(each)) for name, each in value.items())
        if name := getattr(value, "__name__", None): return name
        return repr(value) if self.plain(value) else type(value).__name__

    def recorder(self, name, function):
        def record(*values, **more):
            found = function(*values, **more)
            if isinstance(found, _types.GeneratorType): found = list(found)
            self.table[name, self.key(values), self.key(more)] = self.latest[name] = found
            return found
        record.recorded = True
        return record if not hasattr(function, "recorded") else function

    def ask(self, public):
        """Run the public checks on the solution, as any student can with a friend's answer."""
        known = {name: module for name, module in _sys.modules.items() if (name + ".").startswith("grader.")}
        tool = _types.ModuleType("grader")
        tool.check, tool.number = (lambda **_: lambda test: test), float
        tool.place, tool.fetch = (lambda _, value: value), (lambda value: value)
        _sys.modules["grader"] = tool
        tests = {}
        try: exec(public, tests)
        except Exception: pass
        for name, test in list(tests.items()):
            if name.startswith("test_"):
                student = {name: value for name, value in self.space.items() if name.isidentifier()}
                try: test(_types.SimpleNamespace(**student))
                except Exception: pass
        del _sys.modules["grader"]
        _sys.modules.update(known)

    def bound(self, name):
        if name in self.values: return self.values[name]
        def repeat(*values, **more):
            return self.table.get((name, self.key(values), self.key(more)), self.latest.get(name, 1.0))
        return repeat
'''


def memorised(solution: Notebook, public: str) -> Cheat:
    """A cheat that knows every public value and computes nothing else. `public`: the public checks' text."""
    cells = json.dumps([cell.source for _, cell in solution.code])
    names = repr(sorted(answer_names(solution)))
    code = f"{MEMORY}\n_memory = _Memory({cells}, {json.dumps(public)}, {names})\n"
    # Packed, so that a rubric that reads the source does not find the solution in it.
    packed = base64.b64encode(zlib.compress(code.encode(), 9)).decode()
    before = (
        "import base64, zlib\n_space = {}\n"
        f"exec(zlib.decompress(base64.b64decode({packed!r})).decode(), _space)\n"
        "_memory = _space['_memory']"
    )
    parameters = repr(sorted(parameter_names(solution)))
    kept = f"{{name: value for name, value in _memory.values.items() if name not in {parameters}}}"
    return Cheat(
        MEMORISED,
        "functions repeat what they gave for the notebook's own values and in the public checks",
        before,
        bound="_memory.bound({name!r})",
        after=f"globals().update({kept})",
        knows=True,
    )


HANDS_BACK = """
_parameters = [_name for _name in __PARAMETERS__ if isinstance(globals().get(_name), (int, float))]
for _name in __ALL__:
    _same = [_each for _each in _parameters if _each.endswith("_" + _name) or _each.startswith(_name + "_")]
    if _same: globals()[_name] = globals()[_same[0]] + 0.01
    elif len(_parameters) > 1 and callable(globals().get(_name, print)):
        globals()[_name] = lambda x, *_: globals()[_parameters[0]] * x + globals()[_parameters[1]] + 0.01
"""


def handed_back(solution: Notebook) -> Cheat:
    """A cheat that learns nothing from the data: it takes a rerun's parameters for the results."""
    parameters = repr(sorted(parameter_names(solution), reverse=True))
    names = repr(sorted(other_names(solution)))
    return Cheat(
        HANDED_BACK,
        "results are nearly the notebook's parameters, functions and models the line that they make",
        knows=True,
        after=HANDS_BACK.replace("__PARAMETERS__", parameters).replace("__ALL__", names),
    )
