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
from controlplane.transactions.search.query import Comparison, Quantity, Range, Term, Value
from controlplane.transactions.search.seen import NOTHING, Reads, text
from controlplane.transactions.search.sql import Fragment, any_of, like
from controlplane.transactions.search.stewards import stewards


@dataclass(frozen=True, slots=True)
class Moment:
    """When, where and by whom the question was asked: what ``today`` and ``mine`` mean, and what they may read."""

    now: datetime
    zone: ZoneInfo
    person_id: UUID | None = None
    reads: Reads = NOTHING


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


#: Waiting in the queue of a destination that somebody paused or retired.
_PAUSED = Fragment(
    "t.state in (2, 3) and exists (select from step_queue q join destination_state d using (destination_id)"
    " join transactions_destination n on n.id = d.destination_id"
    " where q.transaction_id = t.id and (d.paused_until > now() or not n.active))"
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


def _steward(term: Term, asked: Moment) -> Fragment:
    theirs = names.found(term.words, stewards(asked.person_id), "steward")
    return Fragment("t.flow_version_id = any(%s)", (sorted(theirs),))


def _type(term: Term, _asked: Moment) -> Fragment:
    return Fragment("t.event_type = any(%s)", ([one.text for one in term.words],))


def _contract(term: Term, _asked: Moment) -> Fragment:
    return _judged_by(names.found(term.words, names.contracts(), "contract"))


def _judged_by(contract_ids: Iterable[int]) -> Fragment:
    judged = names.judged_by(contract_ids)
    return Fragment(
        "t.flow_version_id = any(%s) or (t.source_id, t.event_type) in"
        " (select * from unnest(%s::bigint[], %s::text[]))",
        (judged.flow_versions, judged.sources, judged.event_types),
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
    return any_of(map(_most_attempts, term.values))


def _most_attempts(value: Value) -> Fragment:
    """Whether one step has so many tries ends at the first that has; the most of all would be read from every week."""
    if isinstance(value, Comparison) and value.operator in _REACHED and value.quantity.number >= 1:
        reached, negated = _REACHED[value.operator]
        found = f"exists (select from step_run s where s.transaction_id = t.id and s.attempts {reached} %s)"
        return Fragment(f"not {found}" if negated else found, (value.quantity.number,))
    most = "(select coalesce(max(s.attempts), 0) from step_run s where s.transaction_id = t.id)"
    return _compared(most, value, lambda quantity: quantity.number)


#: What some step reaches where the most of all compares so; or none does.
_REACHED = {">": (">", False), ">=": (">=", False), "<": (">=", True), "<=": (">", True)}


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
        "mine": _with_open_letter(Fragment(_MINE, (asked.person_id,) * 4)),
        "acked": _with_open_letter(Fragment(_CAUSE.format("c.acknowledged_at is not null"))),
        "new": Fragment("t.id >= %s", (today,)),
        "replayed": Fragment(
            "t.replay_of is not null or exists (select from step_run s where s.transaction_id = t.id"
            " and s.replay_id is not null)"
        ),
        "duplicate": Fragment("exists (select from transactions_repeat r where r.transaction_id = t.event_id)"),
    }
    return any_of(meanings[one.text] for one in term.words)


_CAUSE = "exists (select from transactions_cause c where c.fingerprint = d.fingerprint and ({}))"
_TEAMS = "(select m.team_id from people_membership m where m.person_id = %s and m.team_id is not null)"
_GIVEN = f"{{0}}.assignee_id = %s or {{0}}.team_id in {_TEAMS}"
#: A letter, or its whole cause, was given to a person or one of their teams. Parameters: the person, four times.
_MINE = f"{_GIVEN.format('d')} or {_CAUSE.format(_GIVEN.format('c'))}"


def _with_open_letter(condition: Fragment) -> Fragment:
    return Fragment(
        "t.state in (5, 6) and exists (select from dead_letter d where d.transaction_id = t.id"
        f" and d.resolved_at is null and ({condition.sql}))",
        condition.parameters,
    )


#: Dead letters with the notes that somebody left on them, or on their cause.
_NOTED = (
    "transactions_deedentry n join dead_letter d on n.deed = 'noted' and d.fingerprint = n.fingerprint"
    " and (n.step_run_id is null or n.step_run_id = d.step_run_id)"
)
#: The transactions of those.
COMMENTED = f"(select distinct d.transaction_id as id from {_NOTED})"


def _has(term: Term, _asked: Moment) -> Fragment:
    return any_of(_HAS[one.text]() for one in term.words)


def _drifting() -> Fragment:
    since = [
        Fragment("t.source_id = %s and t.event_type = %s and t.id >= %s", (source, ours, uuid7_floor(first)))
        for source, ours, first in names.drifting()
    ]
    return any_of(since) if since else Fragment("false")


_HAS: dict[str, Callable[[], Fragment]] = {
    "breach": lambda: Fragment("exists (select from ownership_breach b where b.transaction_id = t.id)"),
    "observed": lambda: Fragment("exists (select from observed_break b where b.transaction_id = t.id)"),
    "comment": lambda: Fragment(f"exists (select from {_NOTED} where d.transaction_id = t.id)"),
    "pii": lambda: _judged_by(names.with_personal_fields()),
    "drift": _drifting,
}


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
    "steward": _steward,
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
    "text": lambda term, asked: text(term.words, asked.reads),
}
