"""An unprotected kernel: an ordinary child process (see grader.inside.plain_messages)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.inside.channels import Channels
from grader.inside.plain_messages import StartOrder
from grader.inside.warm_messages import End
from grader.model.limits import Limits
from grader.worker.process import CHANNELS, CLOSED, START_S, EndReason, Usage, connection_info, death_of


class PlainProcess:
    """A child process without any protection: it can do whatever the user who runs the grader can do."""

    bound_in: str | None = None

    def __init__(self, limits: Limits, seed: int, records_output: bool, absent: tuple[str, ...] = ()) -> None:
        import psutil

        self.folder = Path(tempfile.mkdtemp(prefix="grader-plain-"))
        self.ended: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        key, token = secrets.token_hex(16), secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(START_S)
            ports = _free_ports()
            self.connection = connection_info("tcp", "127.0.0.1", key, ports) if records_output else None
            addresses = {name: f"tcp://127.0.0.1:{port}" for name, port in ports.items()}
            channels = Channels(key, **addresses) if records_output else None
            work = self.folder / "work"
            work.mkdir()
            order = StartOrder(channels, seed, token, listener.getsockname()[1], absent)
            environment = {
                **os.environ,
                "OMP_NUM_THREADS": "1",
                "PYTHONHASHSEED": "0",
                "IPYTHONDIR": str(self.folder),
                "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            }
            self.child = subprocess.Popen(
                [sys.executable, "-m", "grader.inside.plain"],
                cwd=work,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=os.name == "posix",
            )
            assert self.child.stdin is not None
            # A child that has ended already reads nothing; `_accept` says so.
            with contextlib.suppress(BrokenPipeError), self.child.stdin:
                self.child.stdin.write(order.to_json())
            self.probe = self._accept(listener, token)
        self._psutil = psutil.Process(self.child.pid)
        self.limit_mb = limits.memory_mb
        self._lent_mb = self._used()[1]
        self._reaper = asyncio.get_running_loop().create_task(self._watch())

    def _accept(self, listener: socket.socket, token: str) -> socket.socket:
        """The kernel's own connection: the first one that brings the token."""
        deadline = time.monotonic() + START_S
        listener.settimeout(0.2)
        while time.monotonic() < deadline and self.child.poll() is None:
            with contextlib.suppress(TimeoutError, ConnectionError):
                caller, _ = listener.accept()
                caller.settimeout(START_S)
                if secrets.compare_digest(caller.recv(len(token)), token.encode()):
                    return caller
                caller.close()
        self.child.kill()
        raise OSError("no kernel could be started: is ipykernel installed in this Python?")

    async def _watch(self) -> None:
        while self.child.poll() is None:
            await asyncio.sleep(0.05)
        if not self.ended.done():
            code = self.child.returncode
            self.ended.set_result(death_of(End(code, -code if code < 0 else None)))

    def usage(self) -> Usage:
        """What the process and its descendants use, as psutil counts."""
        cpu_s, memory_mb = self._used()
        return Usage(cpu_s, over_memory=memory_mb - self._lent_mb > self.limit_mb)

    def lower_weight(self) -> None:
        """No-op: plain processes have no CPU weight."""

    def raise_weight(self) -> None:
        """No-op: plain processes have no CPU weight."""

    def ran_out(self) -> bool:
        """False: only a control group knows."""
        return False

    def _used(self) -> tuple[float, float]:
        """CPU seconds and megabytes of the process and its descendants."""
        import psutil

        cpu_s = memory_mb = 0.0
        with contextlib.suppress(psutil.Error):
            for process in (self._psutil, *self._psutil.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    times = process.cpu_times()
                    cpu_s += times.user + times.system
                    memory_mb += process.memory_info().rss / (1 << 20)
        return cpu_s, memory_mb

    def kill(self, reason: EndReason) -> None:
        """Kill the process and its descendants."""
        import psutil

        if not self.ended.done():
            self.ended.set_result(reason)
        with contextlib.suppress(psutil.Error):
            for process in (*self._psutil.children(recursive=True), self._psutil):
                with contextlib.suppress(psutil.Error):
                    process.kill()

    async def gone(self) -> None:
        """No-op: `close` waits for the first process, and the others may be unknown."""

    def close(self) -> None:
        """Kill what still runs and release everything."""
        self.kill(CLOSED)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(2)
        self._reaper.cancel()
        self.probe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_ports() -> dict[str, int]:
    with contextlib.ExitStack() as stack:
        return {
            name: stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            for name in CHANNELS
        }
