"""A connected socket is handed to another process through a connection."""

from __future__ import annotations

import multiprocessing
import socket

import pytest

from grader.protocol.handover import receive_socket, send_socket


def test_a_socket_arrives_connected() -> None:
    """What is sent to one end arrives at the socket that was received; the sender's own copy is closed."""
    ours, theirs = multiprocessing.Pipe()
    one, other = socket.socketpair()
    send_socket(ours, one)
    assert one.fileno() == -1
    received = receive_socket(theirs)
    other.sendall(b"hello")
    assert received.recv(10) == b"hello"
    received.close()
    assert other.recv(1) == b""
    for each in (ours, theirs, other):
        each.close()


def test_several_in_order() -> None:
    """Sockets arrive in the order in which they were sent, between other messages."""
    ours, theirs = multiprocessing.Pipe()
    pairs = [socket.socketpair() for _ in range(3)]
    for number, (one, _) in enumerate(pairs):
        ours.send(number)
        send_socket(ours, one)
    for number, (_, other) in enumerate(pairs):
        assert theirs.recv() == number
        received = receive_socket(theirs)
        received.sendall(bytes([number]))
        assert other.recv(1) == bytes([number])
        received.close()
        other.close()
    ours.close()
    theirs.close()


def test_the_other_side_has_gone() -> None:
    """It is an EOFError or an OSError, which ends the receiver."""
    ours, theirs = multiprocessing.Pipe()
    ours.close()
    with pytest.raises((EOFError, OSError)):
        receive_socket(theirs)
    theirs.close()
