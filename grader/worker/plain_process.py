"""An unprotected kernel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.model.limits import Limits
from grader.worker.process import CHANNELS, CLOSED, START_S, Fate, Usage, _connection, _how


class Plain:
    """An ordinary child process without any protection: it can do what the person who runs the grader can do."""

    def __init__(self, limits: Limits, seed: int, heard: bool) -> None:
        import psutil

        self.folder = Path(tempfile.mkdtemp(prefix="grader-plain-"))
        self.ended: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        key, token = secrets.token_hex(16), secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(START_S)
            ports = _free_ports()
            self.connection = _connection("tcp", "127.0.0.1", key, ports) if heard else None
            channels = (
                {"key": key, **{name: f"tcp://127.0.0.1:{port}" for name, port in ports.items()}}
                if heard
                else None
            )
            work = self.folder / "work"
            work.mkdir()
            order = {"channels": channels, "seed": seed, "token": token, "probe": listener.getsockname()[1]}
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
            with self.child.stdin:
                self.child.stdin.write(json.dumps(order).encode())
            self.probe = self._accept(listener, token)
        self._psutil = psutil.Process(self.child.pid)
        self.limit_mb = limits.memory_mb
        self._lent_mb = self._used()[1]
        self._reaper = asyncio.get_running_loop().create_task(self._watch())

    def _accept(self, listener: socket.socket, token: str) -> socket.socket:
        """The kernel's own connection: the first that knows the token."""
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
            self.ended.set_result(Fate("died", _how({"exit": code, "signal": -code if code < 0 else None})))

    def usage(self) -> Usage:
        cpu_s, memory_mb = self._used()
        return Usage(cpu_s, memory=memory_mb - self._lent_mb > self.limit_mb)

    def give_way(self) -> None:
        """Nothing keeps shares here."""

    def hurry(self) -> None:
        """Nor here."""

    def ran_out(self) -> bool:
        return False

    def _used(self) -> tuple[float, float]:
        """Seconds of computing and megabytes of its process and of all that it started."""
        import psutil

        cpu_s = memory_mb = 0.0
        with contextlib.suppress(psutil.Error):
            for process in (self._psutil, *self._psutil.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    times = process.cpu_times()
                    cpu_s += times.user + times.system
                    memory_mb += process.memory_info().rss / (1 << 20)
        return cpu_s, memory_mb

    def kill(self, fate: Fate) -> None:
        import psutil

        if not self.ended.done():
            self.ended.set_result(fate)
        with contextlib.suppress(psutil.Error):
            for process in (*self._psutil.children(recursive=True), self._psutil):
                with contextlib.suppress(psutil.Error):
                    process.kill()

    async def gone(self) -> None:
        """`close` waits for the first; nobody knows of all others."""

    def close(self) -> None:
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
