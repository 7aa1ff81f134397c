"""“For you”: all kinds together, on the page and as the number in the frame."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import redis.exceptions
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from controlplane.console.notifications import reading
from controlplane.console.notifications.reading import count_new, for_you
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.people.access import access_for
from controlplane.people.models import Account, Membership
from controlplane.people.notices import sources
from controlplane.people.roles import Role
from controlplane.sync.rules.states import RunState
from controlplane.transactions.models import ExportState, ReplayState
from controlplane.transactions.rules.breaker import BreakerState
from tests.console.notifications.given import (
    a_job,
    a_replay,
    an_export,
    died,
    give,
    in_trouble,
    looked,
    new,
    ran,
)
from tests.transactions.factories import Estate, an_account

pytestmark = pytest.mark.django_db
HERE = "/notifications/"


def everything(here: Estate, mara: Account, elif_: Account, times: int) -> None:
    """Everything that can concern Mara, so many times."""
    for number in range(times):
        cause = uuid7()
        died(here, 3, cause)
        give(elif_operator(here), mara, causes=(cause,))
        single = uuid7()
        give(elif_operator(here), mara, letters=died(here, 2, single))
        a_replay(here, elif_, state=ReplayState.PLANNED, needs_approval=True)
        a_replay(here, mara, state=ReplayState.DONE, finished_at=clock.now())
        an_export(mara, ExportState.DONE)
        ran(a_job(here, f"job-{number}-{uuid7()}"), RunState.FAILED)
    in_trouble(here, breaker=BreakerState.OPEN, troubled_since=clock.now())


def elif_operator(here: Estate) -> Account:
    """Somebody who gives dead letters to others."""
    known = Account.objects.filter(email__startswith="gives").first()
    return known or an_account("Gives Away", Role.OWNER, here.team)


def test_it_asks_the_same_few_questions_however_much_there_is(here: Estate, mara: Account, elif_: Account) -> None:
    everything(here, mara, elif_, 1)
    access = access_for(mara)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as bell:
            count_new(mara, access, clock.now())
        with CaptureQueriesContext(connection) as page:
            found = for_you(mara, access, clock.now())
        counts.append((len(bell), len(page)))
        everything(here, mara, elif_, 6)
    assert len(found.lines) == 6 + 6 * 5
    assert counts == [(1, 8), (1, 8)]


def test_who_has_no_role_costs_no_question(django_assert_num_queries: Any) -> None:
    nobody = an_account("Nora New")
    access = access_for(nobody)
    with django_assert_num_queries(0):
        assert count_new(nobody, access, clock.now()) == 0
        assert for_you(nobody, access, clock.now()).lines == []


def test_very_much_is_neither_counted_nor_listed_to_the_end(
    here: Estate, mara: Account, elif_: Account, client: Client
) -> None:
    for _ in range(120):
        an_export(mara, ExportState.DONE)
    assert new(mara) == reading.COUNTED + 1
    client.force_login(mara)
    assert '<span class="count">99+<span class="sr"> new</span></span>' in client.get("/settings/").content.decode()
    page = client.get(HERE)
    assert len(page.context["found"].lines) == reading.LISTED
    assert "The newest 100; there is more." in page.content.decode()


def test_kinds_that_are_muted_are_neither_counted_nor_listed(here: Estate, mara: Account, client: Client) -> None:
    an_export(mara, ExportState.DONE)
    ran(a_job(here), RunState.FAILED)
    Account.objects.filter(pk=mara.pk).update(muted=["exports", "of an older version"])
    client.force_login(mara)
    assert new(mara) == 1
    page = client.get(HERE)
    assert [line.label for line in page.context["found"].lines] == ["Sync jobs of my integrations that failed"]
    assert "Not told of, as you chose: My exports that are ready or failed." in page.content.decode()


def test_looking_makes_it_no_news_for_this_person_alone(here: Estate, mara: Account, client: Client) -> None:
    other = an_account("Max Owner", Role.OWNER, here.team)
    ran(a_job(here), RunState.FAILED)
    client.force_login(mara)
    assert '<span class="count">1<span class="sr"> new</span></span>' in client.get("/settings/").content.decode()
    assert client.head(HERE, headers={"sec-purpose": "prefetch"}).status_code == 405
    client.get(HERE, headers={"sec-purpose": "prefetch;prerender"})
    assert new(mara) == 1, "a browser that fetches ahead has not looked"
    first = client.get(HERE).content.decode()
    assert (first.count('<li class="new">'), 'class="count"' in first.split("</header>")[0]) == (1, False)
    second = client.get(HERE).content.decode()
    assert (second.count('<li class="new">'), second.count("<li>") > 0) == (0, True)
    assert (new(mara), new(other)) == (0, 1)


def test_the_number_in_the_frame_is_counted_once_in_a_while_and_anew_for_another_look_or_role(
    here: Estate, mara: Account, elif_: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, int] = {}
    monkeypatch.setattr(cache, "get", kept.get)
    monkeypatch.setattr(cache, "set", lambda key, value, seconds: kept.update({key: value + 0 * seconds}))
    job = a_job(here)
    ran(job, RunState.FAILED)

    def shown(account: Account) -> int:
        return reading.known_new(account, access_for(account), clock.now())

    assert (shown(mara), shown(elif_)) == (1, 0)
    an_export(mara, ExportState.DONE)
    assert shown(mara) == 1
    looked(mara)
    assert shown(mara) == 0
    ran(job, RunState.FAILED)
    Membership.objects.create(person=elif_.person, team=here.team, role=Role.OWNER)
    assert shown(elif_) == 1


def test_without_a_cache_it_is_counted_each_time(here: Estate, mara: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_asked: object) -> None:
        raise redis.exceptions.ConnectionError

    monkeypatch.setattr(cache, "get", away)
    for _ in range(2):
        an_export(mara, ExportState.DONE)
    assert reading.known_new(mara, access_for(mara), clock.now()) == 2


def test_the_page_says_what_it_is_empty_of(client: Client, mara: Account) -> None:
    client.force_login(mara)
    assert "Nothing for you" in client.get(HERE).content.decode()
    client.force_login(an_account("Nora New"))
    assert "Nothing can concern you yet" in client.get(HERE).content.decode()


def test_nobody_sees_it_without_signing_in(client: Client) -> None:
    assert client.get(HERE).headers["location"] == f"/signin/?next={HERE}"


def test_what_senders_wrote_is_inert(here: Estate, mara: Account, client: Client) -> None:
    ran(a_job(here), RunState.FAILED, note="<script>alert(1)</script> \u202e" + "x" * 5000)
    client.force_login(mara)
    page = client.get(HERE).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "x" * 300 not in page


def test_every_kind_is_registered_with_words_for_the_settings_page() -> None:
    assert [kind for kind, _ in sources.items()] == [
        "changes-to-decide",
        "changes-decided",
        "changes-conditions",
        "waivers-to-decide",
        "waivers-ending",
        "consumers-to-confirm",
        "consumers-in-the-way",
        "canaries",
        "dead-letters",
        "replays-ended",
        "exports",
        "destinations",
        "contract-versions",
        "drifts",
        "sync-jobs",
    ]
    assert len({source.label for _, source in sources.items()}) == 15


def test_times_on_the_page_are_the_persons(here: Estate, mara: Account, client: Client) -> None:
    run = ran(a_job(here), RunState.FAILED, timedelta(days=1))
    Account.objects.filter(pk=mara.pk).update(time_zone="Asia/Kathmandu")
    client.force_login(mara)
    with timezone.override("Asia/Kathmandu"):
        shown = f"{timezone.localtime(run.finished_at):%H:%M}</time>"
    assert shown in client.get(HERE).content.decode()
