"""Sessions for a rubric: with a real probe, or with answers that a test makes up."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.rubric.probe_client import ProbeClient
from grader.rubric.student import Student
from probes import ProbeSession, end_long_waits


@pytest.fixture
def session() -> Iterator[Callable[..., ProbeSession]]:
    """Makes sessions with the namespaces given, and closes them."""
    with contextlib.ExitStack() as opened:

        def make(*arguments: Any, **namespace: Any) -> ProbeSession:
            made = ProbeSession(namespace, *arguments)
            opened.callback(made.close)
            return made

        yield make


@pytest.fixture
def answering() -> Iterator[Callable[..., tuple[Student, ProbeClient]]]:
    """Gives a Student whose session answers with the given bytes, then hangs up or is silent."""
    with contextlib.ExitStack() as opened:

        def make(
            *answers: bytes, query_state: Callable[[float, bool], None] = end_long_waits, hang_up: bool = True
        ) -> tuple[Student, ProbeClient]:
            ours, theirs = socket.socketpair()
            client = ProbeClient(ours, query_state)

            def speak() -> None:
                with contextlib.suppress(OSError):
                    for answer in answers:
                        theirs.recv(1 << 20)
                        theirs.sendall(answer)
                    if hang_up:
                        theirs.recv(1 << 20)
                        theirs.close()

            thread = threading.Thread(target=speak, daemon=True)
            thread.start()
            opened.callback(theirs.close)
            opened.callback(thread.join, 5)
            opened.callback(ours.close)
            return Student(lambda: client, lambda name: True), client

        yield make
