"""Who a search is about: the one key it names, and every id that the systems have for it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from controlplane.transactions.models import TransactionKey
from controlplane.transactions.search.fields import key_fields
from controlplane.transactions.search.keys import Pair
from controlplane.transactions.search.query import Query, Reading, Word, reading
from controlplane.transactions.search.reference import Alias, Reference

#: So many ids are listed; the rest is counted.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Card:
    """``kind`` in words ("Customer"), the value asked for, and the ids it is known by; ``more`` are not listed.

    ``identities`` are whose the value is: one, unless two systems call different records so.
    """

    kind: str
    value: str
    known_as: tuple[Alias, ...]
    more: int = 0
    identities: tuple[UUID, ...] = ()


def card(query: Query, reference: Reference) -> Card | None:
    """The card of a query that names exactly one key; None for any other.

    Shown only beside transactions that the person may see: what nobody of theirs touched stays unknown.
    """
    asked = _only_key(query, reference)
    if asked is None:
        return None
    kind_ids, word = asked
    known_as = reference.aliases(Pair(kind, word.text) for kind in kind_ids)
    found = {alias.kind_id for alias in known_as} or set(kind_ids if len(kind_ids) == 1 else _kinds_of(word.text))
    if len(found) != 1:
        return None
    return Card(
        reference.kind_name(found.pop()),
        word.text,
        known_as[:SHOWN],
        max(0, len(known_as) - SHOWN),
        tuple(dict.fromkeys(alias.identity_id for alias in known_as)),
    )


def _only_key(query: Query, reference: Reference) -> tuple[list[int], Word] | None:
    """The possible kinds and the value, when the query has one key and no more."""
    known = reference.kinds
    fields = key_fields(known)
    keys = [term for term in query.terms if term.field in fields or not term.field]
    if len(keys) != 1 or keys[0].negated or len(keys[0].words) != 1:
        return None
    term, word = keys[0], keys[0].words[0]
    if term.field:
        return [known[fields[term.field]]], word
    return (list(known.values()), word) if reading(word) is Reading.KEY else None


def _kinds_of(value: str) -> set[int]:
    """The kinds that a bare value was extracted as, lately."""
    newest = TransactionKey.objects.filter(value=value).order_by("-transaction_id").values_list("kind_id", flat=True)
    return set(newest[:50])
