"""What the estate's tests share: documents, somebody who applies them, and what is there afterwards."""

from __future__ import annotations

import copy
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps

from controlplane.audit.models import Actor
from controlplane.console.estate.apply import Applied, apply
from controlplane.foundation.errors import Invalid
from controlplane.people.models import Account
from controlplane.standalone.sandbox.people import PEOPLE
from tests.transactions.conftest import receiver
from tests.transactions.factories import an_account

__all__ = ["receiver"]

PROJECT = Path(__file__).resolve().parents[3]
OPERATOR = Actor(label="operator")
NAMES = {
    "BILLING": "http://127.0.0.1:20001",
    "ERP": "http://127.0.0.1:20002",
    "ERP_USER": "interlock",
    "LISTENER": "http://127.0.0.1:20003/events",
}
#: Apps whose rows a document makes.
ESTATE = ("people", "inventory", "credentials", "contracts", "transactions", "sync", "audit")

Document = dict[str, Any]
ApplyIt = Callable[..., Applied]


def journeys() -> Document:
    """The estate of the journeys, with its names filled in."""
    text = (PROJECT / "tests/journeys/estate.yaml").read_text()
    found: Document = yaml.safe_load(string.Template(text).substitute(NAMES))
    return found


def small() -> Document:
    """One flow from a webhook to a webhook; each test gives it its own mistake."""
    return copy.deepcopy(SMALL)


SMALL: Document = {
    "teams": {"finance": {}},
    "systems": {"billing": {"connector": "stripe"}, "listener": {"connector": "webhook"}},
    "instances": {
        "billing": {"system": "billing", "base_url": "https://billing.example"},
        "listener": {"system": "listener", "base_url": "https://listener.example"},
    },
    "interfaces": {"webhooks": {"instance": "billing", "kind": "webhook"}},
    "integrations": {"invoices": {"team": "finance", "source": "webhooks"}},
    "credentials": {"billing": {"instance": "billing", "team": "finance", "references": {"api_key": "env://KEY"}}},
    "contracts": {"invoice": {"team": "finance", "schema": {"type": "object"}, "keys": {"invoice": "record.id"}}},
    "mappings": {"canonical": {"integration": "invoices", "lines": {"number": "record.id"}}},
    "endpoints": {
        "billing": {
            "integration": "invoices",
            "interface": "webhooks",
            "scheme": "stripe",
            "secrets": ["env://WEBHOOK_SECRET"],
        }
    },
    "normalisations": {
        "paid": {
            "interface": "webhooks",
            "event_type": "invoice.paid",
            "contract": "invoice",
            "mapping": "canonical",
        }
    },
    "destinations": {"listener": {"instance": "listener"}},
    "flows": {
        "tell": {
            "integration": "invoices",
            "steps": [
                {
                    "name": "tell",
                    "kind": "deliver",
                    "destination": "listener",
                    "operation": "send",
                    "mapping": {"number": "event.number"},
                }
            ],
            "routes": [{"event_type": "invoice.paid"}],
        }
    },
    "jobs": {
        "customers": {
            "integration": "invoices",
            "interface": "webhooks",
            "credential": "billing",
            "stream": "customer",
            "event_type": "customer.changed",
        }
    },
}


@pytest.fixture
def apply_it(db: None) -> ApplyIt:
    """Apply a document as the operator."""

    def applied(document: Document, **options: Any) -> Applied:
        return apply(document, actor=OPERATOR, **options)

    return applied


def counted() -> dict[str, int]:
    """How many rows each table of the estate has."""
    models = [model for model in apps.get_models() if model._meta.app_label in ESTATE]
    return {model._meta.label: model._default_manager.count() for model in models}


def changed(document: Document, where: str, value: Any) -> Document:
    """The document with one value exchanged: ``changed(d, "flows.tell.steps.0.needs", ["x"])``."""
    *path, last = where.split(".")
    node: Any = document
    for part in path:
        node = node[int(part)] if isinstance(node, list) else node.setdefault(part, {})
    node[int(last) if isinstance(node, list) else last] = value
    return document


def complaint(apply_it: ApplyIt, document: Any) -> str:
    """What is said about a document that cannot be applied; nothing is changed by it."""
    before = counted()
    with pytest.raises(Invalid) as caught:
        apply_it(document)
    assert counted() == before
    return caught.value.detail


@pytest.fixture
def stewards(db: None) -> None:
    """Those whom the sandbox's document names."""
    for worker in PEOPLE:
        account = an_account(worker.name, worker.role)
        Account.objects.filter(pk=account.pk).update(email=worker.email)
