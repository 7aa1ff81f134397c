"""Write down what was found out: notes are kept as they were written, with their author."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access, Action
from controlplane.transactions.dead_letters.history import remember
from controlplane.transactions.dead_letters.hold import held_letter, hold
from controlplane.transactions.models import Deed, DeedEntry

LONGEST = 4000


@transaction.atomic
def add_note(access: Access, fingerprint: UUID, text: str, *, step_run_id: UUID | None = None) -> DeedEntry:
    """A note about a cause, or about one letter of it; plain text. Nobody can change or remove it afterwards."""
    said = text.strip()
    if not said:
        raise Invalid("There is nothing in the note.", field="text")
    if len(said) > LONGEST:
        raise Invalid(f"A note has {LONGEST:,} characters at most; this one has {len(said):,}.", field="text")
    if step_run_id is not None:
        letter = held_letter(access, step_run_id, Action.REPLAY)
        integration_id, fingerprint = letter.integration_id, letter.fingerprint
    else:
        integration_id = hold(access, fingerprint, Action.REPLAY).integration_id
    entry = remember(access, integration_id, fingerprint, Deed.NOTED, said.replace("\x00", ""), step_run_id)
    # The words stay with the letter: they may speak of a person, and the audit is kept for ever.
    audit.record(
        "dead_letters.noted",
        actor=access.actor,
        subject=Subject("cause", str(fingerprint)),
        details={"entry": entry.pk, "letter": str(step_run_id or "")},
    )
    return entry
