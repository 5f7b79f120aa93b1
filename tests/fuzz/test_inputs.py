"""Inputs that once failed are read, and fuzzing itself still works; `./run fuzz` does it for real."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

import fuzz.__main__ as fuzzing
from fuzz import frames, json_changes, notebooks, targets
from fuzz.targets import ACCEPTED, FRAMES, NOTEBOOKS, REFUSED

SOURCES = {NOTEBOOKS: (notebooks.seeds, notebooks.mutated), FRAMES: (frames.seeds, frames.mutated)}
TARGETS = pytest.mark.parametrize("target", SOURCES, ids=lambda target: target.name)


@TARGETS
def test_what_once_failed(target):
    """Every kept input is accepted or refused as it should be."""
    for path in target.kept:
        assert target.check(path.read_bytes()) in (ACCEPTED, REFUSED), path.name


@TARGETS
def test_what_fails_is_kept_and_fails_again(target, tmp_path, monkeypatch):
    """The first input of each kind of failure becomes a file, and is tried again from then on."""
    monkeypatch.setattr(targets, "INPUTS", tmp_path)
    monkeypatch.setattr(fuzzing, "INPUTS", tmp_path)

    def broken(data: bytes) -> str:
        if b"x" in data:
            raise KeyError(data)
        return ACCEPTED

    failing = replace(target, check=broken)
    tally = fuzzing.Tally(failing, "here")
    for data in (b"good", b"xyz", b"another x"):
        tally.try_one(data)
    assert [path.read_bytes() for path in failing.kept] == [b"xyz"] and tally.counts == {
        ACCEPTED: 1,
        "failed": 2,
    }
    with pytest.raises(KeyError):
        failing.check(failing.kept[0].read_bytes())


@TARGETS
def test_a_few_mutations(target):
    """A few hundred mutated inputs: nothing fails, and both outcomes occur."""
    seeds, mutate = SOURCES[target][0](), SOURCES[target][1]
    draw = Random(0)
    outcomes = {target.check(mutate(draw.choice(seeds), draw)) for _ in range(300)}
    assert outcomes == {ACCEPTED, REFUSED}


@TARGETS
def test_a_seed_repeats(target):
    """The same seed makes the same inputs, so that a failure can be repeated."""
    seeds, mutate = SOURCES[target][0](), SOURCES[target][1]
    one, other = ([mutate(draw.choice(seeds), draw) for _ in range(100)] for draw in (Random(7), Random(7)))
    assert one == other


def test_what_is_doubled_again_and_again_stays_small(monkeypatch):
    """Forty copies of a long text, five times over, would fill the memory when written."""
    monkeypatch.setattr(json_changes, "CHANGES", (json_changes.double,))
    for number in range(50):
        draw = Random(number)
        assert len(json_changes.written(json_changes.changed_value(["x" * 5000], draw, 5), draw)) < 1 << 24
