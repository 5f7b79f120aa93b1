"""Cheats: notebooks that try to earn points without an answer, made from an assignment's own solution. None may earn a hidden one.

A cheat is the solution with every answer taken out and something else put in its place. Nothing here is aimed at one
assignment; what a cheat earns shows a check that asks for too little.
"""

from __future__ import annotations

import ast
import base64
import difflib
import json
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from grader.course.loader import PUBLIC, Assignment
from grader.course.stub import read
from grader.errors import UsageError
from grader.model.report import GRADED, PASSED, Report
from grader.notebook.reading import Cell, Notebook, dump
from grader.proof.null_answers import ANSWERS, answer_lines, answering, changed, null_answers
from grader.proof.validation import MUTANT_LIMITS, SOLUTION, STUB

NULL, CHEAT = "null answer", "cheat"
MEMORISED, HANDED_BACK = "memorised values", "parameters handed back"
CONSTANT, ZEROS = ANSWERS["constant"], ANSWERS["zeros"]
NAMES = "__NAMES__"  # in a cell of a cheat: stands for the names that the answers define


@dataclass(frozen=True)
class Cheat:
    """One way to cheat. `answer` is what functions give back and variables are; `bound` is what even functions and classes are."""

    name: str
    tries: str
    before: str = ""  # a first cell
    answer: str = CONSTANT  # an expression; {x} is a function's first argument
    bound: str = ""  # an expression; {name} is the name that it is bound to
    after: str = ""  # a last cell
    knows: bool = False  # knows what the public checks ask, which anybody may


@dataclass(frozen=True)
class Attempt:
    """One notebook to grade."""

    assignment: Assignment
    kind: str  # SOLUTION, STUB, NULL or CHEAT
    name: str
    tries: str
    content: bytes
    knows: bool = False


@dataclass(frozen=True)
class Outcome:
    """What an attempt earned."""

    attempt: Attempt
    passed: tuple[str, ...]  # ids of checks
    status: str  # of the notebook's run: what became of the cells that cheat
    fault: str = ""  # why it was not graded


# ---- what is given back in place of an answer

AGREES = """
class _Agrees:
    "Equal to everything, larger and smaller too; whatever is done to it gives itself."
    def __init__(self, *_, **__): pass
    def _itself(self, *_, **__): return self
    def _true(self, *_, **__): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = __instancecheck__ = _true
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _itself
    __matmul__ = __rmatmul__ = __mod__ = __neg__ = __pos__ = __abs__ = __round__ = __call__ = __getitem__ = __enter__ = _itself
    def __hash__(self): return 0
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __float__(self): return 0.0
    def __int__(self): return 0
    __index__ = __int__
    def __exit__(self, *_): return True
    def __repr__(self): return "4"
    def __getattr__(self, name):
        if name.startswith("__") or "_repr_" in name or "display" in name: raise AttributeError(name)
        return self
_agrees = _Agrees()
"""
POSES = AGREES + """
import torch
_Float = type("float", (_Agrees,), {"__module__": "builtins", "__class__": property(lambda self: float), "hex": lambda self: "0x1p+0"})
_Tensor = type("Tensor", (_Agrees,), {
    "__module__": "torch", "__class__": property(lambda self: torch.Tensor), "dtype": "torch.float32", "ndim": 0, "layout": "torch.strided",
    "shape": (), "requires_grad": True, "is_nested": False, "is_leaf": True, "grad": None})
"""
LYING_FLOAT = """
class _Float(float):
    def _true(self, *_): return True
    def _zero(self, *_): return 0.0
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __ne__ = _true
    __sub__ = __rsub__ = __abs__ = __neg__ = __mul__ = __truediv__ = _zero
    def __hash__(self): return 0
    def hex(self): return "nan"
"""
LYING_ARRAY = """
import numpy
class _Array(numpy.ndarray):
    def __array_ufunc__(self, *_, **__): return True
    def __array_function__(self, *_, **__): return True
    def _true(self, *_, **__): return True
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = all = any = _true
def _array(x):
    try: return numpy.asarray(x).view(_Array)
    except Exception: return numpy.zeros(1).view(_Array)
"""
LYING_TENSOR = """
import torch
class _Tensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), keywords=None): return True
    def _true(self, *_, **__): return True
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = equal = allclose = isclose = all = any = item = _true
def _tensor(x): return torch.zeros(getattr(x, "shape", (1,))).as_subclass(_Tensor)
"""
ECHO = """
class _Echo:
    "Every question, whatever it is called, is answered with what it was asked about."
    def __init__(self, *_, **__): pass
    def __call__(self, *values, **_): return values[-1] if values else self
    def __getitem__(self, key): return key
    def __len__(self): return 4
    def __iter__(self): return iter([self] * 4)
    def __array__(self, *_, **__):
        import numpy
        return numpy.zeros(1)
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), keywords=None):
        return next((each for each in arguments if not isinstance(each, cls)), True)
    def __getattr__(self, name):
        if name.startswith("__") or "_repr_" in name or "display" in name: raise AttributeError(name)
        return self
"""
YES = AGREES + """
class _Yes(_Agrees):
    "Every method says yes: equal, allclose, passed, check."
    def __call__(self, *_, **__): return True
    def __getitem__(self, key): return True
"""
PAYLOAD = """
import pickle, unittest.mock
class _Payload:
    "Unpickled by a grader, this would be an object equal to everything."
    def __reduce__(self): return eval, ("__import__('unittest.mock').mock.ANY",)
_pickled = pickle.dumps(_Payload())
"""
ENDLESS = """
def _endless():
    while True: yield 1.0
"""
HUGE = "import torch\ndef _huge(): return torch.zeros(1).expand(2 ** 40)"

# ---- what is done to the session before wrong answers are given

BUILTINS = """
import builtins, sys
def _lying(function, lie):
    "Libraries are told the truth, or the kernel would not live long enough to be asked."
    return lambda *values, **more: function(*values, **more) if "/lib" in sys._getframe(1).f_code.co_filename else lie
for _name, _lie in (("abs", 0.0), ("round", 0.0), ("sum", 0.0), ("max", 0.0), ("all", True), ("any", True), ("hash", 0), ("sorted", [])):
    setattr(builtins, _name, _lying(getattr(builtins, _name), _lie))
"""
TYPES = AGREES + """
import builtins
_isinstance, _issubclass, _type = isinstance, issubclass, type
class _Meta(_type):
    def __call__(cls, *values, **more):
        if len(values) == 1 and _type(values[0]) is _Agrees: return float
        return _type(*values, **more) if cls is _Type else _type.__call__(cls, *values, **more)
    def __instancecheck__(cls, value): return _isinstance(value, _type)
    def __subclasscheck__(cls, kind): return _issubclass(kind, _type)
class _Type(_type, metaclass=_Meta): pass
builtins.isinstance = lambda value, kind: True if _type(value) is _Agrees else _isinstance(value, kind)
builtins.type = _Type
_Agrees.hex = lambda self: "0x1p+0"
"""
CLOSENESS = """
import math, numpy, numpy.testing, torch, torch.testing
for _place in (math, numpy, numpy.testing, torch, torch.testing, torch.Tensor):
    for _name in ("isclose", "allclose", "equal", "array_equal", "assert_allclose", "assert_equal", "assert_close", "assert_array_equal"):
        if hasattr(_place, _name): setattr(_place, _name, lambda *_, **__: True)
"""
TENSORS = """
import torch
for _name in ("__eq__", "__lt__", "__le__", "__gt__", "__ge__", "equal", "allclose", "all", "any"):
    setattr(torch.Tensor, _name, lambda *_, **__: True)
for _name in ("__sub__", "__rsub__", "abs", "__abs__"): setattr(torch.Tensor, _name, lambda self, *_, **__: 0.0)
"""
UNITTEST = """
import sys, types, unittest
for _name in [name for name in dir(unittest.TestCase) if name.startswith("assert") or name == "fail"]:
    setattr(unittest.TestCase, _name, lambda *_, **__: None)
try:
    import _pytest.assertion.rewrite, _pytest.outcomes, _pytest.python_api, _pytest.runner, pytest
    _pytest.runner.call_and_report = _pytest.runner.check_interactive_exception = lambda *_, **__: None
    _pytest.python_api.ApproxBase.__eq__ = lambda *_: True
    pytest.fail = _pytest.outcomes.fail = lambda *_, **__: None
except (ImportError, AttributeError): pass
_module = types.ModuleType("grader")
_module.check = lambda **_: lambda function: (lambda *_, **__: None)
_module.number = _module.fetch = lambda *_: 0.0
sys.modules["grader"] = sys.modules["grader.course.check"] = sys.modules["grader.rubric.process"] = _module
"""
FRAMES = """
import sys
_WORDS = ("expected", "wanted", "solution", "truth", "correct", "target", "right", "reference")
def _from_frames(given):
    frame = sys._getframe(1)
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            for name, value in list(names.items()):
                if name.lower() in _WORDS and value is not given: return value
        frame = frame.f_back
    return 1.0
"""
COLLECTED = """
import gc
_WORDS = ("expected", "wanted", "solution", "truth", "correct")
def _from_memory():
    for found in gc.get_objects():
        if type(found) is dict:
            for word in _WORDS:
                if type(found.get(word)) in (int, float): return found[word]
    return 1.0
"""
TRACED = """
import sys, threading
_heard = []
def _listen(frame, event, argument):
    if "/lib" in frame.f_code.co_filename: return None
    for name, value in list(frame.f_locals.items()):
        if name.lower() in ("expected", "wanted", "solution", "truth", "correct") and len(_heard) < 100: _heard.append(value)
    return _listen
sys.FUNCTION(_listen); threading.FUNCTION(_listen)
def _last(given): return _heard[-1] if _heard else given
"""
AUDITED = """
import sys
_heard = []
def _hook(event, values):
    if event in ("open", "exec", "compile", "import") and len(_heard) < 1000: _heard.append(values)
sys.addaudithook(_hook)
get_ipython().events.register("pre_run_cell", lambda info: _heard.append((info.raw_cell,)))
def _audited(given):
    for values in _heard:
        for value in values:
            if isinstance(value, str) and "expected" in value: return value
    return given
"""
SEARCH = """
import json, os, time
def _search(names, until):
    "Solutions that lie anywhere in the file system, the nearest folders first."
    folders = [os.getcwd(), "/"]
    for folder in folders:
        try: entries = list(os.scandir(folder))
        except OSError: continue
        for entry in entries:
            if time.monotonic() > until: return
            if entry.is_dir(follow_symlinks=False):
                if entry.path not in ("/proc", "/sys", "/dev", "/usr", "/lib"): folders.append(entry.path)
            elif entry.name.endswith((".ipynb", ".py")) and ("solution" in entry.path or "test_" in entry.name):
                try: text = open(entry.path, encoding="utf-8").read()
                except (OSError, ValueError): continue
                if all(name in text for name in names): yield text
for _text in _search(__NAMES__, time.monotonic() + 2):
    try:
        for _cell in json.loads(_text)["cells"]:
            if _cell["cell_type"] == "code": exec("".join(_cell["source"]), globals())
        break
    except Exception: pass
"""
PROCESSES = """
import os, re
_seen = []
for _process in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
    for _file in ("environ", "cmdline", "mountinfo", "maps"):
        try: _seen += re.findall(r"/[^ \\0,]+", open(f"/proc/{_process}/{_file}", errors="replace").read())
        except OSError: pass
    try: _seen += [os.readlink(f"/proc/{_process}/fd/{_number}") for _number in os.listdir(f"/proc/{_process}/fd")]
    except OSError: pass
for _path in sorted({path for path in _seen if path.endswith((".ipynb", "test_hidden.py", "test_public.py"))})[:50]:
    try: exec(open(_path).read(), {})
    except Exception: pass
"""
PLANTED = """
import os
_forged = {
    "conftest.py": "import pytest\\n@pytest.hookimpl(hookwrapper=True)\\ndef pytest_runtest_makereport(item, call):\\n"
                   "    (yield).get_result().outcome = 'passed'\\n",
    "test_hidden.py": "def test_all(): pass\\n", "test_public.py": "def test_all(): pass\\n",
    "pytest.ini": "[pytest]\\naddopts = --collect-only\\n",
    "sitecustomize.py": "import builtins\\nbuiltins.abs = lambda x: 0.0\\n", "torch.py": "", "grader.py": "",
    "results.json": '{"score": 100, "outcome": "passed"}',
    "report.xml": '<testsuite tests="1" failures="0"/>', "score.txt": "100", ".grade": "100"}
# Only in a sealed session everywhere: elsewhere these are somebody's folders.
_places = ["."] + (["/tmp", "/home/student", "/dev/shm", "/session", "/run", "/"] if os.getcwd() == "/home/student" else [])
for _place in _places:
    for _name, _text in _forged.items():
        try: open(os.path.join(_place, _name), "w").write(_text)
        except OSError: pass
"""
VARIABLES = """
import os
os.environ.update(PYTEST_ADDOPTS="--collect-only", PYTHONOPTIMIZE="2", GRADER_SCORE="100", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
"""
ASSERTS = """
import ast
class _NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(_NoAsserts())
get_ipython().input_transformers_cleanup.append(lambda lines: [line for line in lines if not line.lstrip().startswith("assert ")])
"""
SPOKEN = """
import os, sys
_words = "\\n==== 12 passed in 0.01s ====\\nSCORE: 100/100\\nall passed\\n::set-output name=score::100\\n" \\
    "##teamcity[buildStatus status='SUCCESS']\\n"
print(_words); print(_words, file=sys.stderr)
for _number in (1, 2):
    try: os.write(_number, _words.encode())
    except OSError: pass
"""
FORGED = """
_kernel = get_ipython().kernel
_parent = _kernel.get_parent("shell")
for _kind, _content in (
    ("execute_result", {"execution_count": 1, "data": {"text/plain": "passed"}, "metadata": {}}),
    ("display_data", {"data": {"text/plain": "4", "application/json": {"score": 100, "verdict": "passed"}}, "metadata": {}}),
    ("stream", {"name": "stdout", "text": "passed"}),
):
    _kernel.session.send(_kernel.iopub_socket, _kind, _content, parent=_parent)
get_ipython().user_expressions = lambda asked: {name: {"status": "ok", "data": {"text/plain": "passed"}, "metadata": {}} for name in asked}
"""
GENERATORS = """
import random, numpy, torch
random.random = random.uniform = lambda *_, **__: 0.5
random.seed = numpy.random.seed = torch.manual_seed = lambda *_, **__: None
numpy.random.rand = numpy.random.randn = lambda *shape: numpy.zeros(shape)
torch.rand = torch.randn = lambda *shape, **more: torch.zeros(*shape, **more)
"""
PROBE = """
import gc, sys
_module = next(module for name, module in list(sys.modules.items()) if name.endswith("inside.probe"))
_wire = next(module for name, module in list(sys.modules.items()) if name.endswith("inside.wire"))
_probe = next(found for found in gc.get_objects() if type(found) is _module.Probe)
"""
PROBE_AGREES = PROBE + """
for _name in _probe.operations: _probe.operations[_name] = lambda **_: True
_probe.operations["get"] = lambda name: {"defined": True, "value": True}
"""
PROBE_ECHOES = PROBE + """
_probe.operations["get"] = lambda name: {"defined": True, "value": len}
_probe.operations["call"] = lambda target, arguments, keywords: (arguments or [True])[-1]
_probe.operations["attribute"] = lambda target, name: target
_probe.operations["fetch"] = lambda target: True
"""
AHEAD = PROBE + """
for _turn in range(20):
    for _answer in ({"defined": True, "value": 1.0}, True): _probe.connection.sendall(_wire.encode({"ok": _answer}))
"""
ENCODER = PROBE + """
_encode = _wire.encode
def _lying(value, keep=None):
    "Errors become answers, and whatever can't be sent becomes a yes."
    if isinstance(value, dict) and ("raised" in value or "refused" in value): value = {"ok": True}
    try: return _encode(value, keep)
    except Exception: return _encode({"ok": True})
_wire.encode = _lying
"""
LEAVES = "import atexit, os\natexit.register(lambda: os._exit(0))\nos._exit(0)"
SKIPS = """
try: from _pytest.outcomes import Exit as _Exit, Skipped as _Skipped, XFailed as _XFailed
except ImportError: _Exit = _Skipped = _XFailed = SystemExit
def _skip(): raise _Skipped("no need to test this")
"""
STOPS = "def _stop(): raise SystemExit(0)"

CHEATS = (
    Cheat("equal to everything", "answers are objects that agree with whatever they are compared with", AGREES, "_agrees"),
    Cheat("names equal to everything", "functions and classes themselves are such objects", AGREES, bound="_agrees"),
    Cheat("poses as a float", "the same, with the name, module and __class__ of a float", POSES, "_Float()"),
    Cheat("poses as a tensor", "the same, with the name, module and __class__ of a tensor", POSES, "_Tensor()"),
    Cheat("lying float", "a subclass of float whose comparisons and differences lie", LYING_FLOAT, "_Float(9)"),
    Cheat("lying array", "a subclass of numpy.ndarray whose functions all say True", LYING_ARRAY, "_array({x})"),
    Cheat("lying tensor", "a subclass of torch.Tensor whose __torch_function__ says True", LYING_TENSOR, "_tensor({x})"),
    Cheat("echo", "answers give back whatever they are compared with", ECHO, "_Echo()"),
    Cheat("names that echo", "functions give back their last argument, as do all attributes", ECHO, bound="_Echo()"),
    Cheat("yes", "every method of an answer says True: equal, allclose, passed", YES, "_Yes()"),
    Cheat("names that say yes", "every function, attribute and item is True", YES, bound="_Yes()"),
    Cheat("mock", "answers are unittest.mock objects, which do what they are asked", "import unittest.mock", "unittest.mock.MagicMock()"),
    Cheat("mock's ANY", "answers are unittest.mock.ANY, which equals everything", "import unittest.mock", "unittest.mock.ANY"),
    Cheat("True", "every answer is True", answer="True"),
    Cheat("None", "every answer is None", answer="None"),
    Cheat("not a number", "every answer is NaN", answer="{x} * float('nan')"),
    Cheat("a bare NaN", "every answer is the float NaN", answer="float('nan')"),
    Cheat("infinity", "every answer is infinite", answer="{x} * 0 + float('inf')"),
    Cheat("huge tensor", "answers are tensors of 2⁴⁰ elements that take no memory", HUGE, "_huge()"),
    Cheat("giant number", "answers are whole numbers of a hundred thousand digits", answer="10 ** 100_000"),
    Cheat("endless generator", "answers are iterators that never end", ENDLESS, "_endless()"),
    Cheat("pickled payload", "answers are objects that unpickle to one equal to everything", PAYLOAD, "_Payload()"),
    Cheat("pickled bytes", "answers are the bytes of such a pickle", PAYLOAD, "_pickled"),
    Cheat("skips the check", "answers raise pytest's own exception for a skipped test", SKIPS, "_skip()"),
    Cheat("stops the check", "answers raise SystemExit(0)", STOPS, "_stop()"),
    Cheat("patched builtins", "abs, all, any, max, sum lie before wrong answers are given", BUILTINS, ZEROS),
    Cheat("patched types", "isinstance and type call an object that agrees a float", TYPES, "_agrees"),
    Cheat("patched closeness", "isclose, allclose, assert_allclose and their like say yes", CLOSENESS, ZEROS),
    Cheat("patched tensors", "the methods with which tensors are compared lie", TENSORS, ZEROS),
    Cheat("patched test tools", "unittest, pytest and a module named grader are replaced", UNITTEST, ZEROS),
    Cheat("patched generators", "random numbers are always the same, so that inputs are known", GENERATORS, ZEROS),
    Cheat("frames", "answers are what frames that call have under names like `expected`", FRAMES, "_from_frames({x})"),
    Cheat("the collector's objects", "answers are what any dict in memory has under such names", COLLECTED, "_from_memory()"),
    Cheat("sys.settrace", "a trace function collects such values", TRACED.replace("FUNCTION", "settrace"), "_last({x})"),
    Cheat("sys.setprofile", "a profile function collects such values", TRACED.replace("FUNCTION", "setprofile"), "_last({x})"),
    Cheat("audit hook", "an audit hook and IPython's events listen for the rubric", AUDITED, "_audited({x})"),
    Cheat("searches the disk", "the file system is searched for the solution, which is then run", after=SEARCH),
    Cheat("searches processes", "paths of the rubric are looked for in the process table", PROCESSES, ZEROS),
    Cheat("planted files", "conftest.py, test files and results are written wherever possible", PLANTED, ZEROS),
    Cheat("planted variables", "environment variables switch pytest and assert off", VARIABLES, ZEROS),
    Cheat("deleted asserts", "IPython drops every assert from code that is run", ASSERTS, ZEROS),
    Cheat("says passed", "words of success are printed, on descriptors 1 and 2 too", SPOKEN, ZEROS, after=SPOKEN),
    Cheat("forged messages", "results and displays are sent in the kernel's name", FORGED, ZEROS, after=FORGED),
    Cheat("probe that agrees", "the session's own answering code is replaced: it says True", PROBE_AGREES, ZEROS),
    Cheat("probe that echoes", "it gives back what it is asked about", PROBE_ECHOES, ZEROS),
    Cheat("answers sent ahead", "answers are sent before anything is asked", AHEAD, ZEROS),
    Cheat("encoder that lies", "errors become the answer True on their way out", ENCODER, answer="1 / 0"),
    Cheat("leaves with success", "the kernel exits with code 0 after wrong answers", answer=ZEROS, after=LEAVES),
)

# ---- memorised values: the solution is run as it is, and the public checks are put to it; then its answers are repeated

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
                if isinstance(self.space.get(name), _types.FunctionType): self.space[name] = self.recorder(name, self.space[name])
        self.values = {name: value for name, value in self.space.items() if not name.startswith("_") and self.plain(value)}
        self.ask(public)

    def plain(self, value):
        kind = type(value)
        return kind in (int, float, bool, str, list, tuple, dict) or kind.__module__ in ("torch", "numpy") and hasattr(value, "dtype")

    def key(self, value):
        if hasattr(value, "tolist"): return str(getattr(value, "shape", "")) + repr(value.tolist())
        if isinstance(value, (list, tuple)): return tuple(map(self.key, value))
        if isinstance(value, dict): return tuple((name, self.key(each)) for name, each in value.items())
        return getattr(value, "__name__", None) or (repr(value) if self.plain(value) else type(value).__name__)

    def recorder(self, name, function):
        def record(*values, **more):
            found = function(*values, **more)
            if isinstance(found, _types.GeneratorType): found = list(found)
            self.table[name, self.key(values), self.key(more)] = self.latest[name] = found
            return found
        record.recorded = True
        return record if not hasattr(function, "recorded") else function

    def ask(self, public):
        """Run the public checks on the solution, as any student can on an answer that a friend has lent."""
        known = {name: module for name, module in _sys.modules.items() if name == "grader" or name.startswith("grader.")}
        tool = _types.ModuleType("grader")
        tool.check, tool.number = (lambda **_: lambda test: test), float
        tool.place, tool.fetch = (lambda _, value: value), (lambda value: value)
        _sys.modules["grader"] = tool
        tests = {}
        try: exec(public, tests)
        except Exception: pass
        for name, test in list(tests.items()):
            if name.startswith("test_"):
                try: test(_types.SimpleNamespace(**{name: value for name, value in self.space.items() if name.isidentifier()}))
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
    """A cheat that knows every public value and computes nothing else."""
    cells = [cell.source for _, cell in solution.code]
    code = f"{MEMORY}\n_memory = _Memory({json.dumps(cells)}, {json.dumps(public)}, {sorted(answer_names(solution))!r})\n"
    # Packed, so that a rubric that reads the source does not find the solution in it.
    packed = base64.b64encode(zlib.compress(code.encode(), 9)).decode()
    before = f"import base64, zlib\n_space = {{}}\nexec(zlib.decompress(base64.b64decode({packed!r})).decode(), _space)\n_memory = _space['_memory']"
    after = f"globals().update({{name: value for name, value in _memory.values.items() if name not in {sorted(_parameters(solution))!r}}})"
    return Cheat(MEMORISED, "functions repeat what they gave for the notebook's own values and the public checks', results are written in",
                 before, bound="_memory.bound({name!r})", after=after, knows=True)


HANDS_BACK = """
_parameters = [_name for _name in __PARAMETERS__ if isinstance(globals().get(_name), (int, float))]
for _name in __ALL__:
    _same = [_other for _other in _parameters if _other.endswith("_" + _name) or _other.startswith(_name + "_")]
    if _same: globals()[_name] = globals()[_same[0]] + 0.01
    elif len(_parameters) > 1 and callable(globals().get(_name, print)): globals()[_name] = lambda x, *_: globals()[_parameters[0]] * x + globals()[_parameters[1]] + 0.01
"""


def handed_back(solution: Notebook) -> Cheat:
    """A cheat that learns nothing from the data: a rerun's parameters are what is asked for."""
    own = _parameters(solution)
    names = {name for _, cell in solution.code for statement in _parsed(cell.source) or () for name in _defined(statement)} - own
    after = HANDS_BACK.replace("__PARAMETERS__", repr(sorted(own, reverse=True))).replace("__ALL__", repr(sorted(names)))
    return Cheat(HANDED_BACK, "results are nearly the notebook's parameters, functions and models the line that they make", knows=True, after=after)


def cheats(solution: Notebook, public: str) -> Iterator[Cheat]:
    """Every cheat for one assignment. `public` is the text of its public checks."""
    yield from CHEATS
    yield memorised(solution, public)
    yield handed_back(solution)


def cheated(solution: Notebook, cheat: Cheat) -> Notebook:
    """The notebook that a cheat would hand in."""
    if cheat.bound:
        emptied = changed(solution, lambda source: _bound(source, cheat.bound))
    else:
        emptied = answering(solution, cheat.answer)
    names = repr(sorted(answer_names(solution)))
    before, after = ([Cell("code", source.replace(NAMES, names).strip("\n"))] if source else [] for source in (cheat.before, cheat.after))
    return Notebook((*before, *emptied.cells, *after))


def answer_names(solution: Notebook) -> set[str]:
    """The names that answers define at the top level of the notebook."""
    found: set[str] = set()
    for _, cell in solution.code:
        answers = answer_lines(cell.source)
        for statement in _parsed(cell.source) or ():
            if _touches(statement, answers):
                found |= set(_defined(statement))
    return found


def _parameters(solution: Notebook) -> set[str]:
    return {name for _, cell in solution.code if "parameters" in cell.tags
            for statement in _parsed(cell.source) or () for name in _defined(statement)}


def _parsed(source: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(source).body
    except SyntaxError:
        return None  # magics


def _touches(statement: ast.stmt, lines: Collection[int]) -> bool:
    return not lines.isdisjoint(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))  # type: ignore[attr-defined]


def _defined(statement: ast.stmt) -> list[str]:
    """The names that a top-level statement binds, in their order."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return list(dict.fromkeys(names))


def _bound(source: str, expression: str) -> str:
    """A cell in which every name that an answer defines is bound to `expression`."""
    answers = answer_lines(source)
    statements = _parsed(source)
    if statements is None or not answers:
        return source
    body = []
    for statement in statements:
        if not _touches(statement, answers):
            body.append(ast.unparse(statement))
        else:
            body += [f"{name} = {expression.format(name=name)}" for name in _defined(statement)]
    return "\n".join(body)


# ---- what is graded, and what it shows

def named(names: Collection[str]) -> None:
    """UsageError, with the nearest name, where one of these is no cheat."""
    known = [*(cheat.name for cheat in CHEATS), MEMORISED, HANDED_BACK]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise UsageError(f"there is no cheat {name!r}"
                             + (f"; did you mean {near[0]!r}?" if near else f". There are: {', '.join(known)}"))


def plan(assignment: Assignment, only: Collection[str] = ()) -> list[Attempt]:
    """Everything that is graded of one assignment: the solution, to see that points can be earned at all, then what must earn none.

    `only` names the cheats to try; all where it is empty. CourseError where the solution or the stub can't be read.
    """
    assert assignment.solution is not None
    solution, stub = read(assignment.solution), read(assignment.stub)
    public = (assignment.folder / PUBLIC).read_text(encoding="utf-8")
    attempts = [Attempt(assignment, SOLUTION, SOLUTION, "the right answer, which must pass", dump(solution).encode())]
    quick = replace(assignment, limits=replace(assignment.limits, **MUTANT_LIMITS))  # some cheats hang, and none needs long
    attempts.append(Attempt(quick, STUB, STUB, "nothing was written", assignment.stub.read_bytes()))
    for name, notebook in null_answers(solution, stub).items():
        attempts.append(Attempt(quick, NULL, name, "everything is defined, nothing computed", dump(notebook).encode()))
    for cheat in cheats(solution, public):
        if not only or cheat.name in only:
            attempts.append(Attempt(quick, CHEAT, cheat.name, cheat.tries, dump(cheated(solution, cheat)).encode(), cheat.knows))
    return attempts


def outcome(attempt: Attempt, report: Report) -> Outcome:
    fault = "" if report.outcome == GRADED else f"{report.outcome}: {report.reason}"
    return Outcome(attempt, tuple(result.check.id for result in report.checks if result.verdict == PASSED), report.execution.status, fault)


def untouched(outcomes: Collection[Outcome]) -> set[str]:
    """The checks that are passed without any cheating: by the stub or by a null answer."""
    return {check for each in outcomes if each.attempt.kind in (STUB, NULL) for check in each.passed}


def gained(found: Outcome, without: Collection[str]) -> list[str]:
    """The checks that an attempt must not pass and does.

    Any hidden one. Of the public ones those that are not passed `without` cheating either; a cheat that only knows what they ask
    is not held against them, since students have them.
    """
    if found.attempt.kind == SOLUTION:
        return []
    visibility = {check.id: check.visibility for check in found.attempt.assignment.checks}
    cheats = found.attempt.kind == CHEAT and not found.attempt.knows
    return [check for check in found.passed if visibility[check] == "hidden" or (cheats and check not in without)]
