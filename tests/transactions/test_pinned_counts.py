"""How many each saved view in the frame finds: true, bounded, and never waited for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import redis.exceptions
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from controlplane.foundation import clock
from controlplane.foundation.errors import Unavailable
from controlplane.people.access import access_for
from controlplane.people.models import Account, Membership, Team
from controlplane.people.roles import Role
from controlplane.transactions.models import SavedView
from controlplane.transactions.saved_views.save import save
from controlplane.transactions.search import run
from controlplane.transactions.selectors import pinned
from controlplane.transactions.selectors.pinned import pinned_counts
from tests.transactions.factories import Estate, an_account, estate
from tests.transactions.views.reading import text_of, told

pytestmark = pytest.mark.django_db

HERE = "/tx/views/counts/"


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine still counts."""
    monkeypatch.setattr(pinned, "SECONDS", 60.0)
    cache.clear()


@pytest.fixture
def made() -> Estate:
    return estate(erp_connector="webhook")


@pytest.fixture
def elif_kaya(made: Estate) -> Account:
    return an_account("Elif Kaya", Role.SUPPORT, made.team)


def saved(who: Account, name: str, text: str = "status:dead", team: Team | None = None) -> SavedView:
    return save(access_for(who), name, text, team, clock.now())


def shown(who: Account) -> dict[str, str]:
    """What stands beside each view."""
    names = dict(SavedView.objects.values_list("pk", "name"))
    return {names[one.view_id]: one.shown for one in pinned_counts(access_for(who), clock.now())}


def test_each_view_says_how_many_it_finds(made: Estate, elif_kaya: Account) -> None:
    told(made, 9)
    for minutes in (8, 7):
        told(made, minutes, fails_at="invoice")
    for name, text in (("All", "after:2h"), ("Dead", "status:dead"), ("Waiting", "status:waiting")):
        saved(elif_kaya, name, text)
    assert shown(elif_kaya) == {"All": "3", "Dead": "2", "Waiting": "0"}


def test_more_than_are_counted_is_said(made: Estate, elif_kaya: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinned, "COUNTED", 2)
    for minutes in (9, 8):
        told(made, minutes, fails_at="invoice")
    saved(elif_kaya, "Dead")
    assert shown(elif_kaya) == {"Dead": "2"}
    cache.clear()
    told(made, 7, fails_at="invoice")
    assert shown(elif_kaya) == {"Dead": "2+"}


def test_a_minute_long_nothing_is_counted_again(made: Estate, elif_kaya: Account) -> None:
    told(made, 9, fails_at="invoice")
    saved(elif_kaya, "Dead")
    assert shown(elif_kaya) == {"Dead": "1"}
    told(made, 8, fails_at="invoice")
    with CaptureQueriesContext(connection) as asked:
        assert shown(elif_kaya) == {"Dead": "1"}
    assert not [one for one in asked if "from transaction t" in one["sql"]]
    saved(elif_kaya, "Dead", "status:dead after:2h")
    assert shown(elif_kaya) == {"Dead": "2"}


def test_a_role_that_was_taken_away_takes_its_counts_along(made: Estate, elif_kaya: Account) -> None:
    told(made, 9, fails_at="invoice")
    saved(elif_kaya, "Dead")
    assert shown(elif_kaya) == {"Dead": "1"}
    Membership.objects.all().delete()
    assert shown(elif_kaya) == {"Dead": "0"}


def test_a_team_sees_its_own_in_a_shared_view(made: Estate, elif_kaya: Account) -> None:
    told(made, 9, fails_at="invoice")
    saved(elif_kaya, "Dead", team=made.team)
    assert shown(an_account("Noor Haddad", Role.SUPPORT, made.team)) == {"Dead": "1"}
    assert shown(an_account("Sam", Role.SUPPORT, Team.objects.create(slug="elsewhere", name="Elsewhere"))) == {}


def test_what_cannot_be_counted_in_time_is_no_number(
    made: Estate, elif_kaya: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(made, 9, fails_at="invoice")
    saved(elif_kaya, "Dead")

    def too_slow(*_arguments: Any, **_named: Any) -> run.Answer:
        return run.Answer([], clock.now() - timedelta(hours=1))

    monkeypatch.setattr(run, "newest", too_slow)
    assert shown(elif_kaya) == {"Dead": "–"}


def test_all_of_them_together_have_one_limit(made: Estate, elif_kaya: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []

    def newest(*given: Any, **_named: Any) -> run.Answer:
        shares.append(given[3].seconds)
        return run.Answer([])

    monkeypatch.setattr(pinned, "SECONDS", 8000.0)
    monkeypatch.setattr(run, "newest", newest)
    for name in "abcd":
        saved(elif_kaya, name)
    assert shown(elif_kaya) == dict.fromkeys("abcd", "0")
    assert [round(share / 1000) for share in shares] == [2, 3, 4, 8]


def test_a_view_whose_words_are_gone_is_not_counted(made: Estate, elif_kaya: Account) -> None:
    saved(elif_kaya, "Gone", "status:dead")
    SavedView.objects.update(query="integration:nowhere")
    assert shown(elif_kaya) == {"Gone": "–"}


def test_without_the_cache_nobody_counts(elif_kaya: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(elif_kaya, "Dead")

    def away(*_arguments: Any) -> None:
        raise redis.exceptions.ConnectionError

    monkeypatch.setattr(cache, "get_many", away)
    with pytest.raises(Unavailable, match="the cache, which does not answer"):
        shown(elif_kaya)


class TestFrame:
    def test_counts_come_after_the_page(self, client: Client, made: Estate, elif_kaya: Account) -> None:
        told(made, 9, fails_at="invoice")
        view = saved(elif_kaya, "Dead")
        client.force_login(elif_kaya)
        page = client.get("/overview/").content.decode()
        assert f'hx-get="{HERE}"' in page
        assert f'<span class="count" id="pinned-{view.pk}"></span>' in page
        part = client.get(HERE)
        assert f'id="pinned-{view.pk}"' in part.content.decode()
        assert text_of(part) == "1 transaction"

    def test_what_was_not_counted_says_so(
        self, client: Client, elif_kaya: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        saved(elif_kaya, "Dead")
        SavedView.objects.update(query="integration:nowhere")
        client.force_login(elif_kaya)
        assert text_of(client.get(HERE)) == "– not counted in time"

    def test_the_page_costs_the_same_whatever_there_is_to_count(
        self, client: Client, elif_kaya: Account, made: Estate
    ) -> None:
        client.force_login(elif_kaya)
        saved(elif_kaya, "a")
        client.get("/tx/views/")
        costs = []
        for name in ("a", "b", "c"):
            saved(elif_kaya, name)
            with CaptureQueriesContext(connection) as asked:
                client.get("/tx/views/")
            costs.append(len(asked))
        assert costs == [costs[0]] * 3

    def test_counting_costs_a_statement_for_each_view_and_keeping_none(
        self, client: Client, elif_kaya: Account, django_assert_max_num_queries: Any
    ) -> None:
        client.force_login(elif_kaya)
        for number in range(pinned.PINNED + 3):
            saved(elif_kaya, f"view {number}")
        with django_assert_max_num_queries(7 + 3 * pinned.PINNED):
            client.get(HERE)
        with django_assert_max_num_queries(6):
            client.get(HERE)

    def test_nobody_counts_without_signing_in(self, client: Client) -> None:
        assert client.get(HERE).status_code == 302
