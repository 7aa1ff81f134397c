"""A company in which a change of every kind that Interlock registers can be proposed, and one of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from controlplane.audit.models import SYSTEM, Subject
from controlplane.console.estate.apply import apply as apply_estate
from controlplane.console.promotion.subject import subject_of
from controlplane.contracts.models import Contract
from controlplane.foundation import clock
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.vote import vote
from controlplane.governance.kinds import kinds
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Check, CheckState, Choice
from controlplane.inventory.models import Environment, Integration
from controlplane.people.access import Access, access_for
from controlplane.people.models import Account, Membership, Team
from controlplane.people.roles import Role
from controlplane.transactions.models import StepRun
from controlplane.transactions.replay.governed import change_of
from controlplane.transactions.replay.request import request_replay
from tests.console.entries.deciding import said
from tests.console.promotion.conftest import an_estate
from tests.contracts.given import a_version
from tests.governance.policies.given import HAS_RUNBOOK, a_policy
from tests.transactions.factories import an_access, estate
from tests.transactions.traffic import paid_invoice, weeks_of_the_story

#: What is proposed: about what, and which content.
Proposal = tuple[Subject, Mapping[str, Any]]


def _entry(kind: str, slug: str, **more: Any) -> Callable[[], Proposal]:
    return lambda: (Subject(kind, slug), {"entry": said(kind, slug, **more)})


def _contract() -> Proposal:
    return Subject("contract", "invoice"), {"schema": {"type": "object", "properties": {"paid": {"type": "boolean"}}}}


def _sunset() -> Proposal:
    a_version(Contract.objects.get(slug="invoice"), {"type": "object", "title": "Newer"})
    day = (clock.now() + timedelta(days=90)).date().isoformat()
    return Subject("contract-sunset", "invoice/1"), {"on": day}


def _promotion() -> Proposal:
    here = Integration.objects.select_related("environment").get(slug="invoices-staging")
    return subject_of(here, Environment.objects.get(slug="production")), {}


def _waiver() -> Proposal:
    a_policy()
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    return Subject("integration", "invoices"), {"policy": "runbook", "until": until}


EXAMPLES: Final[Mapping[str, Callable[[], Proposal]]] = {
    "contract": _contract,
    "contract-sunset": _sunset,
    "promotion": _promotion,
    "ownership": lambda: (Subject("ownership", "customer.tax_id"), {"record": "billing"}),
    "policy": lambda: (Subject("policy", "runbook"), HAS_RUNBOOK),
    "waiver": _waiver,
    "board_rules": lambda: (Subject("board", "everything"), {"approval_days": 30}),
    "integration": _entry("integration", "invoices", runbook="https://wiki.example"),
    "endpoint": _entry("endpoint", "billing", max_body=1000),
    "flow": _entry("flow", "tell", ordering="event.number"),
    "mapping": _entry("mapping", "invoice", lines={"number": "record.number"}),
    "normalisation": _entry("normalisation", "webhooks-invoice-paid", canonical_type="paid"),
    "destination": _entry("destination", "listener", deadline=5.0),
    "instance": _entry("instance", "listener", base_url="https://other.example"),
    "credential": _entry("credential", "billing", references={"api_key": "env://OTHER"}),
}
#: Asked for on the dead letters, never by a proposal.
REPLAY: Final = "replay"


def registered() -> set[str]:
    """The kinds that Interlock has, without those that tests have made."""
    return {name for name, kind in kinds() if kind.describe.__module__.partition(".")[0] != "tests"}


@dataclass
class Everything:
    """Who proposes, and the board of three that decides on every kind: two votes are enough."""

    author: Access
    members: list[Access]
    board: Board

    def proposed(self, kind: str) -> ChangeRequest:
        """A change of that kind, whose checks have passed."""
        change = self._replay() if kind == REPLAY else self._proposed(kind)
        run_checks(change.revision)
        Check.objects.filter(revision=change.revision).update(state=CheckState.PASSED)
        return ChangeRequest.objects.select_related("current", "board", "team").get(pk=change.pk)

    def votes(self, access: Access, change: ChangeRequest) -> ChangeRequest:
        """Somebody is for what it says now."""
        now = ChangeRequest.objects.select_related("current").get(pk=change.pk).revision
        return vote(access, change.pk, Choice.APPROVE, revision=now.number, content_hash=now.content_hash)

    def approved(self, kind: str) -> ChangeRequest:
        """A change that two of the board have agreed to; what is applied at once is applied."""
        change = self.proposed(kind)
        self.votes(self.members[0], change)
        return self.votes(self.members[1], change)

    def seat(self, access: Access) -> None:
        """Give somebody a seat, so that only authorship speaks against their vote."""
        BoardMember.objects.create(board=self.board, person_id=UUID(access.person_id))

    def _proposed(self, kind: str) -> ChangeRequest:
        subject, content = EXAMPLES[kind]()
        return propose(self.author, kind, subject, content, title="Otherwise", why="It is asked for.")

    def _replay(self) -> ChangeRequest:
        weeks_of_the_story()
        paid_invoice(estate(team=Team.objects.get(slug="finance")), fails_at="invoice")
        runs = list(StepRun.objects.filter(name="invoice").values_list("pk", flat=True))
        found = change_of(request_replay(self.author, step_run_ids=runs, reason="The ledger is back."))
        assert found is not None
        return found


def everything(settings: Any) -> Everything:
    """The company."""
    settings.REPLAY_APPROVAL_ITEMS = 0
    document = an_estate()
    door = {"integration": "invoices", "interface": "webhooks", "scheme": "stripe", "secrets": ["env://WEBHOOK"]}
    document["endpoints"] = {"billing": door}
    key = {"instance": "billing", "team": "finance", "references": {"api_key": "env://KEY"}}
    document["credentials"] = {"billing": key}
    apply_estate(document, actor=SYSTEM)
    team = Team.objects.get(slug="finance")
    board = Board.objects.create(slug="everything", name="Everything", kinds=["*"], quorum=2)
    made = Everything(operating("Author", team), [operating(f"Member {place}", team) for place in range(3)], board)
    for one in made.members:
        made.seat(one)
    return made


def operating(name: str, team: Team) -> Access:
    """Somebody who may do everything: only authorship speaks against their vote."""
    access = an_access(Role.OPERATOR, None, name=name)
    Membership.objects.create(person_id=access.person_id, role=Role.OWNER, team=team)
    return access_for(Account.objects.get(pk=access.account_id))
