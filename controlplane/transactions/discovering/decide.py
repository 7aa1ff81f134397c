"""What people do about a discovery: ignore it and say why, or put the field into a draft of its contract."""

from __future__ import annotations

import copy
from typing import Any, Final

from django.db import transaction

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.foundation.pointers import segments
from controlplane.people.access import Access, Action
from controlplane.transactions.flows.publish import content_hash
from controlplane.transactions.models import SeenField, SeenType
from controlplane.transactions.selectors.discovered import Discovery, discoveries

CONTENT: Final = ("schema", "keys", "personal", "secret", "enforcement")


def the(access: Access, kind: str, key: int) -> Discovery:
    """The discovery of a row; :class:`NotFound` where it is none any more, or was ignored already."""
    for one in discoveries(access.everywhere, kind=kind):
        if one.key == key:
            return one
    raise NotFound("This is no discovery any more: somebody has decided on it, or a contract names it now.")


@transaction.atomic
def ignore(access: Access, found: Discovery, reason: str, *, via: Via = Via.PAGE) -> None:
    """Say no more of it."""
    access.require(Action.CONFIGURE, found.team_id)
    why = " ".join(reason.split())[:1000]
    if not why:
        raise Invalid("Say why, in a few words: others look at it later. Nothing was changed.", field="reason")
    rows: Any = SeenType if found.kind == "unknown" else SeenField
    rows.objects.filter(pk=found.key).update(ignored_reason=why, ignored_by=access.person_id)
    details = {"type": found.event_type, "field": found.pointer}
    subject = Subject("interface", found.interface.slug)
    record("discovery.ignored", actor=access.actor, via=via, subject=subject, reason=why, details=details)


@transaction.atomic
def include(access: Access, found: Discovery, *, via: Via = Via.PAGE) -> ContractVersion:
    """A draft of the contract that names the field, as it was seen; publishing it is as for every other."""
    version = found.version
    if version is None or found.kind != "unnamed":
        raise Conflict("There is no contract to put it into. Nothing was changed.")
    access.require(Action.CONFIGURE, version.contract.team_id)
    versions = ContractVersion.objects.select_for_update().filter(contract_id=version.contract_id).order_by("-number")
    newest = versions[0]
    last = newest if newest.state == VersionState.DRAFT else version
    content = {name: getattr(last, name) for name in CONTENT}
    content["schema"] = with_field(last.schema, found.pointer, found.kinds)
    digest = content_hash(content)
    if digest == newest.content_hash:
        return newest
    made = ContractVersion.objects.create(
        contract_id=version.contract_id,
        number=newest.number + 1,
        content_hash=digest,
        author_id=access.person_id,
        **content,
    )
    details = {"version": made.number, "field": found.pointer}
    subject = Subject("contract", version.contract.slug)
    record("contract.drafted", actor=access.actor, via=via, subject=subject, details=details)
    return made


def with_field(schema: dict[str, Any], pointer: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    """A copy of a schema that names the field; :class:`Invalid` where its place is described by a reference."""
    made = copy.deepcopy(schema)
    *path, name = segments(pointer)
    at: dict[str, Any] = made
    for part in path:
        at = _below(at, part, pointer)
    if name == "*" or "$ref" in at:
        raise _by_hand(pointer)
    at.setdefault("properties", {}).setdefault(name, {"type": kinds[0] if len(kinds) == 1 else list(kinds)})
    return made


def _below(at: dict[str, Any], part: str, pointer: str) -> dict[str, Any]:
    inner = at.get("items") if part == "*" else at.get("properties", {}).get(part)
    if "$ref" in at or not isinstance(inner, dict):
        raise _by_hand(pointer)
    return inner


def _by_hand(pointer: str) -> Invalid:
    return Invalid(f"The contract describes the place of {pointer} by reference or as a map; write it by hand.")
