"""The first-run page without the sandbox: who comes to it, what it shows of each step, and what its forms refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from connectors.errors import Transient
from connectors.messages import Request
from connectors.response import Response
from connectors.signatures import verify
from controlplane.audit.models import AuditRecord
from controlplane.console.welcome import sending
from controlplane.credentials import providers
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.inventory.models import Integration
from controlplane.people.models import Team
from controlplane.people.roles import Role
from controlplane.people.services import create_account
from controlplane.transactions.models import Dedupe, Destination, Endpoint, Refusal, Transaction
from controlplane.transactions.rules.retention import Retention
from controlplane.transactions.rules.states import TransactionState
from tests.console.conftest import SignedIn
from tests.console.welcome.conftest import RECEIVER
from tests.transactions.factories import estate

pytestmark = pytest.mark.django_db
Form = dict[str, str]
IDENTIFIER = UUID("0193f5a0-0000-7000-8000-000000000001")


def text(answer: HttpResponse | Any) -> str:
    return " ".join(unescape(answer.content.decode()).split()).replace("> <", "><")


@pytest.fixture
def connected(signed_in: SignedIn, filled_in: Form) -> Client:
    """An operator who has connected the web shop."""
    client = signed_in(Role.OPERATOR)
    assert client.post("/welcome/", filled_in).status_code == 200
    return client


def arrived(**more: Any) -> Transaction:
    """The web shop's event, as it is once it was processed."""
    endpoint = Endpoint.objects.select_related("integration__source__instance").get()
    Dedupe.objects.get_or_create(
        endpoint=endpoint,
        key_digest=IDENTIFIER,
        defaults={"transaction_id": IDENTIFIER, "body_digest": IDENTIFIER},
    )
    identifier = uuid7()
    given: dict[str, Any] = {
        "event_id": identifier,
        "event_type": "order.placed",
        "state": TransactionState.RUNNING,
        "correlation_id": uuid7(),
        "retention": Retention.STANDARD,
        "received_at": clock.now(),
    }
    return Transaction.objects.create(
        id=identifier,
        integration=endpoint.integration,
        endpoint=endpoint,
        source=endpoint.integration.source.instance,  # type: ignore[union-attr]
        environment=endpoint.integration.environment,
        **(given | more),
    )


class TestWhoComesHere:
    def test_whoever_may_connect_begins_here_while_there_is_nothing(self, signed_in: SignedIn) -> None:
        assert signed_in(Role.OPERATOR).get("/").headers["location"] == "/welcome/"

    def test_everybody_else_begins_as_always(self, signed_in: SignedIn) -> None:
        assert signed_in(Role.SUPPORT).get("/").headers["location"] == "/tx/"
        assert signed_in(Role.EXECUTIVE, name="Greta Holm").get("/").headers["location"] == "/overview/"

    def test_once_there_is_an_integration_it_is_not_the_start_any_more(self, connected: Client) -> None:
        assert connected.get("/").headers["location"] == "/tx/"

    def test_a_stranger_signs_in_first(self, client: Client) -> None:
        assert client.get("/welcome/").headers["location"] == "/signin/?next=/welcome/"

    def test_who_may_not_connect_is_told_who_may_and_gets_no_form(self, signed_in: SignedIn, filled_in: Form) -> None:
        client = signed_in(Role.SUPPORT)
        html = text(client.get("/welcome/"))
        assert "let you configure integrations; “Integration owner” or “Platform operator” may." in html
        assert 'name="sender"' not in html
        assert client.post("/welcome/", filled_in).status_code == 403
        assert not Integration.objects.exists()


class TestConnecting:
    def test_both_keys_are_on_the_answer_and_nowhere_afterwards(self, signed_in: SignedIn, filled_in: Form) -> None:
        client = signed_in(Role.OPERATOR)
        answer = client.post("/welcome/", filled_in)
        keys = [providers.resolve(reference).reveal() for reference in _references()]
        assert [text(answer).count(f">{key}<") for key in keys] == [1, 1]
        assert answer.headers["cache-control"] == "private, no-store"
        later = text(client.get("/welcome/web-shop/"))
        assert not any(key in later for key in keys)

    def test_the_form_sent_twice_says_that_it_was_there_and_shows_no_key(
        self, connected: Client, filled_in: Form
    ) -> None:
        again = connected.post("/welcome/", filled_in | {"team": "integrations"})
        assert again.headers["location"] == "/welcome/web-shop/"
        assert "It was there already, exactly so; nothing was changed." in text(connected.get("/welcome/web-shop/"))
        assert Integration.objects.count() == 1

    def test_the_first_page_leads_on_where_one_left_and_to_another(self, connected: Client) -> None:
        assert "<h1>Web shop to hooks.example.com</h1>" in text(connected.get("/welcome/"))
        another = text(connected.get("/welcome/?another"))
        assert "<h1>Your first own integration</h1>" in another
        assert '<option value="integrations">Integrations</option>' in another

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"sender": ""}, "This field is required."),
            ({"sender": "x" * 81}, "at most 80 characters"),
            ({"sender": "店"}, "Use at least one letter from A to Z or a digit"),
            ({"url": "http://127.0.0.1:9000/"}, "INTERLOCK_PRIVATE_NETWORKS=127.0.0.1/32 make up"),
            ({"url": "no address"}, "Nothing would be sent there"),
            ({"event_type": "order placed"}, "Letters, digits and . : / - _ only"),
            ({"event_type": "order.placed\n"}, ""),
            ({"team_name": "—"}, "Use at least one letter"),
        ],
    )
    def test_what_cannot_be_used_is_said_beside_its_field_and_nothing_is_made(
        self, signed_in: SignedIn, filled_in: Form, settings: Settings, wrong: Form, said: str
    ) -> None:
        settings.PRIVATE_NETWORKS = []
        answer = signed_in(Role.OPERATOR).post("/welcome/", filled_in | wrong)
        if said:
            assert (answer.status_code, said in text(answer)) == (422, True)
            assert not Integration.objects.exists()
        else:  # a line's end is no part of a type
            assert Integration.objects.exists()

    def test_what_was_typed_comes_back_inert(self, signed_in: SignedIn, filled_in: Form) -> None:
        answer = signed_in(Role.OPERATOR).post("/welcome/", filled_in | {"sender": '"><script>', "url": "x"})
        assert "<script>" not in answer.content.decode().replace("<script src", "")
        assert 'value="&quot;&gt;&lt;script&gt;"' in answer.content.decode()

    def test_an_owner_is_offered_their_own_teams_alone(self, filled_in: Form) -> None:
        orders = Team.objects.create(slug="orders", name="Orders")
        other = Team.objects.create(slug="other", name="Other")
        account = create_account("mara@example.test", "Mara", "correct horse battery", [(Role.OWNER, orders)])
        client = Client()
        client.force_login(account)
        html = text(client.get("/welcome/"))
        assert '<option value="orders">' in html
        assert '<option value="other">' not in html
        refused = client.post("/welcome/", filled_in | {"team": other.slug})
        assert (refused.status_code, Integration.objects.count()) == (422, 0)
        assert client.post("/welcome/", filled_in | {"team": "orders"}).status_code == 200

    def test_a_name_that_is_taken_is_said_beside_it(self, connected: Client, filled_in: Form) -> None:
        answer = connected.post("/welcome/", filled_in | {"team": "integrations", "event_type": "order.paid"})
        assert answer.status_code == 409
        assert "which does something else; it was left as it is" in text(answer)


class TestSteps:
    def test_before_anything_came_in_three_are_done(self, connected: Client) -> None:
        html = text(connected.get("/welcome/web-shop/"))
        assert html.count('<li class="done">') == 3
        assert "nothing has come in yet" in html
        assert "http://127.0.0.1:8460/in/web-shop" in html
        assert f"order.placed → {RECEIVER}" in html

    def test_a_key_that_is_gone_is_no_green_step(self, connected: Client, secrets_folder: Path) -> None:
        for file in secrets_folder.iterdir():
            file.unlink()
        providers.forget()
        html = text(connected.get("/welcome/web-shop/"))
        assert html.count('<li class="done">') == 2
        assert "there is no such file in the secrets folder" in html

    def test_what_was_refused_is_told_with_why(self, connected: Client) -> None:
        Refusal.objects.create(endpoint=Endpoint.objects.get(), minute=clock.now(), reason="mismatch", count=2)
        html = text(connected.get("/welcome/web-shop/"))
        assert "2 refused: they were signed by another key. Nothing of them was kept." in html

    @pytest.mark.parametrize(
        ("state", "more", "said", "done"),
        [
            (TransactionState.RUNNING, {}, "on its way", 4),
            (TransactionState.SUCCEEDED, {}, "the receiver has taken it", 5),
            (TransactionState.IGNORED, {"event_type": "order.paid"}, "“order.paid” came in; no route takes it", 4),
            (TransactionState.DEAD, {"reason": "404 of the receiver"}, "Dead letter: 404 of the receiver", 4),
        ],
    )
    def test_an_event_is_followed_to_its_end(
        self, connected: Client, state: TransactionState, more: dict[str, str], said: str, done: int
    ) -> None:
        made = arrived(state=state, **more)
        html = text(connected.get("/welcome/web-shop/"))
        assert (said in html, html.count('<li class="done">')) == (True, done)
        assert f'href="/tx/{made.pk}/"' in html
        assert bool(re.search(r'id="live"[^>]*data-follows', html)) == (done < 5)

    def test_one_that_was_delivered_counts_whatever_came_later(self, connected: Client) -> None:
        arrived(state=TransactionState.SUCCEEDED)
        arrived(state=TransactionState.DEAD, received_at=clock.now() + timedelta(seconds=1))
        assert text(connected.get("/welcome/web-shop/")).count('<li class="done">') == 5

    def test_who_may_not_see_transactions_sees_the_catalogue_and_no_transaction(self, connected: Client) -> None:
        made = arrived(state=TransactionState.SUCCEEDED)
        client = Client()
        client.force_login(create_account("new@example.test", "New Body", "correct horse battery"))
        html = text(client.get("/welcome/web-shop/"))
        assert "your roles do not let you see transactions here" in html
        assert str(made.pk) not in html
        assert "Send it" not in html
        assert "Make new keys" not in html

    def test_the_page_asks_again_for_its_steps_alone(self, connected: Client) -> None:
        html = text(connected.get("/welcome/web-shop/", headers={"HX-Request": "true"}))
        assert html.startswith('<ol class="runbook">')
        assert "<form" not in html.replace('<form method="post" action="/welcome/web-shop/keys/">', "")

    def test_what_is_not_connected_here_is_not_here(self, connected: Client) -> None:
        estate()  # a vendor's, with a connector of its own
        assert connected.get("/welcome/billing/").status_code == 404
        assert connected.get("/welcome/nowhere/").status_code == 404

    def test_the_number_of_queries_does_not_grow_with_what_went_through(
        self, connected: Client, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(5):
            arrived(state=TransactionState.SUCCEEDED)
        with django_assert_max_num_queries(24):
            connected.get("/welcome/web-shop/")


class TestKeys:
    def test_lost_ones_are_made_anew_and_shown_once(self, connected: Client) -> None:
        before = _references()
        answer = connected.post("/welcome/web-shop/keys/")
        after = _references()
        assert set(before) & set(after) == set()
        assert all(providers.resolve(reference).reveal() in text(answer) for reference in after)

    def test_after_an_event_has_come_in_they_stay(self, connected: Client) -> None:
        arrived()
        before = _references()
        answer = connected.post("/welcome/web-shop/keys/", follow=True)
        assert "Events have come in by these keys, so they stay" in text(answer)
        assert _references() == before
        assert "Make new keys" not in text(answer)

    def test_others_make_none(self, connected: Client, signed_in: SignedIn) -> None:
        assert signed_in(Role.SUPPORT, name="Sam Hill").post("/welcome/web-shop/keys/").status_code == 403


class TestSending:
    @pytest.fixture
    def sent(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Request]]:
        """What would have been posted; answered as the endpoint answers."""
        requests: list[Request] = []

        def posted(request: Request) -> Response:
            requests.append(request)
            return Response(202, {}, orjson.dumps({"id": str(IDENTIFIER), "status": "accepted"}), request.url, 0.01)

        monkeypatch.setattr(sending, "_posted", posted)
        return requests  # type: ignore[return-value]

    def test_it_is_signed_as_the_sender_signs_and_in_the_audit(self, connected: Client, sent: list[Request]) -> None:
        answer = connected.post("/welcome/web-shop/test/", {"event_type": "order.placed", "record": '{"number": "S1"}'})
        assert answer.headers["location"] == "/welcome/web-shop/"
        (request,) = sent
        assert request.url == "http://127.0.0.1:8460/in/web-shop"
        key = providers.resolve(Endpoint.objects.get().secrets[0])
        assert verify("standard_webhooks", request, [key], {}, clock.now()).scheme == "standard_webhooks"
        body = orjson.loads(request.body)
        assert (body["type"], body["data"]) == ("order.placed", {"number": "S1"})
        record = AuditRecord.objects.get(action="endpoint.tested")
        assert (record.subject_id, record.details) == ("web-shop", {"type": "order.placed", "status": 202})

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"record": "{"}, "This is not JSON"),
            ({"record": "[1]"}, "A JSON object is written in braces"),
            ({"record": "NaN"}, "This is not JSON"),
            ({"record": '{"x": "' + "y" * 20_000 + '"}'}, "at most 20000 characters"),
            ({"record": '{"x": ' * 2000 + "1" + "}" * 2000}, "This is not JSON"),
            ({"event_type": "<script>"}, "Letters, digits and . : / - _ only"),
        ],
        ids=["half", "a list", "no number", "too long", "too deep", "no type"],
    )
    def test_what_is_no_event_is_said_and_not_sent(
        self, connected: Client, sent: list[Request], wrong: Form, said: str
    ) -> None:
        answer = connected.post("/welcome/web-shop/test/", {"event_type": "order.placed", "record": "{}"} | wrong)
        assert (answer.status_code, said in text(answer), sent) == (422, True, [])

    def test_who_may_not_configure_sends_nothing(
        self, connected: Client, signed_in: SignedIn, sent: list[Request]
    ) -> None:
        form = {"event_type": "order.placed", "record": "{}"}
        assert signed_in(Role.SUPPORT, name="Sam Hill").post("/welcome/web-shop/test/", form).status_code == 403
        assert sent == []

    def test_a_refusal_is_told_in_its_words(self, connected: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        refused = Response(401, {}, b'{"detail": "The signature does not hold."}', "", 0.01)
        monkeypatch.setattr(sending, "_posted", lambda _request: refused)
        answer = connected.post("/welcome/web-shop/test/", {"event_type": "order.placed", "record": "{}"})
        assert answer.status_code == 422
        assert "The endpoint refused it with 401: The signature does not hold." in text(answer)

    def test_a_public_address_that_does_not_answer_is_named_with_its_setting(
        self, connected: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def lost(*_: Any, **__: Any) -> None:
            raise Transient("the connection was refused")

        monkeypatch.setattr("connectors.transport.Transport.request", lost)
        answer = connected.post("/welcome/web-shop/test/", {"event_type": "order.placed", "record": "{}"})
        assert answer.status_code == 503
        assert "http://127.0.0.1:8460 does not answer this server: the connection was refused." in text(answer)
        assert "INTERLOCK_PUBLIC_URL says where senders reach Interlock." in text(answer)

    def test_without_the_key_nothing_is_sent(
        self, connected: Client, secrets_folder: Path, sent: list[Request]
    ) -> None:
        for file in secrets_folder.iterdir():
            file.unlink()
        providers.forget()
        answer = connected.post("/welcome/web-shop/test/", {"event_type": "order.placed", "record": "{}"})
        assert (answer.status_code, sent) == (503, [])
        assert "The sender’s key cannot be had" in text(answer).replace("'", "’")


def _references() -> list[str]:
    destination = Destination.objects.select_related("credential").get()
    assert destination.credential is not None
    return [*Endpoint.objects.get().secrets, destination.credential.references["signing"]]
