"""A destination that is never the bottleneck: takes every POST, remembers nothing, answers at once.

``python -m tests.load.sink PORT``; its answers are the same bytes each time, and requests are read just as far
as their length.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

BODY = b'{"ok":true}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Taking(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self) -> None:
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self.received += data
        while (length := _complete(self.received)) is not None:
            self.received = self.received[length:]
            self.transport.write(ANSWER)


def _complete(received: bytes) -> int | None:
    """The length of the first request, if all of it is there."""
    head, blank, _ = received.partition(b"\r\n\r\n")
    if not blank:
        return None
    _, _, rest = head.lower().partition(b"content-length:")
    length = len(head) + 4 + (int(rest.split(b"\r\n", 1)[0]) if rest else 0)
    return length if len(received) >= length else None


async def serve(port: int) -> None:
    """Take requests until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Taking, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
