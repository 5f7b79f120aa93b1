"""The packages that a course relies on: what it requires, imports in advance, and declares absent.

Nothing here installs anything. A course's packages are installed beside grader, by pip or uv.
"""

from __future__ import annotations

import importlib.util
import keyword
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from grader.course.toml_file import TomlFile
from grader.errors import MachineError
from grader.model.report import ABSENT

KEYS = {"requires": list, "preload": list, "absent": list}
# What grader and its sessions need themselves: it is always there.
ALWAYS_THERE = ("torch", "numpy", "matplotlib", "IPython", "ipykernel", "grader")
# Packages whose modules have another name, by the module's name.
OTHER_NAMES = {
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
}


@dataclass(frozen=True)
class Lack:
    """A required package that is not there: the requirement, and the version that is there, if any."""

    requirement: str
    found: str | None

    @property
    def seen(self) -> str:
        """What is there in its place."""
        return f"{self.found} is installed" if self.found else "not installed"

    def __str__(self) -> str:
        return f"{self.requirement} ({self.seen})"


@dataclass(frozen=True)
class Environment:
    """The table [environment] of `course.toml`."""

    # Requirements as pip takes them.
    requires: tuple[str, ...] = ()
    # Modules that the warm process imports once for all sessions.
    preload: tuple[str, ...] = ()
    # Modules that notebooks may import in vain: a stand-in explains any use of them.
    absent: tuple[str, ...] = ()

    @cached_property
    def requirements(self) -> list[Requirement]:
        """What is required on this machine: requirements for other systems and Pythons are left out."""
        parsed = map(Requirement, self.requires)
        return [each for each in parsed if each.marker is None or each.marker.evaluate()]

    @staticmethod
    def version(requirement: Requirement) -> str | None:
        """The version of a package that is installed; None if there is none."""
        try:
            return metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            return None

    @property
    def versions(self) -> dict[str, str]:
        """The installed versions of the required packages, by name as PyPI writes it."""
        found = {canonicalize_name(each.name): self.version(each) for each in self.requirements}
        return {name: version for name, version in found.items() if version is not None}

    @property
    def record(self) -> dict[str, str]:
        """What reports depend on, as their provenance keeps it."""
        return {**self.versions, **dict.fromkeys(self.absent, ABSENT)}

    @property
    def lacking(self) -> list[Lack]:
        """The required packages that are missing or have another version."""
        return [
            Lack(str(each), found)
            for each in self.requirements
            if (found := self.version(each)) is None or not each.specifier.contains(found, prereleases=True)
        ]

    def require(self) -> None:
        """Raise MachineError, with the one command that installs all of it, if a package is lacking."""
        if lacking := self.lacking:
            what = "\n".join(f"  {lack}" for lack in lacking)
            raise MachineError(
                f"this course needs packages that this Python does not have:\n{what}\n"
                f"Install them and run the command again:\n  {install_command(lacking)}"
            )


def install_command(lacking: Sequence[Lack]) -> str:
    """The command that installs what is lacking into the Python that runs this."""
    python, wanted = shlex.quote(sys.executable), shlex.join(lack.requirement for lack in lacking)
    # Environments that uv makes have no pip.
    if importlib.util.find_spec("pip") is None and shutil.which("uv"):
        return f"uv pip install --python {python} {wanted}"
    return f"{python} -m pip install {wanted}"


def read_environment(file: TomlFile, table: Mapping[str, Any]) -> Environment:
    """The environment in the table [environment]. What is wrong with it is noted, and left out."""
    values = file.values(table, KEYS)
    texts = {key: tuple(_texts(file, values, key)) for key in KEYS}
    required = _requirements(file, texts["requires"])
    modules = {
        key: [name for name in texts[key] if _is_module(file, key, name)] for key in ("preload", "absent")
    }
    for name in modules["absent"]:
        if name.partition(".")[0] in (*ALWAYS_THERE, *sys.stdlib_module_names):
            file.complain(f"`absent` names {name}, which is always there", "absent")
        for other in modules["preload"]:
            if f"{other}.".startswith(f"{name}."):
                file.complain(f"`absent` names {name}, and `preload` imports {other}", "absent")
    return Environment(required, tuple(modules["preload"]), tuple(modules["absent"]))


def _texts(file: TomlFile, values: Mapping[str, Any], key: str) -> Iterator[str]:
    """The texts in a list, each once."""
    seen = set()
    for value in values.get(key, []):
        if not isinstance(value, str):
            file.complain(f"each entry of `{key}` must be text, not {value!r}", key)
        elif value in seen:
            file.complain(f"`{key}` names {value} twice", key)
        else:
            seen.add(value)
            yield value


def _requirements(file: TomlFile, texts: Sequence[str]) -> tuple[str, ...]:
    """The texts that are requirements, as `packaging` writes them."""
    good: dict[str, str] = {}
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            why = str(error).splitlines()[0]
            file.complain(
                f"{text!r} is not a requirement ({why}); write it as for pip, for example 'pandas>=2'",
                "requires",
            )
            continue
        name = canonicalize_name(requirement.name)
        if package := OTHER_NAMES.get(requirement.name):
            file.complain(
                f"{text!r}: the module {requirement.name} comes with the package {package!r}", "requires"
            )
        elif name in good and requirement.marker is None:
            file.complain(f"`requires` names {name} twice", "requires")
        else:
            good[name if requirement.marker is None else text] = str(requirement)
    return tuple(good.values())


def _is_module(file: TomlFile, key: str, name: str) -> bool:
    """Whether a name can stand after `import`."""
    parts = name.split(".")
    if all(re.fullmatch(r"[A-Za-z_]\w*", part) and not keyword.iskeyword(part) for part in parts):
        return True
    module = {package: module for module, package in OTHER_NAMES.items()}.get(name)
    hint = f"; did you mean {module!r}?" if module else ", as it stands after `import`"
    file.complain(f"`{key}`: {name!r} is not the name of a module{hint}", key)
    return False
