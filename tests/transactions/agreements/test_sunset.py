"""A version is announced to go, goes by itself on the day, and is held while anybody works by it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.audit.models import AuditRecord, Subject
from controlplane.contracts.consumers.answer import answer
from controlplane.contracts.consumers.declare import Uses, declare, revise
from controlplane.contracts.consumers.escalate import escalate
from controlplane.contracts.consumers.leaving import left_behind
from controlplane.contracts.lifecycle.retire import retire_due
from controlplane.contracts.lifecycle.sunset_kind import NAME
from controlplane.contracts.models import Confirmation, Contract, ContractVersion, Dependency, Said, Sunset
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid, NotFound
from controlplane.governance.changes.apply import apply
from controlplane.governance.changes.check import run_checks
from controlplane.governance.changes.propose import propose
from controlplane.governance.changes.rollback import rollback
from controlplane.governance.models import Board, BoardMember, ChangeRequest, Check
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.transactions.models import FlowVersion, Normalisation
from tests.transactions import carrying
from tests.transactions.agreements.board import SLUG, Deciding, deciding, newest, schema
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import a_team, an_access, an_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Paid invoices go to the ledger."""
    return tell_story()


@pytest.fixture
def here(story: Story) -> Deciding:
    """Two versions are published, and a board decides on what goes."""
    made = deciding(story.estate.team)
    FlowVersion.objects.update(state="retired")  # it is pinned to the first version, and would hold it
    apply(made.owner, made.agreed(made.proposed(schema=schema(note={"type": "string"}))).pk)
    board = Board.objects.create(slug="sunsets", name="Sunset board", kinds=[NAME], quorum=2)
    for member in made.members:
        BoardMember.objects.create(board=board, person_id=UUID(member.person_id))
    return made


def day(days: int) -> str:
    """So many days from today."""
    return (clock.now().date() + timedelta(days=days)).isoformat()


def proposed(here: Deciding, number: int = 1, **content: Any) -> ChangeRequest:
    subject = Subject(NAME, f"{SLUG}/{number}")
    change = propose(here.owner, NAME, subject, content, title="Version 1 goes", why="Nobody sends it.")
    run_checks(change.revision)
    return change


def announced(here: Deciding, **content: Any) -> ChangeRequest:
    change = here.agreed(proposed(here, **content))
    apply(here.owner, change.pk)
    return change


def on(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """So many days later."""
    later = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: later)


def first() -> ContractVersion:
    return ContractVersion.objects.get(contract__slug=SLUG, number=1)


def still_used() -> None:
    """Somebody goes on judging by the first version."""
    Normalisation.objects.update(contract_version=first())


def test_on_its_day_it_goes_by_itself(here: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    change = announced(here, on=day(30))
    assert first().state == "published"
    on(monkeypatch, 29)
    assert retire_due() == 0
    on(monkeypatch, 1)
    assert retire_due() == 1
    assert (first().state, newest().state) == ("retired", "published")
    record = AuditRecord.objects.get(action="contract.retired")
    assert record.details == {"version": 1, "change": change.pk, "still_used_by": ""}
    assert retire_due() == 0


def test_it_is_held_while_anybody_works_by_it_and_says_who(here: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    announced(here, on=day(5))
    still_used()
    on(monkeypatch, 6)
    assert retire_due() == 0
    door = Normalisation.objects.select_related("interface").get().interface.name
    assert (first().state, Sunset.objects.get().held) == ("published", f"invoice.paid at {door}")
    Normalisation.objects.update(contract_version=newest())
    assert retire_due() == 1
    assert (first().state, Sunset.objects.get().held) == ("retired", "")


def test_a_live_flow_that_is_pinned_to_it_holds_it(here: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    announced(here, on=day(5))
    FlowVersion.objects.update(state="published")
    on(monkeypatch, 6)
    assert retire_due() == 0
    flow = FlowVersion.objects.select_related("flow__integration").get().flow
    assert Sunset.objects.get().held == f"{flow.name} of {flow.integration.name}"


def test_where_it_is_decided_so_it_goes_in_any_case(here: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    still_used()
    change = announced(here, on=day(5), in_any_case=True)
    assert [(one["level"], one["after"]) for one in change.revision.diff] == [("breaking", f"goes on {day(5)}")]
    on(monkeypatch, 6)
    assert retire_due() == 1
    assert "invoice.paid at" in AuditRecord.objects.get(action="contract.retired").details["still_used_by"]


def test_what_has_gone_binds_no_new_version(here: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    Contract.objects.filter(slug=SLUG).update(compatibility="full-transitive")
    announced(here, on=day(5))
    changed = {"note": {"type": "string"}, "customer": {"type": "integer"}}
    change = here.proposed(schema=schema(memo={"type": "string"}, **changed))
    detail = Check.objects.get(revision__change=change, name="compatibility").detail
    assert "(type-changed, v2, v1)" in detail
    on(monkeypatch, 6)
    retire_due()
    change = here.proposed(schema=schema(**changed))
    detail = Check.objects.get(revision__change=change, name="compatibility").detail
    assert "(type-changed, v2)" in detail


def test_it_is_called_off_until_it_has_gone(here: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    change = announced(here, on=day(5))
    back = rollback(here.owner, change.pk, why="The shop needs it.")
    run_checks(back.revision)
    apply(here.owner, here.agreed(back).pk)
    assert not Sunset.objects.exists()
    again = announced(here, on=day(5))
    on(monkeypatch, 6)
    retire_due()
    with pytest.raises(Conflict, match="It has gone already"):
        rollback(here.owner, again.pk, why="Too late.")


def test_what_was_announced_before_is_what_a_rollback_announces_again(here: Deciding) -> None:
    announced(here, on=day(50), in_any_case=True)
    change = announced(here, on=day(5))
    back = rollback(here.owner, change.pk, why="Too soon.")
    assert back.revision.content == {"on": day(50), "in_any_case": True}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"on": "soon"}, "Say on which day it goes"),
        ({}, "Say on which day it goes"),
        ({"on": "2020-01-01"}, "a day to come, within three years"),
        ({"on": "2999-01-01"}, "a day to come, within three years"),
        ({"on": "2027-01-01", "colour": "red"}, "A sunset has no 'colour'"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_what_is_no_sunset_is_refused(here: Deciding, content: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        proposed(here, **content)


def test_the_version_that_holds_now_does_not_go(here: Deciding) -> None:
    with pytest.raises(Invalid, match="is the one that holds now"):
        proposed(here, 2, on=day(5))
    with pytest.raises(NotFound, match=f"There is no version '{SLUG}/9'"):
        proposed(here, 9, on=day(5))


def test_the_page_says_who_works_by_it_and_proposes(here: Deciding, story: Story) -> None:
    client = Client()
    client.force_login(an_account("Ana Costa", Role.OWNER, story.estate.team))
    address = f"/data/contracts/{SLUG}/sunset/?version=1"
    still_used()
    assert "invoice.paid at" in words_of(client.get(address))
    refused = client.post(address, {"on": "2020-01-01", "why": "Old."})
    assert (refused.status_code, "a day to come" in words_of(refused)) == (422, True)
    answer = client.post(address, {"on": day(40), "why": "Old."})
    change = ChangeRequest.objects.get(kind=NAME)
    assert (answer.status_code, answer["Location"]) == (302, change.get_absolute_url())
    assert change.revision.content == {"on": day(40), "in_any_case": False}
    run_checks(change.revision)
    apply(here.owner, here.agreed(change).pk)
    shown = date.fromisoformat(day(40))
    assert f"Goes on {shown.day} {shown:%b %Y}" in words_of(client.get(f"/data/contracts/{SLUG}/"))
    assert f"It goes on {shown.day} {shown:%b %Y}" in words_of(client.get(address))
    holds = words_of(client.get(f"/data/contracts/{SLUG}/sunset/?version=2"))
    assert "It is the version that holds now." in holds
    assert "Paid invoice v1" in words_of(client.get(f"/data/contracts/{SLUG}/sunset/"))


def words_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))


# -- consumers -----------------------------------------------------------------------------------------


def warehouse(here: Deciding, **uses: Any) -> Access:
    """Something of the finance team outside our sight; who answers for it."""
    team = a_team("finance")
    finance = an_access(Role.OWNER, team, name="Fred Finance")
    declare(finance, Contract.objects.get(slug=SLUG), Uses(**uses), name="Warehouse", team=team)
    return finance


def answered(by: Access, said: Said, words: str = "") -> None:
    asked = Confirmation.objects.select_related("revision").get(name="Warehouse")
    answer(by, asked.pk, said, words, content_hash=asked.revision.content_hash)


def test_who_knows_no_newer_version_holds_it_until_it_has_moved(
    here: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    finance = warehouse(here, newest=1)
    change = announced(here, on=day(30))
    assert [(one["level"], one["after"]) for one in change.revision.diff] == [("risky", f"goes on {day(30)}")]
    (one,) = change.revision.impact["affected"]
    assert (one["name"], one["use"]) == (
        "Warehouse",
        "outside our sight: what it uses cannot be seen; Version 1 is the newest that it works with",
    )
    check = Check.objects.get(revision=change.revision, name="confirmations")
    assert (check.state, check.required) == ("failed", False)
    on(monkeypatch, 31)
    assert (retire_due(), Sunset.objects.get().held) == (0, "Warehouse")
    declared = Dependency.objects.get()
    revise(finance, declared.pk, Uses(newest=2))
    assert (retire_due(), first().state) == (1, "retired")


def test_who_says_that_it_can_go_holds_it_no_more(here: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    finance = warehouse(here)
    announced(here, on=day(30))
    on(monkeypatch, 31)
    assert retire_due() == 0
    answered(finance, Said.CONFIRMED)
    assert (retire_due(), first().state) == (1, "retired")
    with pytest.raises(Conflict, match="nobody is asked any more"):
        answered(finance, Said.REFUSED, "Not yet.")


def test_who_does_not_answer_is_passed_over_by_name_or_holds_it(
    here: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse(here)
    announced(here, on=day(30))
    with pytest.raises(Conflict, match="Warehouse has until"):
        answered(here.members[0], Said.OVERRIDDEN, "It had its time.")
    on(monkeypatch, 31)
    assert (escalate(), retire_due()) == (1, 0)
    answered(here.members[0], Said.OVERRIDDEN, "It had its time.")
    assert (retire_due(), first().state) == (1, "retired")


def test_who_is_declared_after_the_announcement_holds_it_as_well(
    here: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced(here, on=day(30))
    finance = warehouse(here, newest=1)
    on(monkeypatch, 31)
    assert (retire_due(), Sunset.objects.get().held) == (0, "Warehouse")
    answered(finance, Said.CONFIRMED)
    assert retire_due() == 1


@pytest.mark.parametrize(
    ("uses", "words"),
    [
        ({"newest": 2}, "it works with version 2"),
        ({"oldest": 2}, "it works with nothing older than version 2"),
    ],
)
def test_who_works_with_another_version_does_not_hold_it(
    here: Deciding, monkeypatch: pytest.MonkeyPatch, uses: dict[str, int], words: str
) -> None:
    warehouse(here, **uses)
    (one,) = (one for one in left_behind(first()) if one.consumer.name == "Warehouse")
    assert (list(one.findings), one.spared) == ([], words)
    announced(here, on=day(30))
    on(monkeypatch, 31)
    assert retire_due() == 1


def test_an_integration_that_was_not_seen_lately_does_not_hold_it(
    here: Deciding, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses, integration = Uses(newest=1), story.estate.integration
    declare(here.owner, story.estate.contract, uses, integration=integration)
    announced(here, on=day(30))
    on(monkeypatch, 31)
    assert retire_due() == 1


def test_one_that_was_seen_holds_it(here: Deciding, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.send(paid(1))
    carrying.carry()
    announced(here, on=day(20))
    uses, integration = Uses(newest=1), story.estate.integration
    declare(here.colleague, story.estate.contract, uses, integration=integration)
    on(monkeypatch, 21)
    assert (retire_due(), Sunset.objects.get().held) == (0, integration.name)


def test_that_it_stays_after_all_asks_nobody(here: Deciding) -> None:
    warehouse(here)
    change = announced(here, on=day(30))
    back = rollback(here.owner, change.pk, why="The shop needs it.")
    assert not Check.objects.filter(revision=back.revision, name="confirmations").exists()
    assert Confirmation.objects.filter(change=back).count() == 0
