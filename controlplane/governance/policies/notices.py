"""Waivers that somebody has to decide on, and those that are about to end or have just ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from controlplane.foundation import clock
from controlplane.governance.models import Waiver, WaiverState
from controlplane.governance.policies.rights import may_govern
from controlplane.governance.rules.waiving import TOLD_BEFORE
from controlplane.people.access import Access
from controlplane.people.notices import Notice, Rows, Source


def _undecided(access: Access, _now: datetime) -> Sequence[Rows]:
    asked = Waiver.objects.filter(state=WaiverState.ASKED).exclude(asked_by=UUID(access.person_id))
    return [asked.annotate(cause=Cast("pk", TextField()), at=F("asked_at")).values("cause", "at")]


def _told_undecided(_access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    found = _found(causes).filter(state=WaiverState.ASKED)
    return {
        str(one.pk): Notice(
            "wait",
            f"{one.asked_by} asks for a waiver for {one.subject_kind} {one.subject}",
            f"{_title(one)}: {one.reason}",
            _url(one),
        )
        for one in found
    }


def _ending(access: Access, now: datetime) -> Sequence[Rows]:
    mine = Q(owner=UUID(access.person_id)) | Q(asked_by=UUID(access.person_id))
    near = Q(expires_at__lte=now + TOLD_BEFORE, expires_at__gt=now - TOLD_BEFORE)
    rows = Waiver.objects.filter(mine & near, state=WaiverState.GRANTED)
    told_at = F("expires_at") - TOLD_BEFORE
    return [rows.annotate(cause=Cast("pk", TextField()), at=told_at).values("cause", "at")]


def _told_ending(_access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    now = clock.now()
    return {str(one.pk): _end(one, now) for one in _found(causes)}


def _end(one: Waiver, now: datetime) -> Notice:
    what = f"{one.subject_kind} {one.subject}"
    if one.expires_at <= now:
        return Notice("warn", f"The waiver for {what} has ended", f"{_title(one)} is held against it again.", _url(one))
    days = (one.expires_at - now).days
    when = "tomorrow" if days == 1 else f"in {days} days" if days else "today"
    return Notice("wait", f"The waiver for {what} ends {when}", f"Then it fails again: {_title(one)}.", _url(one))


def _found(causes: Sequence[str]) -> QuerySet[Waiver]:
    return Waiver.objects.filter(pk__in=[int(cause) for cause in causes]).select_related("policy__current", "asked_by")


def _title(one: Waiver) -> str:
    return one.policy.current.title if one.policy.current else one.policy.slug


def _url(one: Waiver) -> str:
    return reverse("console:policy", args=[one.policy.slug]) + "#waivers"


TO_DECIDE = Source("Waivers that wait for my decision", may_govern, _undecided, _told_undecided)
ENDING = Source("My waivers that end", lambda access: bool(access.roles), _ending, _told_ending)
