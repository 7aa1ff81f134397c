"""Greta, executive: which promises hold, did they a month ago, and the brief on one sheet of paper."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from controlplane.console.overview.period import period_of
from controlplane.foundation import clock
from controlplane.people.models import Account
from controlplane.people.roles import Role
from tests.browser.journeys.conftest import Begin
from tests.transactions.factories import Estate

PAGES = re.compile(rb"/Type\s*/Page\b")
#: A4, landscape: 297 by 210 mm in points.
A4 = re.compile(rb"/MediaBox\s*\[\s*0 0 84[12][.\d]* 59[45][.\d]*\s*\]")


def test_reads_the_overview_goes_a_month_back_and_prints_one_page(
    here: Estate, works_here: Callable[..., Account], begin: Begin
) -> None:
    hands = begin(works_here("Greta Holm", Role.EXECUTIVE))
    page = hands.page
    page.wait_for_url("**/overview/")
    expect(page.locator(".verdict")).to_contain_text("0 of 1 business processes are well.")
    expect(page.get_by_role("row", name="Order-to-cash")).to_contain_text("2")

    month = period_of("", clock.now())
    hands.press(page.get_by_role("link", name=month.before.name), key="[")
    page.wait_for_url(f"**period={month.before.written}*")
    expect(page.locator(".verdict")).to_contain_text(f"Nothing is counted yet in {month.before.name}.")
    hands.press(page.get_by_role("link", name=month.name), key="]")
    page.wait_for_url("**/overview/")

    page.evaluate("window.print = () => { document.documentElement.dataset.printed = 'yes' }")
    hands.press(page.get_by_role("button", name="Print"), key="p")
    expect(page.locator("html")).to_have_attribute("data-printed", "yes")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(PAGES.findall(paper)) == 1
    assert A4.search(paper)
