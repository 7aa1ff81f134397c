"""Service tokens: made by a person for a program, shown once, used in that person's name, and taken back.

What a token may do is worked out anew at each request: its role in its team, and of that only what its owner
may do at that moment. When the owner loses a role or the last account, their tokens lose it with them.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from controlplane.audit.models import Subject
from controlplane.audit.services import record
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from controlplane.people.access import Access, access_for, narrowed
from controlplane.people.models import Account, AccountKind, ServiceToken, Team
from controlplane.people.roles import ALLOWED, COMPANY_WIDE, Action, Role
from controlplane.people.services import By

#: What a secret begins with, so that scanners for leaked secrets can tell what it is.
PREFIX = "ilk_"
LONGEST_NAME = 80
LONGEST_DAYS = 366
#: One owner's tokens that can be used; a program has one, and a second while it is being replaced.
MOST = 50
#: The last use is kept to the minute: not every request writes a row.
_USE_IS_KEPT = timedelta(minutes=1)

NOT_KNOWN = "This token is not known, has been revoked, or has expired."


@transaction.atomic
def issue(access: Access, name: str, role: Role, team: Team | None, days: int, *, by: By) -> tuple[ServiceToken, str]:
    """A token in the name of the person of ``access``, and its secret, which nobody can read again.

    :class:`Invalid` names the field; :class:`NotAllowed` for more than the person may.
    """
    words = " ".join(name.split())
    if not 1 <= len(words) <= LONGEST_NAME:
        raise Invalid(f"Say what it is for, in up to {LONGEST_NAME} characters.", field="name")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(f"A token is valid for 1 to {LONGEST_DAYS} days.", field="days")
    _check_scope(access, role, team)
    if usable(access.person_id).count() >= MOST:
        raise Conflict(f"You have {MOST} tokens already; revoke one that is not used any more.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ServiceToken.objects.create(
        name=words,
        owner_id=UUID(access.person_id),
        team=team,
        role=role,
        digest=_digest(secret),
        hint=secret[: len(PREFIX) + 4],
        expires_at=clock.now() + timedelta(days=days),
    )
    details = {"name": words, "role": str(role), "team": team.slug if team else None, "days": days}
    record("token.issued", actor=by.actor, via=by.via, subject=Subject("token", str(token.pk)), details=details)
    return token, secret


@transaction.atomic
def revoke(access: Access, token_id: UUID, *, by: By) -> ServiceToken:
    """End a token now: one's own, or anybody's for who operates the platform. 404 for others'."""
    token = ServiceToken.objects.select_for_update(of=("self",)).filter(_reachable(access), pk=token_id).first()
    if token is None:
        raise NotFound("There is no such token, or it is not yours.")
    if token.revoked_at is not None:
        raise Conflict("It has been revoked already; nothing was changed.")
    token.revoked_at, token.revoked_by_id = clock.now(), UUID(access.person_id)
    token.save(update_fields=["revoked_at", "revoked_by"])
    record(
        "token.revoked",
        actor=by.actor,
        via=by.via,
        subject=Subject("token", str(token.pk)),
        details={"name": token.name, "owner": str(token.owner_id)},
    )
    return token


def usable(person_id: str) -> QuerySet[ServiceToken]:
    """A person's tokens that can be used."""
    return ServiceToken.objects.filter(owner_id=UUID(person_id), revoked_at=None, expires_at__gt=Now())


def scopes(access: Access) -> list[tuple[Role, Team | None]]:
    """What tokens this person may make: every role, in every team and in the company, that they hold in full."""
    places = [None, *Team.objects.order_by("name")]
    return [
        (role, team)
        for role in Role
        for team in places
        if not (team and role in COMPANY_WIDE) and _covers(access, role, team)
    ]


def visible(access: Access) -> QuerySet[ServiceToken]:
    """One's own tokens, and everybody's for who operates the platform; the newest first."""
    found = ServiceToken.objects.filter(_reachable(access)).select_related("owner", "team", "revoked_by")
    return found.order_by("-created_at")


def identify(secret: str) -> tuple[Account, ServiceToken, Access]:
    """Who stands behind a secret, and what it may do now. :class:`NotSignedIn` for one that does not hold.

    The account is one of the owner's sign-ins: without any that is open, their tokens are closed, too.
    """
    # By a digest of 256 random bits: how long the look-up takes says nothing about the secret.
    known = ServiceToken.objects.filter(digest=_digest(secret), revoked_at=None, expires_at__gt=Now())
    token = known.select_related("owner", "team").first()
    account = _open_account(token.owner_id) if token is not None else None
    if token is None or account is None:
        raise NotSignedIn(NOT_KNOWN)
    _keep_use(token)
    return account, token, _access(account, token)


def _access(account: Account, token: ServiceToken) -> Access:
    return Access(
        person_id=str(token.owner_id),
        account_id=str(token.pk),
        name=f"{token.owner.name}, by token “{token.name}”",
        roles=(token.scope,),
        reach=narrowed(access_for(account), Role(token.role), token.team_id),
    )


def _open_account(person_id: UUID) -> Account | None:
    accounts = Account.objects.filter(person_id=person_id, is_active=True, kind=AccountKind.HUMAN)
    return accounts.order_by("created_at").first()


def _keep_use(token: ServiceToken) -> None:
    before = Q(last_used_at=None) | Q(last_used_at__lt=Now() - _USE_IS_KEPT)
    ServiceToken.objects.filter(before, pk=token.pk).update(last_used_at=Now())


def _check_scope(access: Access, role: Role, team: Team | None) -> None:
    if role in COMPANY_WIDE and team is not None:
        raise Invalid(f"{role.label} is a role in the whole company; leave the team away.", field="team")
    if not _covers(access, role, team):
        where = f"in the team {team}" if team else "in the whole company"
        raise NotAllowed(
            f"A token takes no more than you may yourself: you are not {role.label} {where}.", field="role"
        )


def _covers(access: Access, role: Role, team: Team | None) -> bool:
    return set(narrowed(access, role, team.pk if team else None)) == ALLOWED[role]


def _reachable(access: Access) -> Q:
    own = Q(owner_id=UUID(access.person_id)) if access.person_id else Q(pk__in=[])
    return Q() if access.may_everywhere(Action.OPERATE) else own


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
