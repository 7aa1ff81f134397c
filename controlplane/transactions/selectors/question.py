"""One question, asked of the database as seldom as possible: rows, counts, total and facets share its answers."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from controlplane.people.access import Access
from controlplane.transactions.search import run
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.grammar import parse
from controlplane.transactions.search.plan import plan
from controlplane.transactions.search.query import Query
from controlplane.transactions.search.reference import Reference
from controlplane.transactions.selectors.tally import Tally, count, counted

#: Rows of one page.
PAGE = 50


class Question:
    """What a person asked; each answer is worked out when it is first needed. Raises ``BadQuery``."""

    def __init__(self, access: Access, text: str, now: datetime) -> None:
        self.access, self.now = access, now
        self.reference = Reference()
        self.query = parse(text, self.reference.kinds)
        self.asked = Moment(now, ZoneInfo(settings.TIME_ZONE_SHOWN))
        self.planned = plan(self.query, access, self.asked, text, self.reference)
        self.deadline = run.Deadline()
        self._counted: dict[tuple[str, ...], run.Answer] = {}

    def page(self, below: UUID | None) -> tuple[list[UUID], datetime | None]:
        """Ids of a page and one more, and how far back was searched where time ran out.

        Where an index finds them, the newest page is the beginning of what is counted anyway. Elsewhere
        (below a cursor, or where matches are scanned for) the rows come first: they are what was asked for.
        """
        size = PAGE + 1
        if below is None and (self.planned.branches or not self.planned.conditions):
            found = self._matches
            if found.searched_to is None or len(found.rows) >= size:
                return [row["id"] for row in found.rows[:size]], None
        answer = run.newest(self.planned, "t.id", size, self.deadline, now=self.now, below=below)
        return [row["id"] for row in answer.rows], answer.searched_to

    @cached_property
    def tally(self) -> Tally | None:
        """The newest matches without the query's status: what the chips count. None when it took too long."""
        return self.without("status", "is")

    def without(self, *fields: str) -> Tally | None:
        """The newest matches if the query said nothing of ``fields``. None when counting them took too long."""
        answer = self._count_without(fields) if self.query.of(*fields) else self._matches
        return counted(answer) if answer.searched_to is None else None

    def total(self, shown: int, older: UUID | None) -> tuple[int | None, bool]:
        """How many match, and whether that is the least there are."""
        answer = self._matches
        if answer.searched_to is not None and not answer.rows:
            return (shown, older is not None) if shown else (None, False)
        tally = counted(answer)
        return len(tally.ids), answer.searched_to is not None or not tally.complete

    @cached_property
    def _matches(self) -> run.Answer:
        return count(self.planned, self.deadline, self.now)

    def _count_without(self, fields: tuple[str, ...]) -> run.Answer:
        if fields not in self._counted:
            rest: Query = self.query.without(*fields)
            every = plan(rest, self.access, self.asked, reference=self.reference)
            self._counted[fields] = count(every, self.deadline, self.now)
        return self._counted[fields]
