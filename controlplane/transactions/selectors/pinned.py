"""The saved views in the frame of every page, and how many transactions each finds now.

The frame is on every page that anybody opens, so counting is bounded three times: up to :data:`COUNTED` of each view,
all of them together within :data:`SECONDS`, and again only after :data:`KEPT_SECONDS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import redis.exceptions
from django.core.cache import cache

from controlplane.foundation.errors import Unavailable
from controlplane.people.access import Access
from controlplane.transactions.models import SavedView
from controlplane.transactions.search import run
from controlplane.transactions.search.grammar import BadQuery
from controlplane.transactions.search.reference import Reference
from controlplane.transactions.selectors.question import Question

#: Views in the frame; the rest are on their page.
PINNED = 8
#: More are "100+".
COUNTED = 100
#: For all views together. One that is slow takes no more than its share of what is left.
SECONDS = 1.5
KEPT_SECONDS = 60

#: How many, and whether that is the least there are; no number where none was found in time.
Found = tuple[int | None, bool]
UNKNOWN: Found = (None, False)


@dataclass(frozen=True, slots=True)
class PinnedCount:
    """How many transactions a view finds: ``number`` is None where that was not counted in time."""

    view_id: int
    number: int | None
    is_least: bool

    @property
    def shown(self) -> str:
        """As it stands beside the view."""
        return "–" if self.number is None else f"{self.number}{'+' if self.is_least else ''}"


def pinned(access: Access) -> list[SavedView]:
    """The views of this person and their teams that the frame has, by name."""
    return list(SavedView.objects.of(access).order_by("name", "pk")[:PINNED])


def pinned_counts(access: Access, now: datetime) -> list[PinnedCount]:
    """A count of each; raises :class:`Unavailable` without the cache, since every page would count anew then."""
    keys = {_key(access, view): view for view in pinned(access)}
    try:
        kept: dict[str, Found] = cache.get_many(keys)
        fresh = dict(_counted(access, {key: view for key, view in keys.items() if key not in kept}, now))
        cache.set_many(fresh, KEPT_SECONDS)
    except redis.exceptions.RedisError as error:
        raise Unavailable("Counts of saved views are kept in the cache, which does not answer.") from error
    found = kept | fresh
    return [PinnedCount(view.pk, *found[key]) for key, view in keys.items()]


def _key(access: Access, view: SavedView) -> str:
    """Of a view as it is, of what its reader may see and of where they look: each of them has a count of its own."""
    where = access.within.slug if access.within is not None else ""
    asked = hashlib.sha256(f"{access.fingerprint}\x00{where}\x00{view.query}".encode()).hexdigest()
    return f"pinned:{access.person_id}:{view.pk}:{asked}"


def _counted(access: Access, views: Mapping[str, SavedView], now: datetime) -> Iterator[tuple[str, Found]]:
    deadline, reference = run.Deadline(SECONDS), Reference()
    for left, (key, view) in zip(range(len(views), 0, -1), views.items(), strict=True):
        share = deadline.at_most(deadline.milliseconds / 1000 / left)
        yield key, _found(access, view, now, reference, share)


def _found(access: Access, view: SavedView, now: datetime, reference: Reference, deadline: run.Deadline) -> Found:
    try:
        planned = Question(access, view.query, now, reference=reference).planned
    except BadQuery:  # what it names is gone; its own page says which
        return UNKNOWN
    answer = run.newest(planned, "t.id", COUNTED + 1, deadline, now=now)
    out_of_time = answer.searched_to is not None
    if out_of_time and not answer.rows:
        return UNKNOWN
    return min(len(answer.rows), COUNTED), out_of_time or len(answer.rows) > COUNTED
