"""What a search could be narrowed down by: the values that its newest matches have, and how many have each.

Counts are of the newest 10,000 matches, and say so where there are more. The counts of a field leave the
query's own choice in that field aside, so that what else there is stays in sight; everything else of the
query holds. Read from the ids that the asker's own search found (invariant 10).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection

from controlplane.inventory.models import Integration
from controlplane.transactions.search.fields import STATUS_WORDS
from controlplane.transactions.search.query import Query
from controlplane.transactions.search.reference import SystemMark
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.selectors.tally import Tally

Rows = Sequence[Mapping[str, Any]]

#: What is read of each match.
COLUMNS = "t.id, t.state, t.integration_id, t.source_id, t.event_type, t.error_class"
_COLUMN_OF = {"type": "event_type", "error": "error_class"}
#: So many values of a field are listed; more are found by typing.
LISTED = 8

#: The status words that do not overlap: word, label, shape.
STATUSES = (
    ("dead", "Dead letter", "dead"),
    ("quarantined", "Quarantined", "bad"),
    ("running", "Running", "run"),
    ("waiting", "Waiting", "wait"),
    ("partial", "Partial", "part"),
    ("ok", "Succeeded", "ok"),
    ("skipped", "Ignored", "off"),
    ("cancelled", "Cancelled", "off"),
)
#: Field → its heading, in the order of the page.
TITLES = {
    "status": "Status",
    "system": "System",
    "integration": "Integration",
    "error": "Error",
    "type": "Event type",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value: as it is typed, as it is shown, and how many matches have it; None where that was not counted."""

    value: str
    label: str
    count: int | None
    chosen: bool = False
    system: SystemMark | None = None
    glyph: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """One field. ``of`` is how many matches were counted, None where counting took too long.

    ``complete``: there are no more matches than those; ``more``: values that are not listed.
    """

    field: str
    title: str
    choices: tuple[Choice, ...]
    of: int | None
    complete: bool = True
    more: int = 0


def facets(question: Question) -> tuple[Facet, ...]:
    """The facets of a question, those without any value left out."""
    found = (_facet(question, name) for name in TITLES)
    return tuple(facet for facet in found if facet.choices)


def chosen_words(query: Query, field: str) -> tuple[str, ...]:
    """The values of ``field`` that the query asks for; of a status, in words that do not overlap."""
    words = [one.text for term in query.of(field) if not term.negated for one in term.words]
    return tuple(dict.fromkeys(part for one in words for part in _parts(field, one)))


def _parts(field: str, word: str) -> Sequence[str]:
    if field != "status" or not STATUS_WORDS[word]:
        return [word]
    return [name for name, *_ in STATUSES if set(STATUS_WORDS[name]) <= set(STATUS_WORDS[word])]


def _facet(question: Question, field: str) -> Facet:
    aside = ("status", "is") if field == "status" else (field,)
    tally = question.without(*aside, columns=COLUMNS)
    chosen = chosen_words(question.query, field)
    asked = {one.lower() for one in chosen}
    if tally is None:
        return Facet(field, TITLES[field], tuple(Choice(one, one, None, chosen=True) for one in chosen), None)
    values = _statuses(tally, asked) if field == "status" else _values(field, tally.rows)
    marked = [replace(value, chosen=value.value.lower() in asked) for value in values]
    known = {value.value.lower() for value in values}
    typed = [Choice(one, one, _typed(field, one, values), chosen=True) for one in chosen if one.lower() not in known]
    listed = [one for place, one in enumerate(marked) if place < LISTED or one.chosen]
    more = len(marked) - len(listed)
    return Facet(field, TITLES[field], (*listed, *typed), len(tally.rows), complete=tally.complete, more=more)


def _typed(field: str, word: str, values: Sequence[Choice]) -> int | None:
    """How many have what a person typed and no value is: the beginning of an error, an instance of a system."""
    if field == "error":
        begins = [one.count or 0 for one in values if f".{one.value}".lower().find(f".{word.lower()}") >= 0]
        return sum(begins)
    return None if field in {"system", "status"} else 0


def _statuses(tally: Tally, asked: Collection[str]) -> list[Choice]:
    counts = ((word, label, glyph, tally.in_words(word)) for word, label, glyph in STATUSES)
    return [Choice(word, label, count, glyph=glyph) for word, label, glyph, count in counts if count or word in asked]


def _values(field: str, rows: Rows) -> list[Choice]:
    """The values that these transactions have, most frequent first."""
    if field == "integration":
        return _integrations(Counter(row["integration_id"] for row in rows))
    if field == "system":
        return _systems(rows) if rows else []
    counts = Counter(row[_COLUMN_OF[field]] for row in rows)
    return [Choice(value, value, count) for value, count in sorted(counts.items(), key=_frequent) if value]


def _frequent(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _integrations(counts: Mapping[int, int]) -> list[Choice]:
    named = Integration.objects.filter(pk__in=counts).values_list("pk", "slug", "name")
    found = [Choice(slug, name, counts[pk]) for pk, slug, name in named]
    return sorted(found, key=lambda one: (-(one.count or 0), one.label))


# Source or target, as ``system:`` means it. A step run is never older than its transaction.
_SYSTEMS = """
with w as materialized (select * from unnest(%s::uuid[], %s::bigint[]) w(id, source_id))
select s.slug, s.name, count(*), s.monogram, s.hue from (
  select w.id, i.system_id from w join inventory_instance i on i.id = w.source_id
  union select w.id, i.system_id from w join step_run r on r.transaction_id = w.id and r.id >= %s
  join transactions_destination d on d.id = r.destination_id
  join inventory_instance i on i.id = d.instance_id) p
join inventory_system s on s.id = p.system_id group by s.slug, s.name, s.monogram, s.hue order by 3 desc, 2
"""


def _systems(rows: Rows) -> list[Choice]:
    oldest = rows[-1]["id"].int >> 80 << 80
    with connection.cursor() as cursor:
        cursor.execute(_SYSTEMS, [[row["id"] for row in rows], [row["source_id"] for row in rows], UUID(int=oldest)])
        found = cursor.fetchall()
    return [Choice(slug, name, count, system=SystemMark(name, mark, hue)) for slug, name, count, mark, hue in found]
