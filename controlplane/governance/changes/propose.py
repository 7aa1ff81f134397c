"""Propose a change: its first revision is frozen, its checks are laid out, and the board that decides is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation import clock, planned
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.governance.changes.locking import locked, require_owner, require_state
from controlplane.governance.changes.writing import write_revision
from controlplane.governance.kinds import Content, Kind, described, kind_called
from controlplane.governance.models import ChangeRequest, ChangeState
from controlplane.governance.selectors import board_for
from controlplane.people.access import Access

#: The longest time box of an emergency.
LONGEST_EMERGENCY = timedelta(days=14)
MOST_FAILURES = 50
_OVER = "That time is over: say until when it has to be decided."


@dataclass(frozen=True, slots=True)
class Emergency:
    """Fewer votes now, within ``lasts``; the board reviews it afterwards."""

    lasts: timedelta


@transaction.atomic
def propose(
    access: Access,
    kind_name: str,
    subject: Subject,
    content: Content,
    *,
    title: str,
    why: str,
    due: datetime | None = None,
    authors: Sequence[UUID] = (),
    emergency: Emergency | None = None,
    rolls_back: ChangeRequest | None = None,
    answers_for: Sequence[str] = (),
    draft: bool = False,
    via: Via = Via.PAGE,
) -> ChangeRequest:
    """The change, proposed (or kept as a draft until :func:`submit`).

    ``authors`` are persons who wrote it besides the one who asks: none of them decides on it. Raises
    :class:`NotAllowed` without the kind's action in the subject's team, :class:`NotFound` for what is not there,
    :class:`Invalid` with the field, and :class:`Conflict` when no board decides on this kind.
    """
    kind = kind_called(kind_name)
    if not access.person_id:
        raise NotAllowed("A change is proposed by a person. Nothing was changed.")
    about = described(kind, subject, content)
    access.require(kind.needs, about.team_id)
    now = clock.now()
    change = ChangeRequest.objects.create(
        kind=kind_name,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=about.name[:200],
        subject_url=about.url[:300],
        team_id=about.team_id,
        environment=about.environment,
        board=board_for(kind_name, kind),
        seen_with=kind.sees.name if kind.sees else "",
        opened_by_id=UUID(access.person_id),
        due=planned.ahead(due, field="due", over=_OVER) if due is not None else None,
        open_until=_ends(emergency, now) or (now + kind.waits_for if kind.waits_for else None),
        emergency=emergency is not None,
        emergency_until=_ends(emergency, now),
        rolls_back=rolls_back,
        answers_for=list(answers_for)[:MOST_FAILURES],
    )
    write_revision(access, change, kind, content, title=title, why=why, authors=authors)
    if not draft:
        _submit(change, kind)
    _record(access, change, "change.drafted" if draft else "change.proposed", via)
    return change


@transaction.atomic
def submit(access: Access, change_id: int, *, via: Via = Via.PAGE) -> ChangeRequest:
    """Put a draft before its board."""
    change = locked(access, change_id)
    kind = kind_called(change.kind)
    require_owner(access, change, kind)
    require_state(change, ChangeState.DRAFT)
    _submit(change, kind)
    _record(access, change, "change.proposed", via)
    return change


def _record(access: Access, change: ChangeRequest, action: str, via: Via) -> None:
    audit.record(
        action,
        actor=access.actor,
        via=via,
        subject=Subject("change", str(change.pk)),
        reason=change.why,
        details={
            "kind": change.kind,
            "subject": f"{change.subject_kind} {change.subject_id}",
            "content_hash": change.revision.content_hash,
            "board": change.board.slug,
            "emergency": change.emergency,
        },
    )


def _submit(change: ChangeRequest, kind: Kind) -> None:
    change.state = ChangeState.PROPOSED
    change.save(update_fields=["state"])
    kind.proposed(change)


def _ends(emergency: Emergency | None, now: datetime) -> datetime | None:
    if emergency is None:
        return None
    if not timedelta(0) < emergency.lasts <= LONGEST_EMERGENCY:
        days = LONGEST_EMERGENCY.days
        raise Invalid(f"An emergency has a time box of up to {days} days.", field="emergency")
    return now + emergency.lasts
