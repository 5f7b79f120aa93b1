"""What the warm process tells while it warms up."""

from __future__ import annotations

import os

import pytest

from grader.inside.warm_messages import WARM, Imported
from grader.sandbox import warming
from grader.sandbox.warming import PackageFault, await_warmth

BEGUN, DONE = Imported("a").to_line(), Imported("a", True, seconds=0.5, mb=3, notes=("x",)).to_line()


def told(*messages: bytes) -> int:
    """A pipe that holds these messages and then ends."""
    ours, theirs = os.pipe()
    os.write(theirs, b"".join(messages))
    os.close(theirs)
    return ours


def test_what_was_imported() -> None:
    """The imports that went well, in their order."""
    assert await_warmth(told(WARM)) == ()
    assert await_warmth(told(BEGUN, DONE, WARM)) == (Imported("a", True, "", 0.5, 3, ("x",)),)


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        (
            (BEGUN, Imported("a", True, "leaves 1 thread running").to_line()),
            "a in advance leaves 1 thread running",
        ),
        ((BEGUN,), "a in advance ends the process"),
        ((BEGUN, DONE, Imported("b").to_line()), "b in advance ends the process"),
    ],
)
def test_a_fault_is_the_packages(messages: tuple[bytes, ...], words: str) -> None:
    """The error names the module, what importing it does, and the remedy."""
    with pytest.raises(PackageFault, match=words) as caught:
        await_warmth(told(*messages))
    (problem,) = caught.value.problems
    assert problem.file == "course.toml" and "take it out of `preload`" in problem.message


@pytest.mark.parametrize("messages", [(), (BEGUN, DONE)])
def test_other_ends_are_the_sandboxs(messages: tuple[bytes, ...]) -> None:
    """Between two packages it is no package's fault."""
    with pytest.raises(TimeoutError):
        await_warmth(told(*messages))


def test_an_endless_import_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is each package's own."""
    monkeypatch.setattr(warming, "PRELOAD_S", 0)
    ours, theirs = os.pipe()
    os.write(theirs, BEGUN)
    with pytest.raises(PackageFault, match="importing a in advance takes more than 0 s"):
        await_warmth(ours)
    os.close(theirs)
