"""torch's compiler stays out of memory until a program asks for it, and never writes C++."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

TRAIN = """\
model = nn.Linear(1, 1)
optimizer = torch.optim.Adam(model.parameters())
optimizer.zero_grad()
model(torch.ones(1, 1)).sum().backward()
optimizer.step()
"""
GUARD = "said.append(torch.optim.Optimizer.zero_grad.__wrapped__.__dict__['__dynamo_disable'].__module__)\n"
WITHOUT = {
    "training": TRAIN,
    "torch.func": "torch.func.grad(lambda x: (x * x).sum())(torch.ones(3))",
    "a walk through all modules": "import inspect\ninspect.getmodule(sys._getframe())",
}
ASKING = {
    "a submodule": "import torch._dynamo.config",
    "an attribute": "torch._dynamo.reset()",
    "a name from it": "from torch._dynamo import eval_frame",
    "its autograd": "torch._dynamo.compiled_autograd.reset()",
    "compiling": "torch.compile(lambda x: 2 * x, backend='eager')(torch.ones(1))",
    "a decorator": "torch._dynamo.disable()",
}
ALREADY = {
    "there already": (
        "del sys.modules['torch._dynamo'], torch._dynamo\nimport torch._dynamo.config\ncompiler.postpone()"
    )
}

COMPILED = """
inner = nn.Linear(1, 1)
itself = nn.Linear(1, 1)
itself.compile()

@torch.compile
def decorated(x):
    return inner(x)

decorated.parameters = inner.parameters
more = {"mode": "max-autotune", "fullgraph": True, "dynamic": True}
for model in (torch.compile(nn.Linear(1, 1)), torch.compile(nn.Linear(1, 1), **more), itself, decorated):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(200):
        loss = ((model(torch.ones(8, 1)) - 3) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    said.append(loss.item() < 1e-6)
said.append("torch._inductor.compile_fx" in sys.modules)
"""

# Each program runs in a fork of its own of an interpreter that has imported torch.
DRIVER = """
import json, os, sys, torch, torch.func
from torch import nn
from grader.inside import compiler
compiler.postpone()
answers = {}
for name, code in json.load(sys.stdin).items():
    read, write = os.pipe()
    if os.fork() == 0:
        said = []
        try:
            exec(code)
            found = sys.modules['torch._dynamo']
            said += [isinstance(found, compiler._StandIn), torch._dynamo is found]
        except BaseException as error:
            said.append(repr(error))
        os.write(write, json.dumps(said).encode())
        os._exit(0)
    os.close(write)
    answers[name] = json.loads(os.read(read, 1 << 16))
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def said() -> dict[str, list]:
    """What each of the programs says."""
    programs = {
        **WITHOUT,
        **ALREADY,
        "compiled": COMPILED,
        **{name: f"{TRAIN}{code}\n{TRAIN}" for name, code in ASKING.items()},
        "guards": f"{TRAIN}{GUARD}import torch._dynamo.config\n{TRAIN}{GUARD}",
    }
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", WITHOUT)
def test_what_compiles_nothing_does_not_load_it(said: dict[str, list], name: str) -> None:
    """Optimizers, torch.func and code that looks at every module do not load the compiler."""
    assert said[name] == [True, True]


@pytest.mark.parametrize("name", ASKING)
def test_any_other_use_loads_it(said: dict[str, list], name: str) -> None:
    """Any use of the compiler loads it, also after an optimizer has run, and optimizers still work."""
    assert said[name] == [False, True]


def test_optimizers_are_guarded_once_it_is_there(said: dict[str, list]) -> None:
    """From then on an optimizer's functions are exempt from the compiler, as torch itself would have it."""
    assert said["guards"] == ["grader.inside.compiler", "torch._dynamo.eval_frame", False, True]


def test_what_is_compiled_runs_as_traced(said: dict[str, list]) -> None:
    """Compiled models compute and train like any other, however they are compiled, and no C++ is written."""
    assert said["compiled"] == [True, True, True, True, False, False, True]


def test_it_is_left_alone_where_it_is_loaded_already(said: dict[str, list]) -> None:
    """The stand-in never takes the place of the compiler itself."""
    assert said["there already"] == [False, True]
