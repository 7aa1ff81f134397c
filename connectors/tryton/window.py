"""The cursor of a stream: a fixed window of changes, walked by id.

Tryton stamps a record with the start of the transaction that wrote it, to the microsecond; a record of
a bulk import shares its stamp with thousands of others, a new one has no ``write_date``, and a long
transaction appears with a stamp that lies behind what was read already. So no page is cut by time:

* A *window* holds everything stamped at or after ``since``, walked by ``id > after``. Ids grow and do
  not change, so a page never comes twice and equal stamps do no harm. What is stamped again while
  the window is walked is seen now, or in the next window.
* ``upto`` is the newest stamp when the window was opened: the server's own clock, no other is
  compared with it. The next window starts ``overlap`` before it, for late commits.
* When nothing newer came for ``overlap`` (measured on our clock, as a duration), whoever would commit
  late has done so: the next window starts just after ``upto``, and an idle stream reads nothing again.

As saved, and as people see and edit it (every field may be missing)::

    {"since": "2026-11-21T23:00:00.000000Z", "upto": …, "upto_seen": …, "opened": …, "after": 4711}

``opened`` and ``after`` are there while a window is being walked. The same record may come again in the next
window; it is never left out, as long as no transaction of the ERP lasts longer than ``overlap``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from connectors.errors import Rejected
from connectors.tryton.typed import iso

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Everything stamped at or after ``since`` (``None``: everything), from the id behind ``after`` on."""

    since: datetime | None = None
    upto: datetime | None = None
    upto_seen: datetime | None = None
    opened_at: datetime | None = None
    after: int | None = None

    @classmethod
    def from_cursor(cls, cursor: Mapping[str, Any]) -> Self:
        """Raises ``Rejected`` for a cursor that a person has edited into something else."""
        after = cursor.get("after")
        if after is not None and (not isinstance(after, int) or isinstance(after, bool) or after < 0):
            raise Rejected(f"the cursor's 'after' is {after!r} and not an id")
        since, upto, upto_seen, opened = (_time(cursor, name) for name in ("since", "upto", "upto_seen", "opened"))
        return cls(since, upto, upto_seen, opened, after)

    def cursor(self) -> dict[str, Any]:
        """What to save: only what is set."""
        times = {"since": self.since, "upto": self.upto, "upto_seen": self.upto_seen, "opened": self.opened_at}
        shown: dict[str, Any] = {name: iso(moment) for name, moment in times.items() if moment is not None}
        return shown if self.after is None else {**shown, "after": self.after}

    @property
    def walking(self) -> bool:
        """Whether it was opened and not yet walked to its end."""
        return self.after is not None

    def opened(self, newest: datetime | None, now: datetime) -> Self:
        """Start to walk it; ``newest`` is the newest stamp at the server, ``now`` our time."""
        seen = self.upto_seen if newest == self.upto and self.upto_seen else now
        return replace(self, upto=newest, upto_seen=seen, opened_at=now, after=0)

    def walked(self, last_id: int) -> Self:
        """The next page starts behind ``last_id``."""
        return replace(self, after=last_id)

    def closed(self, overlap: timedelta) -> Self:
        """The window after this one."""
        ended = replace(self, opened_at=None, after=None)
        if self.upto is None:  # the server had nothing at all
            return ended
        start = self.upto + _TICK if self._settled(overlap) else self.upto - overlap
        # Never back: the newest record may have been deleted since.
        return replace(ended, since=max(start, self.since or start))

    def _settled(self, overlap: timedelta) -> bool:
        """Whether all that is stamped up to ``upto`` had been committed when this window was *opened*.

        Not when it was closed: what was committed behind us while we walked was not seen.
        """
        if self.opened_at is None or self.upto_seen is None:
            return False
        return self.opened_at - self.upto_seen >= overlap


def _time(cursor: Mapping[str, Any], name: str) -> datetime | None:
    raw = cursor.get(name)
    if raw is None:
        return None
    try:
        moment = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        raise Rejected(f"the cursor's {name!r} is not a time such as 2026-11-21T23:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
