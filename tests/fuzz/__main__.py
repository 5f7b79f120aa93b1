"""Feed malformed bytes to the reader of notebooks and to the reader of values, and report what they did.

    python -m fuzz [--seconds N] [--seed N] [--notebooks N] [--frames N]      (in the folder `tests`)

The steps, all within the given time:

1. inputs that once failed (`inputs/`);
2. randomly mutated notebooks and frames, which depend on the seed only, so that a run can be repeated;
3. a sample of files and frames of the largest size;
4. both readers again, each in its own process, guided by code coverage (atheris).

An input that fails is kept in `inputs/` and replayed from then on, here and by the usual tests. The exit code
is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

from fuzz import frames, notebooks
from fuzz.targets import FRAMES, INPUTS, NOTEBOOKS, Target
from grader.inside import wire
from grader.notebook.limits import FILE_LIMITS

HERE = Path(__file__).parent
MEMORY = 768 << 20  # bytes that one input may take, beyond what all imports take
SHARES = {"notebooks": 0.45, "frames": 0.1, "giants": 0.15}  # of the time; the guided runs get the rest


class Tally:
    """Counts outcomes, and keeps one failing input of each kind and place."""

    def __init__(self, target: Target, what: str) -> None:
        self.target = target
        self.what = what
        self.counts: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.traces: dict[str, str] = {}
        self.slowest = 0.0
        self.begun = time.monotonic()

    def try_one(self, data: bytes, keep: bool = True) -> None:
        begun = time.process_time()
        try:
            self.counts[self.target.check(data)] += 1
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self.fail(data, error, keep)
        self.slowest = max(self.slowest, time.process_time() - begun)

    def fail(self, data: bytes, error: BaseException, keep: bool) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        last = next(
            (frame for frame in reversed(frames) if not frame.filename.startswith(str(HERE))), frames[-1]
        )
        kind = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
        self.counts["failed"] += 1
        self.failures[kind] += 1
        if kind in self.traces:
            return
        where = "a kept file"
        if keep:
            path = INPUTS / self.target.name / (hashlib.sha256(data).hexdigest()[:16] + self.target.suffix)
            if len(data) <= 1_000_000:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            where = (
                str(path)
                if path.exists()
                else f"{len(data):,} bytes, too many to keep: {data[:80]!r} ... {data[-40:]!r}"
            )
        self.traces[kind] = f"{where}\n{''.join(traceback.format_exception(error, limit=-6))}"

    def result(self) -> dict[str, object]:
        return {
            "counts": self.counts,
            "failures": self.failures,
            "traces": self.traces,
            "slowest": self.slowest,
            "seconds": time.monotonic() - self.begun,
        }


def report(target: Target, what: str, result: dict, more: str = "") -> int:
    counts = result["counts"]
    outcomes = " ".join(
        f"{counts.get(outcome, 0):9,} {outcome}" for outcome in ("accepted", "refused", "failed")
    )
    took = f"{result['seconds']:7.1f} s  slowest {result['slowest']:.2f} s"
    print(f"{target.name:10} {what:20}{sum(counts.values()):10,} inputs: {outcomes} {took}{more}", flush=True)
    for kind, count in result["failures"].items():
        print(
            f"    {kind}: {count:,}\n        " + result["traces"][kind].replace("\n", "\n        "),
            flush=True,
        )
    return sum(result["failures"].values())


def tried(target: Target, what: str, inputs: Iterable[bytes], deadline: float, keep: bool = True) -> int:
    """Check all inputs for which there is time. Returns how many failed."""
    tally = Tally(target, what)
    short = ""
    for data in inputs:
        if time.monotonic() > deadline:
            short = "  (out of time)"
            break
        tally.try_one(data, keep)
    return report(target, what, tally.result(), short)


def drawn(
    seeds: list[bytes], mutate: Callable[[bytes, Random], bytes], draw: Random, count: int
) -> Iterator[bytes]:
    return (mutate(draw.choice(seeds), draw) for _ in range(count))


def sampled(inputs: Iterable[bytes], draw: Random, share: float) -> Iterator[bytes]:
    return (data for data in inputs if draw.random() < share)


def bound_memory() -> None:
    """Limit memory, so that a greedy reader gets a MemoryError, which is a failure."""
    import torch

    torch.set_num_threads(1)
    torch.ones(2).requires_grad_().sum().backward()  # makes torch load everything now
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, hard))


def guided(target: Target, seconds: float, seed: int) -> int:
    """Run atheris in its own process, since it ends its process. The last line of output is the result."""
    command = [sys.executable, "-m", "fuzz.guided", target.name, f"{seconds:.0f}", str(seed)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=seconds + 60, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"{target.name:10} guided: no end after {seconds + 60:.0f} s")
        return 1
    if "No module named 'atheris'" in done.stderr:
        print(f"{target.name:10} guided: left out, atheris is not installed")
        return 0
    try:
        result = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        print(f"{target.name:10} guided: ended with code {done.returncode}\n{done.stderr[-3000:]}")
        return 1
    return report(target, "guided by coverage", result, f"  {result['covered']}")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120, help="time for all steps (default 120)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all random choices (default 0)")
    parser.add_argument(
        "--notebooks", type=int, default=100_000, help="most mutated notebooks to try (default 100,000)"
    )
    parser.add_argument(
        "--frames", type=int, default=10_000, help="most mutated frames to try (default 10,000)"
    )
    return parser.parse_args()


def random_steps(seconds: float, seed: int, most: dict[Target, int]) -> int:
    """Steps 1 to 3. Returns how many inputs failed."""
    draw = Random(seed)
    until = lambda share: time.monotonic() + share * seconds  # noqa: E731
    makers = {NOTEBOOKS: notebooks, FRAMES: frames}
    failed = 0
    for target in makers:
        kept = (path.read_bytes() for path in target.kept)
        failed += tried(target, "kept from before", kept, until(1), keep=False)
    seeds = {target: maker.seeds() for target, maker in makers.items()}
    for target in makers:
        failed += tried(target, "unchanged", seeds[target], until(1))
    for target, maker in makers.items():
        inputs = drawn(seeds[target], maker.mutated, draw, most[target])
        failed += tried(target, "mutated", inputs, until(SHARES[target.name]))

    part = min(1.0, seconds / 600)  # trying all of them takes minutes
    large = sampled(notebooks.giants(draw, FILE_LIMITS.file_bytes), draw, part)
    failed += tried(NOTEBOOKS, "of the largest size", large, until(SHARES["giants"] * 2 / 3))
    large = sampled(frames.giants(draw, wire.MAX_HEADER), draw, part)
    return failed + tried(FRAMES, "of the largest size", large, until(SHARES["giants"] / 3))


def main() -> int:
    chosen = options()
    os.environ["OMP_NUM_THREADS"] = "1"
    begun = time.monotonic()
    print(
        f"Python {platform.python_version()}, seed {chosen.seed}, {chosen.seconds:.0f} s in all", flush=True
    )
    bound_memory()
    most = {NOTEBOOKS: chosen.notebooks, FRAMES: chosen.frames}
    failed = random_steps(chosen.seconds, chosen.seed, most)
    left = max(10.0, chosen.seconds - (time.monotonic() - begun))
    for target, part in ((NOTEBOOKS, 0.6), (FRAMES, 0.4)):
        # Its imports take about four seconds.
        failed += guided(target, max(5.0, left * part - 4), chosen.seed)
    print(f"{failed:,} failed" if failed else "nothing failed", f"in {time.monotonic() - begun:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
