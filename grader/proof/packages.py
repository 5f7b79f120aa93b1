"""A course's packages on this machine: whether they are there, and what importing them in advance does."""

from __future__ import annotations

from collections.abc import Iterator

from grader.course.environment import Environment, install_command
from grader.errors import MachineError
from grader.proof.findings import ACTIVE, MISSING, Finding
from grader.sandbox.bubblewrap import Sandbox
from grader.sandbox.warming import REMEDY, PackageFault


def examine_packages(environment: Environment) -> list[Finding]:
    """The packages that a course requires and, if all are there, how its preloaded modules are imported."""
    required = list(_required(environment))
    return required if environment.lacking else [*required, *_preloaded(environment)]


def _required(environment: Environment) -> Iterator[Finding]:
    lacking = {lack.requirement: lack for lack in environment.lacking}
    remedy = f"The course needs packages: {install_command(list(lacking.values()))}"
    for requirement in environment.requirements:
        name = f"package {requirement}"
        if lack := lacking.get(str(requirement)):
            yield Finding(name, MISSING, lack.seen, remedy)
        else:
            yield Finding(name, ACTIVE, f"{environment.version(requirement)} is installed")


def _preloaded(environment: Environment) -> Iterator[Finding]:
    """One finding for each module. If one has a fault, the others are tried without it."""
    names = list(environment.preload)
    faults: dict[str, str] = {}
    found: dict[str, str] = {}
    while names:
        try:
            with Sandbox(names) as sandbox:
                sandbox.ready()
                for each in sandbox.imported:
                    seen = f"imported once, in {each.seconds:.2f} s, {each.mb} MB"
                    found[each.name] = "; ".join([seen, *each.notes])
            break
        except PackageFault as error:
            faults[error.name] = error.what
            names.remove(error.name)
        except MachineError:
            return  # nothing can be sealed here: the findings on protections say why
    for name in environment.preload:
        if name in faults:
            remedy = f"In course.toml: {name}: {REMEDY}."
            yield Finding(f"preloaded {name}", MISSING, f"importing it {faults[name]}", remedy)
        else:
            yield Finding(f"preloaded {name}", ACTIVE, found[name])
