"""One question, asked of the database as seldom as possible: counts and facets share its answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from controlplane.foundation import clock
from controlplane.people.access import Access
from controlplane.transactions.search import run
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.grammar import parse
from controlplane.transactions.search.plan import looks_by_itself, plan
from controlplane.transactions.search.query import Term, render_term, word
from controlplane.transactions.search.reference import Reference
from controlplane.transactions.selectors.tally import STATES, Tally, count, counted

#: Rows of one page.
PAGE = 50


class Question:
    """What a person asked; each answer is worked out when it is first needed. Raises ``BadQuery``.

    Several questions of one page share its ``reference``. ``zone`` is where the question's days begin: by default
    that of the pages.
    """

    def __init__(
        self,
        access: Access,
        text: str,
        now: datetime,
        *,
        reference: Reference | None = None,
        zone: ZoneInfo | None = None,
    ) -> None:
        self.access, self.text, self.now = access, text, now
        self.reference = reference or Reference()
        self.query = parse(text, self.reference.kinds)
        self.asked = Moment(now, zone or clock.zone())
        self.planned = plan(self.query, access, self.asked, text, self.reference)
        self.deadline = run.Deadline()
        self._counted: dict[tuple[str, tuple[str, ...]], run.Answer] = {}

    @property
    def everywhere(self) -> str:
        """The question in words that mean the same to whoever looks at another environment, or later."""
        within = self.access.within
        if within is None or looks_by_itself(self.query):
            return self.text
        return f"{self.text} {render_term(Term('environment', (word(within.slug),)))}".strip()

    def page(self, below: UUID | None, columns: str) -> run.Answer:
        """Columns of the newest matches below a cursor: those of a page, and of one more."""
        return run.newest(self.planned, columns, PAGE + 1, self.deadline, now=self.now, below=below)

    def without(self, *fields: str, columns: str = STATES) -> Tally | None:
        """The newest matches if the query said nothing of ``fields``. None when counting them took too long."""
        answer = self._newest(columns, *fields)
        return counted(answer) if answer.searched_to is None else None

    def total(self) -> tuple[int | None, bool]:
        """How many match, and whether that is the least there are; None where none was found in time."""
        answer = self._newest(STATES)
        if answer.searched_to is not None and not answer.rows:
            return None, False
        tally = counted(answer)
        return len(tally.rows), answer.searched_to is not None or not tally.complete

    def _newest(self, columns: str, *fields: str) -> run.Answer:
        asked = (columns, fields if self.query.of(*fields) else ())
        if asked not in self._counted:
            rest = self.query.without(*fields)
            every = self.planned if not asked[1] else plan(rest, self.access, self.asked, reference=self.reference)
            self._counted[asked] = count(every, columns, self.deadline, self.now)
        return self._counted[asked]
