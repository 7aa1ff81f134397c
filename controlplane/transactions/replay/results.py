"""The results of a replay as a table, item by item: for pages and programs alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.foundation import clock
from controlplane.foundation.spreadsheet import cell, lines
from controlplane.people.access import Access
from controlplane.transactions.models import Replay
from controlplane.transactions.selectors import replays

COLUMNS = ("number", "record", "flow", "step", "amount", "outcome", "what came back", "ended (UTC)", "ended (local)")


def results_of(access: Access, replay_id: int) -> Iterator[str]:
    """Pieces of CSV, heading first; of other teams' items only that there are some. The audit is told first."""
    replay = replays.replay_for(access, replay_id)
    with transaction.atomic():
        audit.record("replay.exported", actor=access.actor, subject=Subject("replay", str(replay_id)))
    # Lines are written when the request is over, and its zone with it.
    return _lines(access, replay, clock.zone())


def _lines(access: Access, replay: Replay, zone: ZoneInfo) -> Iterator[str]:
    yield lines([COLUMNS])
    after = 0
    while items := replays.items(access, replay, after=after):
        yield lines([cell(str(said)) for said in _cells(item, zone)] for item in items)
        after = items[-1].ordinal


def _cells(item: replays.Item, zone: ZoneInfo) -> list[Any]:
    if not item.visible:
        return [item.ordinal, "of another team", "", "", "", item.words, "", "", ""]
    ended = item.finished_at
    here = ended.astimezone(zone) if ended else None
    return [
        item.ordinal,
        item.key,
        item.title,
        item.step,
        item.amount,
        item.words,
        item.result,
        f"{ended:%Y-%m-%d %H:%M:%S}" if ended else "",
        f"{here:%Y-%m-%d %H:%M:%S}" if here else "",
    ]
