"""Everything that the page of one change shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from controlplane.foundation import clock
from controlplane.foundation.errors import NotAllowed, NotFound
from controlplane.governance.changes.apply import why_not_apply
from controlplane.governance.changes.locking import require_owner
from controlplane.governance.changes.meet import why_not_meet
from controlplane.governance.changes.review import why_not_review
from controlplane.governance.changes.vote import why_no_vote
from controlplane.governance.kinds import Kind, kind_called, label_of
from controlplane.governance.models import (
    BoardMember,
    ChangeRequest,
    ChangeState,
    Check,
    CheckState,
    Condition,
    Revision,
    RevisionAuthor,
    Vote,
)
from controlplane.governance.panels import PanelOf, panels_of
from controlplane.governance.panels import Shown as PanelShown
from controlplane.governance.rules.tally import Tally
from controlplane.governance.selectors.deciding import author_ids, revision_of, seats_of, seats_open_to, tally_of
from controlplane.governance.selectors.listing import SHAPES
from controlplane.governance.views.talking import Talk, talk_of
from controlplane.people.access import Access
from controlplane.people.models import Person

#: Check state → its shape; failing ones are shown first.
CHECK_SHAPES = {
    CheckState.COULD_NOT_RUN: "bad",
    CheckState.FAILED: "bad",
    CheckState.WAITING: "wait",
    CheckState.PASSED: "ok",
}
_ORDER = tuple(CHECK_SHAPES)
#: Of versions that are only listed.
_HEAVY = ("content", "base", "diff", "impact")
_VOTE_SHAPES = {"approve": "ok", "reject": "bad", "abstain": "off"}


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat on the board, and what it said: ``shape`` and ``words``."""

    person: Person
    role: str
    note: str
    shape: str
    words: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One station on a change's way; ``state`` is done, now or nothing."""

    label: str
    sub: str
    at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A change with all that stands on its page."""

    change: ChangeRequest
    revision: Revision
    kind_label: str
    shape: str
    words: str
    steps: Sequence[Step]
    tally: Tally
    seats: Sequence[Seat]
    checks: Sequence[tuple[Check, str]]
    failing: int
    conditions: Sequence[Condition]
    talk: Talk
    revisions: Sequence[Revision]
    authors: Sequence[Person]
    rollbacks: Sequence[ChangeRequest]
    why_no_vote: str
    why_not_apply: str
    why_not_owner: str
    why_not_meet: str
    why_not_review: str
    may_choose: Sequence[BoardMember]
    can_undo: bool
    known: bool
    panels: Sequence[PanelShown]

    @property
    def is_current(self) -> bool:
        """Whether the revision shown is the newest one."""
        return self.revision.pk == self.change.current_id

    @property
    def failing_words(self) -> str:
        """How many required checks have not passed."""
        required = sum(check.required for check, _ in self.checks)
        return f"{self.failing} of {required} required not passed"


def shown(access: Access, change: ChangeRequest, number: int | None = None) -> Shown:
    """The change as its page shows it, at one of its revisions; :class:`NotFound` for one that it does not have."""
    revisions = list(change.revisions.select_related("person").defer(*_HEAVY).order_by("-number"))
    revision = revision_of(change, number)
    seats = seats_of(change)
    counted = tally_of(change, seats)
    checks = _checks(revision)
    kind = _kind(change)
    authors = list(Person.objects.filter(pk__in=author_ids(change)).order_by("name"))
    return Shown(
        change=change,
        revision=revision,
        kind_label=label_of(change.kind),
        shape=SHAPES[ChangeState(change.state)],
        words=_words(change, counted),
        steps=_steps(change, checks),
        tally=counted,
        seats=_seats(change, seats, authors),
        checks=checks,
        failing=sum(check.required and check.state != CheckState.PASSED for check, _ in checks),
        conditions=list(
            Condition.objects.filter(revision=revision).select_related("vote__person", "met_by").order_by("pk")
        ),
        talk=talk_of(access, change, revision),
        revisions=revisions,
        authors=authors,
        rollbacks=list(ChangeRequest.objects.filter(rolls_back=change).order_by("-pk")[:10]),
        why_no_vote=why_no_vote(access, change),
        why_not_apply=why_not_apply(change) if kind and change.state == ChangeState.APPROVED else "",
        why_not_owner=_why_not_owner(access, change, kind),
        why_not_meet=why_not_meet(access, change) if kind else "",
        why_not_review=why_not_review(access, change),
        may_choose=_may_choose(access, change),
        can_undo=kind is not None and kind.undo is not None,
        known=kind is not None,
        panels=panels_of(PanelOf(change, revision, access)),
    )


def _kind(change: ChangeRequest) -> Kind | None:
    try:
        return kind_called(change.kind)
    except NotFound:
        return None


def _why_not_owner(access: Access, change: ChangeRequest, kind: Kind | None) -> str:
    if kind is None:
        return "No part of this installation knows this kind of change any more."
    try:
        require_owner(access, change, kind)
    except NotAllowed as refused:
        return refused.detail
    return ""


def _may_choose(access: Access, change: ChangeRequest) -> list[BoardMember]:
    """The seats for which this person may vote, where there is a choice."""
    if not access.person_id or change.state != ChangeState.PROPOSED:
        return []
    authors = author_ids(change)
    seats = seats_open_to(UUID(access.person_id), change, clock.now())
    found = [seat for seat in seats if seat.person_id not in authors]
    return found if len(found) > 1 else []


def _checks(revision: Revision) -> list[tuple[Check, str]]:
    found = sorted(
        Check.objects.filter(revision=revision).select_related("revision"),
        key=lambda one: (_ORDER.index(CheckState(one.state)), one.pk),
    )
    return [(check, CHECK_SHAPES[CheckState(check.state)]) for check in found]


def _words(change: ChangeRequest, counted: Tally) -> str:
    if change.state == ChangeState.PROPOSED and counted.missing:
        return f"Waits for {'; '.join(counted.missing)}"
    return str(change.get_state_display())


def _seats(
    change: ChangeRequest, seats: Sequence[tuple[BoardMember, Vote | None]], authors: Sequence[Person]
) -> list[Seat]:
    shown_seats = [_seat(member, vote) for member, vote in seats]
    voted = {vote.pk for _, vote in seats if vote}
    former = Vote.objects.filter(change=change, revision=change.revision).exclude(
        Q(pk__in=voted) | Q(person__in=RevisionAuthor.objects.filter(change=change).values("person"))
    )
    shown_seats += [
        Seat(vote.person, vote.role, "no seat any more", *_said(vote)) for vote in former.select_related("person")
    ]
    written = {author.pk for author in authors}
    for member in BoardMember.objects.filter(board_id=change.board_id, person_id__in=written).select_related("person"):
        shown_seats.append(Seat(member.person, member.role, "wrote it", "off", "No vote"))
    return shown_seats


def _seat(member: BoardMember, vote: Vote | None) -> Seat:
    if vote is None:
        note = f"deputy {member.deputy}" if member.deputy else ""
        return Seat(member.person, member.role, note, "wait", "Waiting")
    note = f"by {vote.person}" if vote.on_behalf_of_id else ""
    return Seat(member.person, vote.role, note, *_said(vote))


def _said(vote: Vote) -> tuple[str, str, str]:
    return _VOTE_SHAPES[vote.choice], str(vote.get_choice_display()), vote.words


def _steps(change: ChangeRequest, checks: Sequence[tuple[Check, str]]) -> list[Step]:
    """Proposed, checked, decided, applied: the stations that every change passes."""
    state = ChangeState(change.state)
    decided = change.decided_at is not None and state is not ChangeState.PROPOSED
    waiting = sum(shape == "wait" for _, shape in checks)
    done_checks = f"{waiting} waiting" if waiting else f"{len(checks)} run" if checks else "none asked for"
    due = "" if change.decided_at or change.due else "no date asked for"
    ended = {ChangeState.REJECTED, ChangeState.WITHDRAWN, ChangeState.EXPIRED}
    last = change.get_state_display() if state in ended | {ChangeState.ROLLED_BACK} else "Applied"
    return [
        Step("Proposed", "", change.opened_at, "now" if state is ChangeState.DRAFT else "done"),
        Step("Checks", done_checks, None, "now" if waiting else "done"),
        Step("Approval", due, change.decided_at or change.due, _at(decided, state is ChangeState.PROPOSED)),
        Step(str(last), "", change.closed_at, _at(change.closed_at is not None, state is ChangeState.APPROVED)),
    ]


def _at(done: bool, now: bool) -> str:
    return "done" if done else "now" if now else ""
