"""Fuzz one reader with atheris, which looks for inputs that reach new code.

    python -m fuzz.guided TARGET SECONDS SEED

Half of the new inputs come from `notebooks` or `frames`, which know the format, and the others from
libFuzzer. A failure does not end the run. The last line on standard output says what was done, as JSON.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import time
from random import Random

import atheris

# Instruments both readers and every module of ours that they import. Atheris knows whole packages only.
with atheris.instrument_imports(include=["grader"]):
    import grader.inside.wire
    import grader.notebook.reading  # noqa: F401

from fuzz import frames, notebooks
from fuzz.__main__ import Tally, bound_memory
from fuzz.targets import FRAMES, NOTEBOOKS

MOST_BYTES = 20_000


def main() -> None:
    name, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    target, mutate, seeds = {
        "notebooks": (NOTEBOOKS, notebooks.mutated, notebooks.seeds),
        "frames": (FRAMES, frames.mutated, frames.seeds),
    }[name]
    bound_memory()
    start = sorted({data for data in seeds() if len(data) <= MOST_BYTES})
    waiting = list(start)
    tally = Tally(target, "guided")
    deadline = time.monotonic() + seconds
    faulthandler.dump_traceback_later(seconds + 30, exit=True)  # if it hangs, says where

    def one(data: bytes) -> None:
        if time.monotonic() > deadline:
            print(json.dumps({**tally.result(), "covered": f"from {len(start)} seeds"}), flush=True)
            os._exit(0)
        tally.try_one(data)

    def new(data: bytes, size: int, number: int) -> bytes:
        if waiting:
            return waiting.pop()[:size]
        draw = Random(number)
        if draw.random() < 0.5:
            return atheris.Mutate(data, size)
        return mutate(data if len(data) > 8 else draw.choice(start), draw)[:size]

    # The run ends by its own clock, before libFuzzer's.
    flags = [
        f"-seed={seed + 1}",
        f"-max_total_time={seconds + 30:.0f}",
        f"-max_len={MOST_BYTES}",
        "-len_control=0",
        "-timeout=60",
        "-rss_limit_mb=0",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *flags], one, custom_mutator=new)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
