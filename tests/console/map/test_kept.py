"""The map is read anew as soon as anything of it is changed, by whoever changes it, and not before."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from controlplane.console.map import estate as estates
from controlplane.console.map.stamp import SOURCES, stamp
from controlplane.inventory.models import Integration, Interface, System
from tests.transactions.factories import Estate, estate

pytestmark = pytest.mark.django_db

#: A row of the map changes, or comes, or goes; none of these leaves a history.
CHANGES: dict[str, Callable[[Estate], object]] = {
    "a system gets another name": lambda _: System.objects.filter(slug="tryton").update(name="Ledger"),
    "a system comes": lambda _: System.objects.create(slug="crm", name="CRM"),
    "an integration is declared to write somewhere": lambda made: made.integration.targets.add(
        *Interface.objects.all()
    ),
    "an integration reads from nowhere": lambda made: Integration.objects.filter(pk=made.integration.pk).update(
        source=None
    ),
}


@pytest.fixture
def made() -> Estate:
    return estate()


@pytest.fixture
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estates, "_KEPT", estates._Kept())


def tables(statement: str) -> set[str]:
    """What it reads from."""
    return set(re.findall(r'\b(?:from|join) "?(\w+)"?', statement, re.IGNORECASE)) - {"jsonb_array_elements", "lateral"}


@pytest.mark.usefixtures("_nothing_kept", "made")
def test_every_table_that_the_map_is_read_from_is_watched() -> None:
    with CaptureQueriesContext(connection) as asked:
        estates._read(None)
    read = {table for one in asked.captured_queries for table in tables(one["sql"])}
    assert read <= {model._meta.db_table for model in SOURCES}
    assert len(read) > 10


@pytest.mark.usefixtures("_nothing_kept", "made")
def test_as_long_as_nothing_changes_it_is_read_once() -> None:
    first = estates.read(None)
    with CaptureQueriesContext(connection) as asked:
        assert estates.read(None) is first
    assert len(asked) == 1


@pytest.mark.usefixtures("_nothing_kept")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_somebody_changes_is_there_at_once(made: Estate, change: Callable[[Estate], object]) -> None:
    before = estates.read(None)
    change(made)
    after = estates.read(None)
    assert after is not before
    assert after == estates._read(None)


@pytest.mark.usefixtures("_nothing_kept", "made")
def test_what_was_changed_and_taken_back_is_not_shown() -> None:
    with transaction.atomic():
        System.objects.filter(slug="tryton").update(name="Ledger")
        assert estates.read(None).nodes["system:tryton"].name == "Ledger"
        transaction.set_rollback(True)
    assert estates.read(None).nodes["system:tryton"].name != "Ledger"


@pytest.mark.usefixtures("made")
def test_a_row_of_any_table_that_is_written_again_is_seen() -> None:
    seen = {model._meta.db_table: _is_seen(model) for model in SOURCES if model._default_manager.exists()}
    assert [table for table, is_seen in seen.items() if not is_seen] == []
    assert len(seen) > 10


def _is_seen(model: type[models.Model]) -> bool:
    field = next(field.name for field in model._meta.concrete_fields if not field.primary_key)
    before = stamp()
    assert stamp() == before
    model._default_manager.update(**{field: models.F(field)})
    return stamp() != before


@pytest.mark.usefixtures("_nothing_kept", "made")
def test_no_more_estates_are_kept_than_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, now = estates._Kept(), stamp()
    for environment in range(estates.MOST_KEPT + 1):
        kept.put(environment, now, estates.Estate())
    assert kept.get(0, now) is None
    assert kept.get(estates.MOST_KEPT, now) is not None
    monkeypatch.setattr(estates, "MOST_EDGES", 0)
    kept.put(9, now, estates.read(None))
    assert kept.get(9, now) is None
