"""A query and what its asker may see, as SQL: keyset pages, newest first, never a count over history.

Every statement is driven by something small where the query names it: an id, business keys, the states
in which few transactions are, a few integrations. Each is a *branch*: an index that yields ids in order,
of which a page is taken for each value asked for (by ``= any`` PostgreSQL reads and sorts all there are; a
branch for each alias is as quick to run, and takes three times as long to plan). Only what is left scans,
within the time window, and ``run`` gives it a deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

from controlplane.foundation.ids import uuid7_floor
from controlplane.people.access import Access
from controlplane.transactions.rules.states import TransactionState as State
from controlplane.transactions.search import conditions, names
from controlplane.transactions.search.conditions import Moment
from controlplane.transactions.search.fields import key_fields
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.search.keys import Pair, has_any, has_value
from controlplane.transactions.search.moments import Window
from controlplane.transactions.search.query import Query, Reading, Term, Word, reading
from controlplane.transactions.search.reference import Reference, reads
from controlplane.transactions.search.seen import NOTHING, Reads, text
from controlplane.transactions.search.sql import Fragment, all_of, any_of, joined
from controlplane.transactions.search.windows import StillToCome, window

#: The states in the partial index ``transaction_open``: few transactions are in them at any time.
FEW = frozenset(State) - {State.SUCCEEDED, State.IGNORED}
#: The transactions of more integrations than this are not looked up for each, but scanned.
MAX_BRANCHES = 12
_MAY_BE_OPEN = frozenset({State.QUARANTINED, State.PARTIAL, State.DEAD})
#: The words of ``is:`` that only what may be open is.
_WAITS = frozenset({"open", "mine", "acked"})

_INTEGRATION_FIELDS = {
    "integration": names.integrations,
    "owner": names.owners,
    "process": names.processes,
    "environment": names.environments,
}


@dataclass(frozen=True, slots=True)
class Branch:
    """An index scan that yields ids of transactions, newest first, once bounds on ``column`` are added.

    With ``each`` it is done for every row of that, which ``condition`` names. One that is not ``in_order`` reads an
    index without the ids' order: what it finds is few, and sorted.
    """

    source: str
    column: str
    condition: Fragment
    each: Fragment | None = None
    in_order: bool = True

    def newest(self, low: UUID | None, high: UUID | None, limit: int) -> Fragment:
        """Its newest ids between two; with ``each``, so many of each."""
        where = all_of([self.condition, *conditions.within(low, high, self.column)])
        found = f"select {self.column} as id from {self.source} where {where.sql}"
        if not self.in_order:
            # "offset 0" keeps the order out: for its sake the planner would walk all ids, newest first.
            found = f"select id from ({found} offset 0) b"
        ids = Fragment(
            f"({found} order by {self.column} desc limit %s)",
            (*where.parameters, limit),
        )
        if self.each is None:
            return ids
        return Fragment(
            f"(select e.id from {self.each.sql} cross join lateral {ids.sql} e)",
            (*self.each.parameters, *ids.parameters),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer a query: by ``branches`` where there are any, else by scanning the window."""

    window: Window
    branches: tuple[Branch, ...]
    conditions: tuple[Fragment, ...]
    keys: tuple[Pair, ...] = ()
    open_ended: bool = True

    @property
    def low(self) -> UUID | None:
        """The first id searched; None when an id was asked for, which is looked for everywhere."""
        return None if self.window.low == EVER else uuid7_floor(self.window.low)

    @property
    def high(self) -> UUID | None:
        """The first id not searched. One that reaches to now ends a little later: clocks of two machines differ."""
        if self.low is None and self.open_ended:
            return None
        return uuid7_floor(self.window.high + (AHEAD if self.open_ended else timedelta()))

    def scan(self, columns: str, low: UUID | None, high: UUID | None, limit: int) -> Fragment:
        """Columns of ``t``, newest first, between two ids, without branches."""
        where = all_of([*self.conditions, *conditions.within(low, high)])
        sql = f"select {columns} from transaction t where {where.sql} order by t.id desc limit %s"
        return Fragment(sql, (*where.parameters, limit))

    def pick(self, columns: str, high: UUID | None, limit: int, candidates: int) -> Fragment:
        """Columns of ``t`` of the newest ``candidates`` ids of the branches below ``high`` that meet the conditions.

        One row also has ``reached`` (the oldest candidate) and ``of`` (how many there were); when none
        meets the conditions it is the only one, and its ``id`` is null.
        """
        merged = joined((branch.newest(self.low, high, candidates) for branch in self.branches), " union all ")
        # The bounds say nothing new, but spare the planner the weeks that cannot have any.
        where = all_of([Fragment("t.id = k.id"), *conditions.within(self.low, high), *self.conditions])
        # "limit 1" keeps the look-ups look-ups: without, a small page makes the planner walk the table instead.
        return Fragment(
            f"with k as materialized (select distinct id from ({merged.sql}) u order by id desc limit %s) "
            "select f.*, case when row_number() over () = 1 then s.reached end as reached, "
            "case when row_number() over () = 1 then s.of end as of from "
            "(select (select id from k order by id limit 1) as reached, (select count(*) from k) as of) s "
            f"left join lateral (select t.* from k cross join lateral (select {columns} from transaction t "
            f"where {where.sql} limit 1) t order by k.id desc limit %s) f on true",
            (*merged.parameters, candidates, *where.parameters, limit),
        )


#: How far the clock of a machine that made an id may be ahead. A bound all the same: the weeks to come, which are
#: there already and empty, need not be planned for.
AHEAD = timedelta(days=1)
#: The beginning of a window that has none.
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def plan(
    query: Query,
    access: Access,
    asked: Moment,
    text: str = "",
    reference: Reference | None = None,
    *,
    with_letters: bool = False,
) -> Plan:
    """The plan of ``query``; :class:`BadQuery` for names that do not exist and times to come, pointing at ``text``.

    ``with_letters``: of what it finds, only what has dead letters that wait; they are few, so they drive.
    """
    try:
        reference = reference or Reference()
        person = UUID(access.person_id) if access.person_id else None
        asked = replace(asked, person_id=person, reads=reads(access, reference) if _has_text(query) else NOTHING)
        return _Planner(query, asked, reference, with_letters=with_letters).plan(access)
    except (names.UnknownName, StillToCome) as error:
        raise BadQuery(text, [error.fault]) from None


class _Planner:
    """Takes terms one by one: the best becomes the driver, the rest are conditions."""

    def __init__(self, query: Query, asked: Moment, reference: Reference, *, with_letters: bool) -> None:
        self.query = query
        self.with_letters = with_letters
        self.asked = asked
        self.reference = reference
        self.terms = list(query.without("after", "before", "on").terms)
        self.kinds = reference.kinds
        self.fields = key_fields(self.kinds)
        self.window, self.open_ended = window(query, asked)
        self.low: UUID | None = uuid7_floor(self.window.low)
        self.pairs = {id(term): self._pairs(term) for term in self.terms}

    def plan(self, access: Access) -> Plan:
        """Driver, conditions and bounds."""
        visible = self.reference.in_reach(access)
        kept = None if access.within is None or looks_by_itself(self.query) else self.reference.kept_to(access.within)
        integrations = self._integrations(visible)
        if kept is not None and not kept.is_most:
            integrations = _both(integrations, kept.integrations)
        if any(map(_is_ids, self.terms)) and not self.window.chosen:
            self.window, self.low = replace(self.window, low=EVER), None
        driver, branches = (None, (_LETTER_BRANCH,)) if self.with_letters else self._driver(integrations)
        if driver is not None:
            self.terms.remove(driver)
        implied = [_in_states(states) for states in self._implied()]
        where = [*implied, *(self._condition(term) for term in self.terms)]
        if visible is not None:
            where.append(conditions.of_integrations(visible))
        if kept is not None:
            where.append(conditions.of_integrations(kept.integrations))
        return Plan(
            window=self.window,
            branches=branches,
            conditions=tuple(where),
            keys=tuple(dict.fromkeys(pair for term in self.pairs.values() for pair in term)),
            open_ended=self.open_ended,
        )

    def _driver(self, integrations: frozenset[int] | None) -> tuple[Term | None, tuple[Branch, ...]]:
        """The term that drives (and needs no condition any more), and the branches."""
        for wanted in (_is_ids, self._is_keys):
            for term in self.terms:
                if wanted(term) and (branches := tuple(self._branches(term))):
                    return term, branches
        for found_by, term in product((_by_comments, _by_few_states), self.terms):
            if (branch := found_by(term)) is not None:
                return term, (branch,)
        for term in self.terms:
            if not term.field and not term.negated:
                return None, (*self._branches(term), _value_branch([one.text for one in term.words]), _FEW_BRANCH)
        for states in self._implied():
            return None, (_state_branch(states),)
        if integrations is not None and len(integrations) <= MAX_BRANCHES:
            return None, (_integration_branch(integrations),)
        return None, ()

    def _is_keys(self, term: Term) -> bool:
        by_key = term.field in self.fields or (
            not term.field and all(reading(one) is not Reading.TEXT for one in term.words)
        )
        return by_key and not term.negated

    def _pairs(self, term: Term) -> tuple[Pair, ...]:
        """The business keys a term means, with every alias."""
        if term.field in self.fields:
            kind = self.kinds[self.fields[term.field]]
            return self.reference.with_aliases(Pair(kind, one.text) for one in term.words)
        if not term.field:
            values = [one.text for one in term.words if reading(one) is not Reading.TEXT]
            bare = {Pair(kind, value) for kind in self.kinds.values() for value in values}
            return tuple(pair for pair in self.reference.with_aliases(bare) if pair not in bare) if values else ()
        return ()

    def _branches(self, term: Term) -> Iterator[Branch]:
        if term.field == "id":
            yield from (branch for one in term.words for branch in _id_branches(one)[:2])
        elif term.field == "trace":
            yield from (_id_branches(one)[2] for one in term.words)
        else:
            bare = term.words if not term.field else ()
            yield from (branch for one in bare if reading(one) is Reading.ID for branch in _id_branches(one))
            if values := [one.text for one in bare]:
                yield _value_branch(values)
            if pairs := self.pairs[id(term)]:
                yield _key_branch(pairs)

    def _implied(self) -> list[frozenset[int]]:
        """The states that the terms imply without saying so, and that an index finds; at most one answer."""
        positive = [term for term in self.terms if not term.negated]
        if any(term.field == "is" and {one.text for one in term.words} <= _WAITS for term in positive):
            return [_MAY_BE_OPEN]
        asked_for_states = any(term.field == "status" for term in self.terms)
        if any(term.field in {"error", "text"} for term in positive) and not asked_for_states:
            return [FEW]
        return []

    def _condition(self, term: Term) -> Fragment:
        if term.field in self.fields:
            found = has_any(self.pairs[id(term)], self.low)
            return found.negated() if term.negated else found
        if not term.field:
            found = any_of(
                [_bare(one, self.low, self.asked.reads) for one in term.words]
                + [has_any(self.pairs[id(term)], self.low)]
            )
            return found.negated() if term.negated else found
        return conditions.condition(term, self.asked)

    def _integrations(self, visible: frozenset[int] | None) -> frozenset[int] | None:
        """The integrations that the query's own terms and the asker's access leave; None for all."""
        left = visible
        for term in self.terms:
            if term.field in _INTEGRATION_FIELDS and not term.negated:
                named = names.found(term.words, _INTEGRATION_FIELDS[term.field](), _what(term.field))
                left = _both(left, named)
        return left


def looks_by_itself(query: Query) -> bool:
    """Whether the query says where to look: it names an environment, or an id, which is looked for everywhere."""
    return any(term.field == "environment" or _is_ids(term) for term in query.terms)


def _both(some: frozenset[int] | None, others: frozenset[int]) -> frozenset[int]:
    """What is in both; None is everything."""
    return others if some is None else some & others


def _is_ids(term: Term) -> bool:
    by_id = term.field in {"id", "trace"} or (not term.field and all(reading(one) is Reading.ID for one in term.words))
    return by_id and not term.negated


def _few_states(term: Term) -> frozenset[int] | None:
    """The states of a ``status:`` term that an index finds; the term needs no condition then."""
    if term.field != "status" or term.negated:
        return None
    states = conditions.states_of(term)
    return states if states and states <= FEW else None


def _by_comments(term: Term) -> Branch | None:
    commented = term.field == "has" and not term.negated and {one.text for one in term.words} == {"comment"}
    return _COMMENTED_BRANCH if commented else None


def _by_few_states(term: Term) -> Branch | None:
    states = _few_states(term)
    return _state_branch(states) if states is not None else None


def _what(field: str) -> str:
    return {"owner": "team with integrations", "process": "business process"}.get(field, field)


def _has_text(query: Query) -> bool:
    return any(
        term.field == "text" or (not term.field and any(reading(one) is Reading.TEXT for one in term.words))
        for term in query.terms
    )


def _bare(one: Word, low: UUID | None, reads: Reads) -> Fragment:
    match reading(one):
        case Reading.ID:
            ours = Fragment("%s in (t.id, t.event_id, t.correlation_id)", (UUID(one.text),))
            return any_of([ours, has_value(one.text, low)])  # some systems have keys of that form
        case Reading.KEY:
            return has_value(one.text, low)
        case Reading.TEXT:
            return any_of([all_of([_FEW, text([one], reads)]), has_value(one.text, low)])


def _id_branches(one: Word) -> list[Branch]:
    return [
        Branch("transaction", "id", Fragment(f"{column} = %s", (UUID(one.text),)), in_order=column == "id")
        for column in ("id", "event_id", "correlation_id")
    ]


def _key_branch(pairs: Sequence[Pair]) -> Branch:
    kinds, values = [pair.kind_id for pair in pairs], [pair.value for pair in pairs]
    each = Fragment("unnest(%s::smallint[], %s::text[]) w(kind_id, value)", (kinds, values))
    condition = Fragment("k.kind_id = w.kind_id and k.value = w.value")
    return Branch("transaction_key k", "k.transaction_id", condition, each)


def _value_branch(values: Sequence[str]) -> Branch:
    each = Fragment("unnest(%s::text[]) w(value)", (list(values),))
    return Branch("transaction_key k", "k.transaction_id", Fragment("k.value = w.value"), each)


def _state_branch(states: Iterable[int]) -> Branch:
    """``_FEW`` says nothing new, but PostgreSQL sees by it that the partial index has all there is."""
    each = Fragment("unnest(%s::smallint[]) w(state)", (sorted(map(int, states)),))
    return Branch("transaction t", "t.id", all_of([_FEW, Fragment("t.state = w.state")]), each)


def _in_states(states: frozenset[int]) -> Fragment:
    return _FEW if states == FEW else Fragment("t.state = any(%s)", (sorted(map(int, states)),))


def _integration_branch(ids: Iterable[int]) -> Branch:
    """Somebody without any integration sees nothing, through the same statement as everybody."""
    each = Fragment("unnest(%s::bigint[]) w(id)", (sorted(ids),))
    return Branch("transaction t", "t.id", Fragment("t.integration_id = w.id"), each)


#: As the partial index says it.
_FEW = Fragment("t.state not in (4, 8)")
_FEW_BRANCH = _state_branch(FEW)
#: Each transaction once, of those that have a dead letter that waits.
_LETTER_BRANCH = Branch(
    "dead_letter d",
    "d.transaction_id",
    Fragment(
        "d.resolved_at is null and not exists (select from dead_letter e where e.transaction_id = d.transaction_id"
        " and e.resolved_at is null and e.step_run_id < d.step_run_id)"
    ),
)
#: What people wrote is little, and leads to few letters.
_COMMENTED_BRANCH = Branch(f"{conditions.COMMENTED} c", "id", Fragment("true"), in_order=False)
