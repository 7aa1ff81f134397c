"""Questions that tell whether a part is ready; each answers within two seconds."""

from __future__ import annotations

import errno
import socket

TIMEOUT_SECONDS = 2.0
LOOPBACK = "127.0.0.1"


def answers_ok(port: int, path: str, *, host: str) -> bool:
    """Whether ``GET path`` on the loopback port is answered with 200; ``host`` goes into the Host header."""
    request = f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()
    try:
        with socket.create_connection((LOOPBACK, port), TIMEOUT_SECONDS) as connection:
            connection.sendall(request)
            status = connection.makefile("rb").readline().split(b" ")
    except OSError:
        return False
    return status[1:2] == [b"200"]


def listens(address: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection((address, port), TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def port_taken(port: int) -> bool:
    """Whether another program listens on the loopback port."""
    with socket.socket() as tried:
        # As servers do: what lingers of closed connections is no obstacle.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((LOOPBACK, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
