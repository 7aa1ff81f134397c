"""Whatever bytes anybody sends: an answer that is foreseen, and 2xx only for what is durable."""

from __future__ import annotations

import string

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from controlplane.transactions.models import Inbox, Payload
from tests.transactions.ingress.conftest import Opens
from tests.transactions.ingress.door import Door, Sender, chunks

pytestmark = pytest.mark.django_db(transaction=True)

FORESEEN = {200, 202, 400, 401, 404, 405, 408, 413, 431, 503}
ANSWERS = {"application/json", "application/problem+json"}

json = some.recursive(
    some.none() | some.booleans() | some.floats() | some.integers() | some.text(),
    lambda inner: some.lists(inner, max_size=5) | some.dictionaries(some.text(max_size=20), inner, max_size=5),
    max_leaves=20,
)


def written(document: object) -> bytes:
    """As JSON, as far as that can be."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return repr(document).encode("utf-8", "surrogatepass")


bodies = some.binary(max_size=300) | json.map(written)
names = some.sampled_from(
    ["stripe-signature", "content-type", "content-length", "traceparent", "x-event", "transfer-encoding", "\xff"]
) | some.text(string.printable, max_size=20)
headers = some.lists(some.tuples(names.map(lambda n: n.encode("latin-1")), some.binary(max_size=80)), max_size=12)
paths = some.just("/in/billing-webhooks") | some.text(max_size=30).map(lambda text: f"/in/{text}")

quickly = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(params=["quarantine", "refuse", "drop"])
def some_door(opens: Opens, request: pytest.FixtureRequest) -> Door:
    """Endpoints that treat bodies in each way there is."""
    dropping = {"drop_fields": ["/a", "/*/b", "/c/0"]} if request.param == "drop" else {}
    return opens(
        event_id="has(event.id) ? event.id : headers['x-event']",
        on_broken="refuse" if request.param == "refuse" else "quarantine",
        max_body=250,
        **dropping,
    )


def check(sender: Sender) -> None:
    """The answer is foreseen and whole, and what is said to be durable is."""
    answer = sender.answered
    assert answer.status in FORESEEN
    assert answer.headers["content-type"] in ANSWERS
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert isinstance(answer.json(), dict)
    if answer.status in {200, 202}:
        assert Payload.objects.filter(pk=answer.id).exists()
        assert Inbox.objects.filter(pk=answer.id).exists()
    if answer.status == 503:
        assert answer.headers["retry-after"] == "2"


@quickly
@given(
    path=paths,
    method=some.sampled_from(["POST", "POST", "POST", "GET", "\xff"]),
    parts=some.lists(some.binary(max_size=120), min_size=1, max_size=4),
    head=headers,
)
def test_a_stranger_is_never_believed_and_always_answered(
    some_door: Door, path: str, method: str, parts: list[bytes], head: list[tuple[bytes, bytes]]
) -> None:
    sender = some_door.knock(Sender(chunks(*parts)), head, path=path, method=method)
    check(sender)
    assert sender.answered.status in {400, 401, 404, 405, 413, 431}


@quickly
@given(body=bodies, head=headers)
def test_whatever_a_sender_signs_is_taken_or_refused_and_never_lost(
    some_door: Door, body: bytes, head: list[tuple[bytes, bytes]]
) -> None:
    ours = {name.lower().encode(): value.encode() for name, value in some_door.signed(body).items()}
    strange = [(name, value) for name, value in head if name.lower() not in (*ours, b"content-length")]
    sender = some_door.knock(Sender(chunks(body)), [*ours.items(), *strange])
    check(sender)
    assert sender.answered.status in ({413} if len(body) > 250 else {200, 202, 400})
