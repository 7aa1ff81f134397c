"""The overview: whether business processes are kept, month by month, in true figures; and who begins there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from controlplane.console.overview.failing import in_words
from controlplane.console.overview.period import period_of
from controlplane.foundation import clock
from controlplane.foundation.errors import BadInput
from controlplane.inventory.models import Integration
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import DestinationState, TrafficHour
from controlplane.transactions.rules.durations import BOUNDS
from controlplane.transactions.rules.pauses import FOR_GOOD
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.traffic import by_process
from controlplane.transactions.upkeep import make_partitions
from tests.transactions.factories import Estate, a_process, an_account, deliver, estate
from tests.transactions.traffic import a_transaction, paid_invoice
from tests.transactions.views.reading import text_of

pytestmark = pytest.mark.django_db

HERE = "/overview/"
VIENNA = ZoneInfo("Europe/Vienna")


@pytest.fixture
def made() -> Estate:
    make_partitions()
    found = estate(steps=[deliver("ledger", "billing-erp", "send", title="Post it")], erp_connector="webhook")
    Integration.objects.update(process=a_process("order-to-cash"))
    return found


@pytest.fixture
def greta(client: Client, made: Estate) -> Client:
    client.force_login(an_account("Greta", Role.EXECUTIVE))
    return client


def ended(made: Estate, *states: TransactionState) -> None:
    """Transactions of a moment ago that ended so, counted."""
    for state in states:
        a_transaction(made, at=clock.now() - timedelta(minutes=1), state=state, took=timedelta(seconds=2))
    count_hours()


def an_hour(integration: Integration, hour: datetime, **counts: int) -> TrafficHour:
    """A counted hour; what arrived took between one and two and a half seconds."""
    zero = dict.fromkeys(
        ("received", "succeeded", "partial", "dead", "quarantined", "cancelled", "ignored", "under_way"), 0
    )
    took = [0] * (len(BOUNDS) + 1)
    took[4] = counts.get("succeeded", 0) + counts.get("partial", 0)
    values = zero | counts | {"took": took, "counted_at": hour + timedelta(hours=2)}
    return TrafficHour.objects.create(hour=hour, integration=integration, **values)


def test_an_executive_and_a_board_member_begin_here_and_support_at_the_transactions(
    client: Client, made: Estate
) -> None:
    for name, role, place in [
        ("Greta", Role.EXECUTIVE, HERE),
        ("Jonas", Role.BOARD, HERE),
        ("Elif", Role.SUPPORT, "/tx/"),
        ("Mara", Role.OWNER, "/tx/"),
    ]:
        team = None if role in {Role.EXECUTIVE, Role.BOARD} else made.team
        client.force_login(an_account(name, role, team))
        assert client.get("/").headers["location"] == place


def test_without_processes_it_says_how_to_get_one(client: Client) -> None:
    client.force_login(an_account("Greta", Role.EXECUTIVE))
    assert "No business process yet" in text_of(client.get(HERE))


def test_without_traffic_nothing_is_said_to_be_well(greta: Client, made: Estate) -> None:
    page = text_of(greta.get(HERE))
    assert "Nothing is counted yet in" in page
    assert "Order-to-cash nothing counted yet" in page
    other = Integration.objects.create(
        slug="more", name="More", team=made.team, environment=made.integration.environment, process=a_process("support")
    )
    an_hour(other, clock.now().replace(minute=0, second=0, microsecond=0), received=1, under_way=1)
    page = text_of(greta.get(HERE))
    assert "Nothing has come to its end in" in page
    assert "Order-to-cash no traffic" in page


def test_what_arrives_is_kept_and_counted(greta: Client, made: Estate) -> None:
    ended(made, *[TransactionState.SUCCEEDED] * 3)
    page = text_of(greta.get(HERE))
    assert "1 of 1 business processes is well." in page
    assert "Arrived 100 % 0 of 3 did not" in page
    assert "Received 3" in page
    assert "Nothing waits" in page


def test_what_waits_for_a_person_is_named_with_its_cause(greta: Client, made: Estate) -> None:
    paid_invoice(made, at=clock.now() - timedelta(minutes=2), fails_at="ledger")
    ended(made, *[TransactionState.SUCCEEDED] * 40)
    page = text_of(greta.get(HERE))
    assert "0 of 1 business processes are well. Order-to-cash: Billing: invoice to ledger: 1 dead letter." in page
    assert "Waiting for a person 1 dead letter now" in page
    assert "Rejected: tax id invalid 1" in page


def test_a_destination_that_is_paused_holds_its_process(greta: Client, made: Estate) -> None:
    ended(made, TransactionState.SUCCEEDED)
    DestinationState.objects.update(paused_until=FOR_GOOD)
    assert "Billing Erp: paused" in text_of(greta.get(HERE))


def test_a_month_that_is_over_is_judged_by_what_arrived_in_it(greta: Client, made: Estate) -> None:
    last_month = period_of("", clock.now()).before
    an_hour(made.integration, last_month.since + timedelta(days=3), received=20, succeeded=18, dead=2)
    page = text_of(greta.get(f"{HERE}?period={last_month.written}"))
    assert "0 of 1 business processes were kept. Order-to-cash: 2 did not arrive." in page
    assert "Arrived 90.00 % 2 of 20 did not" in page
    ended(made, TransactionState.SUCCEEDED)
    assert "+10.00 points" in text_of(greta.get(HERE))


def test_of_a_month_that_is_over_nothing_is_said_that_is_so_only_now(greta: Client, made: Estate) -> None:
    paid_invoice(made, at=clock.now() - timedelta(minutes=2), fails_at="ledger")
    last_month = period_of("", clock.now()).before
    an_hour(made.integration, last_month.since + timedelta(days=3), received=20, succeeded=20)
    now, then = (text_of(greta.get(f"{HERE}{asked}")) for asked in ("", f"?period={last_month.written}"))
    only_now = ["Waiting for a person 1 dead letter now", "Failures per day Waiting Received", "Waiting for somebody"]
    for words in only_now:
        assert (words, words in now, words in then) == (words, True, False)
    assert "1 of 1 business processes was kept." in then
    assert "Failures per day Received" in then
    assert "dead letter now" not in then


def test_on_the_first_of_a_month_what_went_well_yesterday_is_said_without_loose_ends(
    greta: Client, made: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    this_month = period_of("", clock.now())
    assert this_month.after is None
    begins = this_month.until + timedelta(minutes=30)
    an_hour(made.integration, begins.replace(minute=0) - timedelta(hours=1), received=3, succeeded=3)
    monkeypatch.setattr(clock, "now", lambda: begins)
    page = text_of(greta.get(HERE))
    assert "1 of 1 business processes is well." in page
    assert "Order-to-cash St Ty" in page


def test_days_are_those_of_the_pages_zone(made: Estate) -> None:
    """23:00 UTC on the last of October is the first of November in Vienna."""
    an_hour(made.integration, datetime(2026, 10, 31, 23, tzinfo=UTC), received=5, succeeded=4, partial=1)
    an_hour(made.integration, datetime(2026, 10, 31, 22, tzinfo=UTC), received=7, succeeded=7)
    found = by_process(
        since=datetime(2026, 10, 1, tzinfo=VIENNA), until=datetime(2026, 12, 1, tzinfo=VIENNA), zone=VIENNA
    )
    days = {f"{day:%d %b}": traffic.received for day, traffic in found["order-to-cash"].items()}
    assert days == {"31 Oct": 7, "01 Nov": 5}
    (first,) = [traffic for day, traffic in found["order-to-cash"].items() if day.day == 1]
    assert (first.judged, first.share, first.percentile(0.5)) == (5, 100.0, 1.75)


def test_the_figures_of_a_process_are_those_of_its_integrations(greta: Client, made: Estate) -> None:
    other = Integration.objects.create(
        slug="more",
        name="More",
        team=made.team,
        environment=made.integration.environment,
        process=a_process("order-to-cash"),
    )
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    an_hour(made.integration, hour, received=30, succeeded=30)
    an_hour(other, hour, received=12, succeeded=9, quarantined=1, under_way=2)
    page = text_of(greta.get(HERE))
    assert "1 of 40 did not" in page
    assert "Received 42" in page


def test_causes_are_for_those_who_may_see_transactions(client: Client, made: Estate) -> None:
    paid_invoice(made, at=clock.now() - timedelta(minutes=2), fails_at="ledger")
    ended(made, TransactionState.SUCCEEDED)
    client.force_login(an_account("Nobody", Role.SUPPORT, Team.objects.create(slug="elsewhere", name="Elsewhere")))
    page = text_of(client.get(HERE))
    assert "1 dead letter" in page
    assert "tax id" not in page
    assert "Nothing that you may see ended as a dead letter" in page


def test_rubbish_is_refused_and_what_does_not_exist_is_not_there(greta: Client, made: Estate) -> None:
    for period in ("2026", "2026-13", "soon", "2099-01", "２０２６-11", "2026-11%00"):
        assert greta.get(f"{HERE}?period={period}").status_code == 400
    assert greta.get(f"{HERE}?process=none").status_code == 404
    assert greta.get(f"{HERE}?process=order-to-cash").status_code == 200


def test_nobody_sees_it_without_signing_in(client: Client) -> None:
    assert client.get(HERE).headers["location"] == "/signin/?next=/overview/"


def test_it_asks_as_many_questions_for_many_as_for_one(
    greta: Client, made: Estate, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        Integration.objects.create(
            slug=f"more-{number}",
            name=f"More {number}",
            team=made.team,
            environment=made.integration.environment,
            process=a_process(f"process-{number}"),
        )
    with django_assert_max_num_queries(22):
        greta.get(HERE)


def test_months_follow_one_another(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    now = datetime(2026, 3, 15, 12, tzinfo=UTC)
    this = period_of("", now)
    assert (this.written, this.progress, this.length, this.after) == ("2026-03", "March 2026, day 15 of 31", 31, None)
    february = this.before
    assert (february.written, february.length, february.progress) == ("2026-02", 28, "February 2026")
    assert february.after == this
    # The month in which clocks go forward has an hour less.
    assert this.until.astimezone(UTC) - this.since.astimezone(UTC) == timedelta(days=31) - timedelta(hours=1)
    with pytest.raises(BadInput, match="April 2026 has not begun"):
        period_of("2026-04", now)


@pytest.mark.parametrize(
    ("error_class", "words"),
    [("rejected.tax_id_invalid", "Rejected: tax id invalid"), ("unknown", "Unknown"), ("", "No reason given")],
)
def test_error_classes_are_read_as_words(error_class: str, words: str) -> None:
    assert in_words(error_class) == words
