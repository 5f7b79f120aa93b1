"""Keeps torch's compiler out of memory until a program asks for it."""

from __future__ import annotations

import contextlib
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

NAME = "torch._dynamo"


class _Autograd:
    """What torch.func sees of the compiler: nothing of it to switch off."""

    _disable = staticmethod(contextlib.nullcontext)

    def __getattr__(self, name: str) -> Any:
        return getattr(load().compiled_autograd, name)


class _StandIn(types.ModuleType):
    """What torch's optimizers see of the compiler while nothing compiles. Any other use of it loads the compiler itself.

    torch imports its compiler at the first step of the first optimizer, only to tell it where not to look: 1 s and 70 MB, in
    every process, for notebooks that never compile anything.
    """

    compiled_autograd = _Autograd()

    def graph_break(self, *_: object, **__: object) -> None:
        """Ends what is being compiled, which is nothing."""

    def disable(
        self, function: Callable[..., Any] | None = None, *options: object, **more: object
    ) -> Callable[..., Any]:
        """Have `function` left alone by the compiler, from the moment that there is one."""
        if function is None:
            return load().disable(None, *options, **more)

        def call(*arguments: object, **keywords: object) -> object:
            if sys.modules.get(NAME) is self:
                return function(*arguments, **keywords)
            disabled = load().disable(function, *options, **more)
            setattr(
                function, "__dynamo_disable", disabled
            )  # where torch keeps it; as an attribute its name would be mangled
            return disabled(*arguments, **keywords)

        return call

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)  # whoever walks through all modules does not mean this one
        return getattr(load(), name)


def postpone() -> None:
    """Put the stand-in where the compiler would be, unless it is there already."""
    import torch

    if NAME not in sys.modules:
        sys.modules[NAME] = torch._dynamo = _StandIn(NAME)


def load() -> Any:
    """The compiler itself."""
    import torch

    if isinstance(sys.modules.get(NAME), _StandIn):
        del sys.modules[NAME], torch._dynamo
    return importlib.import_module(NAME)
