"""A destination that is retired: nothing is sent there, and what comes waits until it is active again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from controlplane.people.roles import Role
from controlplane.transactions.destinations.pause import pause
from controlplane.transactions.models import Attempt, Destination, DestinationState, StepQueue, Transaction
from controlplane.transactions.rules.breaker import BreakerState
from controlplane.transactions.rules.states import TransactionState
from tests.transactions import carrying
from tests.transactions.conftest import paid
from tests.transactions.factories import an_account
from tests.transactions.memory import Mood, Target
from tests.transactions.quick import LEDGER, NOTIFY, QuickStory, tell
from tests.transactions.views.reading import text_of

pytestmark = pytest.mark.django_db(transaction=True)


def switch(story: QuickStory, *, on: bool) -> None:
    """Retire the ledger, or take it up again."""
    Destination.objects.filter(pk=story.estate.to_erp.pk).update(active=on)


def pause_it(story: QuickStory) -> None:
    """Pause the ledger."""
    pause(story.owner, story.estate.to_erp, "month end")


def retire_it(story: QuickStory) -> None:
    """Retire the ledger."""
    switch(story, on=False)


def states() -> set[TransactionState]:
    """Those of all transactions."""
    return {TransactionState(one.state) for one in Transaction.objects.all()}


def test_what_is_for_it_waits_in_its_order_and_goes_when_it_is_active_again(target: Target) -> None:
    story = tell(target, steps=[LEDGER], ordering="event.customer.id")
    switch(story, on=False)
    story.send(paid(1), paid(2))
    carrying.carry()
    assert (story.numbers, Attempt.objects.count(), StepQueue.objects.filter(tries=0).count()) == ([], 0, 2)
    switch(story, on=True)
    carrying.deliver()
    assert (story.numbers, states()) == (["INV-0001", "INV-0002"], {TransactionState.SUCCEEDED})


def test_other_destinations_get_theirs_meanwhile(target: Target) -> None:
    story = tell(target, steps=[LEDGER, {**NOTIFY, "needs": []}])
    switch(story, on=False)
    story.send(paid(1))
    assert (carrying.process(), carrying.deliver()) == (1, 1)
    waiting = StepQueue.objects.values_list("destination_id", flat=True)
    assert list(waiting) == [story.estate.to_erp.pk]


def test_it_is_not_tried_again_and_not_probed(target: Target) -> None:
    story = tell(target, steps=[LEDGER])
    target.moods.append(Mood.FAILS)
    story.send(paid(1))
    carrying.carry()
    switch(story, on=False)
    DestinationState.objects.update(breaker=BreakerState.HALF_OPEN)
    carrying.let_time_pass()
    assert (carrying.deliver(), len(target.operations)) == (0, 1)
    switch(story, on=True)
    assert (carrying.deliver(), states()) == (1, {TransactionState.SUCCEEDED})


@pytest.mark.parametrize(("hold", "words"), [(pause_it, "is paused: month end"), (retire_it, "is retired")])
def test_pages_say_of_what_waits_there_why_it_does(
    target: Target, client: Client, hold: Callable[[QuickStory], None], words: str
) -> None:
    story = tell(target, steps=[LEDGER])
    hold(story)
    story.send(paid(1))
    carrying.carry()
    client.force_login(an_account("Mara Lindqvist", Role.OWNER, story.estate.team))
    (waiting,) = Transaction.objects.all()
    integration = f"/integrations/{story.estate.integration.slug}/"
    for address in ("/tx/", "/tx/?q=status:paused", integration, f"/tx/{waiting.pk}/journey/"):
        page = client.get(address, follow=True)
        assert (page.status_code, words in text_of(page)) == (200, True), address
    opened = client.get(f"/tx/{waiting.pk}/")
    assert opened.status_code == 200
    assert words.partition(":")[0] in text_of(opened)
