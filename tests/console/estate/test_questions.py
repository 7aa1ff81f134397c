"""Steps that ask, in the estate document: what is understood, and what is refused with where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from controlplane.transactions.models import FlowVersion
from tests.console.estate.conftest import ApplyIt, Document, changed, complaint, small

LOOK_UP: dict[str, Any] = {
    "name": "customer",
    "kind": "lookup",
    "destination": "listener",
    "stream": "customer",
    "key": "event.customer",
    "keep": ["name", "address.city"],
    "personal": ["name"],
    "cache": 60,
    "deadline": 5,
    "fallback": {"value": {"name": "-"}},
}
IDENTITY: dict[str, Any] = {
    "name": "id",
    "kind": "identity",
    "destination": "listener",
    "of": "invoice",
    "key": "event.customer",
    "issuer": "billing",
    "fallback": "skip",
}
LINK = {"kind": "invoice", "key": "event.number", "issuer": "billing", "value": "result.record.id"}


def asking(look_up: dict[str, Any] | None = None, identity: dict[str, Any] | None = None, **link: str) -> Document:
    """A document whose flow asks twice and learns."""
    document = changed(small(), "instances.listener.settings", {"look_ups": {"customer": "/customers/{key}"}})
    tell = document["flows"]["tell"]["steps"][0] | {"needs": ["customer", "id"], "links": [LINK | link]}
    return changed(document, "flows.tell.steps", [LOOK_UP | (look_up or {}), IDENTITY | (identity or {}), tell])


def test_a_flow_that_asks_is_published_as_it_is_written(apply_it: ApplyIt) -> None:
    apply_it(asking())

    look_up, identity, tell = FlowVersion.objects.get().steps
    assert look_up == LOOK_UP | {"mapping": [], "keys": []}
    assert identity == IDENTITY | {"mapping": [], "keys": []}
    assert tell["links"] == [LINK]
    assert apply_it(asking()).created == []


WRONG: list[tuple[Document, str]] = [
    (asking({"destination": "nowhere"}), "flows.tell.steps.1.destination: there is no 'nowhere'; there are: listener."),
    (asking({"key": ""}), "flows.tell.steps.1 needs 'key'."),
    (asking({"key": "event..x"}), "flows.tell.steps.1.key: "),
    (asking({"stream": ""}), "flows.tell.steps.1 needs 'stream'."),
    (asking({"kep": ["name"]}), "flows.tell.steps.1: there is no field 'kep'; did you mean 'keep'?"),
    (
        asking({"stream": "order"}),
        "flows.tell.steps: Step 'customer': this webhook's look_ups have no 'order'; they have customer.",
    ),
    (
        asking({"by": "email"}),
        "flows.tell.steps: Step 'customer': a webhook finds 'customer' by the key in its address, not by 'email'.",
    ),
    (asking({"cache": 1e9}), "flows.tell.steps: Step 'customer': cache is a number of seconds from 0 to 86400, not "),
    (asking({"fallback": "later"}), "flows.tell.steps: Step 'customer': its fallback is fail, skip or "),
    (asking({"personal": ["vat"]}), "flows.tell.steps: Step 'customer': 'vat' is personal, but not among the fields"),
    (asking(None, {"of": "dragon"}), "flows.tell.steps.2.of: there is no 'dragon'; "),
    (asking(None, {"issuer": "nobody"}), "flows.tell.steps.2.issuer: there is no 'nobody'; there are: "),
    (asking(kind="dragon"), "flows.tell.steps.3.links.1.kind: there is no 'dragon'; "),
    (asking(key=""), "flows.tell.steps.3.links.1 needs 'key'."),
    (asking(value="result..x"), "flows.tell.steps.3.links.1.value: "),
    (
        asking(instance="x"),
        "flows.tell.steps.3.links.1: there is no field 'instance'; there are: issuer, key, kind, value.",
    ),
]


@pytest.mark.parametrize(("document", "beginning"), WRONG)
def test_what_is_wrong_is_said_with_where_it_stands(apply_it: ApplyIt, document: Document, beginning: str) -> None:
    assert complaint(apply_it, document).startswith(beginning)
