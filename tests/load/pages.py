"""What a person waits for at every page there is, with four weeks of transactions (``history``) behind it.

Server time is that of the whole answer: session, frame, selectors, template; what a page fetches after itself is a
part with a time of its own. The null page is the frame around a 404, asked for after each answer, so that
``slowest_vs_null`` (of the page that costs most null pages) holds on a busy machine, too. Paint is the first contentful
one, in Chromium, of the pages where somebody's work begins, behind uvicorn: medians, since outliers of a browser on a
busy machine say nothing of the page. Limits: 150 ms at the 95th percentile, and 1 s.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from statistics import median

from django.test import Client
from playwright.sync_api import Page, sync_playwright

from tests.browser.windows import CHROMIUM, WIDE
from tests.load.harness import LOOPBACK, Result, Size, percentile, ratio, served, tell
from tests.load.history import written
from tests.load.search import OF_A_CUSTOMER
from tests.pages.addresses import Ask, Kind, by_client, found
from tests.pages.company import Company, company

#: Rounds, transactions, times that each page is asked for in a round.
AMOUNTS = {Size.QUICK: (1, 20_000, 1), Size.DEFAULT: (3, 1_000_000, 15), Size.FULL: (5, 10_000_000, 40)}
#: Of everything that a company keeps beside its transactions.
OF_EACH = 40
LIMIT_MS = 150.0
PAINT_LIMIT_MS = 1000.0
NULL = "/nowhere/"
#: Asks the other processes of the installation, of which a bench has none, and waits two seconds for their answers.
WAITS_FOR_OTHERS = {"/running/"}
#: A search that cannot be read is a page as well; anything else proves nothing.
SHOWN = {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}
#: Painted so often each.
PAINTS = 7
#: Where the six people's work begins, and where it leads first.
BEGINNINGS = ("/signin/", "/overview/", "/tx/", "/tx/dead/", "/integrations/", "/tx/destinations/", "/access/audit/")
PAINTED = """() => new Promise((resolve) => new PerformanceObserver((seen) => {
  for (const { name, startTime } of seen.getEntries()) if (name === "first-contentful-paint") resolve(startTime);
}).observe({ type: "paint", buffered: true }))"""


@dataclass(frozen=True, slots=True)
class Times:
    """A page's server times in milliseconds, each with that of the null page just after it."""

    pairs: Sequence[tuple[float, float]]

    @property
    def p95(self) -> float:
        """The page's own."""
        return percentile([ours for ours, _ in self.pairs], 0.95)

    @property
    def vs_null(self) -> float:
        """How many null pages it costs: holds on a busy machine as well."""
        return ratio(self.pairs)


def measure(size: Size) -> Result:
    """Fill, ask for every page in turn, and paint the first ones."""
    rounds, rows, times = AMOUNTS[size]
    written(rows, max(20, rows // OF_A_CUSTOMER))
    made = company(OF_EACH)
    measured = _server_times(made, rounds, times)
    paints = _paints(made)
    _tell_all(measured, paints)
    slowest = max(one.p95 for one in measured.values())
    nulls = [null for one in measured.values() for _, null in one.pairs]
    return Result(
        ratios={
            "slowest_vs_null": max(one.vs_null for one in measured.values()),
            "slowest_vs_limit": slowest / LIMIT_MS,
            "paint_vs_limit": max(paints.values()) / PAINT_LIMIT_MS,
        },
        figures={
            "null_p95_ms": percentile(nulls, 0.95),
            "slowest_p95_ms": slowest,
            "slowest_paint_ms": max(paints.values()),
            "pages": len(measured),
            "rows": rows,
        },
        runs=rounds,
    )


def _server_times(made: Company, rounds: int, times: int) -> Mapping[str, Times]:
    """Every page and part, round after round, by the name of its address."""
    oskar, stranger = by_client(made.oskar), by_client()
    shown = [one for one in found(made, oskar, stranger) if one.kind in {Kind.PAGE, Kind.PART}]
    looked_at = [one for one in shown if one.address.name not in WAITS_FOR_OTHERS]
    if refused := [one.address.name for one in looked_at if one.answer.status not in SHOWN]:
        raise RuntimeError(f"not shown: {', '.join(refused)}")
    pairs: dict[str, list[tuple[float, float]]] = {one.address.name: [] for one in looked_at}
    for number in range(rounds):
        for one in looked_at:
            ask = stranger if one.open else oskar
            pairs[one.address.name] += [(_timed(ask, one.address.url), _timed(oskar, NULL)) for _ in range(times)]
        tell(f"  {number + 1}/{rounds}: {len(looked_at)} pages and parts, {times} times each")
    return {name: Times(those) for name, those in pairs.items()}


def _timed(ask: Ask, url: str) -> float:
    began = time.perf_counter()
    ask(url)
    return (time.perf_counter() - began) * 1000


# -- the browser ----------------------------------------------------------------------------------


def _paints(made: Company) -> Mapping[str, float]:
    """Milliseconds until the first contentful paint of each page where work begins: the median."""
    client = Client()
    client.force_login(made.oskar)
    cookie = client.cookies["sessionid"].value
    with served("controlplane.asgi:application") as (port, _), sync_playwright() as playwright:
        site = f"http://{LOOPBACK}:{port}"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport=dict(WIDE))  # type: ignore[arg-type]
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])
        page = context.new_page()
        paints = {path: median(_painted(page, f"{site}{path}") for _ in range(PAINTS)) for path in BEGINNINGS}
        browser.close()
    return paints


def _painted(page: Page, url: str) -> float:
    page.goto(url)
    return float(page.evaluate(PAINTED))


def _tell_all(measured: Mapping[str, Times], paints: Mapping[str, float]) -> None:
    for name, one in sorted(measured.items(), key=lambda pair: -pair[1].vs_null):
        tell(f"  p95 {one.p95:7.1f} ms, {one.vs_null:5.1f} of the null page  {name}")
    for path, milliseconds in paints.items():
        tell(f"  {milliseconds:7.1f} ms until the first paint of {path}")
