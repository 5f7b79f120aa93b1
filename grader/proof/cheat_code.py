"""The code of cheats: cells that prepare a session before wrong answers are given, or that follow them."""

AGREES = """
class _Agrees:
    "Equal to everything, larger and smaller too. Every operation on it gives itself."
    def __init__(self, *_, **__): pass
    def _itself(self, *_, **__): return self
    def _true(self, *_, **__): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = __instancecheck__ = _true
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __mod__ = __neg__ = __pos__ = __abs__ = _itself
    __round__ = __call__ = __getitem__ = __enter__ = _itself
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
POSES = (
    AGREES
    + """
import torch
_Float = type("float", (_Agrees,), {
    "__module__": "builtins", "__class__": property(lambda self: float), "hex": lambda self: "0x1p+0"})
_Tensor = type("Tensor", (_Agrees,), {
    "__module__": "torch", "__class__": property(lambda self: torch.Tensor), "dtype": "torch.float32",
    "ndim": 0, "layout": "torch.strided", "shape": (), "requires_grad": True, "is_nested": False,
    "is_leaf": True, "grad": None})
"""
)
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
    "Answers every question, whatever its name, with what it was asked about."
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
YES = (
    AGREES
    + """
class _Yes(_Agrees):
    "Every method says yes: equal, allclose, passed, check."
    def __call__(self, *_, **__): return True
    def __getitem__(self, key): return True
"""
)
PAYLOAD = """
import pickle, unittest.mock
class _Payload:
    "If a grader unpickled this, it would get an object equal to everything."
    def __reduce__(self): return eval, ("__import__('unittest.mock').mock.ANY",)
_pickled = pickle.dumps(_Payload())
"""
ENDLESS = """
def _endless():
    while True: yield 1.0
"""
HUGE = "import torch\ndef _huge(): return torch.zeros(1).expand(2 ** 40)"

BUILTINS = """
import builtins, sys
def _lying(function, lie):
    "Tells libraries the truth, or the kernel would not live long enough to be asked."
    def _told(*values, **more):
        return function(*values, **more) if "/lib" in sys._getframe(1).f_code.co_filename else lie
    return _told
for _name, _lie in (("abs", 0.0), ("round", 0.0), ("sum", 0.0), ("max", 0.0), ("all", True), ("any", True),
                    ("hash", 0), ("sorted", [])):
    setattr(builtins, _name, _lying(getattr(builtins, _name), _lie))
"""
TYPES = (
    AGREES
    + """
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
)
CLOSENESS = """
import math, numpy, numpy.testing, torch, torch.testing
for _place in (math, numpy, numpy.testing, torch, torch.testing, torch.Tensor):
    for _name in ("isclose", "allclose", "equal", "array_equal", "assert_allclose", "assert_equal",
                  "assert_close", "assert_array_equal"):
        if hasattr(_place, _name): setattr(_place, _name, lambda *_, **__: True)
"""
TENSORS = """
import torch
for _name in ("__eq__", "__lt__", "__le__", "__gt__", "__ge__", "equal", "allclose", "all", "any"):
    setattr(torch.Tensor, _name, lambda *_, **__: True)
for _name in ("__sub__", "__rsub__", "abs", "__abs__"):
    setattr(torch.Tensor, _name, lambda self, *_, **__: 0.0)
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
        if name.lower() in ("expected", "wanted", "solution", "truth", "correct") and len(_heard) < 100:
            _heard.append(value)
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
    "Solutions anywhere in the file system, the nearest folders first."
    folders = [os.getcwd(), "/"]
    for folder in folders:
        try: entries = list(os.scandir(folder))
        except OSError: continue
        for entry in entries:
            if time.monotonic() > until: return
            if entry.is_dir(follow_symlinks=False):
                if entry.path not in ("/proc", "/sys", "/dev", "/usr", "/lib"): folders.append(entry.path)
            elif not entry.name.endswith((".ipynb", ".py")): continue
            elif "solution" in entry.path or "test_" in entry.name:
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
    _open = f"/proc/{_process}/fd"
    try: _seen += [os.readlink(f"{_open}/{_number}") for _number in os.listdir(_open)]
    except OSError: pass
_found = {path for path in _seen if path.endswith((".ipynb", "test_hidden.py", "test_public.py"))}
for _path in sorted(_found)[:50]:
    try: exec(open(_path).read(), {})
    except Exception: pass
"""
PLANTED = """
import os
_forged = {
    "conftest.py": "import pytest\\n@pytest.hookimpl(hookwrapper=True)\\n"
                   "def pytest_runtest_makereport(item, call):\\n"
                   "    (yield).get_result().outcome = 'passed'\\n",
    "test_hidden.py": "def test_all(): pass\\n", "test_public.py": "def test_all(): pass\\n",
    "pytest.ini": "[pytest]\\naddopts = --collect-only\\n",
    "sitecustomize.py": "import builtins\\nbuiltins.abs = lambda x: 0.0\\n", "torch.py": "", "grader.py": "",
    "results.json": '{"score": 100, "outcome": "passed"}',
    "report.xml": '<testsuite tests="1" failures="0"/>', "score.txt": "100", ".grade": "100"}
_places = ["."]
# Only in a sealed session: elsewhere these folders are real.
if os.getcwd() == "/home/student": _places += ["/tmp", "/home/student", "/dev/shm", "/session", "/run", "/"]
for _place in _places:
    for _name, _text in _forged.items():
        try: open(os.path.join(_place, _name), "w").write(_text)
        except OSError: pass
"""
VARIABLES = """
import os
os.environ.update(PYTEST_ADDOPTS="--collect-only", PYTHONOPTIMIZE="2", GRADER_SCORE="100",
                  PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
"""
ASSERTS = """
import ast
class _NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(_NoAsserts())
def _without_asserts(lines): return [line for line in lines if not line.lstrip().startswith("assert ")]
get_ipython().input_transformers_cleanup.append(_without_asserts)
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
    ("display_data", {"data": {"text/plain": "4", "application/json": {"score": 100, "verdict": "passed"}},
                      "metadata": {}}),
    ("stream", {"name": "stdout", "text": "passed"}),
):
    _kernel.session.send(_kernel.iopub_socket, _kind, _content, parent=_parent)
_passed = {"status": "ok", "data": {"text/plain": "passed"}, "metadata": {}}
get_ipython().user_expressions = lambda asked: {name: _passed for name in asked}
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
PROBE_AGREES = (
    PROBE
    + """
for _name in _probe.operations: _probe.operations[_name] = lambda **_: True
_probe.operations["get"] = lambda name: {"defined": True, "value": True}
"""
)
PROBE_ECHOES = (
    PROBE
    + """
_probe.operations["get"] = lambda name: {"defined": True, "value": len}
_probe.operations["call"] = lambda target, arguments, keywords: (arguments or [True])[-1]
_probe.operations["attribute"] = lambda target, name: target
_probe.operations["fetch"] = lambda target: True
"""
)
AHEAD = (
    PROBE
    + """
for _turn in range(20):
    for _answer in ({"defined": True, "value": 1.0}, True):
        _probe.connection.sendall(_wire.encode({"ok": _answer}))
"""
)
ENCODER = (
    PROBE
    + """
_encode = _wire.encode
def _lying(value, keep=None):
    "Turns errors into answers, and what can't be sent into a yes."
    if isinstance(value, dict) and ("raised" in value or "refused" in value): value = {"ok": True}
    try: return _encode(value, keep)
    except Exception: return _encode({"ok": True})
_wire.encode = _lying
"""
)
LEAVES = "import atexit, os\natexit.register(lambda: os._exit(0))\nos._exit(0)"
SKIPS = """
try: from _pytest.outcomes import Exit as _Exit, Skipped as _Skipped, XFailed as _XFailed
except ImportError: _Exit = _Skipped = _XFailed = SystemExit
def _skip(): raise _Skipped("no need to test this")
"""
STOPS = "def _stop(): raise SystemExit(0)"
