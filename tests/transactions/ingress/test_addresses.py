"""Which address is whose: known at once, gone within moments, and nobody's misconfiguration is another's trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from controlplane.foundation.database import connect_async, parameters
from controlplane.transactions.ingress import endpoints as module
from controlplane.transactions.models import Endpoint, Inbox
from tests.transactions.factories import estate
from tests.transactions.ingress.conftest import Opens, cut_connections
from tests.transactions.ingress.door import Door, Sender, scope_of, whole

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post", "BREW")


@pytest.mark.parametrize("method", METHODS)
def test_only_post_is_allowed_and_the_answer_says_so(door: Door, method: str) -> None:
    answer = door.post(b"{}", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["type"] == "urn:interlock:problem:method-not-allowed"


@pytest.mark.parametrize(
    "path", ["/in/nobody", "/in/", "/in", "/", "", "/in/billing-webhooks/x", "/in/../in/x", "/in/\x00", "/in/é\ud800"]
)
def test_an_address_of_nobody_is_unknown(door: Door, path: str) -> None:
    answer = door.post(b"{}", door.signed(b"{}"), path=path or "x")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert Inbox.objects.count() == 0


def test_a_closed_endpoint_looks_just_like_one_that_never_was(opens: Opens) -> None:
    door = opens()
    Endpoint.objects.update(active=False)
    closed, never = door.send({}), door.post(b"{}", path="/in/nobody")
    assert (closed.status, closed.headers, closed.body) == (never.status, never.headers, never.body)
    assert closed.status == 404


def test_a_slash_at_the_end_is_the_same_address(door: Door) -> None:
    body = b'{"id":"evt_1"}'
    assert door.post(body, door.signed(body), path="/in/billing-webhooks/").status == 202


def test_a_new_endpoint_takes_events_at_once(door: Door, settings: Any) -> None:
    """Nobody has to tell: behind PgBouncer nobody could."""
    settings.PGBOUNCER = True
    assert door.post(b"{}", path="/in/sales-webhooks").status == 404
    estate("sales", secrets=["env://BILLING_WEBHOOK_SECRET"])
    assert door.post(b"{}", door.signed(b"{}"), path="/in/sales-webhooks").status == 202


def test_guesses_at_addresses_share_few_looks_at_the_database(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    async def counted() -> Any:
        nonlocal looks
        looks += 1
        return await connect_async()

    door.send({"id": "evt_1"})
    monkeypatch.setattr(module, "connect_async", counted)

    async def guess() -> list[int]:
        senders = [Sender(whole(b"")) for _ in range(500)]
        scopes = [scope_of(f"/in/guess-{number}", {}) for number in range(500)]
        await asyncio.gather(
            *(door.ingress(one, sender.receive, sender.send) for one, sender in zip(scopes, senders, strict=True))
        )
        return [sender.answered.status for sender in senders]

    assert door.run(guess()) == [404] * 500
    assert looks == 1


@pytest.mark.parametrize("refresh", [30.0, 5.0])
def test_a_closed_endpoint_is_unknown_within_moments(
    door: Door, monkeypatch: pytest.MonkeyPatch, refresh: float
) -> None:
    """The database tells: no look by the clock is needed."""
    monkeypatch.setattr(module, "REFRESH_SECONDS", refresh)
    assert door.send({"id": "evt_1"}).status == 202
    Endpoint.objects.filter(slug=door.slug).update(active=False)
    assert door.until_answer(404, {"id": "evt_1"}).status == 404
    Endpoint.objects.filter(slug=door.slug).update(active=True)
    assert door.until_answer(200, {"id": "evt_1"}).status == 200


def test_behind_pgbouncer_nothing_listens_and_a_look_by_the_clock_finds_out(
    opens: Opens, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PGBOUNCER = True
    monkeypatch.setattr(module, "REFRESH_SECONDS", 0.05)
    door = opens(event_id="event.id")
    assert door.send({"id": "evt_1"}).status == 202
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where query ilike 'listen %%' and datname = current_database()"
        )
        assert cursor.fetchone() == (0,)
    Endpoint.objects.filter(slug=door.slug).update(active=False)
    assert door.until_answer(404, {"id": "evt_1"}).status == 404


def test_what_changes_of_an_endpoint_holds_for_the_next_request(door: Door) -> None:
    assert door.send({"id": "evt_1"}).status == 202
    Endpoint.objects.filter(slug=door.slug).update(max_body=10)
    assert door.until_answer(413, {"id": "evt_1"}).status == 413


def test_after_the_database_restarts_events_are_taken_and_changes_seen_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REFRESH_SECONDS", 30.0)
    monkeypatch.setattr(module, "PAUSE_AFTER_FAILURE", 0.01)
    assert door.send({"id": "evt_1"}).status == 202
    for number in range(3):
        cut_connections(parameters())
        assert door.until_answer(202, {"id": f"evt_again_{number}"}).status == 202
    Endpoint.objects.filter(slug=door.slug).update(active=False)
    assert door.until_answer(404, {"id": "evt_1"}).status == 404


def test_while_the_database_is_away_an_unknown_address_is_not_called_unknown(
    door: Door, database_away: Callable[[], Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_AFTER_FAILURE", 0.01)
    assert door.send({"id": "evt_1"}).status == 202
    comes_back = database_away()
    for _ in range(3):
        answer = door.post(b"{}", path="/in/made-a-moment-ago")
        assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    comes_back()

    async def known_again() -> bool:
        return (await door.posting(b"{}", {})).status == 401

    door.until(known_again)
    door.until_answer(200, {"id": "evt_1"})


@pytest.mark.parametrize(
    "broken",
    [
        {"event_id": "event.("},
        {"scheme_settings": []},
        {"secrets": 7},
        {"drop_fields": 7},
    ],
    ids=str,
)
def test_an_endpoint_that_is_set_up_wrongly_answers_503_and_the_others_do_not_suffer(
    door: Door, broken: dict[str, Any]
) -> None:
    other = estate("sales", secrets=["env://BILLING_WEBHOOK_SECRET"]).endpoint
    Endpoint.objects.filter(pk=other.pk).update(**broken)
    unusable = door.post(b"{}", door.signed(b"{}"), path="/in/sales-webhooks")
    assert (unusable.status, unusable.headers["retry-after"]) == (503, "2")
    assert unusable.json()["detail"].endswith("Nothing was accepted.")
    assert door.send({"id": "evt_1"}).status == 202
    assert Inbox.objects.count() == 1


def test_an_endpoint_that_is_mended_takes_events_again(door: Door) -> None:
    Endpoint.objects.filter(slug=door.slug).update(event_id="event.(")
    assert door.send({"id": "evt_1"}).status == 503
    Endpoint.objects.filter(slug=door.slug).update(event_id="event.id")
    assert door.until_answer(202, {"id": "evt_1"}).status == 202


@pytest.mark.parametrize("scheme", ["", "trust-everybody", "hmac"])
def test_a_scheme_that_cannot_verify_believes_nobody_and_blames_nobody(door: Door, scheme: str) -> None:
    """An unknown scheme, or ``hmac`` without the settings it needs, is ours to mend."""
    Endpoint.objects.filter(slug=door.slug).update(scheme=scheme)
    assert door.send({"id": "evt_1"}).status == 503
    assert Inbox.objects.count() == 0
