"""What a page follows has another version whenever what it shows has changed, and the same one otherwise."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.people.models import Account
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import (
    DeadLetter,
    DestinationState,
    Export,
    Refusal,
    Replay,
    ReplayItem,
    StepRun,
    Transaction,
)
from controlplane.transactions.models.exports import ExportState
from controlplane.transactions.models.replays import ReplayItemState, ReplayState
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.states import StepState, TransactionState
from controlplane.transactions.selectors import versions
from tests.transactions.changing import changes
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.traffic import paid_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Estate:
    return estate()


def test_each_arrival_is_a_change_for_who_follows_arrivals_or_traffic(here: Estate) -> None:
    assert changes(versions.arrivals, "", lambda: paid_invoice(here, at=clock.now()))
    assert changes(versions.traffic, "", lambda: paid_invoice(here, at=clock.now()))
    assert not changes(versions.arrivals, "", lambda: None)


def test_a_destination_that_rests_is_a_change_of_traffic(here: Estate) -> None:
    assert DestinationState.objects.exists()
    assert changes(versions.traffic, "", lambda: DestinationState.objects.update(breaker=BreakerState.OPEN))


def test_a_transaction_changes_with_its_state_and_with_each_try_of_a_step(here: Estate) -> None:
    told = paid_invoice(here, at=clock.now() - timedelta(minutes=1), fails_at="party")
    other = paid_invoice(here, at=clock.now() - timedelta(minutes=1))
    key = told.transaction.id
    steps = StepRun.objects.filter(transaction_id=key)
    assert changes(versions.transactions, key, lambda: steps.update(attempts=9))
    assert changes(versions.transactions, key, lambda: steps.update(state=StepState.WAITING))
    assert changes(
        versions.transactions,
        key,
        lambda: Transaction.objects.filter(pk=key).update(state=TransactionState.RUNNING),
    )
    assert not changes(versions.transactions, other.transaction.id, lambda: steps.update(attempts=10))


def test_an_endpoint_changes_with_what_comes_in_with_what_becomes_of_it_and_with_what_is_refused(here: Estate) -> None:
    key = here.endpoint.pk
    assert changes(versions.endpoints, key, lambda: paid_invoice(here, at=clock.now()))
    assert changes(versions.endpoints, key, lambda: StepRun.objects.update(attempts=9))
    refused = {"minute": clock.now(), "reason": "mismatch", "last_digest": "0" * 64}
    assert changes(versions.endpoints, key, lambda: Refusal.objects.create(endpoint=here.endpoint, **refused))
    assert changes(versions.endpoints, key, lambda: Refusal.objects.update(count=2))


def test_what_is_gone_has_no_version(here: Estate) -> None:
    assert versions.transactions([str(uuid7())]) == {}
    assert versions.replays(["0"]) == {}
    assert versions.endpoints(["0"]) == {}
    assert versions.exports([str(uuid7())]) == {}


def test_dead_letters_change_when_one_comes_and_when_one_is_cleared(here: Estate) -> None:
    assert changes(versions.dead_letters, "", lambda: paid_invoice(here, at=clock.now(), fails_at="party"))
    assert changes(versions.dead_letters, "", lambda: DeadLetter.objects.update(resolved_at=clock.now()))


def test_a_replay_changes_with_each_item_and_with_its_end(here: Estate) -> None:
    account = an_account("Elif Kaya")
    replay = Replay.objects.create(
        team=here.team, requested_by=account.person, reason="Odoo is back.", total=2, state=ReplayState.RUNNING
    )
    steps: list[UUID] = [uuid7(), uuid7()]
    for ordinal, step in enumerate(steps):
        ReplayItem.objects.create(replay=replay, step_run_id=step, transaction_id=uuid7(), ordinal=ordinal)
    for step in steps:
        item = ReplayItem.objects.filter(replay=replay, step_run_id=step)
        queued = partial(item.update, state=ReplayItemState.QUEUED)
        assert changes(versions.replays, replay.pk, queued)
        done = partial(item.update, state=ReplayItemState.SUCCEEDED, finished_at=clock.now())
        assert changes(versions.replays, replay.pk, done)
    ended = Replay.objects.filter(pk=replay.pk)
    assert changes(versions.replays, replay.pk, lambda: ended.update(state=ReplayState.DONE))


def test_an_accounts_exports_change_with_their_rows_and_not_with_somebody_elses(here: Estate) -> None:
    elif_, mara = an_account("Elif Kaya"), an_account("Mara Lindqvist")

    def asked(by: Account) -> Export:
        return Export.objects.create(
            requested_by=by.person, account=by, query="", asked_at=clock.now(), due_at=clock.now()
        )

    export = asked(elif_)
    rows = Export.objects.filter(pk=export.pk)
    assert changes(versions.exports, elif_.pk, lambda: rows.update(rows=5000))
    assert changes(versions.exports, elif_.pk, lambda: rows.update(state=ExportState.DONE))
    assert not changes(versions.exports, elif_.pk, lambda: asked(mara))


def test_hours_change_when_they_are_counted(here: Estate) -> None:
    paid_invoice(here, at=clock.now())
    assert changes(versions.hours, "", count_hours)
