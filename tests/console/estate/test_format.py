"""The JSON Schema of the format: it takes what applying takes, refuses misspelt words, and is held to the code."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
import yaml
from django.core.management import call_command

from controlplane.console.estate.apply import SECTIONS, apply
from controlplane.console.estate.document import Entry
from controlplane.console.estate.format import FORMAT, Field
from controlplane.console.estate.schema import schema
from tests.console.estate.conftest import OPERATOR, Document, changed, journeys, small
from tests.console.estate.test_export import company, documented, export
from tests.console.estate.test_large import estate
from tests.console.estate.test_policies import OWN
from tests.console.estate.test_questions import asking
from tests.console.estate.test_record import people, whole

__all__ = ["people"]

pytestmark = pytest.mark.django_db


def complaints(document: Any) -> list[str]:
    """What an editor would mark."""
    return [error.message for error in jsonschema_rs.validator_for(schema()).iter_errors(document)]


def full() -> Document:
    """Every field that is only looked at when it is given."""
    document = changed(whole(), "endpoints.billing.rate_per_second", 5)
    document = changed(document, "endpoints.billing.sender_rate_per_second", 5)
    document = changed(document, "destinations.listener.max_in_flight", 5)
    document = changed(document, "destinations.listener.rate_per_second", 5)
    step = document["flows"]["tell"]["steps"][0]
    look_up = asking()["flows"]["tell"]["steps"]
    document = changed(document, "instances.listener.settings", {"look_ups": {"customer": "/customers/{key}"}})
    document["flows"]["tell"]["steps"] = [*look_up[:2], look_up[2] | step | {"lane": "bulk"}]
    exception = {"reach": "team", "scope": "finance", "severity": "off", "reason": "They are sold."}
    policies = {"purpose": OWN | {"exceptions": [exception]}}
    entity: Document = {
        "on_breach": "block",
        "operations": ["create", "update"],
        "schema": {"type": "object", "properties": {"name": {"type": "string"}}},
    }
    owned = {"customer": {"record": "billing", "survivorship": "recent"}}
    document = changed(document, "contracts.invoice.links", [{"kind": "customer", "key": "record.id"}])
    document = changed(document, "contracts.invoice.examples", [{"name": "a small one", "value": {"id": "in_1"}}])
    document["flows"]["tell"]["steps"][-1] |= {"entity": "customer", "does": "update", "writes": {}}
    document |= {"entities": {"customer": entity}, "ownership": owned}
    return document | {"policies": policies, "environments": {"staging": {}}, "companies": {"halden": {}}}


@pytest.mark.parametrize("document", [small, journeys, company, documented, asking, whole, full, lambda: estate(2, 3)])
def test_what_can_be_applied_is_a_document_of_the_schema(document: Callable[[], Document]) -> None:
    assert complaints(document()) == []


def test_what_is_exported_is_a_document_of_the_schema() -> None:
    apply(full(), actor=OPERATOR)
    assert complaints(yaml.safe_load(export()[0])) == []


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("integrations.invoices.ownr", "mara@example.com"),
        ("integrations.invoices.pattern", "event"),
        ("integrations.invoices.targets", "ledger"),
        ("integrations.invoices.retention_days", "90"),
        ("integrations.invoices.failure_modes.x.sing", "y"),
        ("integrations.invoices.team", None),
        ("processes.sell.steps", [{"name": "Sell"}]),
        ("flows.tell.steps.0.kind", "tell"),
        ("credentials.billing.references.api_key", "sk_live_hunter2"),
        ("system.erp", {}),
    ],
)
def test_what_cannot_be_applied_is_marked(where: str, value: Any) -> None:
    assert len(complaints(changed(whole(), where, value))) == 1


def test_it_names_exactly_the_fields_that_applying_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[str, set[str]] = {}
    finish = Entry.finish

    def noting(entry: Entry) -> None:
        section, *inside = entry.where.split(".")
        place = ".".join([section, *inside[1:2], *inside[3:4]])
        taken.setdefault(place, set()).update(entry._taken)
        finish(entry)

    monkeypatch.setattr(Entry, "finish", noting)
    apply(full(), actor=OPERATOR)

    assert taken == {place: set(fields) for place, fields in _places().items()}


def _places() -> dict[str, Any]:
    """The fields of every sort of entry, also of those in others."""
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any]] = list(FORMAT.items())
    for place, fields in waiting:
        found[place] = fields
        inner: list[tuple[str, Field]] = [(name, one.items) for name, one in fields.items() if one.items]
        waiting += [(f"{place}.{name}", one.says) for name, one in inner if one.says]
    return found


def test_what_it_says_of_fields_left_out_is_so() -> None:
    """Of entries that say only what they must, the export says no more."""
    document = small() | {"environments": {"production": {}}, "processes": {"sell": {}}, "companies": {"halden": {}}}
    apply(document, actor=OPERATOR)

    found = yaml.safe_load(export()[0])

    assert {section: set(entries) for section, entries in found.items() if section != "normalisations"} == {
        section: set(entries) for section, entries in document.items() if section != "normalisations"
    }
    for section, entries in found.items():
        for slug, entry in entries.items():
            given = document[section].get(slug, document["normalisations"]["paid"])
            assert set(entry) == set(given), f"{section}.{slug}"


def test_every_section_stands_in_the_order_of_applying() -> None:
    assert list(FORMAT) == list(SECTIONS)


def test_the_command_prints_it_for_editors() -> None:
    out = io.StringIO()
    call_command("estate", "schema", stdout=out)
    assert json.loads(out.getvalue()) == schema()
