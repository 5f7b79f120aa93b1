"""An IPython kernel in this very process, with the probe socket served between its cells."""

from __future__ import annotations

import asyncio
import io
import random
import socket
import sys
from collections.abc import Callable

from .channels import Channels


class SilentStream(io.TextIOBase):
    """A standard stream of a kernel whose output nobody reads."""

    encoding = "UTF-8"

    def writable(self) -> bool:
        """Yes, as standard streams are."""
        return True

    def write(self, text: str) -> int:
        """Drop the text. Raises TypeError for anything else, as any text stream does."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        return len(text)


def run(channels: Channels | None, probe: socket.socket, seed: int, report_ready: Callable[[], None]) -> None:
    """Seed the generators, start the kernel, report that it is ready, and serve until the process is killed.

    Without `channels`, cells come by the probe socket, nobody reads what they put out, and no image is made
    of their plots.
    """
    from IPython.core import pylabtools

    from .application import application
    from .probe import Probe

    app = application()
    seed_everything(seed)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    if channels is None:
        pylabtools.select_figure_formats(app.shell, set())
        sys.stdout, sys.stderr = SilentStream(), SilentStream()
    else:
        app.open_channels(channels)
    # For `%%writefile helpers.py` and then `import helpers`, as in every Jupyter.
    sys.path.insert(0, "")

    async def execute(source: str) -> bool:
        """Run one cell as if it came by the kernel's channels. Return whether it ran to its end."""
        app.kernel.pre_handler_hook()
        try:
            reply = await app.kernel.do_execute(source, silent=False)
        finally:
            app.kernel.post_handler_hook()
        return reply["status"] == "ok"

    Probe(probe, lambda: app.shell.user_ns, execute).listen(loop)
    app.kernel.start()
    report_ready()
    while True:
        # A cell that stops the loop ends one round of it.
        loop.run_forever()


def seed_everything(seed: int) -> None:
    """Seed the generators of Python, NumPy and torch."""
    import numpy
    import torch

    random.seed(seed)
    numpy.random.seed(seed)
    # Only the processor's generator: `torch.manual_seed` also seeds GPU generators, which costs 2 ms.
    torch.default_generator.manual_seed(seed)
