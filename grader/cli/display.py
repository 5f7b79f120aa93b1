"""What a person sees while a command works: a bar on a terminal, plain lines elsewhere. Uses rich."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TextIO

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.measure import Measurement
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from grader.language.clean import plain

PLAIN_EVERY_S = 5.0  # between two plain lines, so that a log stays readable
WIDTH = 200  # columns of a table that is not shown on a terminal
DETAIL = 40  # characters of a step's description next to the bar


# A word with the spaces behind it, or a Chinese character with the punctuation behind it.
CHINESE, CLOSING = "\u3400-\u9fff", "\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\uff09\u300b\u201d\u300d"
WORDS = re.compile(rf"[{CHINESE}][{CLOSING}]*\s*|[^\s{CHINESE}]+\s*|\s+")
MIN_WIDTH = 20  # columns of a paragraph, however narrow the terminal
WIDEST = 100  # columns of a paragraph: longer lines are hard to read


def say(text: str, before: str = "", style: str = "", stream: TextIO | None = None) -> None:
    """Print a paragraph, `before` in front of its first line and as much space in front of the others.

    `stream` is standard output by default. On a terminal the paragraph is broken between words and has
    colors, unless NO_COLOR is set. Elsewhere it is one line.
    """
    stream = stream or sys.stdout
    if not stream.isatty():
        print(f"{before}{text}" if text else before.rstrip(), file=stream)
        return
    console = Console(file=stream, highlight=False)
    width = min(console.width, WIDEST) - cell_len(before)
    for line in wrapped(text, max(width, MIN_WIDTH)):
        console.print(Text(before + line), style=style or None, soft_wrap=True)
        before = " " * cell_len(before)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, broken between words and between Chinese characters.

    A character of Chinese takes two columns, and no line begins with a comma or the like.
    """
    lines = [""]
    for part in WORDS.findall(text):
        if cell_len(lines[-1]) + cell_len(part.rstrip()) > width and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += part
        while cell_len(lines[-1].rstrip()) > width:  # a word that is longer than a line
            first = chop_cells(lines[-1], width)[0]
            lines[-1:] = [first, lines[-1][len(first) :]]
    return [line.rstrip() for line in lines]


class Step(Protocol):
    """Called once for each finished step."""

    def __call__(self, description: str) -> None:
        """Count one step; `description` says in a few words what was finished."""


@contextmanager
def progress(total: int, title: str, quiet: bool = False, verbose: bool = False) -> Iterator[Step]:
    """Count `total` steps on standard error. `verbose` prints a line for every step, `quiet` nothing."""
    if quiet:
        yield lambda description: None
    elif sys.stderr.isatty() and not verbose:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[detail]}", markup=False),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=total, detail="")
            yield lambda description: bar.update(task, advance=1, detail=plain(description)[:DETAIL])
    else:
        yield _PlainProgress(total, title, 0.0 if verbose else PLAIN_EVERY_S)


@contextmanager
def waiting(quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Say on the terminal what is being waited for, and for how long. Otherwise, or if `quiet`, nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda words: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        task = display.add_task("", total=None)
        yield lambda words: display.update(task, description=plain(words))


class _PlainProgress:
    """Progress in a log: a line now and then, and always one for the last step."""

    def __init__(self, total: int, title: str, every_s: float) -> None:
        self.total, self.title, self.every_s = total, title, every_s
        self.count = 0
        self.started = self.last = time.monotonic()

    def __call__(self, description: str) -> None:
        self.count += 1
        now = time.monotonic()
        if now - self.last < self.every_s and self.count < self.total:
            return
        self.last = now
        spent = now - self.started
        if self.count < self.total:
            estimate = f"about {spent / self.count * (self.total - self.count):.0f} s left"
        else:
            estimate = f"in {spent:.0f} s"
        note(f"{self.title} {self.count}/{self.total}, {estimate}: {plain(description)}")


def note(message: str, quiet: bool = False) -> None:
    """Print a line on standard error, unless `quiet`."""
    if not quiet:
        print(plain(message), file=sys.stderr, flush=True)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> None:
    """Print a table on standard output, columns in `numbers` right-aligned. Cells are text, not markup."""
    _console().print(_layout(headings, rows, numbers))


def fits(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Whether a table is no wider than the terminal, so that no cell is cut or wrapped."""
    console = _console()
    unlimited = console.options.update(max_width=10_000)
    return Measurement.get(console, unlimited, _layout(headings, rows, ())).maximum <= console.width


def _layout(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int]) -> Table:
    layout = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    right_aligned = set(numbers)
    for index, heading in enumerate(headings):
        layout.add_column(
            Text(heading), justify="right" if index in right_aligned else "left", no_wrap=index == 0
        )
    for row in rows:
        layout.add_row(*(Text(plain(cell)) for cell in row))
    return layout


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
