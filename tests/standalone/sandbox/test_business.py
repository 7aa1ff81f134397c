"""What happens at the company that does not exist: the same for everybody, and never twice."""

from __future__ import annotations

from collections import Counter

import pytest

from controlplane.standalone.sandbox.business import Business, customers, spaced
from controlplane.standalone.sandbox.stories import ROUND_MINUTES, STORIES, Story, Trouble, Weather
from controlplane.standalone.sandbox.systems import TAX_ID


def test_everybodys_brandt_is_c_1042_and_every_customer_is_somebody_else() -> None:
    everybody = customers(2611)
    assert (everybody[0].number, everybody[0].name) == ("C-1042", "Brandt Messtechnik GmbH")
    assert len({one.number for one in everybody}) == len(everybody)
    assert everybody == customers(2611)


def test_stripe_takes_every_tax_id_but_an_austrian_one_with_spaces() -> None:
    for customer in customers(2611):
        assert TAX_ID.fullmatch(customer.tax_id)
        assert (TAX_ID.fullmatch(spaced(customer.tax_id)) is None) == (customer.country == "AT")
    assert spaced("ATU63941208") == "ATU 6394 1208"


def test_an_order_is_won_placed_and_paid_in_that_order_under_one_number() -> None:
    business = Business(1)
    orders = [reports for reports in (business.next(spaced_tax_ids=False) for _ in range(200)) if len(reports) > 1]
    for won, placed, paid in orders:
        assert (won.type, placed.type, paid.type) == ("opportunity.won", "sale.order.confirmed", "invoice.paid")
        assert won.after < placed.after < paid.after
        number = placed.record["name"]
        assert won.record["id"] == f"006{number}"
        assert paid.record["metadata"]["order"] == number
        whole, cents = placed.record["amount_total"].split(".")
        assert paid.record["amount_paid"] == int(whole) * 100 + int(cents)
    assert len({placed.record["name"] for _, placed, _ in orders}) == len(orders)


def test_every_system_has_something_to_report() -> None:
    business = Business(1)
    said = Counter(report.system for _ in range(300) for report in business.next(spaced_tax_ids=False))
    assert set(said) == {"odoo", "salesforce", "stripe", "hubspot", "zendesk"}


def test_numbers_go_on_after_a_pause() -> None:
    before, after = Business(1), Business(1, since=500)
    first = {r.record.get("name") for _ in range(100) for r in before.next(spaced_tax_ids=False) if r.system == "odoo"}
    later = {r.record.get("name") for _ in range(100) for r in after.next(spaced_tax_ids=False) if r.system == "odoo"}
    assert (first & later) - {None} == set()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.system)
def test_a_story_has_a_beginning_and_an_end_and_comes_again(story: Story) -> None:
    minute = story.begins
    weather = Weather(lambda: minute)
    assert weather.has(story.system, story.trouble)
    minute = story.begins + story.minutes
    assert not weather.has(story.system, story.trouble)
    minute = story.begins + ROUND_MINUTES
    assert weather.has(story.system, story.trouble)
    assert story.begins + story.minutes < ROUND_MINUTES


def test_a_quiet_minute_is_quiet() -> None:
    assert not any(Weather(lambda: 0.0).has(one.system, trouble) for one in STORIES for trouble in Trouble)
