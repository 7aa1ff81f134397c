"""Releases: how far each is, and what became of every event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from controlplane.people.access import Access
from controlplane.transactions.models import Release, ReleaseItem, ReleaseItemState, Transaction
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.sentences import listed_sentence, teams_of

PAGE = 100
_SHOWN = {
    ReleaseItemState.WAITING: ("wait", "Waiting"),
    ReleaseItemState.RELEASED: ("run", "Being judged"),
    ReleaseItemState.PASSED: ("ok", "Let through"),
    ReleaseItemState.ASIDE: ("bad", "Set aside again"),
    ReleaseItemState.SKIPPED: ("off", "Not released"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """The events of a release by what became of them; the parts add up to ``total``."""

    total: int
    by_state: Mapping[ReleaseItemState, int]

    def of(self, *states: ReleaseItemState) -> int:
        """How many are in one of these states."""
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def passed(self) -> int:
        """Let through by today's contract."""
        return self.of(ReleaseItemState.PASSED)

    @property
    def aside(self) -> int:
        """Set aside again."""
        return self.of(ReleaseItemState.ASIDE)

    @property
    def left_out(self) -> int:
        """Not released: somebody was faster, the body is gone, or it was stopped before."""
        return self.of(ReleaseItemState.SKIPPED)

    @property
    def waiting(self) -> int:
        """Still to be judged, or being judged."""
        return self.of(ReleaseItemState.WAITING, ReleaseItemState.RELEASED)

    @property
    def done(self) -> int:
        """Judged again."""
        return self.passed + self.aside


@dataclass(frozen=True, slots=True)
class Item:
    """One event: ``kind`` is a status shape. One that is not ``visible`` is of another team, or is being judged."""

    transaction_id: UUID
    key: str
    kind: str
    words: str
    became: str
    result: str
    edited: bool
    finished_at: datetime | None
    visible: bool


def release_for(access: Access, release_id: int) -> Release:
    """The release; 404 for a missing one and for one of others."""
    rows = Release.objects.select_related("requested_by", "team", "version__contract")
    return rows.get_visible_or_404(access, pk=release_id)


def progress(release: Release) -> Progress:
    """How far it is."""
    rows = ReleaseItem.objects.filter(release=release).values("state").annotate(count=Count("*")).order_by("state")
    return Progress(release.total, {ReleaseItemState(row["state"]): row["count"] for row in rows})


def items(access: Access, release: Release, *, after: UUID | None = None) -> list[Item]:
    """A page of its events, in the order in which they came."""
    rows = ReleaseItem.objects.filter(release=release).order_by("transaction_id")
    page = list((rows if after is None else rows.filter(transaction_id__gt=after))[:PAGE])
    known = Transaction.objects.visible_to(access).in_bulk([row.transaction_id for row in page])
    teams = teams_of(known.values())
    return [_item(access, row, known.get(row.transaction_id), teams) for row in page]


def _item(access: Access, row: ReleaseItem, transaction: Transaction | None, teams: Mapping[int, int | None]) -> Item:
    kind, words = _SHOWN[ReleaseItemState(row.state)]
    became = TransactionState(transaction.state).label if transaction and row.state == ReleaseItemState.PASSED else ""
    return Item(
        row.transaction_id,
        (transaction.about or transaction.external_id) if transaction else "",
        kind,
        words,
        became,
        listed_sentence(access, teams.get(transaction.integration_id) if transaction else None, row.result),
        row.body_id is not None,
        row.finished_at,
        transaction is not None,
    )
