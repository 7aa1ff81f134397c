"""What is shown on a terminal, and what becomes of it when nobody reads, or nobody is there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from io import StringIO
from typing import TextIO

import pytest

from controlplane.standalone.logbook import Terminal
from tests.standalone.waiting import until

LINE = "x" * 4095


@pytest.fixture
def pipe() -> Iterator[tuple[TextIO, TextIO]]:
    """Both ends of a terminal that holds one page."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as writer:
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
        yield reader, writer


def test_lines_are_shown_in_their_order_before_the_end(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    terminal = Terminal(writer)
    for word in ("one", "two"):
        terminal.show("web", word)
    terminal.close(within=10)
    writer.close()
    assert reader.read() == "web        | one\nweb        | two\n"


def test_what_nobody_read_in_time_is_counted_where_it_is_missing(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    terminal = Terminal(writer, room=2)
    terminal.show("web", LINE)
    until(lambda: not terminal._waiting)  # the thread has it in hand, and cannot get rid of it
    for word in ("waits", "waits, too", "dropped", "dropped, too"):
        terminal.show("web", word)
    terminal.close(within=0)
    shown = [reader.readline() for _ in range(4)]
    terminal.close(within=10)
    terminal.show("web", "after it")
    shown.append(reader.readline())
    assert shown == [
        f"web        | {LINE}\n",
        "web        | waits\n",
        "web        | waits, too\n",
        "terminal   | 2 lines are missing here, because nobody read them in time; the log files have them.\n",
        "web        | after it\n",
    ]


def test_when_the_reader_is_gone_nothing_waits_for_it(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    terminal = Terminal(writer)
    reader.close()
    for _ in range(3):
        terminal.show("web", LINE)
    terminal.close(within=10)
    assert not terminal._waiting


def test_a_stream_without_a_descriptor_is_nobody() -> None:
    terminal = Terminal(StringIO())
    terminal.show("web", "said")
    terminal.close(within=10)
    assert not terminal._waiting
