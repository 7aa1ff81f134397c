"""A breaking change of a contract from its proposal to the failures that it causes, and back, as people do it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Confirmation
from controlplane.governance.changes.check import run_checks
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Condition
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.agreements.board import SLUG, newest, schema
from tests.transactions.agreements.people import Person
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_account

pytestmark = pytest.mark.django_db(transaction=True)

STRICT = {"type": "string", "pattern": "^[A-Z]{3}$"}


def sent(story: Story, *documents: Mapping[str, Any]) -> list[UUID]:
    """Events that came in and were carried, judged by what holds now."""
    catalogue.forget()
    answers = story.send(*documents)
    carrying.carry()
    return [answer.id for answer in answers]


def state_of(identifier: UUID) -> TransactionState:
    return TransactionState(carrying.the(identifier).state)


@dataclass
class People:
    """Who owns the contract, who owns the integrations with her, and the two who decide with her."""

    mara: Person
    elif_: Person
    jonas: Person
    priya: Person

    @classmethod
    def of(cls, story: Story) -> People:
        """All three have a seat on the board."""
        team = story.estate.team
        owners, members = ("Mara Lindqvist", "Elif Kaya"), ("Jonas Weber", "Priya Raman")
        mara, elif_ = (Person(an_account(name, Role.OWNER, team)) for name in owners)
        jonas, priya = (Person(an_account(name, Role.BOARD)) for name in members)
        board = Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=2)
        for member in (jonas, priya, mara):
            BoardMember.objects.create(board=board, person=member.account.person)
        return cls(mara, elif_, jonas, priya)

    def propose(self) -> ChangeRequest:
        """Mara looks, is told whom it breaks, and says that it is on purpose."""
        address = f"/data/contracts/{SLUG}/propose/"
        document = json.dumps(schema(currency=STRICT))
        fields: dict[str, Any] = {"document": document, "enforcement": "quarantine", "personal": "/customer_email"}
        looked = self.mara.send(address, 200, look="1", **fields).content.decode()
        assert "Breaks what is promised" in looked
        said: dict[str, Any] = {
            "title": "Currencies in capitals",
            "why": "Odoo asks for it.",
            "breaks": "Odoo refuses others.",
        }
        self.mara.send(address, **said, **fields)
        change = ChangeRequest.objects.get()
        run_checks(change.revision)
        return change

    def confirm(self, change: ChangeRequest) -> None:
        """Who wrote it does not speak for the integration; Elif does."""
        asked = Confirmation.objects.get(change=change)
        said: dict[str, Any] = {"said": "confirmed", "content_hash": asked.revision.content_hash}
        address = f"/data/contracts/confirmations/{asked.pk}/"
        self.mara.send(address, 422, **said)
        self.elif_.send(address, **said)
        run_checks(change.revision)

    def decide(self, change: ChangeRequest) -> None:
        """Who wrote it does not; the others do, one on a condition."""
        self.mara.vote(change, 403)
        self.jonas.vote(change)
        self.priya.vote(change, condition="The shop sends capitals")
        self.mara.send(f"/changes/{change.pk}/apply/", 409)
        assert newest().number == 1
        condition = Condition.objects.get()
        self.priya.send(f"/changes/{change.pk}/conditions/{condition.pk}/", words="Seen in the shop's log of today.")
        self.mara.send(f"/changes/{change.pk}/apply/")

    def take_back(self, change: ChangeRequest, failure: UUID) -> None:
        """For the failure that the page offers."""
        page = self.mara.client.get(change.get_absolute_url()).content.decode()
        assert f'value="{failure}"' in page
        said: dict[str, Any] = {"words": "The app sends small letters still.", "answers_for": str(failure)}
        self.mara.send(f"/changes/{change.pk}/rollback/", **said)
        back = ChangeRequest.objects.get(rolls_back=change)
        run_checks(back.revision)
        assert back.answers_for == [str(failure)]
        self.confirm(back)
        self.jonas.vote(back)
        self.priya.vote(back)
        self.mara.send(f"/changes/{back.pk}/apply/")


def test_from_the_proposal_to_the_failures_and_back(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    people = People.of(story)
    mara = people.mara
    sent(story, *(paid(number, currency="EUR") for number in range(1, 6)), paid(6, currency="eur"))
    count_hours()

    # The board reads what it touches: as many as went through; and on how many it was tried.
    change = people.propose()
    read = people.jonas.read(change.get_absolute_url())
    assert "1 consumer, touched. 6 transactions a day go through those within our sight" in read
    assert "1 of the last 6 would be refused" in read
    assert "On purpose: Odoo refuses others." in read
    people.confirm(change)
    people.decide(change)
    assert (newest().number, newest().change_id) == (2, change.pk)

    # Those who work by it are told; what comes in is judged by it.
    assert "Paid invoice v2 was published" in mara.read("/notifications/")
    aside, through = sent(story, paid(7, currency="eur"), paid(8, currency="EUR"))
    assert (state_of(aside), state_of(through)) == (TransactionState.QUARANTINED, TransactionState.SUCCEEDED)

    # The failure leads to the decision, the version to the failure, and taking it back answers for it.
    assert f"Paid invoice v2, decided in {change.reference}" in mara.read(f"/tx/{aside}/")
    assert "Set aside 1 event" in mara.read(f"/data/contracts/{SLUG}/")
    people.take_back(change, aside)

    # And what had been set aside goes through when it is released.
    catalogue.forget()
    mara.send(f"/tx/{aside}/release/", reason="Judged by the contract of before.")
    carrying.carry()
    assert state_of(aside) is TransactionState.SUCCEEDED
    assert newest().number == 3
