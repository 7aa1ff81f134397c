"""Edit what was received, and let it out: the original stays, the edit is kept beside it and is what is judged.

What is hidden from whoever edits stays what it was; an edit that would be set aside again is refused with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.foundation.ids import uuid7
from controlplane.people.access import Access, Action
from controlplane.transactions.masking import DOTS
from controlplane.transactions.models import Payload, PayloadKind, Release, ReleaseItem, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.releases.request import request_release
from controlplane.transactions.rules import edits
from controlplane.transactions.rules.edits import Change
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.detail import detail
from controlplane.transactions.selectors.records import records_of
from controlplane.transactions.selectors.sentences import Seen

#: So many changed fields are named in the audit; the rest is counted.
NAMED = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person can edit: ``original`` is what was judged, ``shown`` what they may see of it; ``basis`` its id."""

    payload: Payload
    original: dict[str, Any]
    shown: Any

    @property
    def basis(self) -> UUID:
        """Which body it is: edited by somebody else meanwhile, it is another."""
        found: UUID = self.payload.pk
        return found


def draft(access: Access, transaction_id: UUID) -> Draft:
    """The body of an event in quarantine. :class:`NotAllowed` and :class:`Conflict` say why there is none to edit."""
    shown = detail(access, transaction_id, clock.now())
    for action in (Action.REPLAY, Action.EDIT_DEAD_LETTERS, Action.SEE_PAYLOADS):
        access.require(action, shown.facts.team_id)
    row = shown.transaction
    if row.state != TransactionState.QUARANTINED or row.id != row.event_id:
        raise Conflict("It is not in quarantine, so there is nothing to edit.")
    payload = Payload.objects.filter(pk=last_judged(row), retention=row.retention).first()
    if payload is None:
        raise Conflict("Its body is not kept any more, so it cannot be edited.")
    if shown.bodies.seen is Seen.NOTHING:
        raise NotAllowed(shown.bodies.why_hidden)
    try:
        original = orjson.loads(bytes(payload.body))
    except orjson.JSONDecodeError:
        original = None
    if not isinstance(original, dict):
        raise Conflict("Its body is no JSON object, so it cannot be edited here.")
    return Draft(payload, original, shown.bodies.mask.document(original))


def last_judged(row: Transaction) -> UUID:
    """The body by which it was judged last: the newest edited one, or what was received."""
    edited = ReleaseItem.objects.filter(transaction_id=row.event_id, body_id__isnull=False)
    found = edited.order_by("-release_id").values_list("body_id", flat=True).first()
    return found or row.event_id


def compared(before: Draft, transaction_id: UUID, text: str) -> tuple[dict[str, Any], list[Change]]:
    """The whole document and what differs; :class:`Invalid` for what cannot be, or would be set aside again."""
    written = edits.read(text)
    document = edits.restored(before.original, before.shown, written)
    if edits.holds_dots(document, DOTS) and not edits.holds_dots(before.original, DOTS):
        raise Invalid(f"{DOTS} stands for something hidden; it can only stay where it was.", field="body")
    found = edits.changes(before.shown, written)
    if found:
        _check(before, Transaction.objects.get(pk=transaction_id), document)
    return document, found


def _check(before: Draft, row: Transaction, document: dict[str, Any]) -> None:
    """By today's contract, as processing will do it."""
    snapshot = catalogue.snapshot()
    headers, content_type = before.payload.headers, before.payload.content_type
    records = records_of(row.endpoint_id, headers, content_type, orjson.dumps(document), snapshot, largest=None)
    if not records:
        raise Invalid("There is no event in it that could be read any more.", field="body")
    for (interface, event_type), record in records:
        normal = snapshot.normal(interface, event_type)
        contract = normal.contract if normal else None
        if contract is not None and (error := contract.why_aside(record)) is not None:
            path = "".join(f"/{part}" for part in error.instance_path)
            hidden = before.original != before.shown  # the sentence may quote a value that is not theirs to see
            what = "it does not fit" if hidden else error.message
            raise Invalid(f"It would be set aside again: {path or 'the record'}: {what}", field="body")


@transaction.atomic
def edit_and_release(
    access: Access, transaction_id: UUID, text: str, reason: str, *, basis: UUID | None = None
) -> Release:
    """Keep the edit beside the original, and let the event out with it.

    ``basis`` is the body that the person saw; :class:`Conflict` when it is another one by now.
    """
    if not reason.strip():
        raise Invalid("Say why it is edited: the reason is kept with the body.", field="reason")
    before = draft(access, transaction_id)
    if basis is not None and basis != before.basis:
        raise Conflict("Somebody has edited it meanwhile; look at what it is now. Nothing was changed.")
    document, found = compared(before, transaction_id, text)
    if not found:
        raise Invalid("Nothing is changed. To judge it as it is, release it without an edit.", field="body")
    kept = _keep(access, before.payload, transaction_id, orjson.dumps(document), reason.strip())
    release = request_release(access, [transaction_id], reason, bodies={transaction_id: kept.pk})
    audit.record(
        "transaction.edited",
        actor=access.actor,
        subject=Subject("transaction", str(transaction_id)),
        reason=reason.strip(),
        details={"fields": [one.path for one in found[:NAMED]], "count": len(found), "release": release.pk},
    )
    return release


def _keep(access: Access, before: Payload, transaction_id: UUID, body: bytes, reason: str) -> Payload:
    return Payload.objects.create(
        id=uuid7(),
        retention=before.retention,
        kind=PayloadKind.EDITED,
        transaction_id=transaction_id,
        content_type=before.content_type,
        headers=before.headers,
        body=body,
        revision_of=before.pk,
        edited_by=UUID(access.person_id),
        reason=reason,
    )
