"""One dead letter from near: what it would send, who changed that, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from controlplane.foundation import clock
from controlplane.foundation.ids import moment
from controlplane.people.access import Access
from controlplane.people.models import Person
from controlplane.transactions.models import DeadLetter, Payload, StepRun
from controlplane.transactions.rules import edits
from controlplane.transactions.selectors import causes
from controlplane.transactions.selectors.bodies import Body
from controlplane.transactions.selectors.causes import Told
from controlplane.transactions.selectors.detail import TransactionDetail, detail

#: Revisions shown; nobody edits one so often.
REVISIONS = 20


@dataclass(frozen=True, slots=True)
class Revision:
    """One edit: by whom, why, and what it changed as this person may see it."""

    at: datetime
    author: str
    reason: str
    changes: Sequence[edits.Change]


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter for one person. ``superseded_by`` is set where a newer event of its record was delivered."""

    letter: DeadLetter
    run: StepRun | None
    shown: TransactionDetail
    reason: str
    body: Body
    revisions: Sequence[Revision]
    history: Sequence[Told]

    @property
    def title(self) -> str:
        """The step's name in words."""
        step = self.shown.facts.step(self.run.name) if self.run else None
        return step.title if step else self.letter.step or "Delivery"

    @property
    def expired(self) -> bool:
        """Whether nobody sent it while that could be done."""
        return self.letter.resolution.startswith("expired:")

    @property
    def superseded_by(self) -> UUID | None:
        """The transaction that brought the newer version."""
        return self.letter.superseded_by if self.letter.resolution == "superseded" else None


def letter_view(access: Access, step_run_id: UUID) -> LetterView:
    """The letter; 404 for one that is missing and for one of others."""
    letter = (
        DeadLetter.objects.select_related("assignee", "team", "integration", "destination__instance__system")
    ).get_visible_or_404(access, pk=step_run_id)
    shown = detail(access, letter.transaction_id, clock.now())
    run = StepRun.objects.filter(pk=step_run_id).first()
    return LetterView(
        letter,
        run,
        shown,
        shown.bodies.text(letter.reason),
        shown.bodies.sent(run.name) if run else Body("Sent", there=False, why="It is not kept any more."),
        _revisions(shown, letter, run),
        causes.history(access, letter.fingerprint, step_run_id),
    )


def _revisions(shown: TransactionDetail, letter: DeadLetter, run: StepRun | None) -> list[Revision]:
    """Along the chain of edits, newest first, in the copies that are kept with the letter."""
    if run is None or not run.revision or shown.bodies.why_hidden:
        return []
    chain = _chain(letter.payload_id)
    people = Person.objects.in_bulk({one.edited_by for one in chain if one.edited_by is not None})
    documents = [shown.bodies.mask.document(_parsed(one)) for one in chain]
    return [
        Revision(
            moment(one.id),
            str(people.get(one.edited_by, "somebody")),
            one.reason,
            edits.changes(documents[place + 1], documents[place]) if place + 1 < len(chain) else [],
        )
        for place, one in enumerate(chain)
        if one.edited_by is not None
    ]


def _chain(identifier: UUID | None) -> list[Payload]:
    found: list[Payload] = []
    while identifier is not None and len(found) < REVISIONS:
        payload = Payload.objects.filter(id=identifier).first()
        if payload is None:
            break
        found.append(payload)
        identifier = payload.revision_of
    return found


def _parsed(payload: Payload) -> object:
    try:
        return edits.parsed(bytes(payload.body))
    except ValueError:
        return None
