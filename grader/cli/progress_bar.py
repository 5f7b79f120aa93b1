"""Shows on standard error how far a use case has come."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from grader.classroom.progress import OnProgress, Progress
from grader.cli.display import Step, progress


@contextlib.contextmanager
def progress_bar(
    title: str | Mapping[str, str], quiet: bool = False, verbose: bool = False
) -> Iterator[OnProgress]:
    """Yield the callback for a use case, and show what it reports until the block ends.

    `title` is shown before the count; for a use case with several phases, a title for each. A bar or a first
    line appears with a phase's first report, which tells how many steps there are.
    """
    with contextlib.ExitStack() as display:
        step: Step | None = None

        def show(now: Progress) -> None:
            nonlocal step
            if now.done == 0:
                display.close()
                words = title if isinstance(title, str) else title[now.phase]
                step = display.enter_context(progress(now.total, words, quiet, verbose))
            elif step is not None:
                step(now.words)

        yield show
