"""Edit what a dead letter would send, and send it: the original stays, the edit is a revision beside it.

The revision is counted up with it, so that the idempotency key is another one: a target that remembers the
original as refused does not answer for the edited body with that refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jsonschema_rs
import orjson
from django.db import transaction
from django.http import Http404

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.foundation.ids import uuid7
from controlplane.people.access import Access, Action
from controlplane.transactions.dead_letters.history import remember
from controlplane.transactions.dead_letters.hold import held_letter
from controlplane.transactions.masking import DOTS
from controlplane.transactions.models import DeadLetter, Deed, Payload, PayloadKind, Replay, StepRun
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules import edits
from controlplane.transactions.rules.edits import Change
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import StepKind, StepState
from controlplane.transactions.selectors.detail import TransactionDetail, detail
from controlplane.transactions.selectors.sentences import Seen

#: So many changed fields are named in the history; the rest is counted.
NAMED = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person can edit: ``original`` is what would be sent, ``shown`` what they may see of it.

    ``revision`` and ``basis`` (the payload) say which body it is: edited by somebody else meanwhile, it is another.
    """

    original: dict[str, Any]
    shown: Any
    revision: int
    basis: UUID | None
    schema: dict[str, Any]
    contract: str


@dataclass(frozen=True, slots=True)
class Edited:
    """An edit that could be sent: the whole document, and what differs as its editor may see it."""

    document: dict[str, Any]
    changes: list[Change]


def draft(access: Access, step_run_id: UUID) -> Draft:
    """The body of an open dead letter. :class:`NotAllowed` and :class:`Conflict` say why there is none to edit."""
    letter = DeadLetter.objects.get_visible_or_404(access, pk=step_run_id)
    return _draft(access, letter, StepRun.objects.filter(pk=step_run_id).first())


def _draft(access: Access, letter: DeadLetter, run: StepRun | None) -> Draft:
    shown = detail(access, letter.transaction_id, clock.now())
    for action in (Action.EDIT_DEAD_LETTERS, Action.REPLAY, Action.SEE_PAYLOADS):
        access.require(action, shown.facts.team_id)
    if run is None:
        raise Http404
    if letter.resolved_at is not None or run.state != StepState.DEAD:
        raise Conflict("It is not waiting any more, so there is nothing to edit.")
    bodies, basis = shown.bodies, run.request_id
    original = bodies.document(basis)
    if original is None and letter.payload_id is not None:
        basis, original = letter.payload_id, bodies.document(letter.payload_id)
    if original is None and run.request_id is not None:
        raise Conflict("Its body is not kept any more, so it cannot be edited.")
    original = original if isinstance(original, dict) else {}
    if bodies.seen is Seen.NOTHING:
        raise NotAllowed(bodies.why_hidden)
    schema, contract = _agreed(shown)
    return Draft(original, bodies.mask.document(original), run.revision, basis, schema, contract)


def _agreed(shown: TransactionDetail) -> tuple[dict[str, Any], str]:
    """What the flow's target agreed to take; of a flow with several deliveries nobody can say whose that is."""
    version = shown.facts.flow_version
    delivering = [step for step in shown.facts.steps if step.kind is StepKind.DELIVER]
    if version is None or version.target_contract is None or len(delivering) != 1:
        return {}, ""
    return version.target_contract.schema, str(version.target_contract)


def compared(before: Draft, text: str) -> Edited:
    """What an edit comes to; :class:`Invalid` for what cannot be sent, or would overwrite what is hidden."""
    written = edits.read(text)
    document = edits.restored(before.original, before.shown, written)
    if edits.holds_dots(document, DOTS) and not edits.holds_dots(before.original, DOTS):
        raise Invalid(f"{DOTS} stands for something hidden; it can only stay where it was.", field="body")
    found = edits.changes(before.shown, written)
    if not found:
        raise Invalid("Nothing is changed. To send it as it is, replay it.", field="body")
    _check(before, document)
    return Edited(document, found)


def _check(before: Draft, document: dict[str, Any]) -> None:
    if not before.schema:
        return
    try:
        error = next(iter(jsonschema_rs.validator_for(before.schema, offline=True).iter_errors(document)), None)
    except ValueError as problem:
        raise Conflict(f"The contract {before.contract} cannot be read, so nothing is held against it.") from problem
    if error is None:
        return
    path = "".join(f"/{part}" for part in error.instance_path)
    hidden = before.original != before.shown  # the sentence may quote a value that is not theirs to see
    what = "it does not fit" if hidden else error.message
    raise Invalid(f"It breaks the contract {before.contract}: {path or 'the body'}: {what}", field="body")


@transaction.atomic
def edit_and_retry(access: Access, step_run_id: UUID, text: str, reason: str, basis: tuple[int, str]) -> Replay:
    """Keep the edit as a revision, and send it once.

    ``basis`` is the revision and payload that the person saw; :class:`Conflict` when it is another one by now.
    """
    if not reason.strip():
        raise Invalid("Say why it is edited: the reason is kept with the body.", field="reason")
    letter = held_letter(access, step_run_id, Action.EDIT_DEAD_LETTERS)
    run = StepRun.objects.select_for_update().filter(pk=step_run_id).first()
    before = _draft(access, letter, run)
    if run is None or basis != (before.revision, str(before.basis or "")):
        raise Conflict("Somebody has edited it meanwhile; look at what it is now. Nothing was changed.")
    edited = compared(before, text)
    _keep(access, letter, run, orjson.dumps(edited.document), reason.strip())
    replay = request_replay(access, step_run_ids=[step_run_id], reason=reason)
    paths = [change.path or "/" for change in edited.changes]
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    said = f"{', '.join(paths[:NAMED])}{more}: {reason.strip()}"
    remember(access, letter.integration_id, letter.fingerprint, Deed.EDITED, said, step_run_id)
    audit.record(
        "dead_letter.edited",
        actor=access.actor,
        subject=Subject("step_run", str(step_run_id)),
        reason=reason.strip(),
        details={"revision": run.revision, "fields": len(paths), "replay": replay.pk},
    )
    return replay


def _keep(access: Access, letter: DeadLetter, run: StepRun, body: bytes, reason: str) -> None:
    """Twice, like every dead letter's body: among the others, and for as long as a dead letter waits."""
    common: dict[str, Any] = {
        "kind": PayloadKind.EDITED,
        "transaction_id": run.transaction_id,
        "step_run_id": run.pk,
        "body": body,
        "edited_by": UUID(access.person_id),
        "reason": reason,
    }
    kept = Payload.objects.create(id=uuid7(), retention=run.retention, revision_of=run.request_id, **common)
    pinned = Payload.objects.create(id=uuid7(), retention=Retention.PINNED, revision_of=letter.payload_id, **common)
    run.request_id, run.revision = kept.pk, run.revision + 1
    run.save(update_fields=["request_id", "revision"])
    letter.payload_id = pinned.pk
    letter.save(update_fields=["payload_id"])
