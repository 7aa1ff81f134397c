"""The policies that come with Interlock: brought into a company once, and never over what it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import connection, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.governance.models import Policy
from controlplane.governance.policies.versions import add_version
from controlplane.governance.rules.policy import Content

FILE: Final = Path(__file__).with_name("shipped.yaml")


@dataclass(frozen=True, slots=True)
class Shipped:
    """What shipping did, by slugs; ``kept`` are those that the company has changed, and that stayed as they are."""

    made: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@cache
def shipped() -> dict[str, Content]:
    """Every policy that comes with Interlock, by its slug."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return {slug: Content(**fields) for slug, fields in found.items()}


@transaction.atomic
def ship() -> Shipped:
    """Make those that are missing, renew those that the company left as they came; the rest stays.

    Again it does nothing, and costs one statement. One that was switched off stays so: that is an exception, not
    another content.
    """
    known = _known()
    if not list(_missing(known)):
        return Shipped(kept=tuple(_changed(known)))
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('interlock.policies.ship'))")
    known = _known()
    made: list[str] = []
    renewed: list[str] = []
    for slug, content in _missing(known):
        (renewed if slug in known else made).append(slug)
        policy = known.get(slug) or Policy.objects.create(slug=slug, about=content.about, shipped=True)
        add_version(policy, content, shipped=True, reason="It came with Interlock.")
    audit.record(
        "policies.shipped", subject=Subject("policy", "all"), details={"made": len(made), "renewed": len(renewed)}
    )
    return Shipped(tuple(made), tuple(renewed), tuple(_changed(known)))


def _known() -> dict[str, Policy]:
    return {one.slug: one for one in Policy.objects.filter(slug__in=shipped()).select_related("current")}


def _missing(known: dict[str, Policy]) -> Iterator[tuple[str, Content]]:
    """What is not there, or is there as an older Interlock shipped it."""
    for slug, content in shipped().items():
        policy = known.get(slug)
        if policy is None or (
            policy.shipped and policy.current and policy.current.shipped and policy.current.content_hash != content.hash
        ):
            yield slug, content


def _changed(known: dict[str, Policy]) -> Iterator[str]:
    return (slug for slug, policy in known.items() if policy.current and not policy.current.shipped)
