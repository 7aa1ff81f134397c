"""One cause from near: since when, how many, who has it in hand, and what was done about it so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Min
from django.http import Http404

from controlplane.foundation import clock
from controlplane.inventory.models import Integration
from controlplane.people.access import Access
from controlplane.transactions.models import Cause, DeadLetter, Deed, DeedEntry, Destination
from controlplane.transactions.selectors import dead_letters
from controlplane.transactions.selectors.dead_letters import open_letters
from controlplane.transactions.selectors.sentences import listed_sentence

#: Entries of a history on a page.
ENTRIES = 50
SHAPES = {
    Deed.NOTED: "wait",
    Deed.ASSIGNED: "run",
    Deed.ACKNOWLEDGED: "ok",
    Deed.SNOOZED: "pause",
    Deed.WOKEN: "run",
    Deed.DROPPED: "off",
    Deed.REPLAYED: "run",
    Deed.EDITED: "warn",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of a history, in the words of the kit's ``{% feed %}``."""

    at: datetime
    kind: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class CauseView:
    """A cause for one person; ``first``, ``last`` and ``oldest`` (its age) are None once none is open."""

    fingerprint: UUID
    reason: str
    error_class: str
    step: str
    integration: Integration
    destination: Destination | None
    cause: Cause
    count: int
    money: str
    first: datetime | None
    last: datetime | None
    oldest: timedelta | None
    new: int
    history: Sequence[Told]

    @property
    def snoozed(self) -> bool:
        """It is put aside at this moment."""
        return self.cause.snoozed_until is not None and self.cause.snoozed_until > clock.now()

    @property
    def assignee(self) -> str:
        """Who has it in hand."""
        return str(self.cause.assignee or self.cause.team or "")


def cause_view(access: Access, fingerprint: UUID) -> CauseView:
    """The cause; 404 where this person sees no letter of it, open or not."""
    newest = DeadLetter.objects.visible_to(access).filter(fingerprint=fingerprint).order_by("-died_at").first()
    if newest is None:
        raise Http404("There is no such cause, or it is not yours to see.")
    waiting = open_letters(access).filter(fingerprint=fingerprint)
    sums = waiting.aggregate(count=Count("pk"), first=Min("died_at"), last=Max("died_at"))
    cause = Cause.objects.select_related("assignee", "team", "acknowledged_by").filter(pk=fingerprint).first()
    cause = cause or Cause(fingerprint=fingerprint, integration_id=newest.integration_id)
    since = cause.snoozed_at or cause.acknowledged_at
    integration = Integration.objects.select_related("team").get(pk=newest.integration_id)
    return CauseView(
        fingerprint,
        listed_sentence(access, integration.team_id, newest.reason),
        newest.error_class,
        newest.step,
        integration,
        Destination.objects.select_related("instance__system").filter(pk=newest.destination_id or 0).first(),
        cause,
        sums["count"],
        dead_letters.amounts(access, [fingerprint]).get(fingerprint, ""),
        sums["first"],
        sums["last"],
        clock.now() - sums["first"] if sums["first"] else None,
        waiting.filter(died_at__gt=since).count() if since else 0,
        history(access, fingerprint),
    )


def history(access: Access, fingerprint: UUID, step_run_id: UUID | None = None) -> list[Told]:
    """What was done, newest first: about the cause and its letters, or about one letter and its cause as a whole."""
    rows = DeedEntry.objects.visible_to(access).filter(fingerprint=fingerprint)
    if step_run_id is not None:
        rows = rows.filter(step_run_id=None) | DeedEntry.objects.visible_to(access).filter(step_run_id=step_run_id)
    entries = rows.select_related("author").order_by("-id")[:ENTRIES]
    return [_told(entry) for entry in entries]


def _told(entry: DeedEntry) -> Told:
    deed = Deed(entry.deed)
    where = ", one letter" if entry.step_run_id is not None else ""
    return Told(entry.at, SHAPES[deed], f"{deed.label}{where}, {entry.author.name}", entry.text)
