"""What the parts say: on the terminal with the part's name in front, and in a file a part."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

BYTES_A_FILE = 5 * 1024 * 1024
OLD_FILES = 3
LONGEST_LINE = 64 * 1024
LAST_LINES = 12


class Terminal:
    """The terminal of whoever started us; it may go away at any time."""

    def __init__(self, stream: TextIO | None = None, *, width: int = 10) -> None:
        self._stream: TextIO | None = stream or sys.stdout
        self._width = width

    def show(self, name: str, line: str) -> None:
        """One line of the part ``name``. Nobody reading any more is no reason to stop the service."""
        if self._stream is None:
            return
        try:
            self._stream.write(f"{name:<{self._width}} | {line}\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._stream = None


class Logbook:
    """The words of one part."""

    def __init__(self, name: str, folder: Path, terminal: Terminal) -> None:
        self.name = name
        self.path = folder / f"{name}.log"
        self.last: deque[str] = deque(maxlen=LAST_LINES)
        self._terminal = terminal
        self._file = RotatingFileHandler(
            self.path, maxBytes=BYTES_A_FILE, backupCount=OLD_FILES, encoding="utf-8", errors="replace"
        )

    def write(self, line: str) -> None:
        """Keep and show one line. A full disk costs the line, not the service."""
        self.last.append(line)
        self._terminal.show(self.name, line)
        self._file.handle(logging.makeLogRecord({"msg": line}))

    async def follow(self, descriptor: int) -> None:
        """Write what comes out of a pipe until all its writers are gone; closes it."""
        with open(descriptor, "rb", buffering=0) as pipe:  # noqa: ASYNC230 - asyncio reads it without blocking
            reader = asyncio.StreamReader(limit=LONGEST_LINE)
            protocol = asyncio.StreamReaderProtocol(reader)
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
            try:
                while line := await _line(reader):
                    self.write(line.decode(errors="replace").rstrip())
            finally:
                transport.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The next line, or a piece of one that is too long; empty at the end."""
    try:
        return await reader.readuntil()
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as long:
        return await reader.read(long.consumed)


logging.raiseExceptions = False
