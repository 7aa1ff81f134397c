"""A stale consumer from end to end, as people do it: asked, silent, presumed stale, and passed over by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from controlplane.audit.models import AuditRecord
from controlplane.contracts.consumers.escalate import escalate
from controlplane.contracts.lifecycle.subject import NAME
from controlplane.contracts.models import Answer, Confirmation, Dependency
from controlplane.foundation import clock
from controlplane.governance.changes.check import run_waiting_checks
from controlplane.governance.models import Board, BoardMember, ChangeRequest
from controlplane.people.roles import Role
from controlplane.transactions.counting_hours import count_hours
from tests.people.rest.asking import a_program
from tests.transactions import carrying
from tests.transactions.agreements.board import SLUG, check, newest, schema
from tests.transactions.agreements.people import Person
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import a_team, an_account

pytestmark = pytest.mark.django_db(transaction=True)

CONTRACT = f"/data/contracts/{SLUG}/"
WAREHOUSE = "Finance data warehouse"


@dataclass
class People:
    """Mara proposes, and has a seat on the board; Elif owns with her; Fred answers for the warehouse."""

    mara: Person
    elif_: Person
    fred: Person
    jonas: Person
    priya: Person

    @classmethod
    def of(cls, story: Story) -> People:
        """And a board of three."""
        mara, elif_ = (
            Person(an_account(name, Role.OWNER, story.estate.team)) for name in ("Mara Lindqvist", "Elif Kaya")
        )
        fred = Person(an_account("Fred Finance", Role.OWNER, a_team("finance")))
        jonas, priya = (Person(an_account(name, Role.BOARD)) for name in ("Jonas Weber", "Priya Raman"))
        board = Board.objects.create(slug="contracts", name="Contract board", kinds=[NAME], quorum=2)
        for one in (mara, jonas, priya):
            BoardMember.objects.create(board=board, person=one.account.person)
        return cls(mara, elif_, fred, jonas, priya)

    def declare_warehouse(self) -> None:
        """It reads two fields, every day."""
        self.fred.send(
            f"{CONTRACT}consumers/declare/",
            name=WAREHOUSE,
            team="finance",
            reads="on",
            fields_used="/id\n/customer",
            every="1",
            unit="days",
            contact="warehouse@finance.example",
        )

    def hear(self, words: str) -> None:
        """The owners and the board do; Fred, who was asked, hears something else."""
        for one in (self.mara, self.elif_, self.jonas, self.priya):
            assert words in one.read("/notifications/")
        assert words not in self.fred.read("/notifications/")

    def propose(self) -> ChangeRequest:
        """Customers become numbers, on purpose."""
        said: dict[str, Any] = {
            "document": json.dumps(schema(customer={"type": "integer"})),
            "enforcement": "quarantine",
            "personal": "/customer_email",
            "title": "Customers have numbers",
            "why": "Odoo numbers them.",
            "breaks": "There is no other way to name one.",
        }
        self.mara.send(f"{CONTRACT}propose/", **said)
        run_waiting_checks()
        return ChangeRequest.objects.get()


def asked(name: str) -> Confirmation:
    """What the newest version asks of somebody."""
    found = Confirmation.objects.filter(name=name).select_related("revision").order_by("-pk").first()
    assert found is not None
    return found


def answer(person: Person, name: str, status: int = 302, **said: Any) -> str:
    """On the page of that confirmation; what it says where nothing was taken."""
    one = asked(name)
    sent = {"content_hash": one.revision.content_hash, **said}
    answered = person.send(f"/data/contracts/confirmations/{one.pk}/", status, **sent)
    run_waiting_checks()
    return str(answered.content.decode())


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    moved = clock.now() + timedelta(**by)
    monkeypatch.setattr(clock, "now", lambda: moved)


def test_a_stale_consumer_end_to_end(tell_story: Callable[..., Story], monkeypatch: pytest.MonkeyPatch) -> None:
    story = tell_story()
    people, integration = People.of(story), story.estate.integration.name
    story.send(paid(1), paid(2))
    carrying.carry()
    count_hours()

    # Fred declares what nobody here can see; the integration is seen without a word.
    people.declare_warehouse()
    page = people.jonas.read(CONTRACT)
    assert f"{WAREHOUSE} Out of sight Finance, reads: outside our sight: what it uses cannot be seen" in page
    assert f"{integration} Not declared Billing, reads, 2 a day: not declared; carries it on, reads it" in page

    # Both are asked; one confirms, one is silent until its time is over.
    change = people.propose()
    both_are_asked(people, change, integration)
    one_is_silent(people, change, integration, monkeypatch)
    it_is_presumed_stale(people, change, monkeypatch)

    # Who proposed it does not pass it over, though she has a seat: not on the page, by no token, not in the database.
    refused(people.mara, change)

    # Jonas does, by name and with a reason.
    assert "Say why it goes ahead without it" in answer(people.jonas, WAREHOUSE, 422, said="overridden", words=" ")
    answer(people.jonas, WAREHOUSE, said="overridden", words="The warehouse was told by mail and by phone.")
    assert check(change, "confirmations")[0] == "passed"
    people.mara.send(f"/changes/{change.pk}/apply/")
    assert newest().number == 2

    # The record says who did, and so does the page of the decision.
    record = AuditRecord.objects.get(action="contract.consumer_overridden")
    assert (record.actor_label, record.reason) == ("Jonas Weber", "The warehouse was told by mail and by phone.")
    read = people.priya.read(change.get_absolute_url())
    assert (
        f"{WAREHOUSE}: goes ahead without it Finance. Jonas Weber: “The warehouse was told by mail and by phone.”"
        in read
    )
    assert f"{integration}: has confirmed Billing. Elif Kaya" in read
    assert Dependency.objects.get().confirmed_by == people.fred.account.person


def refused(mara: Person, change: ChangeRequest) -> None:
    one = asked(WAREHOUSE)
    words = "You wrote a version of this change"
    assert words in answer(mara, WAREHOUSE, 422, said="overridden", words="It is fine.")
    program = a_program(mara.account, Role.OWNER, change.team)
    said = {"said": "overridden", "words": "It is fine.", "content_hash": one.revision.content_hash}
    by_token = program.post(f"contracts/{SLUG}/confirmations/{one.pk}/answers", said)
    assert (by_token.status_code, words in by_token.json()["detail"]) == (403, True)
    with (
        pytest.raises(IntegrityError, match="who wrote a change neither answers for its consumers"),
        transaction.atomic(),
    ):
        Answer.objects.create(
            confirmation=one,
            content_hash=one.revision.content_hash,
            said="overridden",
            words="It is fine.",
            person=mara.account.person,
            account=mara.account.pk,
        )
    assert asked(WAREHOUSE).state == "stale"


def both_are_asked(people: People, change: ChangeRequest, integration: str) -> None:
    """And nobody else's approval stands in for theirs."""
    read = people.jonas.read(change.get_absolute_url())
    assert (
        "2 consumers, 2 of them touched. 2 transactions a day go through those within our sight, of 1 customers" in read
    )
    assert f"Its consumers say 2 {integration}: asked Billing has until" in read
    assert f"{WAREHOUSE}: asked Finance has until" in read
    assert f"{WAREHOUSE} is asked whether it can live with {change.reference}" in people.fred.read("/notifications/")
    assert f"{integration} is asked whether" in people.elif_.read("/notifications/")
    assert "is asked whether" not in people.mara.read("/notifications/")
    for member in (people.jonas, people.priya):
        member.vote(change)
    people.mara.send(f"/changes/{change.pk}/apply/", 409)


def one_is_silent(people: People, change: ChangeRequest, integration: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other confirms; and nobody passes over who has time to answer."""
    answer(people.elif_, integration, said="confirmed")
    state, required, detail = check(change, "confirmations")
    due = asked(WAREHOUSE).due_at
    assert (state, required) == ("failed", True)
    assert detail == (
        f"1 of 2 settled. Asked: {WAREHOUSE} (until {due:%-d %b %Y}). Has confirmed: {integration} (Elif Kaya)."
    )
    early = answer(people.jonas, WAREHOUSE, 422, said="overridden", words="No time.")
    assert f"{WAREHOUSE} has until {due:%-d %b %Y, %H:%M} UTC to answer." in early
    later(monkeypatch, days=9, hours=23)
    assert escalate() == 0


def it_is_presumed_stale(people: People, change: ChangeRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is over: the owner and the board hear of it, once."""
    later(monkeypatch, hours=2)
    assert (escalate(), escalate()) == (1, 0)
    run_waiting_checks()
    assert asked(WAREHOUSE).state == "stale"
    people.hear(f"{WAREHOUSE} is presumed stale and has not confirmed {change.reference}: Customers have numbers")
    record = AuditRecord.objects.get(action="contract.consumer_stale")
    assert (record.subject_id, record.details["consumer"]) == (str(change.pk), WAREHOUSE)
    assert check(change, "confirmations")[2].startswith(f"1 of 2 settled. Presumed stale: {WAREHOUSE} (had until")
    people.mara.send(f"/changes/{change.pk}/apply/", 409)
