"""A warehouse outside our sight that is asked about changes of the invoice's contract, and what is said for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from controlplane.contracts.consumers.answer import answer
from controlplane.contracts.consumers.declare import Uses, declare
from controlplane.contracts.models import Confirmation, Dependency, Said
from controlplane.foundation import clock
from controlplane.governance.changes.check import run_checks
from controlplane.governance.models import ChangeRequest
from controlplane.people.access import Access
from controlplane.transactions.models import FlowVersion, Normalisation
from tests.transactions.agreements.board import Deciding, check, deciding, schema
from tests.transactions.factories import Estate, a_team

NUMBERED: dict[str, Any] = {"schema": schema(customer={"type": "integer"}), "breaks": "Odoo numbers them."}
WAREHOUSE = "Warehouse"


def deciding_alone(made: Estate) -> Deciding:
    """A board decides on the contract, and nothing is set up to work by it: consumers are those that are declared."""
    FlowVersion.objects.update(state="retired")
    Normalisation.objects.update(contract_version=None)
    return deciding(made.team)


def warehouse(finance: Access, made: Estate, **uses: Any) -> Dependency:
    return declare(finance, made.contract, Uses(**uses), name=WAREHOUSE, team=a_team("finance"))


def the(change: ChangeRequest, name: str = WAREHOUSE) -> Confirmation:
    """What it is asked about the newest version."""
    return Confirmation.objects.select_related("revision").filter(change=change, name=name).latest("pk")


def said(by: Access, change: ChangeRequest, what: Said, words: str = "", name: str = WAREHOUSE) -> Confirmation:
    """Somebody answers what they read now, and the checks run."""
    asked = the(change, name)
    found = answer(by, asked.pk, what, words, content_hash=asked.revision.content_hash)
    run_checks(asked.revision)
    return found


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    moved = clock.now() + timedelta(**by)
    monkeypatch.setattr(clock, "now", lambda: moved)


def confirmations(change: ChangeRequest) -> tuple[str, str]:
    """How the check came out."""
    change = ChangeRequest.objects.select_related("current").get(pk=change.pk)
    run_checks(change.revision)
    state, required, detail = check(change, "confirmations")
    assert required
    return state, detail
