"""Each kind of notice: who is told what, as the tables have it now, and who is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from controlplane.foundation import clock
from controlplane.people.access import access_for
from controlplane.people.models import Account, Membership, Team
from controlplane.people.roles import Role
from controlplane.sync.models import SyncJob
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.transactions.dead_letters.snooze import snooze
from controlplane.transactions.models import DeadLetter, Export, ExportState, Replay, ReplayState
from controlplane.transactions.replay.governed import change_of
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.pauses import FOR_GOOD, GONE
from tests.console.notifications.given import (
    CAUSE,
    a_job,
    a_replay,
    an_export,
    died,
    give,
    in_trouble,
    lines,
    looked,
    new,
    ran,
)
from tests.governance.seats import a_board
from tests.transactions.factories import Estate, an_account
from tests.transactions.traffic import paid_invoice

pytestmark = pytest.mark.django_db


# -- dead letters ---------------------------------------------------------------------------------


def test_five_hundred_dead_letters_of_one_cause_are_one_line(here: Estate, mara: Account, elif_: Account) -> None:
    died(here, 500)
    assert lines(elif_) == []
    give(mara, elif_, causes=(CAUSE,))
    assert lines(elif_) == [
        (
            f"500 dead letters of {here.integration.name} wait for you",
            "No party for a••••@example.com",
            f"/tx/dead/{CAUSE}/",
        )
    ]
    assert (new(elif_), new(mara)) == (1, 0)


def test_single_letters_are_a_line_of_their_cause_and_not_told_twice(
    here: Estate, mara: Account, elif_: Account
) -> None:
    mine, other = died(here, 2), died(here, 3, UUID(int=7))
    give(mara, elif_, letters=[mine[0], other[0], other[1]])
    assert sorted(what.split()[0] for what, _, _ in lines(elif_)) == ["1", "2"]
    give(mara, elif_, causes=(CAUSE,))
    assert sorted(what.split()[0] for what, _, _ in lines(elif_)) == ["2", "2"]
    assert new(elif_) == 2


def test_what_is_settled_or_put_aside_or_given_on_goes_by_itself(here: Estate, mara: Account, elif_: Account) -> None:
    (letter,) = died(here)
    give(mara, elif_, causes=(CAUSE,))
    assert new(elif_) == 1
    snooze(access_for(mara), CAUSE, until=clock.now() + timedelta(hours=1), reason="")
    assert (new(elif_), lines(elif_)) == (0, [])
    give(mara, elif_, letters=[letter])
    assert lines(elif_) == []
    other = UUID(int=7)
    (second,) = died(here, cause=other)
    give(mara, elif_, causes=(other,))
    assert len(lines(elif_)) == 1
    DeadLetter.objects.filter(pk=second).update(resolved_at=clock.now())
    assert lines(elif_) == []


def test_being_given_an_old_cause_is_news_and_so_is_its_next_letter(
    here: Estate, mara: Account, elif_: Account
) -> None:
    died(here, at=clock.now() - timedelta(days=3))
    looked(elif_)
    give(mara, elif_, causes=(CAUSE,))
    assert new(elif_) == 1
    looked(elif_)
    assert (new(elif_), len(lines(elif_))) == (0, 1)
    died(here)
    assert new(elif_) == 1


def test_what_one_takes_oneself_is_no_news(here: Estate, mara: Account) -> None:
    letters = died(here, 2, at=clock.now() - timedelta(days=3))
    looked(mara)
    give(mara, mara, letters=letters[:1])
    assert (new(mara), len(lines(mara))) == (0, 1)
    give(mara, mara, causes=(CAUSE,))
    assert (new(mara), len(lines(mara))) == (0, 1)


def test_who_may_not_see_them_any_more_is_not_told(here: Estate, mara: Account, elif_: Account) -> None:
    died(here)
    give(mara, elif_, causes=(CAUSE,))
    Membership.objects.filter(person=elif_.person).update(team=Team.objects.create(slug="new", name="New"))
    assert (new(elif_), lines(elif_)) == (0, [])


# -- replays --------------------------------------------------------------------------------------


def test_a_large_replay_waits_for_its_board_but_not_for_its_author(
    here: Estate, mara: Account, elif_: Account, stranger: Account, settings: Any
) -> None:
    settings.REPLAY_APPROVAL_ITEMS = 0
    a_board(mara, elif_)
    run = paid_invoice(here, fails_at="invoice").runs["invoice"].id
    replay = request_replay(access_for(elif_), step_run_ids=[run], reason="The ledger is back.")
    change = change_of(replay)
    assert change is not None
    told = lines(mara)[0]
    assert (told[0], told[2]) == (
        f"Elif Kaya asks for your vote on {change.reference}: Send 1 deliveries again",
        f"/changes/{change.pk}/",
    )
    assert [new(one) for one in (mara, elif_, stranger)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("fields", "what", "detail"),
    [
        ({"state": ReplayState.DONE}, "Your replay of 1,200 is done", "The ledger is back."),
        ({"state": ReplayState.STOPPED}, "Your replay of 1,200 was stopped", "The ledger is back."),
        (
            {"state": ReplayState.DECLINED, "decision": "Not before month's end."},
            "Your replay of 1,200 was declined by Mara Lindqvist",
            "Not before month's end.",
        ),
    ],
)
def test_what_became_of_ones_own_replay(
    here: Estate, mara: Account, elif_: Account, fields: dict[str, Any], what: str, detail: str
) -> None:
    declined = {"declined_by": mara.person} if fields["state"] == ReplayState.DECLINED else {}
    a_replay(here, elif_, finished_at=clock.now(), **fields, **declined)
    assert [line[:2] for line in lines(elif_)] == [(what, detail)]
    assert (new(elif_), new(mara)) == (1, 0)
    Replay.objects.update(finished_at=clock.now() - timedelta(days=8))
    assert lines(elif_) == []


def test_a_replay_that_runs_is_no_news(here: Estate, elif_: Account) -> None:
    a_replay(here, elif_, state=ReplayState.RUNNING)
    assert new(elif_) == 0


# -- exports --------------------------------------------------------------------------------------


def test_exports_that_are_ready_or_failed_concern_their_person_and_nobody_else(elif_: Account, mara: Account) -> None:
    an_export(elif_, ExportState.DONE, timedelta(minutes=3), rows=12_000, query="customer:ada@example.com")
    an_export(elif_, ExportState.DONE, timedelta(minutes=2), rows=250_000, complete=False)
    an_export(elif_, ExportState.FAILED, timedelta(minutes=1), reason="Three workers vanished.", query="status:dead")
    an_export(elif_, ExportState.DONE, timedelta(hours=25))
    Export.objects.create(requested_by=elif_.person, account=elif_, asked_at=clock.now(), due_at=clock.now())
    assert [line[:2] for line in lines(elif_)] == [
        ("Your export failed", "status:dead: Three workers vanished."),
        ("Your export of 250,000 rows is ready, not all of it", "(everything)"),
        ("Your export of 12,000 rows is ready", "customer:a••••@example.com"),
    ]
    assert (new(elif_), new(mara)) == (3, 0)


# -- sync jobs ------------------------------------------------------------------------------------


def test_a_job_whose_last_run_failed_is_one_line_for_who_may_run_it(
    here: Estate, mara: Account, elif_: Account, stranger: Account
) -> None:
    job = a_job(here)
    for hours in (3, 2):
        ran(job, RunState.FAILED, timedelta(hours=hours), note="The source refused the credential.")
    last = ran(job, RunState.STOPPED, timedelta(hours=1), note="More than 2 % were rejected.")
    assert lines(mara) == [
        (
            f"Parties of {here.integration.name} stopped itself, 3 runs in 7 days",
            "More than 2 % were rejected.",
            f"/integrations/{here.integration.slug}/jobs/parties/runs/{last.pk}/",
        )
    ]
    assert [new(one) for one in (mara, elif_, stranger)] == [1, 0, 0]
    looked(mara)
    assert new(mara) == 0
    ran(job, RunState.DONE)
    assert lines(mara) == []


def test_dry_runs_old_failures_and_retired_jobs_are_not_told(here: Estate, mara: Account) -> None:
    ran(a_job(here), RunState.FAILED, kind=RunKind.DRY)
    ran(a_job(here, "orders"), RunState.FAILED, timedelta(days=8))
    retired = a_job(here, "quotes")
    ran(retired, RunState.FAILED)
    SyncJob.objects.filter(pk=retired.pk).update(active=False)
    ran(a_job(here, "invoices"), RunState.CANCELLED)
    assert lines(mara) == []


# -- destinations ---------------------------------------------------------------------------------


def test_a_destination_that_takes_nothing_is_told_to_whose_integrations_write_there(
    here: Estate, mara: Account, elif_: Account, stranger: Account
) -> None:
    address = f"/tx/destinations/{here.to_erp.slug}/"
    in_trouble(here, breaker=BreakerState.OPEN, troubled_since=clock.now())
    assert lines(mara) == [
        (
            "Billing Erp fails and is only probed",
            "What is for it is kept and goes out once it answers.",
            address,
        )
    ]
    assert [new(one) for one in (mara, elif_, stranger)] == [1, 0, 0]
    assert new(an_account("Olga Operator", Role.OPERATOR)) == 1
    looked(mara)
    in_trouble(here, breaker=BreakerState.HALF_OPEN)
    assert (new(mara), len(lines(mara))) == (0, 1), "it is the same trouble"
    in_trouble(here, breaker=BreakerState.CLOSED, paused_until=FOR_GOOD, pause_reason=GONE, troubled_since=clock.now())
    assert lines(mara) == [("Billing Erp is paused", GONE, address)]
    assert new(mara) == 1


def test_a_pause_by_a_person_or_for_a_moment_is_no_notice(here: Estate, mara: Account) -> None:
    in_trouble(here, paused_until=FOR_GOOD, pause_reason="The ledger moves.")
    assert lines(mara) == []
    in_trouble(here, paused_until=clock.now() + timedelta(minutes=1), pause_reason="It asked us to slow down.")
    assert lines(mara) == []
