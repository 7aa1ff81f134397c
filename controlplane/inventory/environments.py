"""Which environments there are, and the one that a person looks at.

Production, staging and sandbox are kept apart: lists, counts and figures are of one of them, unless somebody asks for
all. An installation begins with the environment that it is named after (``INTERLOCK_ENVIRONMENT``), where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from controlplane.foundation.errors import BadInput
from controlplane.inventory.models import Environment, Instance, Integration
from controlplane.people import oneself
from controlplane.people.access import Access, Within
from controlplane.people.models import Account

#: The environment that every installation begins with (``migrations``).
PRODUCTION: Final = "production"
#: What an account keeps for "all of them"; no environment is called so.
EVERYWHERE: Final = "all"


@dataclass(frozen=True, slots=True)
class Environments:
    """Those in use, by name, and the one looked at: None for all, or where there is one only."""

    used: tuple[Within, ...] = ()
    within: Within | None = None

    @property
    def several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.used) > 1


def environments_of(account: AbstractBaseUser | AnonymousUser) -> Environments:
    """What a person can look at, and what they chose; one that is gone leaves what the installation begins with."""
    if not isinstance(account, Account):
        return Environments()
    used = tuple(Within(one.pk, one.slug, one.name) for one in in_use())
    chosen = None if account.environment == EVERYWHERE else _called(used, account.environment, settings.ENVIRONMENT)
    return Environments(used, chosen if len(used) > 1 else None)


def begins_in(access: Access) -> str:
    """The slug of the environment in which a person makes something new: where they look, or the installation's own."""
    if access.within is not None:
        return access.within.slug
    own = Environment.objects.filter(slug=settings.ENVIRONMENT).exists()
    return settings.ENVIRONMENT if own else PRODUCTION


def integrations_of(access: Access) -> QuerySet[Integration]:
    """The integrations of where the person looks; the catalogue is open to everybody (invariant 10)."""
    found = Integration.objects.all()
    return found if access.within is None else found.filter(environment_id=access.within.pk)


def in_use() -> Iterable[Environment]:
    """The environments that anything is in, by name."""
    here = {"environment_id": OuterRef("pk")}
    anything = Exists(Integration.objects.filter(**here)) | Exists(Instance.objects.filter(**here))
    return Environment.objects.filter(anything).order_by("name", "pk")


def look_at(account: Account, slug: str) -> None:
    """Keep which environment the person looks at; :class:`BadInput` for one that nothing is in."""
    known = [one.slug for one in in_use()]
    if slug not in {EVERYWHERE, *known}:
        message = f"There is no environment {slug[:50]!r} that anything is in; there are: {', '.join(known)}, or all."
        raise BadInput(message, field="environment")
    oneself.choose(account, {"environment": slug})


def _called(used: Iterable[Within], *slugs: str) -> Within | None:
    by_slug = {one.slug: one for one in used}
    return next((by_slug[slug] for slug in slugs if slug in by_slug), None)
