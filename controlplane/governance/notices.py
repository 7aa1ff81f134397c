"""Changes that wait for one person, what was decided on theirs, and conditions and reviews that are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

from controlplane.governance.models import ChangeRequest, ChangeState, Condition
from controlplane.governance.selectors.listing import SHAPES
from controlplane.governance.selectors.waiting import to_vote_on
from controlplane.people.access import Access
from controlplane.people.notices import Notice, Rows, Source

#: What was decided is told of for so long.
TOLD_FOR: Final = timedelta(days=7)
#: A condition is told of from so long before it is due.
AHEAD: Final = timedelta(days=2)
_WORDS = {
    ChangeState.APPROVED: "is approved; apply it",
    ChangeState.REJECTED: "was rejected",
    ChangeState.EXPIRED: "has expired",
    ChangeState.APPLIED: "is applied",
    ChangeState.ROLLED_BACK: "was rolled back",
}


def _to_decide(access: Access, now: datetime) -> Sequence[Rows]:
    waiting = to_vote_on(access, now).annotate(cause=Cast("pk", TextField()), at=F("current__at"))
    return [waiting.values("cause", "at")]


def _decided(access: Access, now: datetime) -> Sequence[Rows]:
    mine = ChangeRequest.objects.filter(opened_by_id=UUID(access.person_id), state__in=_WORDS)
    recent = mine.filter(decided_at__gt=now - TOLD_FOR)
    at = Coalesce("closed_at", "decided_at")
    return [recent.annotate(cause=Cast("pk", TextField()), at=at).values("cause", "at")]


def _conditions(access: Access, now: datetime) -> Sequence[Rows]:
    mine = Condition.objects.filter(
        met_at=None,
        change__opened_by_id=UUID(access.person_id),
        change__current=F("revision"),
        change__state__in=[ChangeState.APPROVED, ChangeState.APPLIED],
    )
    due = mine.filter(due__lt=now + AHEAD) | mine.filter(before=True)
    return [due.annotate(cause=Cast("pk", TextField()), at=F("vote__at")).values("cause", "at")]


def _told_to_decide(access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    return {
        str(change.pk): Notice(
            "wait",
            f"{change.opened_by} asks for your vote on {change}: {change.title}",
            change.why,
            change.get_absolute_url(),
        )
        for change in _known(access, causes)
    }


def _told_decided(access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    return {
        str(change.pk): Notice(
            SHAPES[ChangeState(change.state)],
            f"{change}, {change.title}, {_WORDS.get(ChangeState(change.state), 'has moved on')}",
            _last_words(change),
            change.get_absolute_url(),
        )
        for change in _known(access, causes).prefetch_related("decisions")
    }


def _told_conditions(access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    known = Condition.objects.filter(
        pk__in=[int(cause) for cause in causes], change__opened_by_id=UUID(access.person_id)
    )
    return {
        str(one.pk): Notice("warn", f"A condition of {one.change} is open", one.text, one.change.get_absolute_url())
        for one in known.select_related("change")
    }


def _last_words(change: ChangeRequest) -> str:
    decisions = sorted(change.decisions.all(), key=lambda one: one.pk)
    return decisions[-1].words if decisions else ""


def _known(access: Access, causes: Sequence[str]) -> QuerySet[ChangeRequest]:
    found = ChangeRequest.objects.visible_to(access).filter(pk__in=[int(cause) for cause in causes])
    return found.select_related("current", "opened_by")


def _with_a_role(access: Access) -> bool:
    return bool(access.roles)


TO_DECIDE = Source("Changes that wait for my vote", _with_a_role, _to_decide, _told_to_decide)
DECIDED = Source("What was decided on my changes", _with_a_role, _decided, _told_decided)
CONDITIONS = Source("Conditions of my changes", _with_a_role, _conditions, _told_conditions)
