"""A breaking change of the sandbox's order contract: from its proposal to the sunset, and a failure since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from controlplane.contracts.lifecycle.retire import retire_due
from controlplane.contracts.models import Confirmation, ContractVersion, VersionState
from controlplane.contracts.selectors import contract_called
from controlplane.foundation import clock
from controlplane.governance.boards.arrange import seat_member
from controlplane.governance.boards.delegate import delegate
from controlplane.governance.changes.check import run_waiting_checks
from controlplane.governance.models import BoardMember, ChangeRequest, Choice, Condition, Vote
from controlplane.people.access import access_for
from controlplane.people.models import Account
from controlplane.people.roles import Role
from controlplane.people.services import create_account
from controlplane.standalone.sandbox import load, people
from controlplane.standalone.sandbox.business import Business, Report
from controlplane.standalone.sandbox.marks import Marks
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import StepQueue, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.agreements import works_by
from tests.journeys.plant import Plant, wait
from tests.people.rest.asking import a_program
from tests.standalone.sandbox.played import BAD_RELEASE, QUIET, Played, sent
from tests.transactions.agreements.people import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(180)]

ORDER = "sale-order"
CONFIRMED = "sale.order.confirmed"
#: A tax id as Odoo's new release will not let it be any more: without spaces.
UNSPACED = {"type": "string", "pattern": "^[A-Z]{2}[0-9A-Z]+$"}


def orders(seed: int, many: int, *, spaced: bool) -> list[Report]:
    """As many confirmed orders, with tax ids that are written so."""
    business, found = Business(seed), list[Report]()
    while len(found) < many:
        for report in business.next(spaced_tax_ids=spaced):
            if report.type == CONFIRMED and (" " in report.record["partner"].get("vat", "")) is spaced:
                found.append(report)
    return found[:many]


class Halden:
    """Those who work there, each in a browser of their own. Mara has a seat on the board for this."""

    def __init__(self) -> None:
        self.mara, self.jonas, self.ana, self.elif_, self.oskar = (
            Person(Account.objects.get(email=f"{name}@{people.DOMAIN}"))
            for name in ("mara", "jonas", "ana", "elif", "oskar")
        )
        self.board = BoardMember.objects.filter(person=self.jonas.account.person).get().board
        seat_member(access_for(self.oskar.account), self.board, self.mara.account.person, "orders")

    def propose(self) -> ChangeRequest:
        """Mara looks first, is told what it breaks, and says that it is on purpose.

        Those who write must leave spaces out; those who read may miss the currency.
        """
        version = contract_called(ORDER).versions.get()
        schema: dict[str, Any] = deepcopy(version.schema)
        schema["properties"]["partner"]["properties"]["vat"] = UNSPACED
        schema["required"].remove("currency")
        fields: dict[str, Any] = {
            "document": json.dumps(schema),
            "enforcement": "quarantine",
            "personal": "/partner/email",
            "keys": json.dumps(version.keys),
            "links": json.dumps(version.links),
        }
        address = f"/data/contracts/{ORDER}/propose/"
        looked = self.mara.send(address, 200, look="1", **fields).content.decode()
        assert "Breaks what is promised" in looked
        said: dict[str, Any] = {
            "title": "Tax ids without spaces",
            "why": "Odoo refuses others from Friday on.",
            "breaks": "Odoo does.",
        }
        self.mara.send(address, **said, **fields)
        run_waiting_checks()
        return ChangeRequest.objects.get(kind="contract")

    def answer(self, change: ChangeRequest) -> None:
        """Each consumer says that it can live with it: Oskar does, for Mara may not answer for what she wrote."""
        asked = list(Confirmation.objects.filter(revision=change.current_id))
        assert asked
        for one in asked:
            self.oskar.send(
                f"/data/contracts/confirmations/{one.pk}/", said="confirmed", content_hash=change.revision.content_hash
            )
        run_waiting_checks()

    def agree(self, change: ChangeRequest, **more: Any) -> None:
        """Jonas, who chairs, and Ana vote for it."""
        self.jonas.vote(change, **more)
        self.ana.vote(change)


@pytest.fixture
def halden(played: Played, sandbox: Marks) -> Halden:
    """The sandbox, loaded."""
    load.load(sandbox)
    return Halden()


@pytest.fixture
def plant(halden: Halden) -> Iterator[Plant]:
    """The plane at work."""
    with Plant() as made:
        yield made


def delivered() -> None:
    wait(lambda: not StepQueue.objects.exists(), "all is delivered", 60)
    count_hours()


def traffic() -> int:
    """Transactions of the integrations that work by the contract, counted one by one."""
    return Transaction.objects.filter(integration_id__in=list(works_by(contract_called(ORDER)))).count()


def test_from_the_proposal_to_the_sunset_and_a_failure_since(
    halden: Halden, plant: Plant, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    played.minute = QUIET
    sent(plant, played, [*orders(1, 5, spaced=False), *orders(2, 2, spaced=True)])
    delivered()
    carried = traffic()
    assert carried >= 7

    # What the board reads is what went through, and what would become of it.
    change = halden.propose()
    read = halden.jonas.read(change.get_absolute_url())
    assert f"{carried} transactions a day go through those within our sight" in read
    assert "2 of the last 7 would be refused" in read
    assert "Of the last 7 events, 5 send the same, 2 would fail or be set aside." in read
    assert "On purpose: Odoo does." in read
    halden.answer(change)

    # Whoever proposed it does not decide on it, by whatever way.
    refused_on_the_page(halden, change)
    refused_by_a_second_sign_in(halden, change)
    refused_by_a_token(halden, change)
    refused_as_a_deputy(halden, change)
    refused_by_the_database(halden, change)
    change = refused_by_an_edit_after_the_approval(halden, change)

    # The board agrees, on a condition that has to be met first; then it is published.
    halden.agree(change, condition="Support has told the shops.")
    halden.mara.send(f"/changes/{change.pk}/apply/", 409)
    condition = Condition.objects.get(revision=change.current_id)
    halden.jonas.send(f"/changes/{change.pk}/conditions/{condition.pk}/", words="Elif's mail of this morning.")
    halden.mara.send(f"/changes/{change.pk}/apply/")
    assert contract_called(ORDER).versions.get(number=2).change_id == change.pk
    assert "v2 was published" in halden.mara.read("/notifications/")

    # What it replaced goes on a day that is agreed, by itself.
    old = sunset(halden)
    later = clock.now() + timedelta(days=8)
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: later)
        assert retire_due() == 1
    old.refresh_from_db()
    assert old.state == VersionState.RETIRED

    # A failure of later leads to the decision that let it in.
    catalogue.forget()
    played.minute = BAD_RELEASE
    before = set(Transaction.objects.values_list("pk", flat=True))
    sent(plant, played, orders(3, 1, spaced=True))
    aside = set_aside(before)
    assert f"v2, decided in {change.reference}" in halden.mara.read(f"/tx/{aside}/")
    assert "Set aside 1 event" in halden.mara.read(f"/data/contracts/{ORDER}/")
    page = halden.mara.client.get(change.get_absolute_url()).content.decode()
    assert str(aside) in page


def set_aside(before: set[UUID]) -> UUID:
    """The one that came since and was set aside."""
    new = Transaction.objects.exclude(pk__in=before).filter(state=TransactionState.QUARANTINED)
    found: UUID = wait(lambda: new.values_list("pk", flat=True).first(), "it is set aside")
    return found


def sunset(halden: Halden) -> ContractVersion:
    """Version 1 goes in a week: proposed on its page, agreed to, and announced."""
    day = (clock.now() + timedelta(days=7)).date()
    halden.mara.send(f"/data/contracts/{ORDER}/sunset/?version=1", on=day.isoformat(), why="Nobody works by it.")
    change = ChangeRequest.objects.get(kind="contract-sunset")
    run_waiting_checks()
    halden.agree(change)
    halden.mara.send(f"/changes/{change.pk}/apply/")
    assert f"Goes on {day:%-d %b %Y}" in halden.elif_.read(f"/data/contracts/{ORDER}/")
    return contract_called(ORDER).versions.get(number=1)


def refused_on_the_page(halden: Halden, change: ChangeRequest) -> None:
    halden.mara.vote(change, 403)


def refused_by_a_second_sign_in(halden: Halden, change: ChangeRequest) -> None:
    """Another account of the same person."""
    account = create_account("mara.admin@halden.example", "Mara Lindqvist", "another-password-1", by=people.BY)
    account.person = halden.mara.account.person
    account.save()
    Person(account).vote(change, 403)


def refused_by_a_token(halden: Halden, change: ChangeRequest) -> None:
    """A program of hers, at the API."""
    program = a_program(halden.mara.account, Role.OWNER, change.team)
    now = change.revision
    said = {"choice": "approve", "words": "Fine.", "version": now.number, "content_hash": now.content_hash}
    answer = program.post(f"changes/{change.pk}/votes", said)
    assert answer.status_code == 403
    assert "whatever account, token or seat you use" in answer.json()["detail"]


def refused_as_a_deputy(halden: Halden, change: ChangeRequest) -> None:
    """Ana is away and has named her; for this change she has Ana's seat as little as her own."""
    seat = BoardMember.objects.get(board=halden.board, person=halden.ana.account.person)
    delegate(access_for(halden.ana.account), seat, halden.mara.account.person, clock.now() + timedelta(days=1))
    halden.mara.vote(change, 403, on_behalf_of=str(halden.ana.account.person_id))
    delegate(access_for(halden.ana.account), seat, None)


def refused_by_the_database(halden: Halden, change: ChangeRequest) -> None:
    """Whatever code there is above it."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            change=change,
            revision=change.revision,
            person=halden.mara.account.person,
            account=halden.mara.account.pk,
            choice=Choice.APPROVE,
            words="Fine.",
            content_hash=change.revision.content_hash,
        )


def refused_by_an_edit_after_the_approval(halden: Halden, change: ChangeRequest) -> ChangeRequest:
    """What was agreed to is not what it says any more: nothing is applied, and whoever edited it has no vote."""
    halden.agree(change)
    change.refresh_from_db()
    assert change.state == "approved"
    said = {"after": 1, "why": "Odoo refuses others from Monday on.", "content": change.revision.content}
    answer = a_program(halden.mara.account, Role.OWNER, change.team).post(f"changes/{change.pk}/revisions", said)
    assert answer.status_code == 201, answer.content
    change.refresh_from_db()
    assert (change.state, change.revision.number) == ("proposed", 2)
    halden.mara.send(f"/changes/{change.pk}/apply/", 409)
    halden.mara.vote(change, 403)
    run_waiting_checks()
    halden.answer(change)
    return change
