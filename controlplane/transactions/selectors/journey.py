"""The journey of a transaction: what is related to it on one time line, newest first.

Related are those of the same event, of the same trace, what it repeats and what repeats it, and within a chosen time
the others of one of its business keys, under every id that any system has for it. All of it is found by the asker's
own searches and scope, so the line has nothing that a search would not show them (invariant 10).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from controlplane.foundation import clock
from controlplane.inventory.models import Integration
from controlplane.people.access import Access
from controlplane.transactions.models import Replay, ReplayItem, StepRun, Transaction, TransactionKey
from controlplane.transactions.search import run
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.fields import key_fields
from controlplane.transactions.search.grammar import typed
from controlplane.transactions.search.plan import plan
from controlplane.transactions.search.query import Query, Term, word
from controlplane.transactions.search.reference import Reference
from controlplane.transactions.selectors.listing import Row, rows_of

#: So many are on the line; what is further from the transaction is found by searching.
MOST = 200
#: The times around the transaction that can be chosen, by what the address says.
SPANS: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
#: Searching for each relation may take so long.
SECONDS = 2.0

THIS, EVENT, TRACE, REPEATS, KEY = "this one", "same event", "same trace", "it repeats this", "same {}"
REPEATED = "repeats it"


@dataclass(frozen=True, slots=True)
class Key:
    """A business key of the transaction: its field in searches, its kind in words, its value."""

    field: str
    kind: str
    value: str

    @property
    def term(self) -> Term:
        """What finds it."""
        return Term(self.field, (word(self.value),))

    @property
    def text(self) -> str:
        """The search for it; empty where nobody could type it."""
        return typed(self.term, (self.field,))


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on the line: a transaction (``row``) or a replay, how it is related, and how much later it was."""

    at: datetime
    relations: tuple[str, ...]
    later: timedelta
    row: Row | None = None
    replay: Replay | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """The line. ``more``: there are more than are shown; ``missing``: relations whose search took too long."""

    entries: tuple[Entry, ...]
    keys: tuple[Key, ...]
    key: Key | None
    more: bool
    missing: tuple[str, ...]


def journey(access: Access, transaction: Transaction, span: timedelta, field: str, now: datetime) -> Journey:
    """The journey of a transaction that ``access`` may see; ``field`` chooses one of its keys."""
    keys = _keys(transaction)
    key = next((one for one in keys if one.field == field), keys[0] if keys else None)
    found: dict[UUID, list[str]] = defaultdict(list)
    found[transaction.id].append(THIS)
    more, missing = False, []
    asked, reference = Moment(now, clock.zone()), Reference()
    for relation, query in _searches(transaction, key, span, now):
        planned = plan(query, access.everywhere, asked, reference=reference)
        answer = run.newest(planned, "t.id", MOST + 1, run.Deadline(SECONDS), now=now)
        if answer.searched_to is not None:
            missing.append(relation)
        more = more or len(answer.rows) > MOST
        for row in answer.rows[:MOST]:
            found[row["id"]].append(relation)
    repeats = _repeats(access, transaction)
    more = more or len(repeats) > MOST
    for identifier in repeats[:MOST]:
        found[identifier].append(REPEATED)
    shown = _nearest(found, transaction.id)
    rows = rows_of(access, shown, now)
    entries = [Entry(row.at, _relations(found[row.id]), row.at - transaction.received_at, row=row) for row in rows]
    entries += [
        Entry(one.requested_at, ("replayed",), one.requested_at - transaction.received_at, replay=one)
        for one in _replays(access, transaction)
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return Journey(tuple(entries), keys, key, more or len(found) > len(shown), tuple(missing))


def _searches(transaction: Transaction, key: Key | None, span: timedelta, now: datetime) -> Iterable[tuple[str, Query]]:
    """As values, not as text: a key may have characters that nobody can type into a search."""
    yield EVENT, Query((_term("id", transaction.event_id),))
    yield TRACE, Query((_term("trace", transaction.correlation_id),))
    if transaction.replay_of is not None:
        yield REPEATS, Query((_term("id", transaction.replay_of),))
    if key is not None:
        low, high = transaction.received_at - span, transaction.received_at + span + timedelta(seconds=1)
        window = [_term("after", f"{low:%Y-%m-%dT%H:%M:%S+00:00}")]
        if high < now:
            window.append(_term("before", f"{high:%Y-%m-%dT%H:%M:%S+00:00}"))
        # C-1042 of the staging system is another customer, wherever the reader looks.
        where = _term("environment", _environment(transaction))
        yield KEY.format(key.kind.lower()), Query((key.term, *window, where))


def _term(field: str, value: object) -> Term:
    return Term(field, (word(str(value)),))


def _environment(transaction: Transaction) -> str:
    return Integration.objects.values_list("environment__slug", flat=True).get(pk=transaction.integration_id)


def _repeats(access: Access, transaction: Transaction) -> list[UUID]:
    """The newest that repeat it, and one more than are shown."""
    repeats = Transaction.objects.visible_to(access).filter(replay_of=transaction.id)
    return list(repeats.order_by("-id").values_list("id", flat=True)[: MOST + 1])


def _keys(transaction: Transaction) -> tuple[Key, ...]:
    """Its keys, the customer's first: that is whom people ask about."""
    reference = Reference()
    fields = {kind: name for name, kind in key_fields(reference.kinds).items()}
    slugs = {pk: slug for slug, pk in reference.kinds.items()}
    stored = TransactionKey.objects.filter(transaction_id=transaction.id).order_by("kind_id", "value")
    keys = [
        (slugs[pk] != "customer", Key(fields[slugs[pk]], reference.kind_name(pk), value))
        for pk, value in stored.values_list("kind_id", "value")
        if pk in slugs
    ]
    return tuple(key for _, key in sorted(keys, key=lambda pair: pair[0]))


def _nearest(found: Mapping[UUID, Sequence[str]], this: UUID) -> list[UUID]:
    """The ids nearest in time to ``this``, newest first: an id begins with its time."""
    nearest = sorted(found, key=lambda identifier: abs(identifier.int - this.int))[:MOST]
    return sorted(nearest, reverse=True)


def _relations(found: Sequence[str]) -> tuple[str, ...]:
    """What to say of one: of the transaction itself, that it is it."""
    return (THIS,) if THIS in found else tuple(dict.fromkeys(found))


def _replays(access: Access, transaction: Transaction) -> list[Replay]:
    runs = StepRun.objects.filter(transaction_id=transaction.id).values_list("id", flat=True)
    items = ReplayItem.objects.filter(step_run_id__in=list(runs)).values_list("replay_id", flat=True)
    seen = Replay.objects.visible_to(access).filter(pk__in=set(items))
    return list(seen.select_related("requested_by").order_by("-id")[:MOST])
