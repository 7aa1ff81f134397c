"""The notices of all sources together: how many are new, in one statement, and the newest of them in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis.exceptions
from django.core.cache import cache
from django.db.models import Q, QuerySet, TextField, Value

from controlplane.people.access import Access
from controlplane.people.models import Account
from controlplane.people.notices import Notice, Source, sources

#: What is new is counted so far, and so many lines are on the page.
COUNTED, LISTED = 99, 100
#: The number in the frame is so many seconds old at most: made anew for every page it would cost more than the page.
KEPT = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One notice on the page: of which kind, since when, and whether it came after the last look."""

    label: str
    at: datetime
    new: bool
    notice: Notice


@dataclass(frozen=True, slots=True)
class ForYou:
    """What the page shows, newest first; ``more`` says that there is more than it shows."""

    lines: Sequence[Line]
    more: bool


def offered(access: Access) -> dict[str, Source]:
    """The kinds that can concern this person."""
    return {kind: source for kind, source in sources.items() if source.offered(access)}


def known_new(account: Account, access: Access, now: datetime) -> int:
    """The number in the frame: as it was counted a moment ago, for the same roles, look and choices."""
    words = f"{access.person_id} {access.roles} {account.notices_seen_at} {account.muted}"
    key = f"notices:{hashlib.sha256(words.encode()).hexdigest()}"
    try:
        known = cache.get(key)
        if known is None:
            known = count_new(account, access, now)
            cache.set(key, known, KEPT)
    except redis.exceptions.RedisError:
        return count_new(account, access, now)
    return int(known)


def count_new(account: Account, access: Access, now: datetime) -> int:
    """How many are new, up to one more than :data:`COUNTED`; one statement, and none for whom nothing concerns."""
    seen = account.notices_seen_at
    parts = _parts(account, access, now, Q() if seen is None else Q(at__gt=seen))
    found = _together([part.order_by()[: COUNTED + 1] for part in parts])
    return 0 if found is None else min(found.count(), COUNTED + 1)


def for_you(account: Account, access: Access, now: datetime) -> ForYou:
    """The newest, in words: a statement for all, and those of the kinds that are there."""
    found = _together([part.order_by("-at")[: LISTED + 1] for part in _parts(account, access, now, Q())])
    rows: list[tuple[str, str, datetime]] = [] if found is None else list(found.order_by("-at", "kind")[: LISTED + 1])
    shown, seen, known = rows[:LISTED], account.notices_seen_at, offered(access)
    told = {
        kind: source.told(access, causes)
        for kind, source in known.items()
        if (causes := [cause for of, cause, _ in shown if of == kind])
    }
    lines = [
        Line(known[kind].label, at, seen is None or at > seen, told[kind][cause])
        for kind, cause, at in shown
        if cause in told[kind]
    ]
    return ForYou(lines, more=len(rows) > LISTED)


def _parts(account: Account, access: Access, now: datetime, wanted: Q) -> Iterator[QuerySet[Any, Any]]:
    """The rows of each kind that concerns the person and that they did not mute."""
    for kind, source in offered(access).items():
        if kind not in account.muted:
            for rows in source.rows(access, now):
                named = rows.filter(wanted).annotate(kind=Value(kind, TextField()))
                yield named.values_list("kind", "cause", "at")


def _together(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any] | None:
    if not parts:
        return None
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
