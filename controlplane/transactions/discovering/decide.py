"""What people do about a discovery: ignore it and say why, or draft a version of the contract that lets it in.

A draft is nothing yet: it is what somebody then proposes, and a board decides on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import transaction

from controlplane.audit.models import Subject, Via
from controlplane.audit.services import record
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import ContractVersion
from controlplane.contracts.selectors import newest_published
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.foundation.pointers import values
from controlplane.governance.changes.propose import propose
from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access, Action
from controlplane.transactions.discovering.drifting import settle
from controlplane.transactions.models import (
    Drift,
    DriftKind,
    DriftState,
    Payload,
    SeenField,
    SeenType,
    Transaction,
    UsualForm,
)
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.amending import amended, with_field, with_values
from controlplane.transactions.rules.usual import Usual
from controlplane.transactions.selectors.discovered import DRIFT, Discovery, discoveries, drift_called
from controlplane.transactions.selectors.records import records_of

#: Values that an enumeration is amended with, each as short as this.
MOST_VALUES: Final = 10
LONGEST_VALUE: Final = 60
LONGEST_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class Drafted:
    """What would be proposed, prefilled: the schema, a line and why."""

    schema: dict[str, Any]
    title: str
    why: str


def the(access: Access, kind: str, key: int) -> Discovery:
    """The discovery of a row; :class:`NotFound` where it is none any more, or was ignored already."""
    if kind == DRIFT:
        return drift_called(key)
    for one in discoveries(access.everywhere, kind=kind):
        if one.key == key:
            return one
    raise NotFound("This is no discovery any more: somebody has decided on it, or a contract names it now.")


@transaction.atomic
def ignore(access: Access, found: Discovery, reason: str, *, via: Via = Via.PAGE) -> None:
    """Say no more of it. What had drifted is what is usual from now on."""
    access.require(Action.CONFIGURE, found.team_id)
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise Invalid("Say why, in a few words: others look at it later. Nothing was changed.", field="reason")
    if found.drift is not None:
        _ignore_drift(access, found.drift, why)
    else:
        rows: Any = SeenType if found.kind == "unknown" else SeenField
        rows.objects.filter(pk=found.key).update(ignored_reason=why, ignored_by=access.person_id)
    details = {"type": found.event_type, "field": found.pointer}
    subject = Subject("interface", found.interface.slug)
    action = "drift.ignored" if found.drift is not None else "discovery.ignored"
    record(action, actor=access.actor, via=via, subject=subject, reason=why, details=details)


def _ignore_drift(access: Access, drift: Drift, why: str) -> None:
    # The form's row first, as a look takes it.
    rows = UsualForm.objects.filter(interface=drift.interface_id, event_type=drift.event_type)
    form = rows.select_for_update().first()
    now = Drift.objects.select_for_update(of=("self",)).get(pk=drift.pk)
    if now.state != DriftState.OPEN:
        raise Conflict(f"It is not open any more: {now.get_state_display().lower()}. Nothing was changed.")
    settle(now, DriftState.IGNORED, reason=why, ignored_by_id=UUID(access.person_id))
    if form is not None:
        usual = Usual.read(form.form)
        usual.relearn(now.what)
        form.form = usual.kept()
        form.save(update_fields=["form"])


def drafted(access: Access, found: Discovery) -> Drafted:
    """What would let it in, of the newest version. :class:`Invalid` and :class:`Conflict` say why nothing can be."""
    version = found.version
    if version is None or found.kind not in {DRIFT, "unnamed"}:
        raise Conflict("There is no contract to put it into. Nothing was changed.")
    access.require(Action.CONFIGURE, version.contract.team_id)
    newest = newest_published(version.contract) or version
    schema = _schema(found, newest)
    if schema == newest.schema:
        raise Conflict(f"{newest} lets it in as it is; there is nothing to amend. Ignore it, and say why.")
    seen = f"Seen in {found.share:.0%} of {found.samples:,} samples from {found.interface.name}."
    said = f"{found.pointer}: {found.words}. {found.drift.words}" if found.drift is not None else found.words
    return Drafted(schema, f"Let in {found.pointer} of {found.event_type} as it comes"[:200], f"{said}\n{seen}")


def _schema(found: Discovery, newest: ContractVersion) -> dict[str, Any]:
    if found.drift is None:
        return with_field(newest.schema, found.pointer, found.kinds)
    if found.drift.kind == DriftKind.BROKEN:
        return _with_what_came(found.drift, newest)
    return amended(newest.schema, found.drift.kind, found.pointer, found.drift.kinds)


def _with_what_came(drift: Drift, newest: ContractVersion) -> dict[str, Any]:
    """An enumeration with the values of the examples; what else is broken only a person can amend."""
    if drift.sign != "enum":
        raise Invalid(f"What {drift.sign!r} of {drift.pointer} should say instead is a person's to write.")
    hidden = [*newest.personal, *newest.secret]
    if any(drift.pointer == one or drift.pointer.startswith(f"{one}/") for one in hidden):
        raise Invalid(f"{drift.pointer} is personal or secret, so its values are not written here; do it by hand.")
    return with_values(newest.schema, drift.pointer, _values_of(drift))


def _values_of(drift: Drift) -> Sequence[Any]:
    """The short values that stand there in the examples, each once."""
    snapshot = catalogue.snapshot()
    rows = {row.pk: row for row in Transaction.objects.filter(pk__in=drift.examples)}
    found: list[Any] = []
    for body in Payload.objects.filter(pk__in=drift.examples):
        door = rows[body.id].endpoint_id if body.id in rows else None
        for kind, document in records_of(door, body.headers, body.content_type, bytes(body.body), snapshot):
            if kind == (drift.interface_id, drift.event_type):
                found += [value for value in values(document, drift.pointer) if value not in found]
    short = (one for one in found if len(orjson.dumps(one)) <= LONGEST_VALUE)
    return list(islice(short, MOST_VALUES))


@transaction.atomic
def propose_from(access: Access, found: Discovery, *, draft: bool, via: Via = Via.API) -> ChangeRequest:
    """A change request of what is drafted; kept as a draft, or put before its board. Nothing is published by it."""
    made = drafted(access, found)
    if found.version is None:
        raise Conflict("There is no contract to put it into. Nothing was changed.")
    subject = Subject(NAME, found.version.contract.slug)
    change = propose(
        access, NAME, subject, {"schema": made.schema}, title=made.title, why=made.why, draft=draft, via=via
    )
    was_proposed(found, change)
    return change


def was_proposed(found: Discovery, change: ChangeRequest) -> None:
    """Somebody proposed what lets it in."""
    if found.drift is not None:
        Drift.objects.filter(pk=found.drift.pk).update(change=change)
