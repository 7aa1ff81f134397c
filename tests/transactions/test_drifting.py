"""A vendor changes its payloads in silence: it is found on the way that events really take, and named exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.foundation import clock
from controlplane.foundation.ids import moment
from controlplane.people.roles import Role
from controlplane.transactions import tasks
from controlplane.transactions.agreements.take_up import take_up
from controlplane.transactions.discovering.look import look
from controlplane.transactions.discovering.watch import Watcher
from controlplane.transactions.models import Drift, UsualForm
from controlplane.transactions.pipeline.catalogue import catalogue
from controlplane.transactions.selectors.finding import find
from controlplane.transactions.selectors.question import PAGE
from tests.standalone.waiting import until
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_access
from tests.transactions.looking import pass_by

pytestmark = pytest.mark.django_db(transaction=True)


def usual(story: Story, count: int = 120, **record: Any) -> None:
    """So many invoices as they always come."""
    catalogue.forget()
    pass_by(story, (paid(number, **record) for number in range(1, count + 1)))


def told() -> list[tuple[str, str, str, str]]:
    return list(Drift.objects.order_by("pk").values_list("kind", "pointer", "sign", "state"))


def test_a_new_field_is_found_within_ten_payloads_and_its_first_one_is_named(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    usual(story)
    assert told() == []
    ids = pass_by(story, (paid(number, vat_id="DE1") for number in range(200, 208)))
    assert told() == [("new", "/vat_id", "string", "open")]
    drift = Drift.objects.get()
    assert drift.examples == [str(one) for one in ids]
    assert (drift.since, drift.version) == (moment(ids[0]), story.estate.contract_version)
    assert (drift.now, drift.of, drift.was, drift.out_of) == (8, 10, 0, 118)
    assert (drift.interface, drift.event_type) == (story.estate.interface, "invoice.paid")


def test_what_came_since_payloads_began_to_differ_is_found_until_they_are_as_before(
    tell_story: Callable[..., Story],
) -> None:
    story = tell_story()
    usual(story)
    access = an_access(Role.SUPPORT, story.estate.team)

    def drifted() -> list[UUID]:
        return [row.id for row in find(access, "has:drift", "", clock.now()).rows]

    assert drifted() == []
    assert len(find(access, "-has:drift", "", clock.now()).rows) == PAGE
    ids = pass_by(story, (paid(number, vat_id="DE1") for number in range(200, 208)))
    assert drifted() == ids[::-1]
    Drift.objects.update(state="gone")
    assert drifted() == []


def test_it_is_opened_once_and_is_gone_when_payloads_are_as_before(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    usual(story)
    pass_by(story, (paid(number, vat_id="DE1") for number in range(200, 300)))
    assert told() == [("new", "/vat_id", "string", "open")]
    pass_by(story, (paid(number) for number in range(300, 384)))
    assert told() == [("new", "/vat_id", "string", "gone")]
    assert Drift.objects.get().settled_at is not None


def test_what_is_set_aside_counts_and_is_told_by_what_it_lacks(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    usual(story)
    pass_by(story, (paid(number, amount_paid="394000") for number in range(200, 216)))
    assert told() == [("type", "/amount_paid", "string", "open")]


def test_a_value_that_breaks_the_contract_is_told_by_place_and_keyword(tell_story: Callable[..., Story]) -> None:
    story = tell_story(enforcement="observe")
    usual(story)
    pass_by(story, (paid(number, currency="euro") for number in range(200, 216)))
    assert told() == [("broken", "/currency", "maxLength", "open")]


def test_many_that_come_between_two_looks_are_looked_at_from_all_over(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    usual(story)
    before = UsualForm.objects.get()
    story.send(*(paid(number, vat_id="DE1") for number in range(200, 250)))
    carrying.process()
    looked = look(before.looked_to)
    assert looked.busiest == 50
    after = UsualForm.objects.get()
    assert after.samples - before.samples == 10  # every fifth
    assert told() == [("new", "/vat_id", "string", "open")]
    # What was looked at is not looked at again.
    assert look(before.looked_to).to == after.looked_to
    assert UsualForm.objects.get().samples == after.samples


def test_another_version_begins_anew_and_explains_what_it_says(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    usual(story)
    pass_by(story, (paid(number, vat_id="DE1", amount_paid=None) for number in range(200, 216)))
    assert told() == [("null", "/amount_paid", "null", "open"), ("new", "/vat_id", "string", "open")]
    schema = {"type": "object", "properties": {"vat_id": {"type": "string"}, "amount_paid": {"type": "integer"}}}
    version = ContractVersion.objects.create(
        contract=story.estate.contract, number=2, schema=schema, state=VersionState.PUBLISHED, content_hash="2" * 64
    )
    with transaction.atomic():
        take_up(version)
    catalogue.forget()
    pass_by(story, (paid(number) for number in range(300, 308)))
    assert told() == [("null", "/amount_paid", "null", "open"), ("new", "/vat_id", "string", "explained")]
    form = UsualForm.objects.get()
    assert (form.contract_version, form.samples) == (version, 8)


def test_what_nothing_judges_is_not_looked_at(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    story.estate.normalisation.contract_version = None
    story.estate.normalisation.save()
    usual(story, 8)
    assert not UsualForm.objects.exists()


def test_the_watcher_finds_it_by_itself(tell_story: Callable[..., Story]) -> None:
    story = tell_story()
    usual(story)
    watcher = Watcher()
    watcher.start()
    try:
        story.send(*(paid(number, vat_id="DE1") for number in range(200, 250)))
        carrying.process()
        until(lambda: told() == [("new", "/vat_id", "string", "open")], within=20)
    finally:
        watcher.stop()


def test_a_worker_watches_from_its_start_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    acts: list[str] = []
    for name in ("carrier", "watcher"):
        monkeypatch.setattr(tasks, name, Noted(name, acts))
    monkeypatch.setattr("controlplane.foundation.collector.settle", lambda: None)
    monkeypatch.setattr("controlplane.foundation.exposition.serve", lambda: None)
    tasks.begin_carrying()
    tasks.end_carrying()
    # The carrier forks, so it is first: nothing else may have been started by then.
    assert acts == ["carrier starts", "watcher starts", "watcher stops", "carrier stops"]


@dataclass
class Noted:
    """What is started and stopped, noted."""

    name: str
    acts: list[str]

    def start(self, **_: bool) -> None:
        self.acts.append(f"{self.name} starts")

    def stop(self) -> None:
        self.acts.append(f"{self.name} stops")
