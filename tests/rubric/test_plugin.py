"""What the plugin makes of names, messages and answers. Verdicts of whole rubrics are in test_process.py."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
import torch

from grader.inside.probe_messages import CALL, GET, Value, request
from grader.inside.wire import Handle
from grader.model.codec import to_data
from grader.protocol.examination import Briefing, CheckVerdict, Subject
from grader.rubric import plugin as plugin_module
from grader.rubric.pictures import draw_losses
from grader.rubric.plugin import MAX_ASKED, MAX_MESSAGE, Plugin, seed_generators, tidy
from grader.rubric.reference import Reference
from grader.rubric.trace import MAX_ENTRIES
from probes import ProbeSession

CALLED = request(CALL, arguments=[], keywords={})


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    made = Plugin(lambda plugin: None, 60, tmp_path)
    made.subject = Subject(["w = fit(x)", "total = w_2 + 1"], ["w"])  # type: ignore[misc]
    return made


@pytest.mark.parametrize(
    ("name", "attempted"), [("total", True), ("w_2", True), ("w", False), ("tot", False)]
)
def test_whether_something_was_written(plugin: Plugin, name: str, attempted: bool) -> None:
    """A name was attempted where it stands in the code as a whole word, and its cell is not the stub's."""
    assert plugin._attempted(name) is attempted


def test_answers_are_noted_in_short(plugin: Plugin) -> None:
    """Answers are kept in short, and so many at the most; one without a short form changes nothing."""

    class Odd:
        __module__ = "torch"

        def reshape(self, size: int) -> Any:
            raise RuntimeError("odd")

    assert not plugin.has_answered
    plugin._note_answer(CALLED, Value(Odd()))
    assert plugin.has_answered and plugin.trace == []
    for number in range(2 * MAX_ENTRIES):
        plugin._note_answer(CALLED, Value(number))
    assert plugin.trace == [str(number) for number in range(MAX_ENTRIES)]
    plugin._give("test_a", "passed")
    assert plugin.verdicts["test_a"].trace == plugin.trace


def test_names_that_were_asked_for_are_noted(plugin: Plugin) -> None:
    """Each once, also where the answers before it are as many as are kept, and so many at the most."""
    for number in range(2 * MAX_ENTRIES):
        plugin._note_answer(CALLED, Value(number))
    for name in ("fit", "w", "fit", *(f"v{number}" for number in range(2 * MAX_ASKED))):
        plugin._note_answer({"op": GET, "name": name}, Value(1))
    plugin._give("test_a", "passed")
    asked = plugin.verdicts["test_a"].asked
    assert asked[:3] == ["fit", "w", "v0"] and len(asked) == MAX_ASKED


def test_names_behind_references_are_noted(plugin: Plugin) -> None:
    """A check that calls what a fixture has made of a name asks for this name."""
    net, made, other = (Reference(plugin, Handle(number, "Net")) for number in range(3))  # type: ignore[arg-type]
    plugin._note_answer({"op": GET, "name": "Net"}, Value({"defined": True, "value": net}))
    plugin._note_answer({"op": CALL, "target": net}, Value(made))
    plugin.asked = {}
    plugin._note_answer({"op": CALL, "target": made}, Value(1))
    plugin._note_answer({"op": CALL, "target": other}, Value(1))
    assert [*plugin.asked] == ["Net"]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("<f at 0x7f12ab34cd56> is odd", "<f at 0x…> is odd"),
        (
            "0x12 and 0xfffff stay as they are, 0xffffff does not",
            "0x12 and 0xfffff stay as they are, 0x… does not",
        ),
        ("x" * 5000, "x" * MAX_MESSAGE),
        ("\ud800", "?"),
    ],
)
def test_messages_are_tidied(message: str, shown: str) -> None:
    """Messages have no addresses, which differ from run to run. They are cut, and valid UTF-8."""
    assert tidy(message) == shown


def drawn() -> tuple[float, float, float]:
    return random.random(), numpy.random.rand(), torch.rand(1).item()


def test_all_generators_are_seeded() -> None:
    """The same words give the same numbers from Python, NumPy and torch, and other words give others."""
    states = random.getstate(), numpy.random.get_state(), torch.get_rng_state()
    try:
        found = []
        for secret in ("a", "a", "b"):
            seed_generators(secret)
            found.append(drawn())
    finally:
        random.setstate(states[0])
        numpy.random.set_state(states[1])
        torch.set_rng_state(states[2])
    assert found[0] == found[1] and not set(found[0]) & set(found[2])


def test_few_names_of_errors_are_shown() -> None:
    """Each is Python's own."""
    import builtins

    assert len(plugin_module.KNOWN_ERRORS) == 7
    assert all(issubclass(getattr(builtins, name), Exception) for name in plugin_module.KNOWN_ERRORS)


class Drawing:
    """A plugin whose check has its verdict, with a session that has these names."""

    def __init__(self, plugin: Plugin, session: ProbeSession, stop: bool = False) -> None:
        plugin.main, plugin.briefing = session.client, Briefing("c0ffee", stop)
        plugin.main.listener = plugin._note_answer
        plugin.verdicts["test_a"] = CheckVerdict("failed", "differs", trace=["3"])
        self.plugin = plugin

    def of(self, function: Callable[[Any], Any]) -> CheckVerdict:
        self.plugin._draw("test_a", function)
        return self.plugin.verdicts["test_a"]


@pytest.fixture
def drawing(plugin: Plugin, session: Callable[..., ProbeSession]) -> Drawing:
    return Drawing(plugin, session(losses=[2.0, 1.0], x=[0.0, 1.0], rate=0.5))


def test_a_check_gets_its_picture(drawing: Drawing) -> None:
    """It shows the notebook's values. The verdict and its trace stay what they were."""
    found = drawing.of(lambda student: draw_losses(student.losses, rate=student.rate))
    assert found.picture == to_data(draw_losses([2.0, 1.0], rate=0.5)) and found.undrawn == ""
    assert (found.verdict, found.code, found.trace) == ("failed", "differs", ["3"])
    assert drawing.plugin.trace == [] and not drawing.plugin.has_answered
    assert drawing.plugin.main is not None
    drawing.plugin.main.listener(CALLED, Value(3))
    assert drawing.plugin.trace == ["3"]  # what the next check asks for is noted again


def test_a_picture_that_fails_changes_nothing(drawing: Drawing) -> None:
    """Whatever its function raises, the check keeps its verdict, and the author can read why."""
    found = drawing.of(lambda student: draw_losses(student.nothing))
    assert (found.verdict, found.picture) == ("failed", None)
    assert found.undrawn == "NotAttempted: `nothing` was not written yet"


def test_a_picture_is_drawn_once(drawing: Drawing) -> None:
    """A check of several cases has one picture, which later cases keep."""
    first = drawing.of(lambda student: draw_losses(student.losses)).picture
    drawing.plugin._give("test_a", "failed", "assertion", "another case")
    assert drawing.of(lambda student: 1 / 0).picture == first is not None


def test_no_session_no_picture(plugin: Plugin, session: Callable[..., ProbeSession]) -> None:
    """No session is opened for a picture, and none is asked for where only the verdicts count."""
    opened = Drawing(plugin, session(losses=[1.0]), stop=True)
    assert opened.of(lambda student: draw_losses(student.losses)) == CheckVerdict(
        "failed", "differs", trace=["3"]
    )
    plugin.briefing = Briefing("c0ffee", False)
    assert plugin.main is not None
    plugin.main.gone = True
    assert opened.of(lambda student: draw_losses(student.losses)).undrawn == "the session has ended"


def test_no_picture_after_a_hidden_check(drawing: Drawing) -> None:
    """A session that has met hidden inputs could show them."""
    drawing.plugin.is_public = False
    found = drawing.of(lambda student: draw_losses(student.losses))
    assert found.picture is None and found.undrawn == "a hidden check has begun"


@pytest.mark.parametrize(
    ("files", "public"),
    [
        (["test_public.py"], True),
        (["test_public.py", "test_hidden.py"], False),
        (["test_hidden.py", "test_public.py"], False),
    ],
)
def test_which_checks_have_begun(plugin: Plugin, files: list[str], public: bool) -> None:
    """Once a check of another file has begun, it stays known."""
    plugin.briefing = Briefing("c0ffee", False)
    for name in files:
        item: Any = SimpleNamespace(name="test_a", path=Path(name), function=lambda: None)
        hook = plugin.pytest_runtest_setup(item)
        next(hook)
        with contextlib.suppress(StopIteration):
            next(hook)
    assert plugin.is_public is public
