"""Secrets stay in the vault (invariant 8): after all that can happen to them, nobody finds one anywhere.

Stories are told with secrets that can be recognised, also in disguise. Then every table of the database, every log line
and every metric is looked through for them.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from django.db import connection
from prometheus_client import REGISTRY, generate_latest

from connectors.signatures import SCHEMES
from controlplane.credentials import providers
from controlplane.credentials.models import Credential
from controlplane.inventory.models import Instance
from controlplane.people.roles import Role
from controlplane.transactions.dead_letters.drop import drop
from controlplane.transactions.ingress.application import Ingress
from controlplane.transactions.ingress.events import kept_headers
from controlplane.transactions.models import Attempt, DeadLetter, Payload, PayloadKind, Refusal, StepRun, Transaction
from controlplane.transactions.replay.request import request_replay
from controlplane.transactions.rules.states import Outcome
from tests.transactions import carrying
from tests.transactions.conftest import Story, paid
from tests.transactions.factories import an_access

pytestmark = pytest.mark.django_db(transaction=True)

SIGNING = "whsec_" + base64.b64encode(b"recognisable-signing-key").decode()
TOKEN = "recognisable/query+token=="
API_KEY = "recognisable-api-key"
BEARER = "recognisable-bearer"
COOKIE = "recognisable-cookie"
SECRETS = (SIGNING, "recognisable-signing-key", TOKEN, API_KEY, BEARER, COOKIE)

ALL_TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
"""


def disguises(secret: str) -> Iterator[str]:
    """The forms in which a secret may lie about."""
    raw = secret.encode()
    yield secret
    yield raw.hex()
    yield quote(secret, safe="")
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.b64encode(b"interlock:" + raw).decode().rstrip("=")


DISGUISED = {form: secret for secret in SECRETS for form in disguises(secret)}


def found_in(place: str, text: str) -> list[str]:
    """Which secrets stand in a text."""
    return [f"{place}: {secret} as {form!r}" for form, secret in DISGUISED.items() if form in text]


def found_in_database() -> list[str]:
    """Which secrets stand in any row of any table; bodies are compared as hexadecimal digits."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(ALL_TABLES)
        for schema, table in cursor.fetchall():
            cursor.execute(f'select t::text from "{schema}"."{table}" t')
            for (row,) in cursor.fetchall():
                found += found_in(table, row)
    return found


@pytest.fixture
def found_anywhere(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Looks through everything that was written since the test began."""
    caplog.set_level(logging.DEBUG)

    def look() -> list[str]:
        said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
        metrics = generate_latest(REGISTRY).decode()
        return [*found_in_database(), *found_in("log", f"{said}\n{caplog.text}"), *found_in("metrics", metrics)]

    return look


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The secrets where references find them."""
    providers.forget()
    monkeypatch.setenv("TEST_SIGNING", SIGNING)
    monkeypatch.setenv("TEST_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_API_KEY", API_KEY)
    yield
    providers.forget()


@pytest.fixture
def story(tell_story: Callable[..., Story]) -> Story:
    """A sender that signs, and a ledger that is shown an API key with each delivery."""
    told = tell_story(secrets=["env://TEST_SIGNING"], retry_delays=())
    instance = Instance.objects.get(pk=told.estate.erp.pk)
    instance.settings = {"signature": {"scheme": "shared_token"}}
    instance.save()
    Credential.objects.filter(pk=told.estate.credential.pk).update(references={"signing": "env://TEST_API_KEY"})
    return told


def echo(story: Story, status: int) -> None:
    """The ledger answers with all that it was shown, as error pages do."""

    async def reply(request: web.Request) -> web.Response:
        head = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        return web.Response(status=status, text=f"{request.url}\n{head}\n{await request.text()}")

    story.receiver.behave("/ledger", reply)


async def _post(story: Story, document: Any, path: str, headers: dict[str, str], secret: str) -> int:
    ingress = Ingress()
    sender = carrying.Sender(ingress, path, story.estate.endpoint.scheme, secret=secret)
    try:
        return (await sender.send(document, headers=headers)).status
    finally:
        await ingress.stop()


def post(
    story: Story, document: Any, *, path: str = "", headers: dict[str, str] | None = None, secret: str = SIGNING
) -> int:
    """The status of one event, sent with more in its head than we asked for."""
    head = {
        "authorization": f"Bearer {BEARER}",
        "cookie": f"session={COOKIE}",
        "x-api-key": API_KEY,
        "x-auth": BEARER,
        "referer": f"https://sender.example/?token={quote(TOKEN)}",
        "x-original-url": f"/in/somewhere?token={quote(TOKEN)}",
        "x-event": "invoice.paid",
    }
    return asyncio.run(_post(story, document, path or story.estate.endpoint.slug, head | (headers or {}), secret))


def test_a_secret_that_was_kept_would_be_found(story: Story, found_anywhere: Callable[[], list[str]]) -> None:
    """The search itself: in a column, in a body, in a log line."""
    assert post(story, paid(note=f"our key is {TOKEN}")) == 202
    carrying.process()
    Instance.objects.update(region=API_KEY)
    logging.getLogger("tests").warning("using %s", base64.b64encode(b"interlock:" + BEARER.encode()))

    places = {place.partition(":")[0] for place in found_anywhere()}

    assert places == {"payload", "inventory_instance", "log"}


def test_a_transaction_leaves_no_secret_behind(story: Story, found_anywhere: Callable[[], list[str]]) -> None:
    echo(story, 200)

    assert post(story, paid()) == 202
    assert post(story, paid()) == 200
    assert post(story, paid(amount_paid=1)) == 200
    carrying.carry()

    [request] = [one for one in story.receiver.received if one.path == "/ledger"]
    assert request.headers["authorization"] == f"Bearer {API_KEY}"
    assert Attempt.objects.filter(outcome=Outcome.SUCCEEDED).count() == 2
    answers = [bytes(answer.body).decode() for answer in Payload.objects.filter(kind=PayloadKind.RESPONSE)]
    assert sorted("Bearer •••" in answer for answer in answers) == [False, True]
    assert Payload.objects.get(kind=PayloadKind.RECEIVED).headers["x-event"] == "invoice.paid"
    assert found_anywhere() == []


@pytest.mark.parametrize("status", [400, 401, 403, 409, 500])
def test_a_delivery_that_is_refused_leaves_none(
    story: Story, found_anywhere: Callable[[], list[str]], status: int
) -> None:
    echo(story, status)

    assert post(story, paid()) == 202
    carrying.carry()

    answer = Payload.objects.get(kind=PayloadKind.RESPONSE)
    assert "Bearer •••" in bytes(answer.body).decode()
    assert found_anywhere() == []


def test_nor_does_one_that_is_refused_with_the_key_as_the_code(
    story: Story, found_anywhere: Callable[[], list[str]]
) -> None:
    story.receiver.answer("/ledger", status=400, json={"error": {"code": f"unknown_{API_KEY}"}})

    assert post(story, paid()) == 202
    carrying.carry()

    assert StepRun.objects.get(name="ledger").error_class == "rejected.unknown_•••"
    assert found_anywhere() == []


def test_nor_does_a_dead_letter_its_replay_and_its_end(story: Story, found_anywhere: Callable[[], list[str]]) -> None:
    echo(story, 400)
    assert post(story, paid()) == 202
    carrying.carry()
    letter = DeadLetter.objects.get()
    owner = an_access(Role.OWNER, story.estate.team)

    request_replay(owner, step_run_ids=[letter.step_run_id], reason="The ledger is back")
    carrying.carry()
    drop(owner, [letter.step_run_id], "It was entered by hand")

    assert len(story.bodies("/ledger")) == 2
    assert found_anywhere() == []


def test_nor_does_a_destination_that_is_gone(story: Story, found_anywhere: Callable[[], list[str]]) -> None:
    story.receiver.resets("/ledger")

    assert post(story, paid()) == 202
    carrying.carry()

    assert Attempt.objects.filter(outcome=Outcome.UNKNOWN).exists()
    assert found_anywhere() == []


def test_nor_does_a_secret_that_cannot_be_had(
    story: Story, found_anywhere: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_API_KEY")
    assert post(story, paid()) == 202
    carrying.carry()

    assert StepRun.objects.get(name="ledger").error_class == "auth_failed.secret_unavailable"
    assert found_anywhere() == []


def test_a_key_that_was_stored_in_place_of_a_reference_goes_no_further(
    story: Story, found_anywhere: Callable[[], list[str]]
) -> None:
    """A person typed the key in where its reference belongs, past all forms."""
    Credential.objects.update(references={"signing": API_KEY})

    assert post(story, paid()) == 202
    carrying.carry()

    assert StepRun.objects.get(name="ledger").error_class == "auth_failed.secret_unavailable"
    Credential.objects.update(references={})
    assert found_anywhere() == []


@pytest.mark.parametrize("document", [b"{", b"[]", {"id": "evt_1"}])
def test_an_event_that_cannot_be_understood_leaves_none(
    story: Story, found_anywhere: Callable[[], list[str]], document: Any
) -> None:
    assert post(story, document) == 202
    carrying.carry()

    assert Transaction.objects.count() == 1
    assert found_anywhere() == []


def test_a_token_in_the_address_is_believed_and_not_kept(
    tell_story: Callable[..., Story], found_anywhere: Callable[[], list[str]]
) -> None:
    story = tell_story(
        scheme="shared_token",
        scheme_settings={"parameter": "token"},
        secrets=["env://TEST_TOKEN"],
    )
    slug = story.estate.endpoint.slug

    assert post(story, paid(1), path=f"{slug}?token={quote(TOKEN, safe='')}", secret=TOKEN) == 202
    assert post(story, paid(2), path=f"{slug}?token={quote(TOKEN, safe='')}&more=1", secret=TOKEN) == 202
    assert post(story, paid(3), path=f"{slug}?token={quote(TOKEN[:-3], safe='')}", secret=TOKEN) == 401
    carrying.carry()

    assert Transaction.objects.count() == 2
    assert Refusal.objects.get().reason == "mismatch"
    assert found_anywhere() == []


def test_a_token_in_a_header_of_any_name_is_believed_and_not_kept(
    tell_story: Callable[..., Story], found_anywhere: Callable[[], list[str]]
) -> None:
    story = tell_story(scheme="shared_token", scheme_settings={"header": "X-Odoo-Says"}, secrets=["env://TEST_TOKEN"])

    assert post(story, paid(1), headers={"x-odoo-says": TOKEN}, secret=TOKEN) == 202
    assert post(story, paid(2), headers={"x-odoo-says": f"{TOKEN}!"}, secret=TOKEN) == 401
    carrying.carry()

    assert Payload.objects.get(kind=PayloadKind.RECEIVED).headers["x-event"] == "invoice.paid"
    assert found_anywhere() == []


def test_signatures_that_are_wrong_leave_none(story: Story, found_anywhere: Callable[[], list[str]]) -> None:
    assert post(story, paid(), secret="whsec_" + base64.b64encode(b"of-somebody-else").decode()) == 401
    assert post(story, paid(), headers={"stripe-signature": API_KEY}) in {202, 400}

    assert found_anywhere() == []


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "proxy-authorization",
        "x-auth",
        "x-functions-key",
        "x-goog-session",
        "php-auth-pw",
        "x-jwt",
        "cookie",
        "x-credential",
        "x-bearer",
        "x-amz-security-token",
        "x-password",
        "x-passwd",
        "referer",
        "x-original-url",
        "x-original-uri",
        "x-forwarded-uri",
        "x-envoy-original-path",
        "x-rewrite-url",
    ],
)
def test_headers_that_may_prove_something_or_hold_an_address_are_not_kept(name: str) -> None:
    assert kept_headers({name: "value", "x-github-event": "push"}) == {"x-github-event": "push"}


def test_headers_that_only_sound_like_it_are_kept() -> None:
    head = {"idempotency-key": "1", "x-event-key": "repo:push", "content-type": "application/json", "x-delivery": "2"}

    assert kept_headers(head) == head


def test_the_header_of_every_scheme_that_names_one_is_not_kept() -> None:
    named = [scheme for scheme in SCHEMES.values() if "header" in scheme.settings]

    assert {scheme.name for scheme in named} == {"hmac", "shared_token", "mtls"}
    assert kept_headers({"x-any-name": "proof", "x-delivery": "2"}, "x-any-name") == {"x-delivery": "2"}
