"""Deciding on a page: at once, or proposed to the board that decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from controlplane.audit.models import Subject
from controlplane.governance.changes.propose import propose
from controlplane.inventory.models import EntityAttribute, EntityKind
from controlplane.inventory.ownership.decide import decide, enforce
from controlplane.inventory.ownership.governed import ENTITY, KIND, PLACE, deciding_board
from controlplane.inventory.ownership.put import place_of, said, standing_terms
from controlplane.inventory.ownership.terms import Terms
from controlplane.people.access import Access


def decide_or_propose(
    access: Access, entity: EntityKind, attribute: EntityAttribute | None, terms: Terms, reason: str
) -> str:
    """What became of it, for whoever asked."""
    place = place_of(entity, attribute)
    if standing_terms(entity, attribute) == terms:
        return "It was so already."
    if deciding_board() is not None:
        return _proposed(access, Subject(PLACE, place), terms.as_written(), f"Who owns {place}", reason)
    decide(access, entity, attribute, terms, reason)
    return f"{place} is decided anew."


def enforce_or_propose(access: Access, entity: EntityKind, on_breach: str, reason: str) -> str:
    """The same for what a write without the right meets."""
    if deciding_board() is not None:
        content = standing_terms(entity, None).as_written() | {"on_breach": on_breach}
        title = f"What others' writes of {entity.slug} meet"
        return _proposed(access, Subject(PLACE, entity.slug), content, title, reason)
    enforce(access, entity, on_breach, reason)
    return f"{entity.name}: a write without the right is {entity.get_on_breach_display().lower()}."


def propose_version(access: Access, entity: EntityKind, content: Mapping[str, Any], reason: str) -> str:
    """A new version of an entity, before the board."""
    return _proposed(access, Subject(ENTITY, entity.slug), content, f"What a {entity.name.lower()} is", reason)


def _proposed(access: Access, subject: Subject, content: Mapping[str, Any], title: str, reason: str) -> str:
    change = propose(access, KIND, subject, content, title=title, why=said(reason))
    return f"{change.reference} is proposed to {change.board.name}; nothing is changed until they have decided."
