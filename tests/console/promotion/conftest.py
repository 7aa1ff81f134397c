"""An integration in staging and the same one in production, and a board of two that decides on promotions."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from controlplane.audit.models import SYSTEM
from controlplane.console.estate.apply import apply
from controlplane.console.promotion.subject import NAME, subject_of
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import vote
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Choice
from controlplane.inventory.models import Environment, Integration
from controlplane.people.access import Access
from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.transactions.factories import an_access

Document = dict[str, Any]

STEP: Document = {
    "name": "tell",
    "kind": "deliver",
    "destination": "listener-staging",
    "operation": "send",
    "mapping": {"number": "event.number", "paid": "event.paid"},
}
ESTATE: Document = {
    "environments": {"staging": {}},
    "teams": {"finance": {}},
    "systems": {"billing": {"connector": "stripe"}, "listener": {"connector": "webhook"}},
    "instances": {
        "billing": {"system": "billing", "base_url": "https://billing.example"},
        "billing-staging": {
            "system": "billing",
            "environment": "staging",
            "base_url": "https://staging.billing.example",
        },
        "listener": {"system": "listener", "base_url": "https://listener.example"},
        "listener-staging": {
            "system": "listener",
            "environment": "staging",
            "base_url": "https://staging.listener.example",
        },
    },
    "interfaces": {
        "webhooks": {"instance": "billing", "kind": "webhook"},
        "webhooks-staging": {"instance": "billing-staging", "kind": "webhook"},
    },
    "integrations": {
        "invoices": {"team": "finance", "source": "webhooks", "family": "invoices", "criticality": "critical"},
        "invoices-staging": {
            "team": "finance",
            "source": "webhooks-staging",
            "environment": "staging",
            "family": "invoices",
        },
    },
    "contracts": {"invoice": {"team": "finance", "schema": {"type": "object"}, "keys": {"invoice": "record.id"}}},
    "mappings": {
        "invoice": {"integration": "invoices", "lines": {"number": "record.id"}},
        "invoice-staging": {
            "integration": "invoices-staging",
            "lines": {"number": "record.id", "paid": "record.amount_paid"},
        },
    },
    "normalisations": {
        "paid": {
            "interface": "webhooks",
            "event_type": "invoice.paid",
            "contract": "invoice",
            "mapping": "invoice",
        },
        "paid-staging": {
            "interface": "webhooks-staging",
            "event_type": "invoice.paid",
            "contract": "invoice",
            "mapping": "invoice-staging",
        },
    },
    "destinations": {
        "listener": {"instance": "listener", "rate_per_second": 5.0},
        "listener-staging": {"instance": "listener-staging"},
    },
    "flows": {
        "tell": {
            "name": "Tell the listener",
            "integration": "invoices",
            "steps": [STEP | {"destination": "listener", "mapping": {"number": "event.number"}}],
            "routes": [{"event_type": "invoice.paid", "interface": "webhooks"}],
        },
        "tell-staging": {
            "integration": "invoices-staging",
            "ordering": "event.number",
            "steps": [STEP],
            "routes": [{"event_type": "invoice.paid", "interface": "webhooks-staging", "condition": "event.paid > 0"}],
        },
    },
}


def an_estate() -> Document:
    """The document above, to be changed by a test."""
    return copy.deepcopy(ESTATE)


@dataclass
class Here:
    """The two integrations, who owns them, and who decides."""

    owner: Access
    members: list[Access]

    @property
    def staging(self) -> Integration:
        """Where the next version is tried."""
        return Integration.objects.select_related("environment", "source").get(slug="invoices-staging")

    @property
    def production(self) -> Environment:
        """Where it is to be taken."""
        return Environment.objects.get(slug="production")

    def proposed(self, **content: Any) -> ChangeRequest:
        """The owner proposes it, and its checks have run."""
        subject = subject_of(self.staging, self.production)
        change = propose(self.owner, NAME, subject, content, title="Paid amounts", why="The listener asks for them.")
        run_checks(change.revision)
        change.refresh_from_db()
        return change

    def agreed(self, change: ChangeRequest) -> ChangeRequest:
        """The board agrees to what it says now."""
        for member in self.members:
            now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
            change = vote(
                member, change.pk, Choice.APPROVE, "Fine.", revision=now.number, content_hash=now.content_hash
            )
        return change


@pytest.fixture
def here(db: None) -> Here:
    """Applied, with an owner and a board of two."""
    return begun(an_estate())


def begun(document: Document) -> Here:
    """The same for another document."""
    apply(document, actor=SYSTEM)
    team = Team.objects.get(slug="finance")
    board = Board.objects.create(slug="integration", name="Integration board", kinds=[NAME], quorum=2)
    members = [an_access(Role.BOARD, None, name=name) for name in ("First", "Second")]
    for member in members:
        BoardMember.objects.create(board=board, person_id=UUID(member.person_id))
    return Here(an_access(Role.OWNER, team, name="Owner"), members)
