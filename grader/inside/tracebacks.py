"""Long tracebacks, cut to their first and last frames before IPython formats them.

IPython takes 7 ms for each frame beside torch, since it searches all modules for the frame's file. For an
endless recursion that was 7 to 18 s, most of a cell's time.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

# Frames of a traceback that is left as it is, and those that stay at either end of a longer one.
MOST, ENDS = 60, 8
# Errors that stay at either end of a chain of errors.
LINKS = 3


def shorten(error: BaseException) -> None:
    """Cut the tracebacks of an error, of those that led to it and of those in its groups, in place.

    A note on the error says what was left out.
    """
    chain = list(chain_of(error))
    shown = [*chain[:LINKS], *chain[max(LINKS, len(chain) - LINKS) :]]
    if len(shown) < len(chain):
        shown[LINKS - 1].__cause__ = None
        shown[LINKS - 1].__context__ = shown[LINKS]
        shown[LINKS - 1].__suppress_context__ = False
        error.add_note(f"({len(chain) - len(shown):,} errors in between are left out.)")
    for each in shown:
        if count := cut(each.__traceback__):
            each.add_note(f"({count:,} calls in the middle of this traceback are left out.)")
        if isinstance(each, BaseExceptionGroup):
            for inner in each.exceptions:
                shorten(inner)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """An error and the ones before it, as Python would show them, the last first."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def cut(trace: TracebackType | None) -> int:
    """Take all but the first and the last ENDS frames out of a long traceback. Returns how many that were."""
    frames = []
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    if len(frames) <= MOST:
        return 0
    frames[ENDS - 1].tb_next = frames[-ENDS]
    return len(frames) - 2 * ENDS
