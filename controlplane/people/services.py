"""Writing people: each verb checks, changes and leaves its record in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from controlplane.audit.models import SYSTEM, Actor, Subject, Via
from controlplane.audit.services import record
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.people import sessions
from controlplane.people.models import NAME_LENGTH, Account, AccountKind, Membership, Person, Team, normalised
from controlplane.people.roles import COMPANY_WIDE, Role


@dataclass(frozen=True, slots=True)
class By:
    """Who asks for a change, and through which door."""

    actor: Actor = SYSTEM
    via: Via = Via.SYSTEM


THE_SYSTEM = By()


@transaction.atomic
def create_person_with_account(*, name: str, email: str, password: str, by: By = THE_SYSTEM) -> Account:
    """A new human being with one sign-in and no roles yet.

    Raises :class:`Invalid` naming the field, or :class:`Conflict` when the address is taken.
    """
    person = Person(name=_name(name))
    account = Account(email=_address(email), person=person, kind=AccountKind.HUMAN)
    _set_password(account, password)
    person.save()
    _insert_account(account)
    record(
        "person.created",
        actor=by.actor,
        via=by.via,
        subject=Subject("person", str(person.pk)),
        details={"name": person.name, "account": str(account.pk)},
    )
    return account


@transaction.atomic
def create_account(
    email: str, name: str, password: str, roles: Iterable[tuple[Role, Team | None]] = (), *, by: By = THE_SYSTEM
) -> Account:
    """A person, an account and their roles at once: ``roles=[(Role.SUPPORT, team), (Role.BOARD, None)]``."""
    account = create_person_with_account(name=name, email=email, password=password, by=by)
    for role, team in roles:
        add_to_team(account.person, team, role, by=by)
    return account


@transaction.atomic
def create_team(slug: str, name: str, *, by: By = THE_SYSTEM) -> Team:
    """A team that can own integrations. :class:`Conflict` when the slug is taken."""
    if Team.objects.filter(slug=slug).exists():
        raise Conflict(f"There is a team {slug!r} already.", field="slug")
    team = Team(slug=slug, name=name)
    _clean(team)
    team.save()
    record("team.created", actor=by.actor, via=by.via, subject=Subject("team", str(team.pk)), details={"slug": slug})
    return team


@transaction.atomic
def add_to_team(person: Person, team: Team | None, role: Role, *, by: By = THE_SYSTEM) -> Membership:
    """Give a person a role in a team, or in the whole company; giving it twice changes nothing."""
    _check_place(role, team)
    membership, is_new = Membership.objects.get_or_create(person=person, team=team, role=role)
    if is_new:
        _record_membership("role.granted", membership, by)
    return membership


@transaction.atomic
def change_role(membership: Membership, role: Role, *, by: By = THE_SYSTEM) -> Membership:
    """Replace one role by another in the same team. :class:`Conflict` when the person has that one too."""
    kept = Membership.objects.select_for_update(of=("self",)).select_related("team").get(pk=membership.pk)
    _check_place(role, kept.team)
    if Membership.objects.filter(person_id=kept.person_id, team=kept.team, role=role).exists():
        raise Conflict(f"They are {role.label} there already.", field="role")
    before, kept.role = kept.role, role
    kept.save(update_fields=["role"])
    _record_membership("role.changed", kept, by, before=before)
    return kept


@transaction.atomic
def remove_from_team(membership: Membership, *, by: By = THE_SYSTEM) -> None:
    """Take a role away; it ends with the person's next request."""
    _record_membership("role.withdrawn", membership, by)
    membership.delete()


@transaction.atomic
def deactivate(account: Account, *, reason: str, by: By = THE_SYSTEM) -> None:
    """Close an account: it cannot sign in any more, and its sessions end with their next request."""
    kept = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if not kept.is_active:
        return
    kept.is_active = account.is_active = False
    kept.save(update_fields=["is_active"])
    sessions.end_all(kept)
    record("account.deactivated", actor=by.actor, via=by.via, subject=Subject("account", str(kept.pk)), reason=reason)


@transaction.atomic
def set_password(account: Account, password: str, *, by: By = THE_SYSTEM) -> None:
    """Replace the password; every session that was opened with the old one ends."""
    _set_password(account, password)
    account.save(update_fields=["password"])
    sessions.end_all(account)
    record("account.password_set", actor=by.actor, via=by.via, subject=Subject("account", str(account.pk)))


def _record_membership(action: str, membership: Membership, by: By, **details: str) -> None:
    record(
        action,
        actor=by.actor,
        via=by.via,
        subject=Subject("person", str(membership.person_id)),
        details={"role": str(membership.role), "team": membership.team.slug if membership.team else None} | details,
    )


def _check_place(role: Role, team: Team | None) -> None:
    if role in COMPANY_WIDE and team is not None:
        raise Invalid(f"{role.label} is a role in the whole company; leave the team away.", field="team")


def _name(name: str) -> str:
    if not (kept := " ".join(name.split())):
        raise Invalid("A person needs a name.", field="name")
    if len(kept) > NAME_LENGTH:
        raise Invalid(f"The name is longer than {NAME_LENGTH} characters.", field="name")
    return kept


def _address(email: str) -> str:
    try:
        return str(Account._meta.get_field("email").clean(normalised(email), None))
    except ValidationError:
        raise Invalid(f"{email!r} is not an e-mail address.", field="email") from None


def _insert_account(account: Account) -> None:
    # The unique index decides, not a look before: two people may add the same address at once.
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise Conflict(f"There is an account {account.email} already; nothing was changed.", field="email") from None


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as refused:
        raise Invalid(" ".join(refused.messages), field="password") from None
    account.set_password(password)


def _clean(team: Team) -> None:
    try:
        team.full_clean()
    except ValidationError as refused:
        raise Invalid(" ".join(refused.messages), field="slug") from None
