"""Transactions as they come and change: asked for again and again, each told once for each state that it is in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from client.api import Api

#: Seconds between two looks, and pages that one look goes back at most.
EVERY, MOST_PAGES = 2.0, 20
#: So many are remembered; what is older has left the newest pages long ago.
REMEMBERED = 5_000

Row = Mapping[str, Any]


class Following:
    """What a search finds from now on. A query travels in the body: what is personal in it is in no log."""

    def __init__(self, api: Api, query: str) -> None:
        self._api, self._query = api, query
        self._told: OrderedDict[str, str] = OrderedDict()
        self.missed = False

    def begin(self, shown: int) -> list[Row]:
        """The newest ``shown`` of what is there already, in the order in which they came."""
        rows: list[Row] = self._page(None)["rows"]
        for one in reversed(rows):
            self._remember(one)
        return rows[:shown][::-1]

    def look(self) -> list[Row]:
        """What has come or changed since, in order. ``missed``: more came than a look goes back."""
        fresh = [one for one in self._back() if self._told.get(one["id"]) != one["state"]]
        for one in reversed(fresh):
            self._remember(one)
        return fresh[::-1]

    def _back(self) -> Iterator[Row]:
        """Rows from the newest on, to the first page that has one which was told before."""
        cursor, self.missed = None, False
        for _ in range(MOST_PAGES):
            page = self._page(cursor)
            yield from page["rows"]
            cursor = page["next"]
            if cursor is None or any(one["id"] in self._told for one in page["rows"]):
                return
        self.missed = bool(self._told)

    def _page(self, cursor: str | None) -> Any:
        return self._api.post("transactions/search", {"q": self._query} | ({"cursor": cursor} if cursor else {}))

    def _remember(self, one: Row) -> None:
        self._told[one["id"]] = one["state"]
        self._told.move_to_end(one["id"])
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
