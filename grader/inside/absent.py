"""Stand-ins for modules that are not there where notebooks are graded.

A course names them (`absent` in its `course.toml`). A notebook may import such a module, and anything from
it. Whatever it then does with it raises an error that says so. Student code can remove all of this, which
leaves it with the error that Python raises for any missing module.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

# What asks a stand-in to be more than a name. Each of these raises.
USES = (
    *("call", "getitem", "setitem", "delitem", "len", "iter", "next", "reversed", "contains"),
    *("enter", "exit", "aenter", "aexit", "aiter", "anext", "await", "mro_entries", "fspath", "array"),
    *("bool", "int", "float", "complex", "index", "bytes", "lt", "le", "gt", "ge"),
    *("neg", "pos", "abs", "invert", "round"),
    *(
        f"{side}{name}"
        for name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor")
        for side in ("", "r", "i")
    ),
)
INSTALLED = tuple(
    sorted({os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("stdlib", "platstdlib")})
)


class AbsentPackage(ImportError):
    """A notebook uses a module that is not there where notebooks are graded."""


def _refuse(package: str) -> NoReturn:
    raise AbsentPackage(
        f"{package} is not there where notebooks are graded: delete what uses it.", name=package
    )


class _StandIn:
    """What stands for anything in an absent module."""

    def __init__(self, package: str, name: str) -> None:
        self.__dict__.update(_package=package, _name=name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _StandIn(self._package, f"{self._name}.{name}")

    def __repr__(self) -> str:
        return f"<{self._name}: not there where notebooks are graded>"


class _Module(ModuleType):
    """What stands for an absent module."""

    def __init__(self, package: str, name: str) -> None:
        super().__init__(name)
        self._package = package

    def __getattr__(self, name: str) -> Any:
        # Code that walks through all modules asks for names that begin with an underscore.
        if name.startswith("_"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return _StandIn(self._package, f"{self.__name__}.{name}")

    def __call__(self, *_: object, **__: object) -> NoReturn:
        _refuse(self._package)


def _use_of(name: str) -> Callable[..., NoReturn]:
    def use(self: Any, *_: object, **__: object) -> NoReturn:
        _refuse(self._package)

    use.__name__ = f"__{name}__"
    return use


for _name in USES:
    setattr(_StandIn, f"__{_name}__", _use_of(_name))


class _Loader(Loader):
    """Makes a module that stands for one of `package`, or an empty one, in which such a module lies."""

    def __init__(self, package: str = "") -> None:
        self.package = package

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(self.package, spec.name) if self.package else ModuleType(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """No-op: there is no code."""


class _Finder(MetaPathFinder):
    """Finds absent modules for notebooks. Installed packages, which may do without, don't find them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        for absent in self.names:
            if f"{name}.".startswith(f"{absent}.") and _asked_by_a_notebook():
                return ModuleSpec(name, _Loader(absent), is_package=True)
        return None


class _Parents(MetaPathFinder):
    """Finds what an absent module lies in, such as `google` of `google.colab`, if nothing else does."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if any(absent.startswith(f"{name}.") for absent in self.names) and _asked_by_a_notebook():
            return ModuleSpec(name, _Loader(), is_package=True)
        return None


def _asked_by_a_notebook() -> bool:
    """Whether the import that runs is a notebook's own, or that of a file beside it."""
    frame = sys._getframe()
    while frame is not None and (
        frame.f_code.co_filename.startswith("<frozen ")
        or str(frame.f_globals.get("__name__")).partition(".")[0] == "importlib"
        or frame.f_globals.get("__name__") == __name__
    ):
        frame = frame.f_back  # type: ignore[assignment]
    if frame is None:
        return False
    file = frame.f_code.co_filename
    return f"{os.sep}site-packages{os.sep}" not in file and not os.path.realpath(file).startswith(INSTALLED)


def stand_in(names: Sequence[str]) -> None:
    """Let notebooks import these modules in vain."""
    if names:
        # Before all others: whether the real one happens to be installed here changes nothing.
        sys.meta_path.insert(0, _Finder(names))
        sys.meta_path.append(_Parents(names))
