"""One reader, fed by atheris with bytes that reach code which no bytes reached before: `python -m fuzz.guided TARGET SECONDS SEED`.

Half of the new inputs are made as in `mutations`, which knows notebooks and frames, the others by libFuzzer. A failure does not
end the run. The last line on standard output says what was done, as JSON.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import time
from random import Random

import atheris

with atheris.instrument_imports(include=["grader.notebook.reading", "grader.inside.wire"]):
    import grader.inside.wire
    import grader.notebook.reading  # noqa: F401

from fuzz import mutations
from fuzz.__main__ import Tally, bound_memory
from fuzz.targets import FRAMES, NOTEBOOKS

MOST_BYTES = 20_000


def main() -> None:
    name, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    target, mutate, seeds = {
        "notebooks": (NOTEBOOKS, mutations.mutated_notebook, mutations.notebooks),
        "frames": (FRAMES, mutations.mutated_frame, mutations.frames),
    }[name]
    bound_memory()
    start = sorted({data for data in seeds() if len(data) <= MOST_BYTES})
    waiting = list(start)
    tally = Tally(target, "guided")
    deadline = time.monotonic() + seconds
    faulthandler.dump_traceback_later(seconds + 30, exit=True)  # says where it hangs

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

    # The run's own clock ends it, before libFuzzer's would.
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
