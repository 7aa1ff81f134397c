"""What began failing since a version of a contract was published, and where that was decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation import clock
from controlplane.governance.changes.apply import apply
from controlplane.people.roles import Role
from controlplane.transactions.agreements.effects import COUNTED, effects, failures, told
from controlplane.transactions.models import Normalisation
from controlplane.transactions.pipeline.catalogue import catalogue
from tests.transactions import carrying
from tests.transactions.agreements.board import Deciding, deciding, newest, schema
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import a_team, an_access, an_account

pytestmark = pytest.mark.django_db(transaction=True)

STRICT: dict[str, Any] = {"type": "string", "pattern": "^[A-Z]{3}$"}


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """Paid invoices go to the ledger."""
    return tell_story()


@pytest.fixture
def here(story: Story) -> Deciding:
    """A board decides on the contract."""
    return deciding(story.estate.team)


def published(here: Deciding, **content: Any) -> None:
    """Decided and published, and known to the workers."""
    apply(here.owner, here.agreed(here.proposed(**content)).pk)
    catalogue.forget()


def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)


def sent(story: Story, *documents: Any) -> list[carrying.Answered]:
    answers = story.send(*documents)
    carrying.carry()
    return answers


def test_what_it_set_aside_is_counted_from_its_beginning_to_its_end(
    here: Deciding, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(story, paid(1, currency="eur"), paid(2, amount_paid="a lot"))
    first = newest()
    published(here, schema=schema(currency=STRICT), breaks="Odoo refuses the others anyway.")
    sent(story, paid(3, currency="eur"), paid(4, currency="eur"), paid(5, currency="EUR"))

    before = effects(first, here.owner)
    assert (before.set_aside, before.ends) == (1, newest().published_at)
    an_hour_later(monkeypatch)  # so that as long a time before has all that came in before
    since = effects(newest(), here.owner)
    assert (since.set_aside, since.before, since.ends, since.causes) == (2, 1, None, [])
    assert since.first_at is not None
    assert since.first_at > since.begins


def test_a_cause_that_is_older_did_not_begin_with_it(here: Deciding, story: Story) -> None:
    story.receiver.answer("/ledger", status=422, json={"error": "tax id"})
    sent(story, paid(1))
    published(here, schema=schema(note={"type": "string"}))
    story.receiver.answer("/ledger", status=400, json={"error": "note"})
    sent(story, paid(2), paid(3))

    began = effects(newest(), here.owner).causes
    assert [(one.count, one.waiting, one.step) for one in began] == [(2, 2, "ledger")]
    assert began[0].first_at > newest().published_at


def test_what_another_contract_set_aside_is_not_its_doing(here: Deciding, story: Story) -> None:
    other = Contract.objects.create(slug="refund", name="Refund", team=story.estate.team)
    version = ContractVersion.objects.create(
        contract=other, number=1, schema={"required": ["reason"]}, state="published", content_hash="0" * 64
    )
    Normalisation.objects.create(
        interface=story.estate.interface,
        event_type="charge.refunded",
        canonical_type="refund.made.v1",
        contract_version=version,
    )
    published(here, schema=schema(note={"type": "string"}))
    refund = {**paid(1), "id": "evt_refund", "type": "charge.refunded"}
    (answer,) = sent(story, refund)
    assert carrying.the(answer.id).error_class == "contract"
    assert effects(newest(), here.owner).set_aside == 0
    assert failures(newest(), here.owner, 20) == []


def test_a_draft_that_a_board_publishes_later_begins_with_the_decision(here: Deciding, story: Story) -> None:
    version = newest()
    names = ("keys", "links", "personal", "secret")
    ContractVersion.objects.create(
        contract=version.contract,
        number=2,
        schema=schema(currency=STRICT),
        content_hash="d" * 64,
        **{name: getattr(version, name) for name in names},
    )
    sent(story, paid(1, amount_paid="a lot"))
    published(here, schema=schema(currency=STRICT), breaks="Odoo refuses the others anyway.")
    sent(story, paid(2, currency="eur"))
    made = newest()
    assert (made.number, made.created_at < made.published_at) == (2, True)
    assert effects(made, here.owner).set_aside == 1


def test_what_took_its_place_ended_it_even_where_that_has_gone_since(here: Deciding, story: Story) -> None:
    first = newest()
    published(here, schema=schema(note={"type": "string"}))
    second = newest()
    published(here, schema=schema(note={"type": "string"}, memo={"type": "string"}))
    ContractVersion.objects.filter(pk=second.pk).update(state="retired")
    assert effects(first, here.owner).ends == second.published_at


def test_beyond_what_is_counted_it_says_at_least() -> None:
    assert [told(0), told(COUNTED), told(COUNTED + 1)] == ["0", "10,000", "10,000+"]


def test_causes_of_others_are_not_told(here: Deciding, story: Story) -> None:
    published(here, schema=schema(note={"type": "string"}))
    story.receiver.answer("/ledger", status=422, json={"error": "tax id"})
    sent(story, paid(1))
    assert len(effects(newest(), here.owner).causes) == 1
    stranger = an_access(Role.SUPPORT, a_team("others"), name="Stranger")
    assert effects(newest(), stranger).causes == []


def test_nothing_began_with_it(here: Deciding, story: Story) -> None:
    published(here, schema=schema(note={"type": "string"}))
    sent(story, paid(1))
    assert effects(newest(), an_access(Role.OWNER, story.estate.team)).none


def test_a_failure_leads_to_the_decision_that_let_it_in(here: Deciding, story: Story) -> None:
    published(here, schema=schema(currency=STRICT), breaks="Odoo refuses the others anyway.")
    (answer,) = sent(story, paid(1, currency="eur"))
    client = Client()
    client.force_login(an_account("Elif Kaya", Role.SUPPORT, story.estate.team))
    page = client.get(f"/tx/{answer.id}/").content.decode()
    change = newest().change
    assert change is not None
    assert f"Paid invoice v2, decided in {change.reference}" in re.sub(r"\s+", " ", strip_tags(page))
    assert f'href="{change.get_absolute_url()}"' in page
