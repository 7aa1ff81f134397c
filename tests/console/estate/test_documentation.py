"""The document in ``docs/estate.md`` is applied as it stands, and carries an invoice."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from controlplane.console.estate import reading
from controlplane.console.estate.apply import SECTIONS, apply
from controlplane.transactions.ingress.application import Ingress
from controlplane.transactions.models import Transaction, TransactionKey
from controlplane.transactions.rules.states import TransactionState
from tests.connectors.stub import Stub
from tests.console.estate.conftest import OPERATOR, PROJECT, ApplyIt, changed
from tests.transactions import carrying
from tests.transactions.conftest import paid

TEXT = (PROJECT / "docs/estate.md").read_text()


def example(folder: Path) -> dict[str, Any]:
    """The document, read from a file as the command reads it."""
    [text] = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    (folder / "estate.yaml").write_text(text)
    return reading.read(folder / "estate.yaml")


def test_the_example_is_applied_as_it_stands_and_changes_nothing_again(apply_it: ApplyIt, tmp_path: Path) -> None:
    first = apply_it(example(tmp_path))
    again = apply_it(example(tmp_path))

    assert first.changed == first.same == []
    assert (again.created, again.changed) == ([], [])


def test_the_example_and_the_table_name_every_section(tmp_path: Path) -> None:
    in_example = set(example(tmp_path))
    in_table = {
        word
        for row in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", TEXT, re.MULTILINE)
        for word in re.findall(r"\w+", row)
    }

    assert in_table == set(SECTIONS)
    assert set(SECTIONS) - in_example == {"environments", "companies", "entities", "ownership"}


async def answer_to(event: Any) -> int:
    """The status that Stripe gets for an event at ``/in/stripe``."""
    ingress = Ingress()
    try:
        return (await carrying.Sender(ingress, "stripe").send(event)).status
    finally:
        await ingress.stop()


@pytest.mark.django_db(transaction=True)
def test_the_example_carries_an_invoice(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, receiver: Stub
) -> None:
    """With the listener at home, and the signing secrets where a test can put them."""
    settings.PRIVATE_NETWORKS = ["127.0.0.0/8"]
    settings.SECRETS_FOLDER = tmp_path
    monkeypatch.setenv("STRIPE_WEBHOOK", carrying.SECRET)
    (tmp_path / "listener-signing-key").write_text("whsec_bGlzdGVuZXItbGlzdGVuZXItbGlzdGVuZXI=\n")
    document = changed(example(tmp_path), "instances.listener-production.base_url", f"{receiver.url}/invoices")
    apply(changed(document, "endpoints.stripe.secrets", ["env://STRIPE_WEBHOOK"]), actor=OPERATOR)
    receiver.answer("/invoices", json={"ok": True})

    assert asyncio.run(answer_to(paid(7))) == 202
    carrying.carry()

    done = Transaction.objects.get()
    assert TransactionState(done.state) is TransactionState.SUCCEEDED
    [request] = receiver.received
    assert request.json() == {
        "invoice": "INV-0007",
        "customer": "cus_R7v2",
        "paid": "3940.00 EUR",
        "transaction": str(done.pk),
    }
    assert request.headers["webhook-signature"].startswith("v1,")
    keys = TransactionKey.objects.values_list("kind__slug", "value")
    assert set(keys) == {("invoice", "in_7"), ("customer", "cus_R7v2")}
