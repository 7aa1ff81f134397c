"""Destinations over HTTP: seen by everybody, held and let go by those whose events they take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.models import Destination, DestinationState
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.pauses import FOR_GOOD, GONE
from controlplane.transactions.rules.rate import pace
from tests.transactions.factories import Estate, a_flow_version, a_team, deliver, estate
from tests.transactions.traffic import a_step_run, a_transaction, queued
from tests.transactions.views.reading import SignIn, text_of

pytestmark = pytest.mark.django_db
ERP = "/tx/destinations/billing-erp/"
NOW = datetime.now(UTC)
NEXT_YEAR = NOW.year + 1


def erp() -> DestinationState:
    """The row that changes."""
    return DestinationState.objects.get(destination__slug="billing-erp")


def set_erp(**values: Any) -> None:
    """Put the ERP into a state."""
    DestinationState.objects.filter(destination__slug="billing-erp").update(**values)


def a_waiting_step(here: Estate) -> None:
    """One step run in the ERP's queue, due now."""
    transaction = a_transaction(here, at=NOW)
    queued(a_step_run(transaction, here, "invoice"), NOW)


def test_everybody_sees_how_destinations_are_and_what_waits(here: Estate, signed_in: SignIn) -> None:
    a_waiting_step(here)
    text = text_of(signed_in().get("/tx/destinations/"))
    assert "Billing Erp" in text
    assert "Well" in text
    page = text_of(signed_in(name="Somebody Else").get(ERP))
    assert "Waiting 1" in page
    assert "0 of 64 at once" in page
    assert "Rate none" in page


def test_a_destination_is_named_once_where_its_instance_is_called_the_same(here: Estate, signed_in: SignIn) -> None:
    client = signed_in()
    assert "Billing Erp Production Well" in text_of(client.get("/tx/destinations/"))
    assert "Well Billing Erp Production Limits…" in text_of(client.get(ERP))
    Destination.objects.filter(slug="billing-erp").update(name="The ledger")
    assert "The ledger Billing Erp, Production Well" in text_of(client.get("/tx/destinations/"))
    assert "Well The ledger Billing Erp, Production Limits…" in text_of(client.get(ERP))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"paused_until": "9000-01-01T00:00Z", "pause_reason": "Month end"},
            ["Paused until somebody resumes it.", "Month end"],
        ),
        (
            {"paused_until": "2999-01-01T00:00Z", "pause_reason": "It asked us to slow down."},
            ["Paused until 1 Jan", "slow down"],
        ),
        (
            {"breaker": BreakerState.OPEN, "breaker_until": "2999-01-01T00:00Z", "openings": 2},
            ["Resting", "left in peace until", "It is rest number 2 in a row."],
        ),
        ({"breaker": BreakerState.HALF_OPEN}, ["Probed", "It is being probed."]),
        ({"failures": 3}, ["Failing now and then"]),
    ],
    ids=["for good", "for a while", "resting", "probed", "failing"],
)
def test_its_state_is_told_in_words(here: Estate, signed_in: SignIn, values: dict[str, Any], words: list[str]) -> None:
    set_erp(**values)
    text = text_of(signed_in().get(ERP))
    assert [one for one in words if one not in text] == []


def test_one_that_is_retired_says_that_what_is_for_it_waits(here: Estate, signed_in: SignIn) -> None:
    Destination.objects.filter(slug="billing-erp").update(active=False)
    page = text_of(signed_in().get(ERP))
    assert "Retired: nothing is sent there. What is for it is kept in its order, and no try is spent." in page
    assert "It goes out when the destination is active again." in page


def test_its_owner_pauses_and_resumes_it(here: Estate, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER, here.team)
    paused = client.post(f"{ERP}pause/", {"reason": "Month end", "until": ""}, follow=True)
    assert "Billing Erp is paused. What is for it is kept, and its order with it." in text_of(paused)
    assert (erp().paused_until.year, erp().pause_reason) == (9000, "Month end")
    resumed = client.post(f"{ERP}resume/", {"reason": "Closed"}, follow=True)
    assert "Billing Erp goes on." in text_of(resumed)
    assert (erp().paused_until <= datetime.now(UTC), erp().pause_reason) == (True, "")
    assert list(AuditRecord.objects.order_by("id").values_list("action", "reason")) == [
        ("destination.paused", "Month end"),
        ("destination.resumed", "Closed"),
    ]


def test_a_pause_may_have_an_end(here: Estate, signed_in: SignIn) -> None:
    client = signed_in(Role.OPERATOR)
    client.post(f"{ERP}pause/", {"reason": "Upgrade", "until": f"{NEXT_YEAR}-12-31T10:00"})
    assert erp().paused_until == datetime(NEXT_YEAR, 12, 31, 10, tzinfo=UTC)
    over = client.post(f"{ERP}pause/", {"reason": "Upgrade", "until": "2020-01-01T10:00"})
    assert (over.status_code, "That time is over" in text_of(over)) == (422, True)
    nonsense = client.post(f"{ERP}pause/", {"reason": "Upgrade", "until": "soon"})
    assert (nonsense.status_code, "Enter a valid date/time." in text_of(nonsense)) == (422, True)


@pytest.mark.parametrize("until", ["9999-12-31T23:59", f"{NEXT_YEAR + 10}-12-31T10:00"])
def test_a_pause_to_a_year_that_was_mistyped_is_refused_and_its_page_goes_on(
    here: Estate, signed_in: SignIn, until: str
) -> None:
    """West of Greenwich the last evening of 9999 is in the year 10000, which cannot be read back."""
    client = signed_in(Role.OPERATOR)
    Account.objects.update(time_zone="America/New_York")

    refused = client.post(f"{ERP}pause/", {"reason": "Upgrade", "until": until})

    words = "That is more than 10 years ahead; look at the year."
    assert (refused.status_code, words in text_of(refused)) == (422, True)
    assert client.get(ERP).status_code == 200
    assert erp().pause_reason == ""


def test_resuming_one_that_rests_lets_its_probes_go_at_once(here: Estate, signed_in: SignIn) -> None:
    set_erp(breaker=BreakerState.OPEN, breaker_until="2999-01-01T00:00Z", openings=1)
    signed_in(Role.OWNER, here.team).post(f"{ERP}resume/", {"reason": "It is up again"})
    assert (erp().breaker, erp().breaker_until <= datetime.now(UTC)) == (BreakerState.OPEN, True)  # type: ignore[operator]


def test_resuming_one_that_was_gone_ends_its_trouble(here: Estate, signed_in: SignIn) -> None:
    set_erp(paused_until=FOR_GOOD, pause_reason=GONE, troubled_since=NOW)
    signed_in(Role.OWNER, here.team).post(f"{ERP}resume/", {"reason": "They moved back"})
    assert (erp().pause_reason, erp().troubled_since) == ("", None)


def test_resuming_one_that_nothing_holds_says_so(here: Estate, signed_in: SignIn) -> None:
    answer = signed_in(Role.OWNER, here.team).post(f"{ERP}resume/", {"reason": "Go"})
    assert (answer.status_code, "Billing Erp is not paused; nothing was changed." in text_of(answer)) == (409, True)


def test_its_limits_are_changed_for_all_workers(here: Estate, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER, here.team)
    client.post(f"{ERP}limit/", {"reason": "Their new plan", "max_in_flight": "8", "rate_per_second": "2.5"})
    assert (erp().max_in_flight, erp().rate_per_second) == (8, 2.5)
    assert AuditRecord.objects.get().details == {
        "before": {"max_in_flight": 64, "rate_per_second": None},
        "after": {"max_in_flight": 8, "rate_per_second": "2.5"},
    }


@pytest.mark.parametrize(
    ("before", "after", "seconds"),
    [("0.001", "100", 0), ("100", "0.01", int(1 / pace(0.01))), ("0.001", "", None), ("", "5", None)],
    ids=["raised", "lowered", "taken away", "new"],
)
def test_another_rate_holds_at_once(
    here: Estate, signed_in: SignIn, before: str, after: str, seconds: int | None
) -> None:
    client = signed_in(Role.OWNER, here.team)
    client.post(f"{ERP}limit/", {"reason": "At first", "max_in_flight": "8", "rate_per_second": before})
    last = datetime.now(UTC)
    if before:
        set_erp(tat=last + timedelta(seconds=1 / pace(float(before))))
    client.post(f"{ERP}limit/", {"reason": "Their new plan", "max_in_flight": "8", "rate_per_second": after})
    tat = erp().tat
    assert (None if tat is None else int((tat - last).total_seconds())) == seconds


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({"max_in_flight": "0", "rate_per_second": ""}, "Between 1 and 1,000 calls at once."),
        ({"max_in_flight": "1001", "rate_per_second": ""}, "Between 1 and 1,000 calls at once."),
        ({"max_in_flight": "8", "rate_per_second": "0"}, "Between 0.001 and 10,000 calls a second, or none."),
        ({"max_in_flight": "8", "rate_per_second": "nan"}, "Enter a number."),
        ({"max_in_flight": "8", "rate_per_second": "-1"}, "Between 0.001 and 10,000 calls a second, or none."),
        ({"max_in_flight": "many", "rate_per_second": ""}, "Enter a whole number."),
    ],
)
def test_limits_that_cannot_be_are_refused(here: Estate, signed_in: SignIn, filled: dict[str, str], said: str) -> None:
    answer = signed_in(Role.OWNER, here.team).post(f"{ERP}limit/", {"reason": "r"} | filled)
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert (erp().max_in_flight, erp().rate_per_second) == (64, None)


@pytest.mark.parametrize("act", ["pause", "resume", "limit"])
def test_nobody_else_holds_it_up(here: Estate, signed_in: SignIn, act: str) -> None:
    filled = {"reason": "r", "until": "", "max_in_flight": "1", "rate_per_second": ""}
    for client in (
        signed_in(Role.SUPPORT, here.team, "Support"),
        signed_in(Role.OWNER, a_team("sales"), "Another owner"),
    ):
        answer = client.post(f"{ERP}{act}/", filled)
        assert (answer.status_code, "Your roles do not let you" in text_of(answer)) == (403, True)
    assert AuditRecord.objects.count() == 0


def test_one_that_several_teams_write_to_takes_an_operator(here: Estate, signed_in: SignIn) -> None:
    sales = estate("sales", erp_connector="webhook")
    flow = type(sales.flow).objects.create(slug="shared", name="Shared", integration=sales.integration)
    a_flow_version(flow, [deliver("x", "billing-erp", "send")])
    refused = signed_in(Role.OWNER, here.team).post(f"{ERP}pause/", {"reason": "r", "until": ""})
    assert refused.status_code == 403
    assert "Several teams write there (Billing, Sales)" in text_of(refused)
    assert signed_in(Role.OPERATOR, name="Op").post(f"{ERP}pause/", {"reason": "r", "until": ""}).status_code == 302


def test_without_a_reason_nothing_is_done(here: Estate, signed_in: SignIn) -> None:
    answer = signed_in(Role.OWNER, here.team).post(f"{ERP}pause/", {"reason": "  ", "until": ""})
    assert (answer.status_code, erp().paused_until.year < 9000) == (422, True)


def test_one_that_does_not_exist_is_not_found(here: Estate, signed_in: SignIn) -> None:
    client = signed_in(Role.OPERATOR)
    assert client.get("/tx/destinations/nowhere/").status_code == 404
    assert client.post("/tx/destinations/nowhere/pause/", {"reason": "r"}).status_code == 404
