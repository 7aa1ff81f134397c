"""An id by itself, typed as a search, leads straight to what it names: a transaction, a delivery, a change.

Business keys do not: what they name is what a search shows, with the identity above it.
"""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access, Action
from controlplane.transactions.models import StepRun, Transaction
from controlplane.transactions.search import query
from controlplane.transactions.selectors.finding import page_of
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.views.addresses import transaction_url

#: An id of ours; with a number behind it, the idempotency key that a destination was given.
_ID = re.compile(rf"({query.UUID.pattern})(?::[0-9]+)?", re.IGNORECASE)


def address_of(access: Access, text: str, now: datetime) -> str:
    """The page of the one thing that ``text`` is the id of; empty for all else, and for what one may not see."""
    change = ChangeRequest.objects.visible_to(access).called(text).first()
    if change is not None:
        return change.get_absolute_url()
    found = _ID.fullmatch(text)
    if found is None or not access.may_somewhere(Action.SEE_TRANSACTIONS):
        return ""
    identifier = UUID(found[1])
    return _transaction(access, identifier, now) or _delivery(access, identifier)


def _transaction(access: Access, identifier: UUID, now: datetime) -> str:
    """Where the id is of several, as that of a trace may be, they are a list."""
    rows = page_of(Question(access, str(identifier), now), "").rows
    return transaction_url(rows[0].id) if len(rows) == 1 else ""


def _delivery(access: Access, identifier: UUID) -> str:
    run = StepRun.objects.filter(pk=identifier).first()
    if run is None or not Transaction.objects.visible_to(access).filter(pk=run.transaction_id).exists():
        return ""
    return transaction_url(run.transaction_id, step=run.name)
