"""Narrowing a search down: chips and facets as links that add a value to the query, or take it out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from controlplane.transactions.search.query import Query, Term, render, word
from controlplane.transactions.selectors.facets import STATUSES, Choice, Facet, chosen_words
from controlplane.transactions.selectors.tally import COUNTED, Tally
from controlplane.transactions.views.asking import Address


def toggled(query: Query, field: str, value: str) -> str:
    """The query with ``value`` among those asked for in ``field``, or without it where it is."""
    words = chosen_words(query, field)
    wanted = [one for one in words if one.lower() != value.lower()]
    if len(wanted) == len(words):
        wanted.append(value)
    left_aside = {"status", "is"} if field == "status" else {field}
    kept = tuple(term for term in query.terms if term.field not in left_aside or (term.negated and term.field == field))
    chosen = (Term(field, tuple(map(word, wanted))),) if wanted else ()
    return render(Query((*kept, *chosen)))


def groups(query: Query, facets: Iterable[Facet], address: Address) -> list[dict[str, Any]]:
    """The facets as the page shows them: each value a link, with its count in words."""
    return [
        {
            "title": facet.title,
            "more": facet.more,
            "choices": [_choice(query, facet, one, address) for one in facet.choices],
        }
        for facet in facets
    ]


def _choice(query: Query, facet: Facet, one: Choice, address: Address) -> dict[str, Any]:
    url = address(toggled(query, facet.field, one.value))
    return {"choice": one, "url": url, "count": _count(facet, one)}


def counted_words(facets: Sequence[Facet]) -> str:
    """What the counts beside the facets are of."""
    if any(facet.of is None for facet in facets):
        return "Some could not be counted within the time; what is chosen is listed."
    if any(not facet.complete for facet in facets):
        return f"Counts are of the newest {COUNTED:,} matches."
    return "Counts are of all matches."


def _count(facet: Facet, one: Choice) -> str:
    if one.count is None:
        return ""
    return f"{COUNTED:,}+" if one.count == facet.of and not facet.complete else f"{one.count:,}"


def chips(query: Query, tally: Tally | None, address: Address) -> Iterable[dict[str, Any]]:
    """Counts of what else there is, as filters; those with nothing are left out unless they are on.

    Where only the newest matches were counted, each count is the least there are, and nothing is left out: there may be
    some among the others. Without a tally (not counted yet, or not in time) there are those that are on.
    """
    partly = tally is not None and not tally.complete
    is_open = any(one.text == "open" for term in query.of("is") for one in term.words)
    if is_open or partly or (tally is not None and tally.waiting_for_a_person):
        text = render(query.without("is", "status")) + ("" if is_open else " is:open")
        count = at_least(tally.waiting_for_a_person, tally) if tally else None
        yield {"label": "Needs action", "count": count, "glyph": ""} | {
            "pressed": is_open,
            "url": address(text.strip()),
        }
    asked = [one.text for term in query.of("status") if not term.negated for one in term.words]
    for name, label, glyph in STATUSES:
        found = tally.in_words(name) if tally else 0
        pressed = asked == [name]
        if found or partly or pressed:
            count = at_least(found, tally) if tally else None
            text = render(query.without("status", "is")) if pressed else with_status(query, name)
            yield {"label": label, "count": count, "glyph": glyph, "pressed": pressed, "url": address(text)}


def at_least(count: int, tally: Tally) -> str:
    """How many were counted, with a plus where there may be more than the newest that were."""
    return f"{count:,}" if tally.complete else f"{count:,}+"


def with_status(query: Query, name: str) -> str:
    """The query, asking for this status and no other."""
    return f"{render(query.without('status', 'is'))} status:{name}".strip()
