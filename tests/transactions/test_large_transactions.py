"""A transaction with twenty thousand steps, tries and spans: its page has a part of them, and ways to the others."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from controlplane.foundation import clock
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import Attempt, DeadLetter, PayloadKind, StepRun, Trace, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import StepState, TransactionState
from controlplane.transactions.selectors.detail import TransactionDetail, detail
from tests.transactions.factories import Estate, an_access, an_account, estate
from tests.transactions.traffic import NOW, RECEIVED_AT, a_payload, a_transaction, id_at
from tests.transactions.views.reading import links, text_of

pytestmark = pytest.mark.django_db
MANY = 20_000
#: The one that failed.
BAD = 7_777

_RUNS = """
insert into step_run (id, transaction_id, flow_version_id, ordinal, name, kind, required, destination_id, state,
  attempts, retention, error_class, reason, queued_at, finished_at)
select (left(%(id)s::text, 19) || '8000-' || lpad(to_hex(n), 12, '0'))::uuid, %(id)s, %(flow)s, n, 'record ' || n, 2,
  true, %(destination)s, case n when %(bad)s then 5 else 3 end, 1, 2,
  case n when %(bad)s then 'rejected.tax_id_invalid' else '' end,
  case n when %(bad)s then 'The tax ID contains spaces.' else '' end, %(at)s::timestamptz + n * interval '10 ms',
  %(at)s::timestamptz + n * interval '10 ms' + interval '9 ms'
from generate_series(1, %(many)s) n;
insert into attempt (id, step_run_id, number, at, ms, outcome, status)
select (left(r.id::text, 19) || '9000-' || right(r.id::text, 12))::uuid, r.id, 1, r.queued_at, 9,
  case r.state when 5 then 5 else 0 end, case r.state when 5 then 400 else 200 end
from step_run r where r.transaction_id = %(id)s;
"""
_TRIES = """
insert into attempt (id, step_run_id, number, at, ms, outcome, status)
select (left(%(run)s::text, 19) || 'a000-' || lpad(to_hex(n), 12, '0'))::uuid, %(run)s, n,
  %(at)s::timestamptz + n * interval '1 s', 9, 2, 503
from generate_series(2, %(many)s) n
"""


@pytest.fixture
def owner(here: Estate) -> Access:
    return an_access(Role.OWNER, here.team)


def a_batch(here: Estate, at: datetime = RECEIVED_AT) -> Transaction:
    """Twenty thousand steps that arrived one after the other, of which one failed."""
    batch = a_transaction(here, at=at, state=TransactionState.DEAD, headline="A batch of records")
    values: dict[str, Any] = {
        "id": batch.id,
        "flow": here.flow_version.id,
        "destination": here.to_erp.id,
        "bad": BAD,
        "at": at,
        "many": MANY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, values)
        cursor.execute("analyze step_run; analyze attempt")
    bad = StepRun.objects.get(transaction_id=batch.id, ordinal=BAD)
    DeadLetter.objects.create(
        step_run_id=bad.id,
        transaction_id=batch.id,
        integration=here.integration,
        fingerprint=id_at(RECEIVED_AT),
        error_class=bad.error_class,
        reason=bad.reason,
        required=True,
        died_at=at,
    )
    return batch


def seen(access: Access, batch: Transaction, part: int | None = None, inline: int = 0) -> TransactionDetail:
    return detail(access, batch.id, NOW, part, inline)


def test_the_first_page_has_the_part_with_what_failed(here: Estate, owner: Access) -> None:
    batch = a_batch(here)
    with CaptureQueriesContext(connection) as asked:
        shown = seen(owner, batch)
        lanes, said, selected = shown.lanes, shown.explanation, shown.selected_by_default
        view = shown.step_view(selected)
    part = shown.facts.part
    assert (part.number, part.first, part.last, part.total, part.parts) == (77, 7_700, 7_800, MANY, 200)
    assert (len(lanes), lanes[0].name, lanes[-1].name) == (100, "record 7701", "record 7800")
    assert selected == f"record {BAD}"
    assert view is not None
    assert view.number == 1 + BAD
    assert said.lead.startswith(f"“record {BAD}” did not reach Billing Erp. Safe: “record 7701” in Billing Erp, ")
    assert "and 19,993 more" in said.lead
    assert shown.dead_runs == [shown.facts.runs[selected].id]
    assert len(asked) <= 25


def test_the_other_parts_follow_each_other_and_numbers_go_on(here: Estate, owner: Access) -> None:
    batch = a_batch(here)
    first, second, last = seen(owner, batch, 0).lanes, seen(owner, batch, 1).lanes, seen(owner, batch, 10**5).lanes
    assert [lane.name for lane in first[:2]] == ["Received from Billing Payments", "record 1"]
    assert (first[-1].name, second[0].name, last[-1].name) == ("record 100", "record 101", f"record {MANY}")
    assert [lane.number for lane in (first[-1], second[0], last[-1])] == [101, 102, MANY + 1]


def test_every_part_costs_the_same_few_statements_however_many_there_are(here: Estate, owner: Access) -> None:
    """A part is read by its place: that of the last costs what that of the first does."""
    batch = a_batch(here)
    costs = {number: statements_of(owner, batch, number) for number in (0, 1, 150, 199)}
    assert set(costs.values()) == {costs[0]}
    assert costs[0] <= 20
    assert statements_of(owner, batch, 77) < costs[0]  # what failed is in it, and need not be fetched


def statements_of(access: Access, transaction: Transaction, part: int) -> int:
    """How many statements the lanes, the explanation and the chosen step of a part cost."""
    with CaptureQueriesContext(connection) as asked:
        shown = seen(access, transaction, part)
        assert shown.lanes
        assert shown.explanation.lead
        shown.step_view(shown.selected_by_default)
    return len(asked)


def test_a_step_of_another_part_is_looked_at_by_its_name(here: Estate, owner: Access) -> None:
    shown = seen(owner, a_batch(here), 0)
    view = shown.step_view(f"record {BAD}")
    assert view is not None
    assert (view.title, view.number) == (f"record {BAD}", 0)
    tries, _ = shown.tries(f"record {BAD}")
    assert [one.outcome for one in tries] == ["Rejected"]
    assert shown.step_view("record 99999") is None
    assert shown.facts.letter(shown.facts.runs[f"record {BAD}"]) is not None


def test_twenty_thousand_tries_of_one_step_are_read_from_the_newest(here: Estate, owner: Access) -> None:
    batch = a_batch(here)
    run = StepRun.objects.get(transaction_id=batch.id, ordinal=BAD)
    with connection.cursor() as cursor:
        cursor.execute(_TRIES, {"run": run.id, "at": RECEIVED_AT, "many": MANY})
    StepRun.objects.filter(pk=run.id).update(attempts=MANY)
    shown = seen(owner, batch)
    lane = next(lane for lane in shown.lanes if lane.step == run.name)
    assert len(lane.bars) <= 2 * 51 + 1
    assert lane.note.endswith("20,000 tries, the newest 50 drawn")
    newest, older = shown.tries(run.name)
    assert ([newest[0].number, newest[-1].number], older) == ([19_951, MANY], 19_951)
    before, further = shown.tries(run.name, older)
    assert ([before[0].number, before[-1].number], further) == ([19_901, 19_950], 19_901)
    first, none = shown.tries(run.name, 3)
    assert ([one.number for one in first], none) == ([1, 2], None)
    assert Attempt.objects.filter(step_run_id=run.id).count() == MANY


def test_twenty_thousand_inline_steps_are_drawn_in_parts(here: Estate, owner: Access) -> None:
    transaction = a_transaction(here, at=RECEIVED_AT)
    begin = int(RECEIVED_AT.timestamp() * 1000)
    spans = [{"name": f"map:shape {n}", "at": begin + n, "us": 50} for n in range(MANY // 2)]
    for after, some in enumerate((spans, [span | {"name": f"{span['name']} again"} for span in spans], "no list")):
        at = RECEIVED_AT + timedelta(seconds=after)
        Trace.objects.create(id=id_at(at), transaction_id=transaction.id, spans=some)
    shown = seen(owner, transaction)
    assert (shown.facts.part.spans, len(shown.facts.spans)) == (MANY, 100)
    assert len(shown.lanes) <= 100 + 3 + len(here.flow_version.steps)
    later = seen(owner, transaction, inline=199).lanes
    assert (len(later), later[0].name, later[-1].name) == (100, "map:shape 9900 again", "map:shape 9999 again")


def test_its_page_stays_small_and_leads_to_the_others(client: Client, db: None) -> None:
    catalogue.forget()
    here = estate(erp_connector="webhook")
    batch = a_batch(here, clock.now())
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, here.team))
    page = client.get(f"/tx/{batch.id}/")
    assert page.status_code == 200
    assert len(page.content) < 400_000
    assert "Steps 7,701 to 7,800 of 20,000: 19,999 succeeded, 1 dead letter." in text_of(page)
    assert {f"/tx/{batch.id}/?part={number}" for number in (0, 76, 78, 199)} <= set(links(page))
    beside = client.get("/tx/", {"q": str(batch.id)})
    assert f"/tx/{batch.id}/?part=78" in links(beside)
    first = client.get(f"/tx/{batch.id}/?part=0")
    assert f"/tx/{batch.id}/" in links(first)
    assert "Steps 1 to 100 of 20,000" in text_of(first)
    assert f"/tx/{batch.id}/?part=0&step=record+2#step" in links(first)
    for odd in ("part=x", "part=-1", "part=99999999999", "inline=7", "part=3&inline=2", "tab=attempts&before=x"):
        assert client.get(f"/tx/{batch.id}/?{odd}").status_code == 200, odd


def test_the_one_that_failed_is_offered_for_replay_from_every_part(client: Client, db: None) -> None:
    catalogue.forget()
    here = estate(erp_connector="webhook")
    batch = a_batch(here, clock.now())
    StepRun.objects.filter(transaction_id=batch.id, ordinal=BAD).update(name="invoice")
    event = a_payload(batch, PayloadKind.CANONICAL, {"data": {}})
    Transaction.objects.filter(pk=batch.pk).update(canonical_id=event.id)
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, here.team))
    for part, label in (("", f"Replay from step {BAD + 1}…"), ("0", "Replay…"), ("76", "Replay…"), ("199", "Replay…")):
        page = client.get(f"/tx/{batch.id}/", {"part": part})
        assert page.status_code == 200, part
        assert page.context["replay"]["label"] == label, part
        assert f"/tx/{batch.id}/replay/" in links(page)


def test_a_small_one_has_no_parts(here: Estate, owner: Access) -> None:
    shown = seen(owner, a_transaction(here, at=RECEIVED_AT))
    assert (shown.facts.part.parts, shown.facts.is_large, shown.facts.part.count(StepState.DEAD)) == (1, False, 0)
