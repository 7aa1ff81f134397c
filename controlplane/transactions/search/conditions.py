"""Each term of a query as a condition on a transaction ``t``. What the fields mean, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from controlplane.foundation.ids import uuid7_floor
from controlplane.transactions.rules.money import NO_DECIMALS, THREE_DECIMALS, minor_digits
from controlplane.transactions.search import names
from controlplane.transactions.search.fields import STATUS_WORDS, TIME_UNITS
from controlplane.transactions.search.moments import day
from controlplane.transactions.search.query import Comparison, Quantity, Range, Term, Value, Word
from controlplane.transactions.search.sql import Fragment, any_of, like


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where the question was asked: what ``today`` means."""

    now: datetime
    zone: ZoneInfo


def condition(term: Term, asked: Moment) -> Fragment:
    """The condition of a term (keys and bare words are ``plan``'s); negated where the term is."""
    built = _CONDITIONS[term.field](term, asked)
    return built.negated() if term.negated else built


def states_of(term: Term) -> frozenset[int] | None:
    """The states that ``status:`` asks for; None where it asks for more than a state (``paused``)."""
    texts = [one.text for one in term.words]
    if "paused" in texts:
        return None
    return frozenset(int(state) for text in texts for state in STATUS_WORDS[text])


def text(words: Iterable[Word]) -> Fragment:
    """One of the words in what lists show: headline, error, reason. Scans: only within a bounded time."""
    patterns = [f"%{like(one.text)}%" for one in words]
    return Fragment(
        "(t.headline ilike any(%s)) or (t.reason ilike any(%s)) or (t.error_class ilike any(%s))",
        (patterns, patterns, patterns),
    )


def within(low: UUID | None, high: UUID | None, column: str = "t.id") -> list[Fragment]:
    """Ids from ``low`` (included) to ``high`` (excluded)."""
    bounds = []
    if low is not None:
        bounds.append(Fragment(f"{column} >= %s", (low,)))
    if high is not None:
        bounds.append(Fragment(f"{column} < %s", (high,)))
    return bounds


def of_integrations(ids: Iterable[int]) -> Fragment:
    """Transactions of these integrations."""
    return Fragment("t.integration_id = any(%s)", (sorted(ids),))


def _status(term: Term, _asked: Moment) -> Fragment:
    texts = [one.text for one in term.words]
    states = sorted({int(state) for text in texts for state in STATUS_WORDS[text]})
    conditions = [Fragment("t.state = any(%s)", (states,))] if states else []
    if "paused" in texts:
        conditions.append(_PAUSED)
    return any_of(conditions)


#: Waiting in the queue of a destination that somebody paused.
_PAUSED = Fragment(
    "t.state in (2, 3) and exists (select from step_queue q join destination_state d using (destination_id)"
    " where q.transaction_id = t.id and d.paused_until > now())"
)


def _system(term: Term, _asked: Moment) -> Fragment:
    instances = sorted(names.found(term.words, names.instances(), "system"))
    destinations = names.destinations_at(instances)
    return Fragment(
        "t.source_id = any(%s) or exists (select from step_run s where s.transaction_id = t.id"
        " and s.destination_id = any(%s))",
        (instances, destinations),
    )


def _by_integration(known: Callable[[], Mapping[str, frozenset[int]]], what: str) -> _Condition:
    def build(term: Term, _asked: Moment) -> Fragment:
        return of_integrations(names.found(term.words, known(), what))

    return build


def _flow(term: Term, _asked: Moment) -> Fragment:
    return Fragment("t.flow_version_id = any(%s)", (sorted(names.found(term.words, names.flows(), "flow")),))


def _type(term: Term, _asked: Moment) -> Fragment:
    return Fragment("t.event_type = any(%s)", ([one.text for one in term.words],))


def _contract(term: Term, _asked: Moment) -> Fragment:
    versions, integrations = names.judged_by(names.found(term.words, names.contracts(), "contract"))
    return Fragment(
        "t.flow_version_id = any(%s) or (t.flow_version_id is null and t.integration_id = any(%s))",
        (versions, integrations),
    )


def _step(term: Term, _asked: Moment) -> Fragment:
    known = names.steps()
    wanted: set[str] = set()
    for one in term.words:
        if one.text.lower() not in known:
            raise names.unknown(one, known, "step")
        wanted |= known[one.text.lower()]
    return Fragment(
        "exists (select from step_run s where s.transaction_id = t.id and s.name = any(%s))", (sorted(wanted),)
    )


def _error(term: Term, _asked: Moment) -> Fragment:
    """The class, or the vendor's code behind its dot, from its beginning: ``rejected.tax_id_invalid``."""
    starts = [pattern for one in term.words for pattern in (f"{like(one.text)}%", f"%.{like(one.text)}%")]
    return Fragment(
        "t.error_class ilike any(%s) or (t.state in (2, 3, 5) and exists (select from step_run s"
        " where s.transaction_id = t.id and s.error_class ilike any(%s)))",
        (starts, starts),
    )


def _amount(term: Term, _asked: Moment) -> Fragment:
    return any_of(_amount_value(value) for value in term.values)


def _amount_value(value: Value) -> Fragment:
    unit = _unit(value)
    if unit:
        found = _compared("t.amount_minor", value, lambda quantity: quantity.number.scaleb(minor_digits(unit)))
        return Fragment(f"t.currency = %s and {found.sql}", (unit, *found.parameters))
    major = (
        "t.amount_minor / (case when t.currency = any(%s) then 1 when t.currency = any(%s) then 1000 else 100 end)"
        "::numeric"
    )
    found = _compared(major, value, lambda quantity: quantity.number, (NO_DECIMALS, THREE_DECIMALS))
    return Fragment(found.sql, found.parameters)


def _duration(term: Term, _asked: Moment) -> Fragment:
    seconds = "extract(epoch from coalesce(t.finished_at, now()) - t.received_at)"
    return any_of(
        _compared(seconds, value, lambda quantity: quantity.number * TIME_UNITS[quantity.unit]) for value in term.values
    )


def _attempts(term: Term, _asked: Moment) -> Fragment:
    most = "(select coalesce(max(s.attempts), 0) from step_run s where s.transaction_id = t.id)"
    return any_of(_compared(most, value, lambda quantity: quantity.number) for value in term.values)


def _compared(
    left: str, value: Value, number: Callable[[Quantity], Decimal], parameters: tuple[Any, ...] = ()
) -> Fragment:
    if isinstance(value, Range):
        return Fragment(f"({left} between %s and %s)", (*parameters, number(value.low), number(value.high)))
    operator, quantity = _comparison(value)
    return Fragment(f"({left} {operator} %s)", (*parameters, number(quantity)))


def _comparison(value: Value) -> tuple[str, Quantity]:
    if not isinstance(value, Comparison):  # the grammar lets nothing else through
        raise TypeError(value)
    return value.operator, value.quantity


def _unit(value: Value) -> str:
    return value.high.unit if isinstance(value, Range) else _comparison(value)[1].unit


def _is(term: Term, asked: Moment) -> Fragment:
    today = uuid7_floor(day("today", asked.now, asked.zone).low)
    meanings = {
        "open": Fragment(
            "t.state = 1 or (t.state in (5, 6) and exists (select from dead_letter d"
            " where d.transaction_id = t.id and d.resolved_at is null))"
        ),
        "new": Fragment("t.id >= %s", (today,)),
        "replayed": Fragment(
            "t.replay_of is not null or exists (select from step_run s where s.transaction_id = t.id"
            " and s.replay_id is not null)"
        ),
        "duplicate": Fragment("exists (select from transactions_repeat r where r.transaction_id = t.event_id)"),
    }
    return any_of(meanings[one.text] for one in term.words)


def _has(term: Term, _asked: Moment) -> Fragment:
    meanings = {
        "breach": Fragment("exists (select from ownership_breach b where b.transaction_id = t.id)"),
        "observed": Fragment("exists (select from observed_break b where b.transaction_id = t.id)"),
    }
    return any_of(meanings[one.text] for one in term.words)


def _id(term: Term, _asked: Moment) -> Fragment:
    ids = [UUID(one.text) for one in term.words]
    return Fragment("t.id = any(%s) or t.event_id = any(%s)", (ids, ids))


def _trace(term: Term, _asked: Moment) -> Fragment:
    return Fragment("t.correlation_id = any(%s)", ([UUID(one.text) for one in term.words],))


_Condition = Callable[[Term, Moment], Fragment]
_CONDITIONS: dict[str, _Condition] = {
    "status": _status,
    "system": _system,
    "integration": _by_integration(names.integrations, "integration"),
    "owner": _by_integration(names.owners, "team with integrations"),
    "process": _by_integration(names.processes, "business process"),
    "environment": _by_integration(names.environments, "environment"),
    "flow": _flow,
    "type": _type,
    "contract": _contract,
    "step": _step,
    "error": _error,
    "amount": _amount,
    "duration": _duration,
    "attempts": _attempts,
    "is": _is,
    "has": _has,
    "id": _id,
    "trace": _trace,
    "text": lambda term, _asked: text(term.words),
}
