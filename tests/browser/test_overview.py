"""The overview in a real browser: read in every look, walked by keyboard, printed on one page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from controlplane.console.overview.period import period_of
from controlplane.foundation import clock
from controlplane.inventory.models import Integration
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import TrafficHour
from controlplane.transactions.rules.durations import BOUNDS
from tests.browser.conftest import PHONE, WIDE, Visit
from tests.transactions.factories import Estate, a_process, an_account, estate
from tests.transactions.traffic import paid_invoice

PAGES = re.compile(rb"/Type\s*/Page\b")
PROCESSES = ("order-to-cash", "case-to-resolution", "customer-onboarding", "lead-to-opportunity")


@pytest.fixture
def here(transactional_db: None) -> Estate:
    """Four processes with a month of traffic; in one something waits."""
    made = estate(erp_connector="webhook")
    Integration.objects.update(process=a_process(PROCESSES[0]))
    parts = [made.integration, *(_another(made, name) for name in PROCESSES[1:])]
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    month = period_of("", now)
    for place, part in enumerate(parts):
        for day in range(month.today.day):
            _an_hour(
                part,
                month.since + timedelta(days=day, hours=9),
                received=200 + 37 * (day % 7),
                dead=place * (day % 5 == 0),
            )
    _an_hour(parts[0], month.before.since + timedelta(days=3), received=900, dead=20)
    for minutes in (50, 9, 4):
        paid_invoice(made, at=clock.now() - timedelta(minutes=minutes), fails_at="invoice" if minutes < 10 else "")
    count_hours()
    return made


def _another(made: Estate, process: str) -> Integration:
    return Integration.objects.create(
        slug=process,
        name=process.capitalize(),
        team=made.team,
        process=a_process(process),
        environment=made.integration.environment,
    )


def _an_hour(part: Integration, hour: datetime, received: int, dead: int) -> None:
    took = [0] * (len(BOUNDS) + 1)
    took[3], took[5], took[8] = received - dead - 20, 15, 5
    counts = {"received": received, "succeeded": received - dead, "dead": dead}
    zero = dict.fromkeys(("partial", "quarantined", "cancelled", "ignored", "under_way"), 0)
    TrafficHour.objects.update_or_create(
        hour=hour, integration=part, defaults={**zero, **counts, "took": took, "counted_at": clock.now()}
    )


@pytest.fixture
def greta(here: Estate) -> Account:
    return an_account("Greta Holm", Role.EXECUTIVE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_it_is_accessible_and_fits(visit: Visit, greta: Account, window: dict[str, int], scheme: str) -> None:
    visitor = visit(window, color_scheme=scheme).be(greta)
    found = {}
    for path in ("/overview/", f"/overview/?period={period_of('', clock.now()).before.written}"):
        visitor.go(path)
        found[path] = (visitor.violations(), max(0, visitor.overflow()))
    assert found == dict.fromkeys(found, ([], 0))


def test_an_executive_sees_within_a_minute_what_is_kept_and_what_is_not(visit: Visit, greta: Account) -> None:
    page = visit().be(greta).go("/")
    page.wait_for_url("**/overview/")
    expect(page.locator(".verdict")).to_contain_text("3 of 4 business processes are well.")
    # By keyboard alone: from the worst row, whose charts are shown, to the next, and to the month before.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**process=*")
    expect(page.get_by_role("row", name="Lead-to-opportunity")).to_have_attribute("aria-current", "true")
    page.keyboard.press("[")
    page.wait_for_url("**period=*")
    expect(page.locator(".verdict")).to_contain_text("1 of 1 business processes was kept.")
    page.keyboard.press("]")
    page.wait_for_url("**/overview/")


def test_the_brief_prints_on_one_page(visit: Visit, greta: Account) -> None:
    visitor = visit().be(greta)
    page = visitor.go("/overview/")
    page.evaluate("window.print = () => { document.documentElement.dataset.printed = 'yes' }")
    page.keyboard.press("p")
    assert page.evaluate("document.documentElement.dataset.printed") == "yes"
    printed = page.pdf(prefer_css_page_size=True)
    assert len(PAGES.findall(printed)) == 1
