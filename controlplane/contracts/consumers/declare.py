"""Say who consumes a contract, and how; or say it otherwise.

It is the consumer's team that says so. Whoever owns the contract may name somebody outside whom they know of, which
only adds to those who are asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.contracts.consumers.asking import ask, asking_of
from controlplane.contracts.consumers.standing import dependency_for_update, require_not_own
from controlplane.contracts.models import Contract, Dependency, Format
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.foundation.pointers import segments
from controlplane.inventory.models import Integration
from controlplane.people.access import Access, Action, who_may
from controlplane.people.models import Team

MOST_FIELDS: Final = 200
LONGEST_FIELD: Final = 300
LONGEST_NAME: Final = 120
LONGEST_CONTACT: Final = 200
LONGEST_NOTE: Final = 2_000
LONGEST_CADENCE: Final = timedelta(days=366)
_KEPT: Final = "Nothing was changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """How somebody consumes a contract, as they say. What is None or empty nobody knows. A cadence is in minutes."""

    reads: bool = True
    writes: bool = False
    fields: Sequence[str] = ()
    oldest: int | None = None
    newest: int | None = None
    cadence: timedelta | None = None
    contact: str = ""
    note: str = ""


@transaction.atomic
def declare(
    access: Access,
    contract: Contract,
    uses: Uses,
    *,
    integration: Integration | None = None,
    name: str = "",
    team: Team | None = None,
    via: Via = Via.PAGE,
) -> Dependency:
    """A consumer: an integration, or by its name what is outside our sight, with the team that answers for it.

    :class:`NotAllowed` for who may not say so, :class:`Conflict` for what is declared already, :class:`Invalid` with
    the field.
    """
    who = _who(integration, name, team)
    _require_may(access, contract, integration, team)
    said = _checked(contract, uses)
    changes = asking_of(contract)
    require_not_own(access, changes, integration=integration)
    declared = Dependency(contract=contract, **who, **said, declared_by_id=UUID(access.person_id))
    declared.confirmed_at, declared.confirmed_by_id = clock.now(), UUID(access.person_id)
    try:
        with transaction.atomic():
            declared.save()
    except IntegrityError as error:
        raise Conflict(f"{declared} is declared already; change what it says there. {_KEPT}", field="name") from error
    for change in changes:
        ask(change)
    _record(access, declared, "contract.consumer_declared", via)
    return declared


@transaction.atomic
def revise(access: Access, dependency: int, uses: Uses, *, via: Via = Via.PAGE) -> Dependency:
    """What it says now, which its team stands by from now on. Who says it is as it was says that it still holds."""
    declared, changes = dependency_for_update(dependency)
    access.require(Action.CONFIGURE, declared.answers.pk if declared.answers else None)
    require_not_own(access, changes, integration=declared.integration, dependency=declared)
    before = _said(declared)
    for field, value in _checked(declared.contract, uses).items():
        setattr(declared, field, value)
    declared.confirmed_at, declared.confirmed_by_id = clock.now(), UUID(access.person_id)
    declared.save()
    for change in changes:
        ask(change)
    differing = [field for field, value in _said(declared).items() if value != before[field]]
    _record(access, declared, "contract.consumer_revised" if differing else "contract.consumer_stood_by", via)
    return declared


def _who(integration: Integration | None, name: str, team: Team | None) -> dict[str, Any]:
    named = " ".join(name.replace("\x00", "").split())
    if integration is not None:
        if named or team is not None:
            raise Invalid("An integration has a name and a team already; leave them out.", field="name")
        return {"integration": integration}
    if not named:
        raise Invalid("Name an integration, or say what it is called that is outside our sight.", field="name")
    if len(named) > LONGEST_NAME:
        raise Invalid(f"A name has {LONGEST_NAME} characters at most.", field="name")
    if team is None:
        raise Invalid("Say which team answers for it: nobody else can be asked.", field="team")
    return {"name": named, "team": team}


def _require_may(access: Access, contract: Contract, integration: Integration | None, team: Team | None) -> None:
    if not access.person_id:
        raise NotAllowed(f"A consumer is declared by a person. {_KEPT}")
    own = integration.team_id if integration else team.pk if team else None
    if access.may(Action.CONFIGURE, own) or (integration is None and access.may(Action.CONFIGURE, contract.team_id)):
        return
    of = integration.team if integration else team
    raise NotAllowed(f"{' or '.join(who_may(Action.CONFIGURE))} of {of} says what it uses. {_KEPT}")


def _checked(contract: Contract, uses: Uses) -> dict[str, Any]:
    if not (uses.reads or uses.writes):
        raise Invalid("A consumer reads, or writes, or both.", field="reads")
    fields = list(dict.fromkeys(_fields(contract, uses.fields)))
    _check_versions(contract, uses.oldest, uses.newest)
    if uses.cadence is not None and not timedelta(minutes=1) <= uses.cadence <= LONGEST_CADENCE:
        raise Invalid("It comes every minute at most, and once a year at least.", field="cadence")
    texts = {"contact": (uses.contact, LONGEST_CONTACT), "note": (uses.note, LONGEST_NOTE)}
    kept = {name: _text(name, text, most) for name, (text, most) in texts.items()}
    return asdict(uses) | {"fields": fields} | kept


def _fields(contract: Contract, fields: Sequence[str]) -> Iterator[str]:
    if fields and contract.format != Format.JSON_SCHEMA:
        words = f"{contract.name} describes an interface and no records, so no fields of it can be named."
        raise Invalid(words, field="fields")
    if len(fields) > MOST_FIELDS:
        raise Invalid(f"{len(fields)} fields; name {MOST_FIELDS} at most, or none for all of them.", field="fields")
    for one in fields:
        if not one or len(one) > LONGEST_FIELD or "\x00" in one:
            raise Invalid(f"A field is a JSON Pointer of {LONGEST_FIELD} characters at most.", field="fields")
        try:
            segments(one)
        except Invalid as error:
            raise Invalid(f"{error.detail} A field is named like /customer/email.", field="fields") from error
        yield one


def _check_versions(contract: Contract, oldest: int | None, newest: int | None) -> None:
    if oldest is not None and newest is not None and oldest > newest:
        raise Invalid(f"The oldest version, {oldest}, is newer than the newest, {newest}.", field="oldest")
    for field, number in (("oldest", oldest), ("newest", newest)):
        if number is not None and not contract.versions.filter(number=number).exists():
            raise Invalid(f"{contract.name} has no version {number}.", field=field)


def _text(field: str, text: str, most: int) -> str:
    kept = text.replace("\x00", "").strip()
    if len(kept) > most:
        raise Invalid(f"It is longer than {most:,} characters.", field=field)
    return kept


def _said(declared: Dependency) -> Mapping[str, Any]:
    return {field: getattr(declared, field) for field in asdict(Uses())}


def _record(access: Access, declared: Dependency, action: str, via: Via) -> None:
    said = _said(declared)
    minutes = declared.cadence // timedelta(minutes=1) if declared.cadence else None
    audit.record(
        action,
        actor=access.actor,
        via=via,
        subject=Subject("contract", declared.contract.slug),
        details={"consumer": str(declared), "dependency": declared.pk, **said, "cadence": minutes},
    )
