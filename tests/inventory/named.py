"""Identities for tests: who is called what where, written short."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import EntityKind, Environment, Identity, IdentityAlias, Instance, System


def an_instance(slug: str) -> Instance:
    """A system of that name in production, made if it is not there."""
    system, _ = System.objects.get_or_create(
        slug=slug, defaults={"name": slug.upper(), "connector": "webhook", "monogram": slug[:2].title()}
    )
    production = Environment.objects.get(slug="production")
    made: Instance = Instance.objects.get_or_create(
        slug=slug, defaults={"system": system, "environment": production, "name": slug.upper()}
    )[0]
    return made


def known_as(*names: str, kind: str = "customer", former: tuple[str, ...] = ()) -> Identity:
    """An identity with these live ids, and those that it had: ``crm/C-1``."""
    of = EntityKind.objects.get(slug=kind)
    identity = Identity.objects.create(id=uuid7(), kind=of)
    for name in (*former, *names):
        an_alias(identity, name, live=name in names)
    return identity


def an_alias(identity: Identity, name: str, *, live: bool = True, **fields: Any) -> IdentityAlias:
    """One more id of an identity."""
    instance, _, value = name.partition("/")
    now = clock.now()
    valid = (now - timedelta(days=30), None if live else now - timedelta(days=3))
    made: IdentityAlias = IdentityAlias.objects.create(
        identity=identity, kind_id=identity.kind_id, instance=an_instance(instance), value=value, valid=valid, **fields
    )
    return made


def names_of(identity: Identity | UUID) -> list[str]:
    """All its ids, those that it had in brackets, in order."""
    pk = identity.pk if isinstance(identity, Identity) else identity
    rows = IdentityAlias.objects.filter(identity=pk).select_related("instance")
    texts = [
        f"{row.instance.slug}/{row.value}" if row.valid.upper is None else f"({row.instance.slug}/{row.value})"
        for row in rows
    ]
    return sorted(texts)
