"""Finding the policy that an address or a command names."""

from __future__ import annotations

from controlplane.foundation.errors import NotFound
from controlplane.governance.models import Policy

_LONGEST = 80


def policy_called(slug: str, *, locked: bool = False) -> Policy:
    """The policy of a slug with what it says; :class:`NotFound` where there is none. ``locked`` to change it."""
    rows = Policy.objects.select_related("current")
    found = (rows.select_for_update(of=("self",)) if locked else rows).filter(slug=slug, current__isnull=False).first()
    if found is None:
        raise NotFound(f"There is no policy {slug[:_LONGEST]!r}; manage.py policies list shows all.")
    return found
