"""What the parts say: on the terminal with the part's name in front, and in a file a part."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

BYTES_A_FILE = 5 * 1024 * 1024
OLD_FILES = 3
LONGEST_LINE = 64 * 1024
LAST_LINES = 12
WAITING_LINES = 1000
LAST_WORDS_SECONDS = 0.3


class Terminal:
    """The terminal of whoever started us; it may stop reading or go away at any time.

    A thread of its own writes: one that stops reading (Ctrl-S, a pager, a dead connection) holds up nothing else. Up to
    ``room`` lines wait for it; what comes then is dropped until those are shown, and said to be missing in its place.
    """

    def __init__(self, stream: TextIO | None = None, *, width: int = 10, room: int = WAITING_LINES) -> None:
        self._descriptor, self._encoding = _behind(stream or sys.stdout)
        self._width = width
        self._room = room
        self._waiting: deque[str] = deque()
        self._dropped = 0
        self._writing = False
        self._changed = threading.Condition()
        threading.Thread(target=self._write_for_ever, name="terminal", daemon=True).start()

    def show(self, name: str, line: str) -> None:
        """One line of the part ``name``; returns at once, whether anybody reads or not."""
        with self._changed:
            if self._dropped or len(self._waiting) >= self._room:
                self._dropped += 1
            else:
                self._waiting.append(self._named(name, line))
            self._changed.notify_all()

    def close(self, *, within: float = LAST_WORDS_SECONDS) -> None:
        """Wait until all is shown; ``within`` seconds at most, since nobody may be reading."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._waiting or self._dropped or self._writing), within)

    def _named(self, name: str, line: str) -> str:
        return f"{name:<{self._width}} | {line}\n"

    def _write_for_ever(self) -> None:
        while True:
            self._write(self._next())

    def _next(self) -> str:
        with self._changed:
            self._writing = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._dropped)
            self._writing = True
            if self._waiting:
                return self._waiting.popleft()
            dropped, self._dropped = self._dropped, 0
        said = f"{dropped} lines are missing here, because nobody read them in time; the log files have them."
        return self._named("terminal", said)

    def _write(self, line: str) -> None:
        """Nobody being there any more is no reason to stop the service.

        It goes past the stream's buffer: a write that nobody reads would hold that one's lock for ever, and Python
        aborts when it cannot flush at its end.
        """
        rest = line.encode(self._encoding, "replace")
        try:
            while rest and self._descriptor is not None:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            self._descriptor = None


def _behind(stream: TextIO | None) -> tuple[int | None, str]:
    """The descriptor that a stream writes to, and its encoding; None when there is none, or it is closed."""
    try:
        return (stream.fileno(), stream.encoding) if stream else (None, "utf-8")
    except (OSError, ValueError):
        return None, "utf-8"


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
