"""A kernel without a sandbox: an ordinary process that reads its order (see `plain_messages`)."""

from __future__ import annotations

import os
import signal
import socket
import sys

from .plain_messages import StartOrder


def main() -> None:
    """Read the order, connect to the worker and run the kernel until the process is killed."""
    order = StartOrder.from_json(sys.stdin.buffer.read())
    from . import absent, compiler, kernel

    # This also imports torch before the first cell, whose limits are for what it computes.
    compiler.postpone()
    absent.stand_in(order.absent)

    if sys.platform == "linux":
        from . import seal

        # A killed grader leaves no kernel behind.
        seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGKILL)

    probe = socket.create_connection(("127.0.0.1", order.probe))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)

    def report_ready() -> None:
        probe.sendall(order.token.encode())

    if sys.platform == "win32":
        import asyncio

        # ZeroMQ needs a selector.
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    kernel.run(order.channels, probe, order.seed, report_ready)


if __name__ == "__main__":
    main()
