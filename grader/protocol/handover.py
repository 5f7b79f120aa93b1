"""How a connected socket is handed from one process to another."""

from __future__ import annotations

import os
import socket
from multiprocessing import reduction
from multiprocessing.connection import Connection


def send_socket(connection: Connection, handed: socket.socket) -> None:
    """Send a socket over `connection` and close it here."""
    if os.name == "nt":
        connection.send(handed)
    else:
        reduction.send_handle(connection, handed.fileno(), None)
    handed.close()


def receive_socket(connection: Connection) -> socket.socket:
    """The socket that the other side sends. Raises EOFError or OSError if the other side has gone."""
    if os.name == "nt":
        return connection.recv()
    return socket.socket(fileno=reduction.recv_handle(connection))
