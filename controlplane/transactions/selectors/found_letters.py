"""The dead letters of what a search finds: what it finds now, all of it or a word about why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access, Action
from controlplane.transactions.models import DeadLetter
from controlplane.transactions.search import run
from controlplane.transactions.search.plan import plan
from controlplane.transactions.selectors.question import Question

#: Of so many transactions at once, and so many letters: as many as one replay takes.
MOST = 10_000
#: A person waits for it.
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Found:
    """Step runs, the oldest letter first, and the search in words that mean the same everywhere and later."""

    step_runs: list[UUID]
    query: str


def letters_found(access: Access, text: str, now: datetime) -> Found:
    """The dead letters that wait of all transactions that ``text`` finds and the person may see.

    Raises ``BadQuery``, :class:`Invalid` where there are more than ``MOST`` or not everything could be searched in time
    (a part would pass for all of it), and :class:`NotAllowed` for who sees no transactions at all.
    """
    access.require_somewhere(Action.SEE_TRANSACTIONS)
    question = Question(access, text, now)
    planned = plan(question.query, access, question.asked, text, question.reference, with_letters=True)
    answer = run.newest(planned, "t.id", MOST + 1, run.Deadline(SECONDS), now=now)
    if answer.searched_to is not None:
        raise _not_all(f"It was searched back to {answer.searched_to:%-d %b %Y %H:%M} UTC only: that takes too long.")
    if len(answer.rows) > MOST:
        raise _not_all(f"It finds more than {MOST:,} transactions with dead letters that wait.")
    found = _letters(access, [row["id"] for row in answer.rows])
    if len(found) > MOST:
        raise _not_all(f"What it finds has more than {MOST:,} dead letters that wait.")
    return Found(found, question.everywhere)


def _letters(access: Access, transactions: list[UUID]) -> list[UUID]:
    rows = DeadLetter.objects.visible_to(access).filter(transaction_id__in=transactions, resolved_at=None)
    return list(rows.order_by("died_at", "step_run_id").values_list("pk", flat=True)[: MOST + 1])


def _not_all(why: str) -> Invalid:
    return Invalid(f"Nothing was chosen. {why} Narrow the search, by a time or a system.", field="query")
