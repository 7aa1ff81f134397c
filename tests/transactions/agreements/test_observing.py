"""A break that is only observed is let in, and seen: on the transaction, in the search, counted at the version."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7_floor
from controlplane.people.roles import Role
from controlplane.transactions.agreements.effects import observed_by
from controlplane.transactions.models import ObservedBreak, Transaction
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors.finding import page_of
from controlplane.transactions.selectors.question import Question
from controlplane.transactions.upkeep import keep_retention
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_access, an_account

pytestmark = pytest.mark.django_db(transaction=True)
Tell = Callable[..., Story]


def sent(story: Story, *documents: Any) -> list[Transaction]:
    catalogue.forget()
    ids = [answer.id for answer in story.send(*documents)]
    carrying.carry()
    return [carrying.the(identifier) for identifier in ids]


def words(answer: Any) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(strip_tags(answer.content.decode())))


def test_it_is_let_in_and_visible_everywhere(tell_story: Tell) -> None:
    story = tell_story(enforcement="observe")
    broken, fine = sent(story, paid(1, currency="euro"), paid(2))
    assert (broken.state, fine.state) == (TransactionState.SUCCEEDED, TransactionState.SUCCEEDED)
    kept = ObservedBreak.objects.get()
    assert (kept.transaction_id, kept.place) == (broken.pk, "/currency maxLength")
    assert kept.contract_version == story.estate.contract_version
    assert observed_by(story.estate.contract_version) == 1

    mara = an_account("Mara Lindqvist", Role.OWNER, story.estate.team)
    client = Client()
    client.force_login(mara)
    note = "It breaks its contract, which only observes: it was let in all the same."
    assert note in words(client.get(f"/tx/{broken.pk}/"))
    assert note not in words(client.get(f"/tx/{fine.pk}/"))
    assert "1 transaction broke it and were let in" in words(client.get("/data/contracts/billing-invoice/"))
    access = an_access(Role.SUPPORT, story.estate.team)
    found = page_of(Question(access, "has:observed contract:billing-invoice", clock.now()), "")
    assert [row.id for row in found.rows] == [broken.pk]


def test_what_an_interface_says_counts_before_what_the_version_says(tell_story: Tell) -> None:
    story = tell_story()
    assert sent(story, paid(1, currency="euro"))[0].state == TransactionState.QUARANTINED
    story.estate.normalisation.enforcement = "observe"
    story.estate.normalisation.save()
    assert sent(story, paid(2, currency="euro"))[0].state == TransactionState.SUCCEEDED
    assert ObservedBreak.objects.count() == 1


def test_what_is_quarantined_is_no_observed_break(tell_story: Tell) -> None:
    story = tell_story()
    sent(story, paid(1, currency="euro"), paid(2))
    assert not ObservedBreak.objects.exists()


def test_it_is_forgotten_after_ninety_days(tell_story: Tell) -> None:
    story = tell_story(enforcement="observe")
    sent(story, paid(1, currency="euro"))
    ObservedBreak.objects.update(id=uuid7_floor(clock.now() - timedelta(days=91)))
    keep_retention()
    assert not ObservedBreak.objects.exists()
