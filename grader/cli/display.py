"""What a person sees while a command works: a bar on a terminal, plain lines elsewhere. The one owner of rich."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.language.clean import plain

PLAIN_EVERY_S = 5.0  # between two plain lines, so that a log stays readable
WIDTH = 200  # of tables where there is no terminal


class Step(Protocol):
    def __call__(self, words: str) -> None: ...


@contextmanager
def progress(total: int, title: str, quiet: bool = False, verbose: bool = False) -> Iterator[Step]:
    """Count `total` steps on standard error. Yields what is called after each, with a few words on it. `verbose`: a line for each."""
    if quiet:
        yield lambda words: None
    elif sys.stderr.isatty() and not verbose:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[words]}", markup=False),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=total, words="")
            yield lambda words: bar.update(task, advance=1, words=plain(words)[:40])
    else:
        yield _Lines(total, title, 0.0 if verbose else PLAIN_EVERY_S)


class _Lines:
    """Progress where nobody watches a screen: a line now and then, and always the last."""

    def __init__(self, total: int, title: str, every_s: float) -> None:
        self.total, self.title, self.every_s = total, title, every_s
        self.count = 0
        self.begun = self.last = time.monotonic()

    def __call__(self, words: str) -> None:
        self.count += 1
        now = time.monotonic()
        if now - self.last >= self.every_s or self.count == self.total:
            left = (now - self.begun) / self.count * (self.total - self.count)
            more = (
                f", about {left:.0f} s left" if self.count < self.total else f", in {now - self.begun:.0f} s"
            )
            print(
                f"{self.title} {self.count}/{self.total}{more}: {plain(words)}", file=sys.stderr, flush=True
            )
            self.last = now


def note(words: str, quiet: bool = False) -> None:
    """A line on standard error."""
    if not quiet:
        print(plain(words), file=sys.stderr, flush=True)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> None:
    """A table on standard output; the columns in `numbers` are aligned to the right. Nothing in it is markup."""
    _console().print(_drawn(headings, rows, numbers))


def fits(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Whether a table is no wider than the terminal, so that nothing of it is cut or broken."""
    console = _console()
    return (
        Measurement.get(console, console.options.update(max_width=10_000), _drawn(headings, rows, ())).maximum
        <= console.width
    )


def _drawn(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int]) -> Table:
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    right = set(numbers)
    for place, heading in enumerate(headings):
        drawn.add_column(Text(heading), justify="right" if place in right else "left", no_wrap=place == 0)
    for row in rows:
        drawn.add_row(*(Text(plain(cell)) for cell in row))
    return drawn


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
