"""What a kernel sets up for its cells. Whole kernels run in tests/sandbox and tests/worker."""

from __future__ import annotations

import random

import numpy
import pytest
import torch

from grader.inside.kernel import SilentStream, seed_everything


def test_a_silent_stream_takes_text_alone() -> None:
    """A stream that nobody reads behaves like any text stream: it counts characters and refuses bytes."""
    stream = SilentStream()
    assert (stream.write("中文"), stream.encoding, stream.writable(), stream.isatty()) == (
        2,
        "UTF-8",
        True,
        False,
    )
    print("x", file=stream, flush=True)
    with pytest.raises(TypeError, match="must be str"):
        stream.write(b"x")  # type: ignore[arg-type]


def test_one_seed_for_all_generators() -> None:
    """The same seed gives the same numbers from Python, NumPy and torch, and torch's are those of
    manual_seed.
    """

    def draw() -> tuple[float, float, float]:
        seed_everything(5)
        return random.random(), numpy.random.rand(), torch.rand(()).item()

    state = torch.get_rng_state()
    first = draw()
    assert draw() == first
    torch.manual_seed(5)
    assert torch.rand(()).item() == first[2]
    torch.set_rng_state(state)
