"""Hours of traffic are counted from the transactions: exactly, again and again, and also when they change late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from controlplane.foundation.database import connect
from controlplane.transactions.counting_hours import count_hours
from controlplane.transactions.models import TrafficHour, Transaction
from controlplane.transactions.rules.durations import BOUNDS, percentile
from controlplane.transactions.rules.states import TransactionState
from controlplane.transactions.selectors import traffic
from tests.transactions.factories import Estate, estate
from tests.transactions.traffic import NOW, a_transaction, weeks_of_the_story

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
#: No minute in which older hours are looked at again.
LATER = NOW.replace(minute=7)


@pytest.fixture
def story() -> Estate:
    weeks_of_the_story()
    return estate()


def an_end(story: Estate, ago: timedelta, state: TransactionState, seconds: float = 1.0) -> Transaction:
    at = LATER - ago
    return a_transaction(story, at=at, state=state, took=timedelta(seconds=seconds))


def test_an_hour_has_each_state_once(story: Estate) -> None:
    for state in (4, 4, 4, 5, 6, 8):
        an_end(story, timedelta(minutes=3), TransactionState(state))
    count_hours(LATER)
    (found,) = traffic.by_integration([story.integration.pk], since=LATER - HOUR).values()
    assert (found.received, found.succeeded, found.partial, found.dead, found.ignored) == (6, 3, 1, 1, 1)
    assert (found.judged, found.failed, found.share) == (5, 1, 80.0)


def test_counting_again_and_late_ends_are_no_trouble(story: Estate) -> None:
    dead = an_end(story, timedelta(hours=30), TransactionState.DEAD)
    an_end(story, timedelta(hours=1), TransactionState.IGNORED)
    count_hours(LATER)
    count_hours(LATER)
    Transaction.objects.filter(id=dead.id).update(state=TransactionState.SUCCEEDED)
    count_hours(LATER)
    since = LATER - timedelta(hours=31)
    assert traffic.by_integration([story.integration.pk], since=since)[story.integration.pk].dead == 1
    count_hours(LATER.replace(minute=10))
    after = traffic.by_integration([story.integration.pk], since=since)[story.integration.pk]
    assert (after.dead, after.succeeded, after.received) == (0, 1, 2)


def test_hours_in_which_nobody_counted_are_made_up_for(story: Estate) -> None:
    for hours in (50, 30, 2):
        an_end(story, timedelta(hours=hours), TransactionState.SUCCEEDED)
    count_hours(LATER)
    assert TrafficHour.objects.count() == 3
    assert traffic.by_integration([story.integration.pk], since=LATER - timedelta(hours=60)) != {}


def test_what_is_gone_keeps_its_figures(story: Estate) -> None:
    an_end(story, timedelta(hours=30), TransactionState.DEAD)
    count_hours(LATER)
    Transaction.objects.all().delete()
    count_hours(LATER.replace(minute=20))
    assert TrafficHour.objects.get().dead == 1


def test_one_counts_at_a_time(story: Estate) -> None:
    an_end(story, timedelta(minutes=3), TransactionState.SUCCEEDED)
    with connect() as other, other.transaction():
        other.execute("select pg_advisory_xact_lock(hashtext('interlock.traffic_hour'))")
        assert count_hours(LATER) == 0
    assert count_hours(LATER) == 2


def test_without_traffic_nothing_is_said_of_it(story: Estate) -> None:
    count_hours(LATER)
    assert traffic.by_integration([story.integration.pk], since=LATER - HOUR) == {}
    assert traffic.Traffic().share is None
    assert traffic.Traffic().percentile(0.95) is None


def test_hours_come_in_order_with_empty_ones_between(story: Estate) -> None:
    an_end(story, timedelta(hours=3), TransactionState.SUCCEEDED)
    count_hours(LATER)
    found = traffic.by_hour([story.integration.pk], since=LATER - timedelta(hours=4), until=LATER)
    assert [one.received for _, one in found] == [0, 1, 0, 0, 0]
    assert found[0][0] == datetime(LATER.year, LATER.month, LATER.day, tzinfo=UTC).replace(hour=LATER.hour) - 4 * HOUR


def test_a_percentile_is_within_its_bucket(story: Estate) -> None:
    for seconds in (0.05, 0.2, 0.4, 0.9, 2.0, 4.0, 8.0, 20.0, 50.0, 200.0):
        an_end(story, timedelta(minutes=2), TransactionState.SUCCEEDED, seconds)
    count_hours(LATER)
    (found,) = traffic.by_integration([story.integration.pk], since=LATER - HOUR).values()
    assert found.took == [1] * 10 + [0, 0]
    assert found.percentile(0.5) == BOUNDS[4]
    assert found.percentile(1.0) == BOUNDS[9]


def test_of_the_longest_only_where_they_begin_is_known() -> None:
    assert percentile([0] * len(BOUNDS) + [3], 0.95) == BOUNDS[-1]
    assert percentile([0] * (len(BOUNDS) + 1), 0.5) is None
