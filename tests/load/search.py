"""What a person waits for when searching, over four weeks of transactions (``history``).

``customer_p99_ms``, the identifier's, the business key's and ``two_word_p99_ms`` are the rows of a page as
``selectors.finding.find`` answers them: parsed, planned, asked and made ready, with the card of the customer,
without the template. What the page fetches after them has figures of its own: ``counts_p99_ms`` (chips, total,
histogram) and ``facets_p99_ms``. ``page_p95_ms`` is all of the first answer as the server makes it, the
template and the transaction beside the list included. An identifier is a bare id of another system, of which nothing
says what kind it is, and finds fifty rows under five ids; a business key is one invoice by its number. Pages are
asked for one after the other, of other customers each time. Transactions here have no steps, so facets count
their systems by source alone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from statistics import median
from typing import Any
from uuid import UUID

from django.test import Client

from controlplane.foundation.clock import now
from controlplane.people.access import Access, access_for
from controlplane.people.roles import Role
from controlplane.transactions.search import run
from controlplane.transactions.search.plan import Plan
from controlplane.transactions.search.sql import Fragment
from controlplane.transactions.selectors.counting import Counts, counts
from controlplane.transactions.selectors.facets import Facet, facets
from controlplane.transactions.selectors.finding import find
from controlplane.transactions.selectors.listing import COLUMNS
from controlplane.transactions.selectors.question import PAGE, Question
from tests.load.harness import Result, Size, percentile, tell
from tests.load.history import written
from tests.transactions.factories import an_account

#: Rounds, transactions, pages of each kind in a round.
AMOUNTS = {Size.QUICK: (1, 40_000, 20), Size.DEFAULT: (5, 1_000_000, 200), Size.FULL: (5, 10_000_000, 300)}
#: Transactions of one customer, among all.
OF_A_CUSTOMER = 400
DEPTH = 50_000
#: Seconds that all pages by OFFSET may take together.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and what there is to be found."""

    access: Access
    browser: Client
    rows: int
    customers: int
    chance: random.Random

    def customer(self) -> str:
        """All transactions of a customer, by its key, whichever of its ids they carry."""
        return f"customer:cus_{self.chance.randrange(self.customers)}"

    def identifier(self) -> str:
        """A bare id, as it is pasted from the other system: nothing says which kind it is."""
        return f"1{self.chance.randrange(self.customers)}"

    def business_key(self) -> str:
        """One transaction by its own number."""
        return f"invoice:INV-{self.chance.randrange(1, self.rows)}"

    def two_words(self) -> str:
        """Two words of what went wrong."""
        return self.chance.choice(("spaces tax", "ledger closed", "text:spaces text:line", "tax closed"))

    def counted(self) -> Counts:
        """The part of a customer's page that is counted after its rows."""
        return counts(Question(self.access, self.customer(), now()))

    def narrowed(self) -> tuple[Facet, ...]:
        """The part of a customer's page that it could be narrowed down by."""
        return facets(Question(self.access, self.customer(), now()))

    def seen(self) -> bytes:
        """The whole page as the server makes it: session, frame, rows, and the newest transaction beside them."""
        answer = self.browser.get("/tx/", {"q": self.customer()}, headers={"host": "localhost"})
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"the page answered {answer.status_code}")
        return answer.content


@dataclass(frozen=True, slots=True)
class Round:
    """Milliseconds: the 99th percentiles of what one waits for, the page's 95th, and medians of the page at depth."""

    customer: float
    identifier: float
    business_key: float
    two_words: float
    counts: float
    facets: float
    page_p95: float
    keyset: float
    offset: float
    deferred: float


def measure(size: Size) -> Result:
    """Fill, warm up, and ask for the kinds of pages in turn."""
    rounds, rows, pages = AMOUNTS[size]
    asking = _asking(rows)
    _round(asking, pages // 4)
    measured = []
    for number in range(rounds):
        measured.append(_round(asking, pages))
        tell(f"  {number + 1}/{rounds}: {_in_words(measured[-1])}")
    return Result(
        ratios={
            "identifier_vs_business_key": median(one.identifier / one.business_key for one in measured),
            "keyset_vs_offset": median(one.offset / one.keyset for one in measured),
        },
        figures={
            "customer_p99_ms": median(one.customer for one in measured),
            "two_word_p99_ms": median(one.two_words for one in measured),
            "counts_p99_ms": median(one.counts for one in measured),
            "facets_p99_ms": median(one.facets for one in measured),
            "page_p95_ms": median(one.page_p95 for one in measured),
            "keyset_ms": median(one.keyset for one in measured),
            "offset_ms": median(one.offset for one in measured),
            "deferred_offset_ms": median(one.deferred for one in measured),
            "rows": rows,
        },
        runs=rounds,
    )


def _asking(rows: int) -> Asking:
    customers = max(20, rows // OF_A_CUSTOMER)
    written(rows, customers)
    account = an_account("Operator of the bench", Role.OPERATOR)
    browser = Client()
    browser.force_login(account)
    return Asking(access_for(account), browser, rows, customers, random.Random(26))  # noqa: S311 - the same in every run


def _in_words(one: Round) -> str:
    return (
        f"p99 of a customer's rows {one.customer:.1f} ms, an identifier's {one.identifier:.1f} ms, a business key's "
        f"{one.business_key:.1f} ms, two words {one.two_words:.1f} ms, counts {one.counts:.1f} ms, facets "
        f"{one.facets:.1f} ms; p95 of the whole page {one.page_p95:.1f} ms; at depth {one.keyset:.2f} ms, by OFFSET "
        f"{one.offset:.1f} ms, by OFFSET on bare rows {one.deferred:.1f} ms"
    )


# -- what is measured -----------------------------------------------------------------------------


def _round(asking: Asking, pages: int) -> Round:
    few = max(5, pages // 4)
    keyset, offset, deferred = _at_depth(asking, min(DEPTH, asking.rows // 2), max(5, pages // 10))
    return Round(
        customer=_p99(partial(_rows, asking, asking.customer), pages),
        identifier=_p99(partial(_rows, asking, asking.identifier), pages),
        business_key=_p99(partial(_rows, asking, asking.business_key), pages),
        two_words=_p99(partial(_rows, asking, asking.two_words), pages),
        counts=_p99(asking.counted, few),
        facets=_p99(asking.narrowed, few),
        page_p95=percentile(list(_timed(partial(_page, asking), few)), 0.95),
        keyset=keyset,
        offset=offset,
        deferred=deferred,
    )


def _p99(ask: Callable[[], object], times: int) -> float:
    return percentile(list(_timed(ask, times)), 0.99)


def _rows(asking: Asking, kind: Callable[[], str]) -> None:
    """Checked: a page that finds nothing, or not everything, proves nothing."""
    text = kind()
    page = find(asking.access, text, "", now())
    if page.searched_to is not None:
        raise RuntimeError(f"“{text}” ran out of time")
    if not page.rows:
        raise RuntimeError(f"“{text}” found nothing")


def _page(asking: Asking) -> None:
    if b"data-rows" not in asking.seen():
        raise RuntimeError("the page has no rows")


def _at_depth(asking: Asking, depth: int, times: int) -> tuple[float, float, float]:
    """Milliseconds of the page at ``depth``: by keyset, by OFFSET, and by OFFSET at its best; all are the same page."""
    question = Question(asking.access, "", now())
    planned, high = question.planned, question.planned.high
    (before,) = _ids(offset_by(planned.scan("t.id", planned.low, high, 1), depth - 1))
    by_keyset = partial(_by_keyset, question, before)
    by_offset = partial(run.ask, _by_offset(planned, depth), run.Deadline(PATIENCE))
    deferred = partial(run.ask, _deferred(planned, depth), run.Deadline(PATIENCE))
    if not by_keyset() == by_offset() == deferred():
        raise RuntimeError("keyset and OFFSET gave different pages")
    return median(_timed(by_keyset, times)), median(_timed(by_offset, times)), median(_timed(deferred, times))


def _by_keyset(question: Question, before: UUID) -> list[dict[str, Any]]:
    """As the product asks for it."""
    return run.newest(question.planned, COLUMNS, PAGE, run.Deadline(), now=question.now, below=before).rows


def _by_offset(planned: Plan, depth: int) -> Fragment:
    """The product's own statement with OFFSET where its cursor stands: what a paginator makes of it."""
    return offset_by(planned.scan(COLUMNS, planned.low, planned.high, PAGE), depth)


def _deferred(planned: Plan, depth: int) -> Fragment:
    """OFFSET at its best: what a list shows is worked out for the page's rows only, not for those left out before."""
    rows = offset_by(planned.scan("t.*", planned.low, planned.high, PAGE), depth)
    return Fragment(f"select {COLUMNS} from ({rows.sql}) t order by t.id desc", rows.parameters)


def offset_by(statement: Fragment, rows: int) -> Fragment:
    """The statement, so many rows further on."""
    return Fragment(f"{statement.sql} offset %s", (*statement.parameters, rows))


def _ids(statement: Fragment) -> list[UUID]:
    return [row["id"] for row in run.ask(statement, run.Deadline())]


def _timed(ask: Callable[[], object], times: int) -> Iterator[float]:
    """Milliseconds of each time."""
    for _ in range(times):
        began = time.perf_counter()
        ask()
        yield (time.perf_counter() - began) * 1000
