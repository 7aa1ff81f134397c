"""uvicorn in a thread, as the installation starts it, and somebody who speaks to it byte by byte."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from controlplane.foundation.bounded_http import BoundedHttp


@contextmanager
def serving(application: Any, **options: Any) -> Iterator[int]:
    """The port of a server of ``application`` on loopback."""
    # Whoever the machine keeps waiting has not gone away.
    options = {"timeout_keep_alive": 120} | options
    config = uvicorn.Config(
        application,
        port=0,
        log_config=None,
        ws="websockets-sansio",
        http=BoundedHttp,
        access_log=False,
        proxy_headers=False,
        **options,
    )
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def said(port: int, *pieces: bytes, ends: bool = True, patience: float = 5.0) -> bytes:
    """Everything that comes back for these bytes, until the server closes; ``ends`` closes our half after them.

    A server that has heard enough answers and resets the connection while we still speak, and whether we notice it in
    sending, in closing our half or not at all is a race; its answer lies in our socket's buffer in each case.
    """
    answer = b""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(patience)
        with contextlib.suppress(OSError):
            for piece in pieces:
                client.sendall(piece)
            if ends:
                client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(TimeoutError, ConnectionError):
            while part := client.recv(65536):
                answer += part
    return answer


def heard(client: socket.socket, number: int) -> bytes:
    """What comes back on an open connection: so many whole answers, or all that there is when the server ends it."""
    raw = b""
    while len(begun := raw.split(b"HTTP/1.1 ")) <= number or not begun[-1].partition(b"\r\n\r\n")[2]:
        part = client.recv(65536)
        if not part:
            break
        raw += part
    return raw


def answers(raw: bytes) -> list[tuple[int, bytes]]:
    """Status and body of each answer in what came back; raises when it is not answers from end to end."""
    found = []
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        version, status, *_ = head.split(b" ", 2)
        assert version == b"HTTP/1.1"
        if status == b"100":
            raw = rest
            continue
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
        length = int(fields[b"content-length"])
        found.append((int(status), rest[:length]))
        assert len(rest) >= length
        raw = rest[length:]
    return found


def statuses(raw: bytes) -> list[int]:
    """The status of each answer."""
    return [status for status, _ in answers(raw)]
