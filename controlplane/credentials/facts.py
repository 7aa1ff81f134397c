"""What policies know of credentials: where each is used besides, by its references; never a value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from controlplane.credentials.models import Credential
from controlplane.foundation import clock
from controlplane.governance.facts import About, Fact, Only
from controlplane.inventory.facts import slug_of
from controlplane.inventory.models import Instance


def _credentials(slugs: Only) -> Iterable[Fact]:
    """All are read, whichever are asked for: what is shared is seen from both sides."""
    rows = Credential.objects.select_related("team", "instance__system", "instance__environment").order_by("slug")
    everyone = list(rows)
    users = instances_by_reference(everyone)
    now = clock.now()
    for one in everyone:
        if slugs is None or one.slug in slugs:
            yield _fact(one, users, now)


def instances_by_reference(credentials: Iterable[Credential]) -> Mapping[str, list[Instance]]:
    """What each reference proves us to."""
    found: dict[str, list[Instance]] = defaultdict(list)
    for one in credentials:
        for reference in one.references.values():
            found[str(reference)].append(one.instance)
    return found


def _fact(one: Credential, users: Mapping[str, list[Instance]], now: datetime) -> Fact:
    system, environment = one.instance.system, one.instance.environment.slug
    instances = [one.instance, *(used for name in one.references.values() for used in users[str(name)])]
    domains = {instance.system.domain for instance in instances}
    values: dict[str, Any] = {
        "slug": one.slug,
        "name": one.name,
        "team": one.team.slug,
        "instance": one.instance.slug,
        "system": system.slug,
        "system_stage": system.stage,
        "environment": environment,
        "shared_environments": sorted({instance.environment.slug for instance in instances}),
        "days_left": (one.expires_at - now).days if one.expires_at else None,
    }
    # Systems of which nobody said the domain: only one and the same system is surely in one domain.
    if "" not in domains or len({instance.system_id for instance in instances}) == 1:
        values["shared_domains"] = sorted(domains)
    return Fact(one.slug, one.name, values, one.team_id, slug_of(one.team), system.domain, environment=environment)


CREDENTIALS = About(
    label="Credential",
    section="credentials",
    fields={
        "slug": "how it is called",
        "name": "its name",
        "team": "slug of the team it belongs to",
        "instance": "slug of the instance it proves us to",
        "system": "slug of that system",
        "system_stage": "planned, live, retiring or retired",
        "environment": "slug of the environment",
        "shared_environments": "environments in which credentials with the same reference are used",
        "shared_domains": "domains in which they are; not there where the domain of a system is not known",
        "days_left": "whole days until it expires; null where that is not known",
    },
    listed=_credentials,
)
