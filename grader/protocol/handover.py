"""Hands one end of a line, a connected socket, from process to process."""

from __future__ import annotations

import os
import socket
from multiprocessing import reduction
from multiprocessing.connection import Connection


def give(connection: Connection, line: socket.socket) -> None:
    """Send `line` over `connection` and close it here."""
    if os.name == "nt":
        connection.send(line)
    else:
        reduction.send_handle(connection, line.fileno(), None)
    line.close()


def take(connection: Connection) -> socket.socket:
    """The line that the other side gives. Raises EOFError where there is no other side any more."""
    if os.name == "nt":
        return connection.recv()
    return socket.socket(fileno=reduction.recv_handle(connection))
