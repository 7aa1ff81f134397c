"""Who is believed, and what the others are told: always the same."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.messages import Secret
from controlplane.credentials import providers
from controlplane.credentials.providers import SecretUnavailable
from controlplane.transactions.ingress import keys as keys_module
from controlplane.transactions.ingress import refusals as refusals_module
from controlplane.transactions.ingress.packing import AT_ONCE
from controlplane.transactions.models import Dedupe, Endpoint, Inbox, Payload, Refusal
from tests.transactions.carrying import SECRET, Answered
from tests.transactions.factories import estate
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door

pytestmark = pytest.mark.django_db(transaction=True)

BODY = b'{"id":"evt_1"}'
OTHER = "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXI="
VAULT = "vault://kv/billing#webhook"


def written(door: Door) -> list[Refusal]:
    """The refusals, once they are written."""
    door.run(door.ingress.judge.refusals.flush())
    return list(Refusal.objects.order_by("reason"))


def wrong(door: Door) -> dict[str, Answered]:
    """Every way of not being believed."""
    signed = door.signed(BODY)["stripe-signature"]
    moment, _, digest = signed.partition(",")
    return {
        "missing": door.post(BODY),
        "empty": door.post(BODY, {"stripe-signature": ""}),
        "mismatch": door.post(BODY, {"stripe-signature": f"{moment},v1={'0' * 64}"}),
        "another key": door.post(BODY, door.signed(BODY, secret=OTHER)),
        "another body": door.post(BODY + b" ", {"stripe-signature": signed}),
        "stale": door.post(BODY, door.signed(BODY, age=3600)),
        "future": door.post(BODY, door.signed(BODY, age=-3600)),
        "test signature": door.post(BODY, {"stripe-signature": f"{moment},{digest.replace('v1', 'v0')}"}),
        "no time": door.post(BODY, {"stripe-signature": digest}),
        "junk": door.post(BODY, {"stripe-signature": "\xff\x00,=,;"}),
        "huge": door.post(BODY, {"stripe-signature": "v1=0," * 10_000}),
    }


UNREADABLE = {"test signature", "no time", "junk", "huge"}


def test_whatever_was_wrong_the_answer_is_the_same_to_the_byte(door: Door) -> None:
    answers = wrong(door)
    unbelieved = {(a.status, a.body, tuple(a.headers.items())) for name, a in answers.items() if name not in UNREADABLE}
    unreadable = {(a.status, a.body, tuple(a.headers.items())) for name, a in answers.items() if name in UNREADABLE}
    assert {status for status, _, _ in unbelieved} == {401}
    assert {status for status, _, _ in unreadable} == {400}
    assert (len(unbelieved), len(unreadable)) == (1, 1)
    # Only the number tells the two apart.
    ((_, told, _),), ((_, told_too, _),) = unbelieved, unreadable
    assert told.replace(b"401", b"400") == told_too


def test_a_standard_webhook_that_is_signed_asymmetrically_alone_gets_the_same_answer(opens: Opens) -> None:
    """Whoever sends it decides what it says: it is no trouble of the endpoint's."""
    door = opens(scheme="standard_webhooks", event_id="event.id")
    signed = door.signed(BODY)
    asymmetric = door.post(BODY, signed | {"webhook-signature": "v1a,AAAA"})
    unbelieved = door.post(BODY, signed | {"webhook-signature": "v1,AAAA"})

    assert (asymmetric.status, asymmetric.body, asymmetric.headers) == (401, unbelieved.body, unbelieved.headers)
    assert unbelieved.status == 401
    assert [(one.reason, one.count) for one in written(door)] == [("asymmetric", 1), ("mismatch", 1)]


def test_nothing_of_what_is_not_believed_is_kept_but_a_count_and_a_digest(door: Door) -> None:
    door.post(b"not from here", {"stripe-signature": f"t=1,v1={'0' * 64}"})
    door.post(BODY, door.signed(BODY, secret=OTHER))
    assert (Inbox.objects.count(), Payload.objects.count(), Dedupe.objects.count()) == (0, 0, 0)
    (refusal,) = written(door)
    assert (refusal.endpoint.slug, refusal.reason, refusal.count) == ("billing-webhooks", "mismatch", 2)
    assert refusal.last_digest == hashlib.sha256(BODY).hexdigest()
    assert refusal.last_peer == "192.0.2.7"


def test_a_flood_of_junk_costs_one_row_a_minute_and_reason(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    minute = datetime(2026, 11, 21, 12, 30, 59, tzinfo=UTC)
    monkeypatch.setattr(refusals_module, "clock", SimpleNamespace(now=lambda: minute))
    for _ in range(3):
        door.all([(BODY, {})] * 40)
        written(door)
    door.post(BODY, door.signed(BODY, age=3600))
    found = [(refusal.reason, refusal.count, refusal.minute) for refusal in written(door)]
    assert found == [("missing", 120, minute.replace(second=0)), ("stale", 1, minute.replace(second=0))]


def test_counts_wait_for_a_database_that_is_away(door: Door, database_away: Any) -> None:
    door.post(BODY)
    comes_back = database_away()
    door.run(door.ingress.judge.refusals.flush())
    comes_back()
    door.post(BODY)
    (refusal,) = written(door)
    assert refusal.count == 2


def test_counts_of_an_endpoint_that_is_gone_do_not_hold_up_the_others(opens: Opens) -> None:
    door = opens(event_id="event.id")
    gone = estate("sales", secrets=["env://BILLING_WEBHOOK_SECRET"])
    door.post(BODY, path="/in/sales-webhooks")
    door.post(BODY)
    Endpoint.objects.filter(pk=gone.endpoint.pk).delete()
    assert [(refusal.endpoint.slug, refusal.count) for refusal in written(door)] == [("billing-webhooks", 1)]
    assert door.ingress.judge.refusals._counts == {}


def test_a_peer_whose_name_cannot_be_stored_is_counted_too(door: Door) -> None:
    door.ingress.judge.refusals.note(Endpoint.objects.get().pk, "missing", "", "p\x00" * 100)
    assert [refusal.last_peer for refusal in written(door)] == ["p" * 32]


# -- keys -----------------------------------------------------------------------------------------


def test_while_keys_change_over_both_are_believed(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_KEY", OTHER)
    door = opens(event_id="event.id", secrets=["env://NEW_KEY", "env://BILLING_WEBHOOK_SECRET"])
    assert door.send({"id": "evt_1"}, secret=SECRET).status == 202
    assert door.send({"id": "evt_2"}, secret=OTHER).status == 202
    assert door.send({"id": "evt_3"}, secret="whsec_" + "QUJD" * 12).status == 401


def test_an_old_key_that_was_withdrawn_does_not_take_the_new_one_with_it(
    opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = opens(event_id="event.id", secrets=["env://BILLING_WEBHOOK_SECRET", "env://WITHDRAWN"])
    assert door.send({"id": "evt_1"}).status == 202
    assert door.send({"id": "evt_2"}, secret=OTHER).status == 401


def test_while_the_vault_is_away_senders_are_told_to_come_back_not_that_they_lie(opens: Opens, settings: Any) -> None:
    settings.VAULT_ADDR = "http://127.0.0.1:1"
    door = opens(event_id="event.id", secrets=[VAULT])
    answer = door.send({"id": "evt_1"})
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert Inbox.objects.count() == 0
    assert written(door) == []


def test_with_one_key_in_a_vault_that_is_away_the_other_is_believed_and_nobody_called_a_liar(
    opens: Opens, settings: Any
) -> None:
    settings.VAULT_ADDR = "http://127.0.0.1:1"
    door = opens(event_id="event.id", secrets=[VAULT, "env://BILLING_WEBHOOK_SECRET"])
    assert door.send({"id": "evt_1"}).status == 202
    assert door.send({"id": "evt_2"}, secret=OTHER).status == 503
    # No key of ours can make these right.
    assert door.post(BODY).status == 401
    assert door.post(BODY, {"stripe-signature": "junk"}).status == 400


def test_when_the_vault_is_back_events_are_taken(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "PAUSE_SECONDS", 0.01)
    away = True

    def resolve(reference: str) -> Secret:
        if away:
            raise SecretUnavailable(reference, "the vault is away", passing=True)
        return Secret(SECRET)

    monkeypatch.setattr(providers, "ask", resolve)
    door = opens(event_id="event.id", secrets=[VAULT])
    assert door.send({"id": "evt_1"}).status == 503
    away = False
    assert door.until_answer(202, {"id": "evt_1"}).status == 202


def test_a_crowd_asks_the_vault_once_and_a_vault_that_is_away_not_again_at_once(
    opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    crowd = threading.Event()

    def resolve(reference: str) -> Secret:
        asked.append(reference)
        crowd.wait(5)
        raise SecretUnavailable(reference, "the vault is away", passing=True)

    monkeypatch.setattr(providers, "ask", resolve)
    door = opens(event_id="event.id", secrets=[VAULT])
    signed = door.signed(BODY)
    door.loop.call_soon_threadsafe(door.loop.call_later, 0.05, crowd.set)
    assert {answer.status for answer in door.all([(BODY, signed)] * 200)} == {503}
    assert door.post(BODY, signed).status == 503
    assert asked == [VAULT]


def test_a_vault_that_hangs_holds_up_no_endpoint_whose_keys_are_elsewhere(
    opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    rightly, asked, comes_back = providers.ask, threading.Event(), threading.Event()

    def resolve(reference: str) -> Secret:
        if reference != VAULT:
            return rightly(reference)
        asked.set()
        comes_back.wait(30)
        return Secret(SECRET)

    monkeypatch.setattr(providers, "ask", resolve)
    door = opens(event_id="event.id")
    hanging = replace(door, slug=estate("sales", event_id="event.id", secrets=[VAULT]).endpoint.slug)
    Endpoint.objects.update(takes_gzip=True)
    # As busy as a small machine gets.
    door.loop.call_soon_threadsafe(door.loop.set_default_executor, ThreadPoolExecutor(1))
    sender = asyncio.run_coroutine_threadsafe(hanging.posting(BODY, door.signed(BODY)), door.loop)
    assert asked.wait(10)
    try:
        large = gzip.compress(b'{"id":"evt_2","text":"' + os.urandom(2 * AT_ONCE).hex().encode() + b'"}')
        assert len(large) > AT_ONCE
        assert door.run(door.posting(BODY, door.signed(BODY)), 5).status == 202
        packed = {**door.signed(large), "content-encoding": "gzip"}
        assert door.run(door.posting(large, packed), 5).status == 202
    finally:
        comes_back.set()
    assert sender.result(10).status == 202


@pytest.mark.parametrize("references", [[], ["env://NOT_SET"], ["not a reference"], ["aws-sm://elsewhere#x"]], ids=str)
def test_an_endpoint_without_a_key_believes_nobody_and_blames_nobody(opens: Opens, references: list[str]) -> None:
    door = opens(event_id="event.id", secrets=references)
    for answer in (door.send({"id": "evt_1"}), door.send({"id": "evt_1"}, secret=OTHER)):
        assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert [(refusal.reason, refusal.count) for refusal in written(door)] == [("no_secret", 2)]


def test_a_provider_that_fails_in_a_new_way_is_ours_to_mend(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(reference: str) -> Secret:
        raise ZeroDivisionError(reference)

    monkeypatch.setattr(providers, "ask", resolve)
    assert opens(event_id="event.id").send({"id": "evt_1"}).status == 503


def test_a_changed_reference_is_followed_at_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_KEY", OTHER)
    assert door.send({"id": "evt_1"}).status == 202
    Endpoint.objects.filter(slug=door.slug).update(secrets=["env://NEW_KEY"])
    door.until_answer(401, {"id": "evt_1"})
    assert door.send({"id": "evt_2"}, secret=OTHER).status == 202


def test_a_rotated_key_is_fetched_behind_the_back_of_the_next_request(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys_module, "RENEW_SECONDS", 0.0)
    current = SECRET
    monkeypatch.setattr(providers, "ask", lambda _: Secret(current))
    assert door.send({"id": "evt_1"}).status == 202
    current = OTHER
    assert door.until_answer(401, {"id": "evt_1"}).status == 401
    assert door.send({"id": "evt_2"}, secret=OTHER).status == 202


def test_an_id_that_nobody_signs_is_none_where_the_endpoint_reads_one_from_the_body(opens: Opens) -> None:
    door = opens(scheme="github", scheme_settings={}, event_id="event.id")
    first = door.send({"id": "evt_1"}, headers={"x-github-delivery": "one"})
    again = door.send({"id": "evt_1"}, headers={"x-github-delivery": "another"})
    assert (first.status, again.status) == (202, 200)
    unread = door.send({"number": 7}, headers={"x-github-delivery": "one"})
    assert (unread.status, door.send({"number": 8}, headers={"x-github-delivery": "one"}).json()["id"]) == (
        202,
        str(unread.id),
    )


def test_a_key_that_was_taken_away_is_not_kept_by_two(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others' cache holds it for a minute from now; the ingress asks past that one."""
    assert door.send({"id": "evt_1"}).status == 202
    monkeypatch.setattr(keys_module, "RENEW_SECONDS", 0.0)
    door.ingress.keys._kept.clear()
    assert door.send({"id": "evt_1"}).status == 200
    monkeypatch.setenv("BILLING_WEBHOOK_SECRET", OTHER)
    door.until_answer(401, {"id": "evt_1"})


def test_no_secret_is_shown_by_what_holds_it(door: Door) -> None:
    door.send({"id": "evt_1"})
    assert SECRET not in repr(door.ingress.keys._kept)
    assert "whsec" not in repr(door.ingress.endpoints._known)
