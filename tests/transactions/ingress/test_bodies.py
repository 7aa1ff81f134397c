"""Bodies that are not what they should be: kept in quarantine or refused, and never trouble for anybody else."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest

from controlplane.transactions.ingress.events import kept_headers
from controlplane.transactions.models import Dedupe, Inbox, Payload, PayloadKind, Refusal, Repeat, RepeatKind
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door

pytestmark = pytest.mark.django_db(transaction=True)

DEEP = 255

#: What orjson cannot read, or no JSON reader should.
BROKEN = {
    "empty": b"",
    "white space": b" \n\t ",
    "text": b"hello",
    "cut off": b'{"id": "evt_1"',
    "two documents": b"{}{}",
    "single quotes": b"{'id': 1}",
    "trailing comma": b'{"id": 1,}',
    "NaN": b'{"id": NaN}',
    "infinity": b'{"id": -Infinity}',
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "UTF-16": '{"id": "evt_1"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"id": "evt_1"}',
    "NUL byte": b'{"id": "a\x00b"}',
    "lone surrogate": b'{"id": "\\ud800"}',
    "surrogates the wrong way round": b'{"id": "\\udc00\\ud800"}',
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "compressed": gzip.compress(b'{"id": "evt_1"}'),
    "form": b"id=evt_1&type=paid",
    "huge integer": b'{"id":' + b"9" * 400 + b"}",
    "overflowing number": b'{"id":-1e400}',
    "XML bomb": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
}

#: JSON that is odd and can be read.
ODD = {
    "null": b"null",
    "a number": b"7",
    "a text": b'"evt_1"',
    "a list": b'[{"id":"evt_1"}]',
    "same key twice": b'{"id":"evt_1","id":"evt_2"}',
    "escaped NUL": b'{"id":"a\\u0000b","\\u0000":"\\u0000"}',
    "large integer": b'{"id":' + b"9" * 30 + b"}",
    "tiny number": b'{"id":1e-999}',
    "ten thousand fields": orjson.dumps({f"field{n}": n for n in range(10_000)}),
    "id of a megabyte": orjson.dumps({"id": "x" * 1_000_000}),
    "id is an object": b'{"id":{"a":[1,2]}}',
    "no id": b'{"type":"paid"}',
    "id is null": b'{"id":null}',
    "right-to-left and astral": '{"id":"\u202e\U0001f4a9\ufffe"}'.encode(),
    "as deep as can be": b"[" * (DEEP - 1) + b"]" * (DEEP - 1),
}


def stored() -> list[Payload]:
    """What was kept."""
    return list(Payload.objects.order_by("id"))


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_kept_as_it_came_for_quarantine(door: Door, name: str) -> None:
    answer = door.send(BROKEN[name])
    assert answer.status == 202
    (payload,) = stored()
    assert (payload.id, bytes(payload.body)) == (answer.id, BROKEN[name])
    assert Inbox.objects.get().transaction_id == answer.id


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_refused_where_the_endpoint_says_so(opens: Opens, name: str) -> None:
    door = opens(event_id="event.id", on_broken="refuse")
    answer = door.send(BROKEN[name])
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["type"] == "urn:interlock:problem:bad-input"
    assert stored() == []
    door.run(door.ingress.judge.refusals.flush())
    assert [(refusal.reason, refusal.count) for refusal in Refusal.objects.all()] == [("broken", 1)]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("on_broken", ["quarantine", "refuse"])
def test_odd_json_is_accepted_and_kept_to_the_byte(opens: Opens, name: str, on_broken: str) -> None:
    answer = opens(event_id="event.id", on_broken=on_broken).send(ODD[name])
    assert answer.status == 202
    (payload,) = stored()
    assert bytes(payload.body) == ODD[name]


@pytest.mark.parametrize("name", [*BROKEN, *ODD])
def test_each_of_them_again_is_known(door: Door, name: str) -> None:
    body = {**BROKEN, **ODD}[name]
    first, again = door.send(body), door.send(body)
    assert (first.status, again.status) == (202, 200)
    assert again.json() == {"id": str(first.id), "status": "duplicate"}
    assert (Inbox.objects.count(), Dedupe.objects.count()) == (1, 1)
    assert [repeat.kind for repeat in Repeat.objects.all()] == [RepeatKind.DUPLICATE]


def test_of_a_name_given_twice_the_last_counts(door: Door, opens: Opens) -> None:
    """Everywhere alike, or two readers would see two events; what came is kept to the byte all the same."""
    twice = b'{"id":"evt_1","id":"evt_2","card":{"number":1},"card":{"brand":"visa"}}'
    first = door.send(twice)
    assert door.send({"id": "evt_1"}).status == 202
    assert (door.send({"id": "evt_2"}).status, door.send({"id": "evt_2"}).id) == (200, first.id)
    assert bytes(Payload.objects.get(pk=first.id).body) == twice
    dropping = opens(prefix="sales", event_id="event.id", secrets=SECRETS, drop_fields=["/card/number"])
    kept = Payload.objects.get(pk=dropping.send(twice).id)
    assert bytes(kept.body) == b'{"id":"evt_2","card":{"brand":"visa"}}'


# -- whose event is it ----------------------------------------------------------------------------


def test_without_an_id_the_body_itself_tells_events_apart(opens: Opens) -> None:
    door = opens()
    assert [door.send(body).status for body in (b'{"n":1}', b'{"n":1}', b'{"n": 1}')] == [202, 200, 202]


@pytest.mark.parametrize("expression", ["event.no_such_field", "1 / 0", "event.id.nested", "null", "''", "headers.x"])
def test_an_expression_that_gives_no_id_leaves_it_to_the_body(opens: Opens, expression: str) -> None:
    door = opens(event_id=expression)
    assert [door.send(body).status for body in (b'{"id":"a"}', b'{"id":"a"}', b'{"id":"b"}')] == [202, 200, 202]


def test_an_id_in_a_header_is_found_also_when_the_body_cannot_be_read(opens: Opens) -> None:
    door = opens(event_id="headers['x-event-id']")
    assert door.send(b"{", {"x-event-id": "7"}).status == 202
    conflict = door.send(b"[", {"x-event-id": "7"})
    assert conflict.status == 200
    assert Repeat.objects.get().kind == RepeatKind.CONFLICT
    assert door.send(b"{", {"x-event-id": "8"}).status == 202


def test_an_id_that_looks_like_another_events_body_is_not_taken_for_it(opens: Opens) -> None:
    door = opens(event_id="has(event.id) ? event.id : null")
    assert door.send(b'"evt_1"').status == 202
    assert door.send({"id": '"evt_1"'}).status == 202


def test_the_same_id_at_two_endpoints_is_two_events(opens: Opens) -> None:
    first, second = opens(event_id="event.id"), opens(prefix="sales", event_id="event.id", secrets=SECRETS)
    assert [door.send({"id": "evt_1"}).status for door in (first, second)] == [202, 202]


SECRETS = ["env://BILLING_WEBHOOK_SECRET"]


def test_a_conflict_is_kept_and_shown_to_us_and_acknowledged_to_the_sender(door: Door) -> None:
    first, other = door.send({"id": "evt_1", "n": 1}), door.send({"id": "evt_1", "n": 2})
    assert (other.status, other.json()) == (200, {"id": str(first.id), "status": "duplicate"})
    repeat = Repeat.objects.get()
    assert (repeat.transaction_id, repeat.kind) == (first.id, RepeatKind.CONFLICT)
    kept = Payload.objects.exclude(pk=first.id).get()
    assert kept.pk == repeat.payload_id
    assert (PayloadKind(kept.kind), bytes(kept.body)) == (PayloadKind.CONFLICT, b'{"id":"evt_1","n":2}')
    assert Inbox.objects.count() == 1


# -- what is kept ---------------------------------------------------------------------------------


def test_fields_that_are_secret_are_dropped_before_anything_is_kept(opens: Opens) -> None:
    door = opens(event_id="event.id", drop_fields=["/card/number", "/lines/*/pin"])
    door.send(
        {"id": "evt_1", "card": {"number": "4111", "brand": "visa"}, "lines": [{"pin": 1, "sku": "a"}, {"pin": 2}]}
    )
    (payload,) = stored()
    assert bytes(payload.body) == b'{"id":"evt_1","card":{"brand":"visa"},"lines":[{"sku":"a"},{}]}'


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_rid_of_its_secret_fields_is_refused_not_kept(opens: Opens, name: str) -> None:
    door = opens(event_id="event.id", drop_fields=["/card/number"])
    assert door.send(BROKEN[name]).status == 400
    assert stored() == []


@pytest.mark.parametrize("name", ODD)
def test_odd_json_without_its_secret_fields_is_accepted(opens: Opens, name: str) -> None:
    assert opens(event_id="event.id", drop_fields=["/card/number", "/*/pin"]).send(ODD[name]).status == 202


def test_dropped_fields_do_not_change_who_repeats_whom(opens: Opens) -> None:
    door = opens(event_id="event.id", drop_fields=["/secret"])
    assert door.send({"id": "evt_1", "secret": 1}).status == 202
    assert door.send({"id": "evt_1", "secret": 1}).status == 200
    assert [repeat.kind for repeat in Repeat.objects.all()] == [RepeatKind.DUPLICATE]


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "cookie",
        "stripe-signature",
        "x-hub-signature-256",
        "x-api-key",
        "x-shared-secret",
        "x-gitlab-token",
        "interlock-sync",
        "na\x00me",
    ],
)
def test_headers_that_could_prove_anything_or_pass_for_our_own_are_not_kept(name: str) -> None:
    assert kept_headers({name: "value", "x-event": "paid"}) == {"x-event": "paid"}


def test_what_a_sender_writes_into_its_headers_is_stored_whatever_it_is(door: Door) -> None:
    strange: dict[str, Any] = {"x-nul": "a\x00b", "x-high": "\xff\x80", "x-quote": '"}\\u0000', "x-long": "y" * 5000}
    assert door.send(b"{}", strange).status == 202
    (payload,) = stored()
    assert {name: payload.headers[name] for name in strange} == {
        "x-nul": "ab",
        "x-high": "\xff\x80",
        "x-quote": '"}\\u0000',
        "x-long": "y" * 2048,
    }


def test_a_content_type_that_cannot_be_stored_is_stored_without_what_cannot(door: Door) -> None:
    body = b"{}"
    door.post(body, {**door.signed(body), "content-type": "application/\x00json" + "x" * 5000})
    (payload,) = stored()
    assert payload.content_type == ("application/\x00json" + "x" * 5000)[:2048].replace("\x00", "")
