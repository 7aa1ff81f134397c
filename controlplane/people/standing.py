"""What an open connection was let in by, and whether that still holds.

Signing out, here or everywhere, a new password, a closed account or a changed membership does not reach what was
opened before (a socket stays open, https://github.com/django/channels/issues/1324), so it is asked again from time to
time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.contrib.sessions.models import Session

from controlplane.foundation import clock
from controlplane.people.models import Account, Membership


class Standing(NamedTuple):
    """Of an account that may sign in: what a session of it proves, and what its person is where."""

    proof: str
    memberships: frozenset[tuple[str, int | None]]


def standings(accounts: Collection[UUID]) -> Mapping[UUID, Standing]:
    """How these accounts stand now; one that is closed has no standing."""
    held: dict[UUID, set[tuple[str, int | None]]] = defaultdict(set)
    roles = Membership.objects.filter(person__accounts__in=accounts)
    for account, role, team in roles.values_list("person__accounts", "role", "team_id"):
        held[account].add((role, team))
    active = Account.objects.filter(pk__in=accounts, is_active=True)
    return {account.pk: Standing(account.get_session_auth_hash(), frozenset(held[account.pk])) for account in active}


def signed_in(sessions: Iterable[str]) -> frozenset[str]:
    """Those of the sessions that have neither been ended nor run out."""
    living = Session.objects.filter(session_key__in=list(sessions), expire_date__gt=clock.now())
    return frozenset(living.values_list("session_key", flat=True))
