"""Back-pressure: senders are told to come back before memory or the disk is full, the unimportant ones first.

What waits in this process is bounded where it waits (``wire.Room``, ``batches.MAX_WAITING``). What waits in the
database and what room its disk has left is looked at every few seconds, so that no request costs a question more. The
two are looked at apart: a count that takes long keeps nobody from seeing the disk fill up.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum

import psycopg
from django.conf import settings

from controlplane.foundation import metrics
from controlplane.foundation.database import connect_async
from controlplane.foundation.logs import logger
from controlplane.transactions.rules.states import Lane

log = logger(__name__)

WATCH_SECONDS = 5.0
READ_SECONDS = 10.0
#: Counting takes about this share of the time: a backlog of millions is counted less often …
COUNTING_SHARE = 0.02
#: … but after so long in any case: whoever is turned away is let in again soon after it is worked off.
LONGEST_PAUSE = 30.0


class Importance(IntEnum):
    """How much it costs when an endpoint stands still; the least important is turned away first."""

    CRITICAL = 0
    NORMAL = 1
    LOW = 2


class Why(Enum):
    """What there is too much or too little of."""

    DISK = "disk"
    BACKLOG = "backlog"


#: Of ``INTERLOCK_INBOX_LIMIT``: how much may wait in the lane before such an endpoint is turned away …
SHARE_OF_LIMIT: Mapping[Importance, float] = {Importance.CRITICAL: 4.0, Importance.NORMAL: 1.0, Importance.LOW: 0.5}
#: … and of ``INTERLOCK_DISK_RESERVE``: how much has to be free.
SHARE_OF_RESERVE: Mapping[Importance, float] = {Importance.CRITICAL: 1.0, Importance.NORMAL: 2.0, Importance.LOW: 3.0}

#: Counted no further than the largest limit, in an index.
_BACKLOG = """
select lane, (select count(*) from (select from inbox i where i.lane = l.lane limit %s) waiting)
from unnest(%s::smallint[]) l(lane)
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. ``free`` bytes on the database's volume, ``None`` where that is not here; events waiting by lane."""

    free: int | None = None
    backlog: Mapping[int, int] = field(default_factory=dict)


def free_bytes() -> int | None:
    """Bytes free on the volume of the database; ``None`` when it is on another machine or cannot be asked."""
    if not settings.DATABASE_VOLUME:
        return None
    try:
        return shutil.disk_usage(settings.DATABASE_VOLUME).free
    except OSError:
        return None


def refuses(seen: Seen, importance: Importance, lane: int) -> Why | None:
    """Why an endpoint of that importance has to turn its sender away; ``None`` to let it in."""
    if seen.free is not None and seen.free < settings.DISK_RESERVE * SHARE_OF_RESERVE[importance]:
        return Why.DISK
    if settings.INBOX_LIMIT and seen.backlog.get(lane, 0) >= settings.INBOX_LIMIT * SHARE_OF_LIMIT[importance]:
        return Why.BACKLOG
    return None


def in_words(seen: Seen) -> str:
    """Who is turned away and why, for people; "" when nobody is."""
    for importance in Importance:
        lane = Lane.CRITICAL if importance is Importance.CRITICAL else Lane.NORMAL
        why = refuses(seen, importance, lane)
        if why is not None:
            whom = {
                Importance.CRITICAL: "all senders",
                Importance.NORMAL: "all senders but those of critical integrations",
            }
            of = whom.get(importance, "senders of integrations of low criticality")
            return f"{of} are told to come back: {_what(seen, why, lane)}"
    return ""


def _what(seen: Seen, why: Why, lane: int) -> str:
    if why is Why.DISK:
        return f"{(seen.free or 0) / 1024**2:.0f} MiB are free on the database's volume"
    return f"{seen.backlog[lane]} events wait in the {Lane(lane).label.lower()} lane"


def pause_after(took: float) -> float:
    """Seconds until the backlog is counted again, after a count that ``took`` so many, whatever came of it."""
    return min(LONGEST_PAUSE, max(WATCH_SECONDS, took / COUNTING_SHARE))


class Pressure:
    """What this process knows of it. ``here`` is the one of this process, for its health page."""

    here: Pressure | None = None

    def __init__(self, look: Callable[[], int | None] = free_bytes) -> None:
        self._look = look
        self.seen = Seen()
        self._said = ""
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def seen(self) -> Seen:
        """The last look."""
        return self._seen

    @seen.setter
    def seen(self, seen: Seen) -> None:
        # Judged once a look, so that a request costs no more than finding the verdict.
        self._verdicts = {(one, lane): refuses(seen, one, lane) for one in Importance for lane in Lane}
        self._seen = seen

    def start(self) -> None:
        """Look every few seconds."""
        if not self._tasks:
            type(self).here = self
            self._tasks = [
                asyncio.create_task(_for_ever(self.measure, lambda _: WATCH_SECONDS), name="ingress pressure: disk"),
                asyncio.create_task(_for_ever(self.count, pause_after), name="ingress pressure: backlog"),
            ]

    async def stop(self) -> None:
        """Look no more."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def refuses(self, importance: Importance, lane: Lane) -> Why | None:
        """By the last look: why an endpoint has to turn its sender away."""
        return self._verdicts[importance, lane]

    def in_words(self) -> str:
        """By the last look: who is turned away and why; "" when nobody is."""
        return in_words(self.seen)

    async def look(self) -> None:
        """Look at both, once."""
        await self.count()
        await self.measure()

    async def measure(self) -> None:
        """Look at what is free."""
        self.seen = replace(self.seen, free=self._look())
        self._tell()

    async def count(self) -> None:
        """Count what waits. While the database is away it stays what it was: nothing is accepted anyway."""
        try:
            async with asyncio.timeout(READ_SECONDS), await connect_async() as connection:
                most = math.ceil(settings.INBOX_LIMIT * max(SHARE_OF_LIMIT.values()))
                rows = await (await connection.execute(_BACKLOG, [most, list(Lane)])).fetchall()
        except (psycopg.Error, OSError) as error:
            log.warning("ingress.pressure_unknown", error=type(error).__name__)
            return
        self.seen = replace(self.seen, backlog=dict(rows))
        self._tell()

    def _tell(self) -> None:
        """To the metrics; and to the log when it changed who is turned away."""
        seen = self.seen
        metrics.DATABASE_VOLUME_FREE.set(math.nan if seen.free is None else seen.free)
        for lane in Lane:
            metrics.INGRESS_BACKLOG.labels(lane.name.lower()).set(seen.backlog.get(lane, math.nan))
        for importance in Importance:
            lane = Lane.CRITICAL if importance is Importance.CRITICAL else Lane.NORMAL
            pressed = refuses(seen, importance, lane) is not None
            metrics.INGRESS_PRESSED.labels(importance.name.lower()).set(pressed)
        said = in_words(seen).partition(":")[0]
        if said != self._said:
            self._said = said
            log.warning("ingress.pressed", turned_away=said or "nobody", free=seen.free, backlog=dict(seen.backlog))


async def _for_ever(look: Callable[[], Awaitable[None]], pause: Callable[[float], float]) -> None:
    """``pause`` says how long to wait after a look that took so many seconds."""
    while True:
        began = time.monotonic()
        try:
            await look()
        except Exception:
            log.exception("ingress.defect", stage="pressure")
        await asyncio.sleep(pause(time.monotonic() - began))
