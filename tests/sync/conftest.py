"""What the tests of sync share: an estate with a job that reads a shelf, and somebody who may run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connectors import interface
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.sync.models import SyncJob
from controlplane.sync.sources import OpenSource
from tests.sync.shelf import ListingShelfConnector, OpenShelfConnector, Shelf, ShelfConnector, watched
from tests.transactions.factories import Estate, an_access, estate

MakeJob = Callable[..., SyncJob]


@pytest.fixture
def billing(db: None) -> Estate:
    """An estate without a webhook's story: nothing is routed, so that what arrives just arrives."""
    return estate(steps=[], event_type="party.changed", canonical_type="party.changed.v1", schema={}, keys=(), lines=())


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """The source behind every connector that is asked for."""
    return _behind_all(monkeypatch, ShelfConnector)


@pytest.fixture
def listing_shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """The same, of a system that can list its ids."""
    return _behind_all(monkeypatch, ListingShelfConnector)


@pytest.fixture
def open_shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """The same, of a system that also gives one record by its id."""
    return _behind_all(monkeypatch, OpenShelfConnector)


def _behind_all(monkeypatch: pytest.MonkeyPatch, kind: type[ShelfConnector]) -> Shelf:
    shelf = Shelf()
    made = type(kind.__name__, (kind,), {"shelf": shelf})
    monkeypatch.setattr(interface, "connector_class", lambda _kind: made)
    monkeypatch.setattr(OpenSource, "pages", watched(shelf, OpenSource.pages))
    return shelf


@pytest.fixture
def make_job(billing: Estate) -> MakeJob:
    """Make a job of the estate; arguments are the model's."""

    def make(slug: str = "parties", **fields: Any) -> SyncJob:
        return SyncJob.objects.create(
            **{
                "slug": slug,
                "name": slug.title(),
                "integration": billing.integration,
                "interface": billing.interface,
                "stream": "party",
                "event_type": "party.changed",
                "deleted_type": "party.deleted",
                "page_size": 3,
            }
            | fields
        )

    return make


@pytest.fixture
def job(make_job: MakeJob) -> SyncJob:
    """A job that is started by hand and reads three records a page."""
    return make_job()


@pytest.fixture
def owner(billing: Estate) -> Access:
    """The owner of the estate's integrations."""
    return an_access(Role.OWNER, billing.team, "Mara Lindqvist")


@pytest.fixture
def support(billing: Estate) -> Access:
    """Somebody of the same team who may look, not act."""
    return an_access(Role.SUPPORT, billing.team, "Elif Kaya")
