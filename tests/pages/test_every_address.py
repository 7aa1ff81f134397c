"""What holds for every page there is: it shows something, asks the database so often and no oftener, weighs little.

``QUERIES`` is exact, for a page with few rows as for one with many. A page that is new has to say its number here, and
one whose number grew has to say so in a change to this table. What is counted is all that is sent to the database,
the limits of time around a search included.
"""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.pages.addresses import Found, Kind, by_client, filled, found, routes
from tests.pages.company import Company, company
from tests.pages.weight import weight

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 9
#: Compressed, fonts apart.
MOST_BYTES = 300_000

QUERIES = {
    "/signin/": 0,
    "/access/tokens/": 9,
    "/changes/": 18,
    "/changes/new/": 10,
    "/changes/new/<slug:kind>/": 11,
    "/changes/new/<slug:kind>/?q=nothing-of-that": 11,
    "/changes/new/<slug:kind>/?of=billing-invoices": 19,
    "/changes/new/<slug:kind>/?of=a-new-one": 14,
    "/changes/log/": 12,
    "/changes/boards/": 10,
    "/changes/boards/<slug:slug>/": 16,
    "/changes/board/<day:date>/": 20,
    "/changes/<int:pk>/": 27,
    "/tx/shadow/<int:change>/": 9,
    "/tx/shadow/<int:change>/<uuid:identifier>/": 41,
    "/changes/<int:pk>/content/": 5,
    "/changes/<int:pk>/findings/": 6,
    "/changes/<int:pk>/lines/": 6,
    "/tx/": 65,
    "/tx/?sel=…": 49,
    "/tx/?q=customer:8841+status:ok+status:skipped": 23,
    "/tx/?q=customer:8841&facets=1&counted=1": 58,
    "/tx/?q=custmer:8841": 10,
    "/tx/newer/": 4,
    "/tx/counts/": 29,
    "/tx/facets/": 29,
    "/tx/exports/": 10,
    "/tx/views/": 10,
    "/tx/views/counts/": 5,
    "/tx/dead/": 22,
    "/tx/dead/?open=…": 25,
    "/tx/dead/?show=snoozed": 17,
    "/tx/dead/replay/?cause=…": 18,
    "/tx/dead/drop/?cause=…": 19,
    "/tx/dead/assign/?cause=…&item=…": 12,
    "/tx/dead/<uuid:fingerprint>/": 19,
    "/tx/dead/<uuid:fingerprint>/snooze/": 16,
    "/tx/dead/letters/<uuid:step_run_id>/": 26,
    "/tx/dead/letters/<uuid:step_run_id>/edit/": 42,
    "/tx/replay/?q=status:failed": 23,
    "/tx/replays/": 11,
    "/tx/replays/<int:pk>/": 21,
    "/tx/replays/<int:pk>/decide/": 26,
    "/tx/destinations/": 11,
    "/tx/destinations/<slug:slug>/": 13,
    "/tx/destinations/<slug:slug>/?ask=pause": 13,
    "/tx/<uuid:identifier>/": 43,
    "/tx/<uuid:identifier>/?tab=raw": 44,
    "/tx/<uuid:identifier>/?tab=attempts": 44,
    "/tx/<uuid:identifier>/?tab=fields&step=party": 42,
    "/tx/<uuid:identifier>/journey/": 31,
    "/tx/<uuid:identifier>/replay/": 28,
    "/tx/<uuid:identifier>/release/": 20,
    "/tx/<uuid:identifier>/release/edit/": 33,
    "/tx/releases/<int:pk>/": 14,
    "/tx/releases/of/<int:version_id>/": 13,
    "/data/contracts/": 9,
    "/data/contracts/?q=agreed&format=openapi": 9,
    "/data/contracts/<slug:slug>/": 34,
    "/data/contracts/<slug:slug>/?version=1": 28,
    "/data/contracts/<slug:slug>/consumers/declare/": 10,
    "/data/contracts/<slug:slug>/consumers/<int:pk>/": 9,
    "/data/contracts/confirmations/<int:pk>/": 14,
    "/data/contracts/<slug:slug>/differences/": 11,
    "/data/contracts/<slug:slug>/propose/": 11,
    "/data/contracts/<slug:slug>/sunset/": 26,
    "/data/contracts/<slug:slug>/sunset/?version=1": 26,
    "/data/contracts/<slug:slug>/propose/?version=1": 11,
    "/data/contracts/<slug:slug>/propose/?drift=…": 13,
    "/data/contracts/<slug:slug>/differences/?from=2&to=1": 11,
    "/data/identities/": 10,
    "/data/identities/?q=8841": 12,
    "/data/identities/?kind=order": 9,
    "/data/identities/<uuid:identifier>/": 18,
    "/data/identities/<uuid:identifier>/merge/": 10,
    "/data/identities/<uuid:identifier>/merge/?other=…": 16,
    "/data/identities/<uuid:identifier>/split/": 11,
    "/data/identities/changes/<int:pk>/undo/": 14,
    "/integrations/schedules/": 12,
    "/integrations/<slug:integration>/jobs/<slug:job>/": 12,
    "/integrations/<slug:integration>/jobs/<slug:job>/?ask=backfill": 12,
    "/integrations/<slug:integration>/jobs/<slug:job>/runs/<int:run>/": 19,
    "/integrations/<slug:integration>/jobs/<slug:job>/runs/<int:run>/pages/": 9,
    "/running/": 5,
    "/count/<slug:letter>/": 5,
    "/welcome/": 16,
    "/welcome/<slug:slug>/": 16,
    "/overview/": 22,
    "/overview/?process=order-to-cash": 22,
    "/notifications/": 16,
    "/settings/": 8,
    "/search/": 8,
    "/search/?q=ledger": 8,
    "/search/?q=nothing:of+that": 8,
    "/integrations/apis/": 8,
    "/integrations/apis/import/": 10,
    "/integrations/apis/import/<uuid:identifier>/": 10,
    "/integrations/apis/<slug:slug>/": 14,
    "/integrations/discovered/": 12,
    "/integrations/discovered/<slug:kind>/<int:key>/": 8,
    "/data/ownership/": 19,
    "/data/ownership/?at=customer.name": 30,
    "/data/ownership/?at=customer.email&cell=stripe": 29,
    "/data/ownership/?entity=customer": 20,
    "/data/entities/": 8,
    "/data/entities/<slug:slug>/": 15,
    "/data/entities/<slug:slug>/?tab=schema": 15,
    "/data/entities/<slug:slug>/?tab=versions": 15,
    "/data/entities/<slug:slug>/?tab=lifecycle": 15,
    "/integrations/<slug:slug>/decide/<slug:name>/": 9,
    "/integrations/<slug:slug>/decide/<slug:name>/?late=minutes&tells=pushes&amount=little": 9,
    "/integrations/patterns/": 8,
    "/integrations/map/": 9,
    "/integrations/map/?stop=system:webhook&about=system:webhook&hops=2": 14,
    "/integrations/map/?group=objects": 9,
    "/integrations/map/customers/?stop=system:webhook": 22,
    "/integrations/": 19,
    "/integrations/?sort=score": 19,
    "/integrations/<slug:slug>/": 47,
    "/access/audit/": 9,
    "/access/policies/": 12,
    "/access/policies/new/": 7,
    "/access/policies/<slug:slug>/": 13,
    "/access/policies/<slug:slug>/?ask=waiver": 13,
    "/access/policies/<slug:slug>/edit/": 8,
    "/access/scorecards/": 11,
    "/access/scorecards/?of=integration": 11,
    "/api/docs/": 7,
    "/gallery/": 7,
    "/integrations/systems/": 8,
    "/integrations/systems/<slug:slug>/": 14,
    "/integrations/processes/": 8,
    "/integrations/processes/<slug:slug>/": 12,
    "/integrations/<slug:slug>/settings/": 15,
    "/integrations/<slug:slug>/timeline/": 20,
    "/integrations/<slug:slug>/timeline/?kind=record": 14,
    "/integrations/<slug:slug>/against/<slug:other>/": 45,
    "/integrations/<slug:slug>/promote/": 26,
}

#: Routes that only lead somewhere else: where to, and when.
LEADS_ON = {
    "/": "to where this person's work begins",
    "/integrations/map/impact.csv": "to the map, when nothing stops",
    "/integrations/map/customers/": "to the map, when nothing stops",
    "/tx/dead/replay/": "to the dead letters, when nothing was chosen",
    "/tx/dead/drop/": "to the dead letters, when nothing was chosen",
    "/tx/dead/assign/": "to the dead letters, when nothing was chosen",
    "/tx/replay/": "to the search, when nothing that it finds waits",
    "/tx/views/<int:pk>/": "to the search that was saved",
}
#: What this company has nothing for, and who looks at it instead.
NOT_LOOKED_AT = {
    "be/<slug:name>/": "becoming somebody of the sandbox: tests/standalone/sandbox/test_tour.py",
    "tx/exports/<uuid:identifier>/": "a file that a worker writes: tests/transactions/test_exporting.py",
}
#: What is shown with a refusal: the search page marks what it cannot read.
REFUSED = {"/tx/?q=custmer:8841": HTTPStatus.UNPROCESSABLE_ENTITY}


def _asked(made: Company) -> dict[str, int]:
    """How often each page asks the database once it was opened before: what is cached then is always cached."""
    oskar, stranger = by_client(made.oskar), by_client()
    counts = {}
    for one in found(made, oskar, stranger):
        if one.kind in {Kind.PAGE, Kind.PART}:
            with CaptureQueriesContext(connection) as asked:
                (stranger if one.open else oskar)(one.address.url)
            counts[one.address.name] = len(asked)
    return counts


@pytest.fixture
def _nothing_is_forgotten(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.pages.keeping.Keeping", "LOCATION": "pages"}}


@pytest.mark.usefixtures("_nothing_is_forgotten")
@pytest.mark.parametrize("many", [FEW, MANY], ids=["few", "many"])
def test_how_often_a_page_asks_the_database_is_known_and_does_not_grow_with_its_rows(many: int) -> None:
    assert _asked(company(many)) == QUERIES


def _strange(one: Found) -> str:
    """What is wrong with an answer; empty when nothing is."""
    status = one.answer.status
    if one.kind in {Kind.PAGE, Kind.PART} and status != REFUSED.get(one.address.name, HTTPStatus.OK):
        return f"{one.address.name} answers {status} to who may see it"
    if one.kind is Kind.LEADS_ON and one.address.name not in LEADS_ON:
        return f"{one.address.name} only leads to {one.answer.location}"
    if one.kind is Kind.PAGE and one.answer.content.count(b"<h1") != 1:
        return f"{one.address.name} has {one.answer.content.count(b'<h1')} headings of the first rank"
    if one.kind is Kind.PAGE and (bytes_ := weight(one.answer.content)) > MOST_BYTES:
        return f"{one.address.name} weighs {bytes_:,} bytes"
    return ""


@pytest.mark.parametrize("many", [None, 0, MANY], ids=["fresh", "no traffic", "with rows"])
def test_every_page_answers_has_one_heading_and_weighs_little(many: int | None) -> None:
    made = company(many)
    looked_at = found(made, by_client(made.oskar), by_client())
    assert [strange for one in looked_at if (strange := _strange(one))] == []
    assert len(looked_at) > 20


def test_with_rows_there_is_something_at_every_address() -> None:
    """Nothing is left out for want of a thing to show: ``Company.stands_at`` names one for each parameter."""
    made = company(FEW)
    assert sorted(route for route in routes() if filled(route, made.stands_at) is None) == sorted(NOT_LOOKED_AT)
