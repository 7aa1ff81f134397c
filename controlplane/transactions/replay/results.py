"""The results of a replay as a table, item by item: for pages and programs alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.people.access import Access
from controlplane.transactions.models import Replay
from controlplane.transactions.selectors import replays

COLUMNS = ("number", "record", "flow", "step", "amount", "outcome", "what came back", "ended (UTC)", "ended (local)")
#: A cell that begins with one of these is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def results_of(access: Access, replay_id: int) -> Iterator[str]:
    """Pieces of CSV, heading first; of other teams' items only that there are some. The audit is told first."""
    replay = replays.replay_for(access, replay_id)
    with transaction.atomic():
        audit.record("replay.exported", actor=access.actor, subject=Subject("replay", str(replay_id)))
    return _lines(access, replay)


def _lines(access: Access, replay: Replay) -> Iterator[str]:
    yield _line(COLUMNS)
    after = 0
    while items := replays.items(access, replay, after=after):
        yield "".join(_line(_cells(item)) for item in items)
        after = items[-1].ordinal


def _cells(item: replays.Item) -> list[Any]:
    if not item.visible:
        return [item.ordinal, "of another team", "", "", "", item.words, "", "", ""]
    ended = item.finished_at
    here = ended.astimezone(ZoneInfo(settings.TIME_ZONE_SHOWN)) if ended else None
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


def _line(cells: Any) -> str:
    written = io.StringIO()
    safe = [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells]
    csv.writer(written).writerow(safe)
    return written.getvalue()
