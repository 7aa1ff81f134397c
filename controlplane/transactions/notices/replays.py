"""What became of one's own replays; those that wait for a word are changes like others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from controlplane.people.access import Access, Action
from controlplane.people.notices import Notice, Rows, Source
from controlplane.transactions.models import Replay, ReplayState

#: A replay that ended is told of for so long.
TOLD_FOR = timedelta(days=7)
ENDS = {
    ReplayState.DONE: ("ok", "is done"),
    ReplayState.STOPPED: ("off", "was stopped"),
    ReplayState.DECLINED: ("bad", "was declined"),
}


def _ended(access: Access, now: datetime) -> Sequence[Rows]:
    mine = Replay.objects.visible_to(access).filter(requested_by_id=UUID(access.person_id), state__in=ENDS)
    ended = mine.filter(finished_at__gt=now - TOLD_FOR)
    return [ended.annotate(cause=Cast("pk", TextField()), at=F("finished_at")).values("cause", "at")]


def _told_ended(access: Access, causes: Sequence[str]) -> Mapping[str, Notice]:
    return {str(replay.pk): _end(replay) for replay in _known(access, causes)}


def _end(replay: Replay) -> Notice:
    kind, words = ENDS[ReplayState(replay.state)]
    by = f" by {replay.declined_by}" if replay.declined_by else ""
    return Notice(kind, f"Your replay of {replay.total:,} {words}{by}", replay.decision or replay.reason, _url(replay))


def _known(access: Access, causes: Sequence[str]) -> QuerySet[Replay]:
    replays = Replay.objects.visible_to(access).filter(pk__in=[int(cause) for cause in causes])
    return replays.select_related("requested_by", "declined_by")


def _url(replay: Replay) -> str:
    return reverse("transactions:replay-page", args=[replay.pk])


ENDED = Source("My replays that ended", lambda access: access.may_somewhere(Action.REPLAY), _ended, _told_ended)
