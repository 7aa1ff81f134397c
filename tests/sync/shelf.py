"""A source for tests: a shelf of records in the order of their changes, behind the connectors' interface.

Nothing is faked about reading: pages and cursors behave as a real system's do. ``before_page`` lets a
test act while a worker waits for a page; ``errors`` are what the system says instead of a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from connectors.interface import Connector, Context
from connectors.messages import Page, Question, Record, StreamSpec
from controlplane.sync.sources import OpenSource


@dataclass
class Shelf:
    """Records by id, each with the place of its last change; later changes have higher places."""

    records: dict[str, tuple[int, Record]] = field(default_factory=dict)
    place: int = 0
    #: Called with the number of the page asked for, from 1, counted over all reads.
    before_page: Callable[[int], None] = lambda _number: None
    asked: int = 0
    #: By the number of the page asked for.
    errors: dict[int, Exception] = field(default_factory=dict)
    #: The system says which page is the last, and begins anew after it: its cursor is empty then.
    begins_anew: bool = False
    #: The system takes an hour for each page.
    hangs: bool = False
    #: The cursor of every read that was begun, and the context of the last.
    begun: list[dict[str, Any]] = field(default_factory=list)
    context: Context | None = None
    #: The ids of records that were taken one by one, and of those that nobody gets that way.
    taken: list[str] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)

    def put(self, identifier: str, **fields: Any) -> Record:
        """Make or change a record."""
        self.place += 1
        record = Record(identifier, {"id": identifier, **fields}, version=self.place)
        self.records[identifier] = (self.place, record)
        return record

    def fill(self, count: int, prefix: str = "p") -> None:
        """So many records, ``p1`` first."""
        for number in range(1, count + 1):
            self.put(f"{prefix}{number}", name=f"Party {number}", code=f"C-{number:04}")

    def bury(self, identifier: str) -> None:
        """Delete a record and leave a tombstone in the stream of changes."""
        self.place += 1
        gone = replace(self.records[identifier][1], deleted=True, fields={}, version=self.place)
        self.records[identifier] = (self.place, gone)

    def lose(self, *identifiers: str) -> None:
        """Delete records without a word."""
        for identifier in identifiers:
            del self.records[identifier]

    def before(self, page: int, act: Callable[[], object]) -> None:
        """Something happens while a worker waits for this page."""
        self.before_page = lambda number: void(act()) if number == page else None

    def after(self, place: int) -> list[tuple[int, Record]]:
        """What changed after ``place``, oldest change first."""
        return sorted((entry for entry in self.records.values() if entry[0] > place), key=lambda entry: entry[0])


def void(_value: object) -> None:
    """Forget what something gave back."""


class ShelfConnector(Connector):
    """Reads a shelf; ``shelf`` is set on a subclass for each test."""

    kind: ClassVar[str] = "shelf"
    title: ClassVar[str] = "Shelf"
    streams: ClassVar[tuple[StreamSpec, ...]] = (StreamSpec(name="party", key="id", cursor_field="after"),)
    volatile: ClassVar[Mapping[str, frozenset[str]]] = {"party": frozenset({"touched"})}
    shelf: ClassVar[Shelf]

    async def read(self, stream: str, cursor: Mapping[str, Any]) -> AsyncIterator[Page]:
        """Pages in the order of changes; ``after`` is the place of the last record read."""
        shelf, size, after = self.shelf, self.context.settings["page_size"], cursor.get("after", 0)
        shelf.begun.append(dict(cursor))
        shelf.context = self.context
        while entries := shelf.after(after)[:size]:
            if shelf.asked in shelf.errors:
                raise shelf.errors[shelf.asked]
            if shelf.hangs:
                await asyncio.sleep(3600)
            after = entries[-1][0]
            last = shelf.begins_anew and not shelf.after(after)
            cursor = {} if last else {"after": after}
            yield Page(tuple(record for _, record in entries), cursor, total=len(shelf.records), last=last)


class ListingShelfConnector(ShelfConnector):
    """A shelf whose ids can be listed without reading the records."""

    async def identifiers(self, stream: str) -> AsyncIterator[tuple[str, ...]]:
        """All ids, three at a time."""
        ids = [key for key, (_, record) in self.shelf.records.items() if not record.deleted]
        for first in range(0, len(ids), 3):
            yield tuple(ids[first : first + 3])


class OpenShelfConnector(ListingShelfConnector):
    """A shelf from which one record can be taken, too."""

    streams: ClassVar[tuple[StreamSpec, ...]] = (
        StreamSpec(name="party", key="id", cursor_field="after", found_by=("id",)),
    )

    async def find(self, question: Question) -> Record | None:
        """The record of that id."""
        self.check_question(question.stream, question.by, self.context.settings)
        self.shelf.taken.append(question.key)
        _, record = self.shelf.records.get(question.key, (0, None))
        return None if question.key in self.shelf.locked else record


def watched(shelf: Shelf, pages: Callable[..., Iterator[Page]]) -> Callable[..., Iterator[Page]]:
    """``OpenSource.pages``, telling ``before_page`` each time a page is asked for, while no event loop runs."""

    def stepwise(source: OpenSource, cursor: Mapping[str, Any]) -> Iterator[Page]:
        found = pages(source, cursor)
        while True:
            shelf.asked += 1
            shelf.before_page(shelf.asked)
            page = next(found, None)
            if page is None:
                return
            yield page

    return stepwise
