"""An architect's day: an estate is planned and applied, a system is to go, and what was decided holds in traffic."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.utils.html import strip_tags

from controlplane.inventory.models import System
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_account, deliver

pytestmark = pytest.mark.django_db(transaction=True)

Tell = Callable[..., Story]
STEPS = [
    deliver(
        "ledger",
        "billing-erp",
        "send",
        title="Post to the ledger",
        mapping={"number": "event.number", "mail": "event.customer.email"},
    )
]


def estate(verb: str, *arguments: str) -> list[str]:
    """What the command prints, line by line; a plan that would change something ends with a code of its own."""
    out = StringIO()
    with suppress(SystemExit):
        call_command("estate", verb, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def with_ownership(text: str, steward: Account) -> str:
    """The estate as it is, and who decides about customers' addresses."""
    document: dict[str, Any] = yaml.safe_load(text)
    document["ownership"] = {"customer.email": {"record": "webhook", "steward": steward.email}}
    for credential in document["credentials"].values():
        credential["references"] = {"signing": "env://LEDGER_SIGNING"}
    document.setdefault("entities", {})["customer"] = {"on_breach": "block"}
    return yaml.safe_dump(document)


def read(account: Account, address: str) -> str:
    """A page, as somebody reads it."""
    client = Client()
    client.force_login(account)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def retired(account: Account, system: str, reason: str) -> None:
    """Somebody marks a system as being retired."""
    client = Client()
    client.force_login(account)
    assert client.post(f"/integrations/systems/{system}/retire/", {"reason": reason}).status_code == 302


def transaction_page(account: Account, identifier: UUID) -> str:
    """What support reads of one transaction."""
    return read(account, f"/tx/{identifier}/")


def test_from_a_document_to_a_write_that_support_sees_blocked(tell_story: Tell, tmp_path: Path) -> None:
    story = tell_story(steps=STEPS)
    architect = an_account("Ana Costa", Role.OPERATOR)
    support = an_account("Elif Kaya", Role.SUPPORT, story.estate.team)
    file = tmp_path / "company.yaml"
    file.write_text(with_ownership("\n".join(estate("export")), architect))

    planned = estate("plan", str(file))
    assert "+ ownership.customer.email" in planned
    assert System.objects.get(slug="webhook").stage == "live"
    estate("apply", str(file))
    assert estate("plan", str(file))[-1].startswith("0 to create, 0 to change")
    catalogue.forget()

    retired(architect, "webhook", "Its contract ends in March.")
    impact = read(architect, "/integrations/map/?stop=system:webhook")
    assert story.estate.integration.name in impact
    assert "Being retired" in read(architect, "/integrations/systems/webhook/")

    (answer,) = story.send(paid())
    carrying.carry()
    assert story.bodies("/ledger") == []
    page = transaction_page(support, answer.id)
    assert "Stripe does not own customer.email; Webhook does. Not written." in page
    assert "Ana Costa" in page
