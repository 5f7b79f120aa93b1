"""Keeps torch's compiler out of memory until a program asks for it, and from writing C++ when one does."""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

NAME = "torch._dynamo"


class _Autograd:
    """What torch.func sees of the compiler: its autograd, which is off."""

    _disable = staticmethod(contextlib.nullcontext)

    def __getattr__(self, name: str) -> Any:
        return getattr(load().compiled_autograd, name)


class _StandIn(types.ModuleType):
    """What torch's optimizers see of the compiler while nothing compiles. Any other use loads the compiler.

    torch imports its compiler at the first step of the first optimizer, only to exempt the optimizer's
    functions. That costs 1 s and 70 MB in every process, for notebooks that never compile anything.
    """

    compiled_autograd = _Autograd()

    def graph_break(self, *_: object, **__: object) -> None:
        """No-op: nothing is being compiled."""

    def disable(
        self, function: Callable[..., Any] | None = None, *options: object, **more: object
    ) -> Callable[..., Any]:
        """Exempt `function` from the compiler, from the moment that there is one."""
        if function is None:
            return load().disable(None, *options, **more)

        def call(*arguments: object, **keywords: object) -> object:
            if sys.modules.get(NAME) is self:
                return function(*arguments, **keywords)
            disabled = load().disable(function, *options, **more)
            # Where torch keeps it. Written as an attribute, the name would be mangled.
            setattr(function, "__dynamo_disable", disabled)
            return disabled(*arguments, **keywords)

        return call

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            # Code that walks through all modules does not ask for the compiler.
            raise AttributeError(name)
        return getattr(load(), name)


def run_as_traced(_: object, traced: Any, *__: object, **___: object) -> Callable[..., Any]:
    """What torch.compile makes of a function that it has traced: the same operations, one by one.

    torch would write them as C++. That takes 15 s of computing for a single linear layer, headers of the
    system that a session does not see, and worker processes, for a result that differs by rounding at most.
    """
    forward: Callable[..., Any] = traced.forward
    return forward


def postpone() -> None:
    """Put the stand-in where the compiler would be, unless the compiler is there already."""
    import torch

    # torch.compile's usual backend, "inductor". Other backends are as they are.
    inductor: Any = torch._TorchCompileInductorWrapper
    inductor.__call__ = run_as_traced
    inductor.get_compiler_config = lambda _: {}  # asking for the real one imports what writes C++
    if NAME not in sys.modules:
        sys.modules[NAME] = torch._dynamo = _StandIn(NAME)


def load() -> Any:
    """The compiler itself, imported if need be."""
    import torch

    if isinstance(sys.modules.get(NAME), _StandIn):
        del sys.modules[NAME], torch._dynamo
    return importlib.import_module(NAME)
