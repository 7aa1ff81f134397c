"""Replays: how far each is, and what became of every item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Count

from controlplane.people.access import Access
from controlplane.transactions.models import Replay, ReplayItem, ReplayItemState, ReplayState, StepRun, Transaction
from controlplane.transactions.rules import money
from controlplane.transactions.rules.states import StepState
from controlplane.transactions.selectors.queue import places
from controlplane.transactions.selectors.sentences import listed_sentence, teams_of

PAGE = 100
NEWEST = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """The items of a replay by what became of them; the parts add up to ``total``."""

    total: int
    by_state: Mapping[ReplayItemState, int]

    def of(self, *states: ReplayItemState) -> int:
        """How many are in one of these states."""
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def succeeded(self) -> int:
        """Delivered, or found to be there already."""
        return self.of(ReplayItemState.SUCCEEDED)

    @property
    def failed(self) -> int:
        """Failed again."""
        return self.of(ReplayItemState.FAILED)

    @property
    def left_out(self) -> int:
        """Not replayed: refused by the dry run, or stopped before."""
        return self.of(ReplayItemState.SKIPPED)

    @property
    def waiting(self) -> int:
        """Still to be sent, or being sent."""
        return self.of(ReplayItemState.WAITING, ReplayItemState.QUEUED)

    @property
    def done(self) -> int:
        """Ended, one way or the other."""
        return self.succeeded + self.failed

    @property
    def asked(self) -> int:
        """What is really replayed: all but what was left out."""
        return self.total - self.left_out


@dataclass(frozen=True, slots=True)
class Item:
    """One item: ``kind`` is a status shape, ``words`` its words. One that is not ``visible`` is of another team."""

    ordinal: int
    transaction_id: UUID
    key: str
    title: str
    step: str
    amount: str
    kind: str
    words: str
    result: str
    finished_at: datetime | None
    visible: bool


_SHOWN = {
    ReplayItemState.WAITING: ("wait", "Waiting"),
    ReplayItemState.QUEUED: ("wait", "Waiting"),
    ReplayItemState.SUCCEEDED: ("ok", "Delivered"),
    ReplayItemState.FAILED: ("bad", "Failed again"),
    ReplayItemState.SKIPPED: ("off", "Left out"),
}


def newest(access: Access, below: int | None = None) -> list[tuple[Replay, Progress]]:
    """The newest replays that this person sees, with how far each is; a page of those older than ``below``."""
    rows = Replay.objects.visible_to(access).select_related("requested_by", "approved_by", "declined_by", "team")
    older = rows if below is None else rows.filter(pk__lt=below)
    replays = list(older.order_by("-id")[:NEWEST])
    states = ReplayItem.objects.filter(replay__in=replays).values("replay_id", "state").annotate(count=Count("*"))
    counts: dict[int, dict[ReplayItemState, int]] = {replay.pk: {} for replay in replays}
    for row in states.order_by("replay_id"):
        counts[row["replay_id"]][ReplayItemState(row["state"])] = row["count"]
    return [(replay, Progress(replay.total, counts[replay.pk])) for replay in replays]


def running_count(access: Access) -> int:
    """How many replays are running."""
    return Replay.objects.visible_to(access).filter(state=ReplayState.RUNNING).count()


def replay_for(access: Access, replay_id: int) -> Replay:
    """The replay; 404 for a missing one and for one of others."""
    return Replay.objects.select_related("requested_by", "approved_by", "declined_by", "team").get_visible_or_404(
        access, pk=replay_id
    )


def progress(replay: Replay) -> Progress:
    """How far it is."""
    rows = ReplayItem.objects.filter(replay=replay).values("state").annotate(count=Count("*")).order_by("state")
    return Progress(replay.total, {ReplayItemState(row["state"]): row["count"] for row in rows})


def items(access: Access, replay: Replay, *, after: int = 0, state: ReplayItemState | None = None) -> list[Item]:
    """A page of items after the ordinal ``after``, in the order they were chosen."""
    rows = ReplayItem.objects.filter(replay=replay, ordinal__gt=after).order_by("ordinal")
    if state is ReplayItemState.WAITING:
        rows = rows.filter(state__in=[ReplayItemState.WAITING, ReplayItemState.QUEUED])
    elif state is not None:
        rows = rows.filter(state=state)
    return _items(access, list(rows[:PAGE]))


def _items(access: Access, rows: Sequence[ReplayItem]) -> list[Item]:
    ids = {row.transaction_id for row in rows}
    transactions = Transaction.objects.visible_to(access).in_bulk(ids)
    runs = StepRun.objects.in_bulk([row.step_run_id for row in rows])
    teams = teams_of(transactions.values())
    leased = {place.step_run_id for found in places(ids).values() for place in found if place.leased}

    def told(row: ReplayItem) -> Item:
        transaction = transactions.get(row.transaction_id)
        item = _item(row, transaction, runs.get(row.step_run_id), leased)
        team = teams.get(transaction.integration_id) if transaction is not None else None
        said = partial(listed_sentence, access, team)
        return replace(item, title=said(item.title), result=said(item.result))

    return [told(row) for row in rows]


def _item(row: ReplayItem, transaction: Transaction | None, run: StepRun | None, leased: set[UUID]) -> Item:
    """With its sentences as they were written; with none of a transaction that is not seen."""
    kind, words = _SHOWN[ReplayItemState(row.state)]
    if kind == "wait" and row.step_run_id in leased:
        kind, words = "run", "Sending"
    result = row.result
    if row.state == ReplayItemState.SUCCEEDED and run is not None and run.state == StepState.SUCCEEDED:
        result = run.external_id or result
    return Item(
        row.ordinal,
        row.transaction_id,
        (transaction.about or transaction.external_id) if transaction else "",
        transaction.headline if transaction else "",
        run.name if run else "",
        money.written(transaction.amount_minor, transaction.currency) if transaction else "",
        kind,
        words,
        result if transaction else "",
        row.finished_at,
        transaction is not None,
    )
