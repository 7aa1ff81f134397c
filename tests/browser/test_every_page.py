"""Every page there is, in a real browser: on a desk and on a telephone, light and dark, with rows and without.

The pages are found by the resolver (``tests/pages``), so that a new one is walked by itself. Each is asked what holds
for all: axe finds nothing (WCAG 2.2 AA), nothing is wider than the window, the content security policy is kept, and
the console says nothing.
"""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, WIDE, Visit, Visitor
from tests.pages.addresses import Answer, Ask, Kind, found
from tests.pages.company import company

#: The rules whose answer depends on colours; of all others dark says what light said.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
#: The sizes in which the company is walked: a fresh installation, an estate without traffic, one with it.
SIZES = {"fresh": None, "no traffic": 0, "with rows": 3}
#: Long pages that say the same to every company: walked in the fresh one.
SAME_FOR_ALL = {"/api/docs/", "/gallery/"}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("size", SIZES)
def test_it_is_accessible_fits_and_keeps_the_policy(visit: Visit, size: str, window: dict[str, int]) -> None:
    made = company(SIZES[size])
    oskar, stranger = visit(window, reduced_motion="reduce").be(made.oskar), visit(window, reduced_motion="reduce")
    pages = [one for one in found(made, _asking(oskar), _asking(stranger)) if one.kind is Kind.PAGE]
    walked = [one for one in pages if size == "fresh" or one.address.path not in SAME_FOR_ALL]
    wrong = {one.address.name: _wrong(stranger if one.open else oskar, one.address.url) for one in walked}
    assert {name: said for name, said in wrong.items() if said} == {}
    assert len(walked) > 15


def _asking(visitor: Visitor) -> Ask:
    """The browser's own request, with its session, without opening a page."""

    def ask(url: str) -> Answer:
        got = visitor.context.request.get(f"{visitor.site}{url}", max_redirects=0)
        media_type, location = got.headers.get("content-type", ""), got.headers.get("location", "")
        return Answer(got.status, media_type, location, got.body())

    return ask


def _wrong(visitor: Visitor, url: str) -> list[str]:
    """What is wrong with a page, in words."""
    visitor.complaints.clear()
    visitor.go(url)
    visitor.page.wait_for_selector("[aria-busy=true], .htmx-request", state="detached")
    found = [f"{width} px too wide" for width in [visitor.overflow()] if width > 0]
    visitor.page.emulate_media(color_scheme="light")
    found += visitor.violations()
    visitor.page.emulate_media(color_scheme="dark")
    found += [f"in the dark: {one}" for one in visitor.violations(runOnly=COLOURS)]
    return found + visitor.complaints
