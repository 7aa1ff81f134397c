"""What tests of policies begin with: a policy, somebody who may write it, a subject."""

from __future__ import annotations

from typing import Any

from controlplane.governance.models import Policy, Waiver
from controlplane.governance.policies.versions import add_version
from controlplane.governance.policies.waive import ask, grant
from controlplane.governance.rules.policy import Content
from controlplane.people.access import Access, access_for
from controlplane.people.models import Team
from controlplane.people.roles import Role
from tests.transactions.factories import an_account

HAS_RUNBOOK: dict[str, Any] = {
    "about": "integration",
    "title": "It has a runbook",
    "severity": "warn",
    "expression": "integration.runbook != ''",
    "remediation": "Write down what to do.",
    "passes": [{"runbook": "https://wiki.example"}],
    "fails": [{"runbook": ""}],
}


def content(**other: Any) -> Content:
    """What a policy about runbooks says, but for what is given."""
    return Content(**HAS_RUNBOOK | other)


def a_policy(slug: str = "runbook", **other: Any) -> Policy:
    """A policy of the company's own."""
    said = content(**other)
    policy = Policy.objects.create(slug=slug, about=said.about)
    add_version(policy, said)
    return policy


def somebody(name: str, role: Role, team: Team | None = None) -> Access:
    """A person with a role, in a team or in the whole company."""
    return access_for(an_account(name, role, team))


def granted(
    policy: Policy, owner: Access, board: Access, subject: str, until: Any, kind: str = "integration"
) -> Waiver:
    """A waiver that one person asked for and another agreed to."""
    waiver = ask(owner, policy.slug, kind, subject, "The vendor has none before March.", until)
    return grant(board, waiver.pk)
