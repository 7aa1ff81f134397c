"""Who a search is about: the one key it names, and every id that the systems have for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controlplane.inventory.models import EntityKind, IdentityAlias, System
from controlplane.transactions.models import TransactionKey
from controlplane.transactions.search.fields import key_fields
from controlplane.transactions.search.keys import kinds
from controlplane.transactions.search.query import Query, Reading, Word, reading

#: So many ids are listed; the rest is counted.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class KnownAs:
    """An id in one instance. ``live``: it still is; otherwise it once was."""

    system: System
    instance: str
    value: str
    live: bool


@dataclass(frozen=True, slots=True)
class Card:
    """``kind`` in words ("Customer"), the value asked for, and the ids it is known by; ``more`` are not listed."""

    kind: str
    value: str
    known_as: tuple[KnownAs, ...]
    more: int = 0


def card(query: Query) -> Card | None:
    """The card of a query that names exactly one key; None for any other.

    Shown only beside transactions that the person may see: what nobody of theirs touched stays unknown.
    """
    asked = _only_key(query)
    if asked is None:
        return None
    kind_ids, word = asked
    aliases = _aliases(kind_ids, word.text)
    found = {alias.kind_id for alias in aliases} or set(kind_ids if len(kind_ids) == 1 else _kinds_of(word.text))
    if len(found) != 1:
        return None
    name = EntityKind.objects.values_list("name", flat=True).get(pk=found.pop())
    known_as = [_known_as(alias) for alias in aliases]
    return Card(name, word.text, tuple(known_as[:SHOWN]), max(0, len(known_as) - SHOWN))


def _only_key(query: Query) -> tuple[list[int], Word] | None:
    """The possible kinds and the value, when the query has one key and no more."""
    known = kinds()
    fields = key_fields(known)
    keys = [term for term in query.terms if term.field in fields or not term.field]
    if len(keys) != 1 or keys[0].negated or len(keys[0].words) != 1:
        return None
    term, word = keys[0], keys[0].words[0]
    if term.field:
        return [known[fields[term.field]]], word
    return (list(known.values()), word) if reading(word) is Reading.KEY else None


def _aliases(kind_ids: Sequence[int], value: str) -> list[IdentityAlias]:
    own = IdentityAlias.objects.filter(kind_id__in=kind_ids, value=value)
    found = IdentityAlias.objects.filter(identity_id__in=own.values("identity_id"))
    listed = found.select_related("instance__system").order_by("instance__name", "-id")
    return sorted(listed, key=lambda alias: not alias.valid.upper_inf)


def _known_as(alias: IdentityAlias) -> KnownAs:
    return KnownAs(alias.instance.system, alias.instance.name, alias.value, bool(alias.valid.upper_inf))


def _kinds_of(value: str) -> set[int]:
    """The kinds that a bare value was extracted as, lately."""
    newest = TransactionKey.objects.filter(value=value).order_by("-transaction_id").values_list("kind_id", flat=True)
    return set(newest[:50])
