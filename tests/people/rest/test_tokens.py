"""Service tokens: made for a program, scoped, ending, revoked, and never more than their owner."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import redis.exceptions
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid, NotAllowed
from controlplane.people import services, tokens
from controlplane.people.access import access_for
from controlplane.people.models import Account, Membership, ServiceToken, Team
from controlplane.people.roles import Role
from tests.people.conftest import Make
from tests.people.rest.asking import Program, a_program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


def test_a_program_is_told_who_it_is_and_what_it_may(make: Make, billing: Team) -> None:
    owner = make("elif@example.test", (Role.OWNER, billing))
    told = a_program(owner, Role.SUPPORT, billing).get("me").json()
    assert (told["name"], told["roles"]) == ("Elif Kaya, by token “nightly”", ["Support, Billing"])
    assert {one["action"]: one["teams"] for one in told["allowed"]} == {
        "see_transactions": ["billing"],
        "see_payloads": ["billing"],
        "replay": ["billing"],
    }
    assert told["token"]["name"] == "nightly"


def test_a_secret_is_kept_nowhere_and_its_use_is(make: Make, billing: Team) -> None:
    program = a_program(make("elif@example.test", (Role.SUPPORT, billing)), Role.SUPPORT, billing)
    assert program.get("me").status_code == 200
    kept = ServiceToken.objects.get()
    assert kept.last_used_at is not None
    assert program.secret.startswith("ilk_")
    assert program.secret not in str(ServiceToken.objects.values().get())
    assert program.secret not in str(list(AuditRecord.objects.values()))
    first = kept.last_used_at
    program.get("me")
    assert ServiceToken.objects.get().last_used_at == first


@pytest.mark.parametrize("how", ["revoked", "expired", "closed", "unknown", "no token"])
def test_a_token_that_does_not_hold_is_refused(make: Make, billing: Team, how: str) -> None:
    owner = make("elif@example.test", (Role.SUPPORT, billing))
    program = a_program(owner, Role.SUPPORT, billing)
    rows = ServiceToken.objects.all()
    if how == "revoked":
        rows.update(revoked_at=clock.now())
    elif how == "expired":
        rows.update(expires_at=clock.now() - timedelta(minutes=1))
    elif how == "closed":
        services.deactivate(owner, reason="left")
    else:
        program.secret = "ilk_" + "x" * 43 if how == "unknown" else ""
    answer = program.get("me")
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:interlock:problem:not-signed-in")
    assert answer.headers["www-authenticate"] == 'Bearer realm="Interlock"'


def test_a_token_loses_what_its_owner_loses_at_the_next_request(make: Make, billing: Team) -> None:
    owner = make("elif@example.test", (Role.OWNER, billing))
    program = a_program(owner, Role.OWNER, billing)
    assert len(program.get("me").json()["allowed"]) == 8
    Membership.objects.update(role=Role.BOARD)
    assert [one["action"] for one in program.get("me").json()["allowed"]] == ["see_transactions"]


def test_nobody_makes_a_token_of_more_than_they_may(make: Make, billing: Team, sales: Team) -> None:
    access = access_for(make("elif@example.test", (Role.SUPPORT, billing)))
    for role, team in ((Role.OWNER, billing), (Role.SUPPORT, sales), (Role.SUPPORT, None), (Role.OPERATOR, None)):
        with pytest.raises(NotAllowed, match="A token takes no more than you may yourself"):
            tokens.issue(access, "more", role, team, 30, by=services.THE_SYSTEM)
    for name, days, field in (("", 30, "name"), ("x", 0, "days"), ("x", 367, "days")):
        with pytest.raises(Invalid) as refused:
            tokens.issue(access, name, Role.SUPPORT, billing, days, by=services.THE_SYSTEM)
        assert refused.value.field == field
    assert not ServiceToken.objects.exists()


def test_one_asks_with_a_session_too_and_writes_need_the_csrf_token(make: Make, billing: Team) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.get("/api/v1/me").status_code == 401
    browser.force_login(make("elif@example.test", (Role.SUPPORT, billing)))
    told = browser.get("/api/v1/me").json()
    assert (told["name"], told["token"]) == ("Elif Kaya", None)
    refused = browser.post("/api/v1/replays", {"reason": "x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:interlock:problem:not-allowed")


def test_a_bad_token_is_not_helped_by_a_good_session(make: Make, billing: Team) -> None:
    browser = Client()
    browser.force_login(make("elif@example.test", (Role.SUPPORT, billing)))
    assert browser.get("/api/v1/me", headers={"Authorization": "Bearer ilk_no"}).status_code == 401


def test_a_token_has_its_rate(make: Make, billing: Team, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_RATE = 3
    monkeypatch.setattr("controlplane.people.rest.throttling.time.time", lambda: 1_800_000_015.0)
    owner = make("elif@example.test", (Role.SUPPORT, billing))
    program, other = a_program(owner, Role.SUPPORT, billing), a_program(owner, Role.SUPPORT, billing)
    assert [program.get("me").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert program.get("me").headers["retry-after"] == "45"
    assert other.get("me").status_code == 200


def test_without_a_cache_nobody_is_counted_and_nobody_refused(
    make: Make, billing: Team, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise redis.exceptions.ConnectionError

    settings.API_RATE = 1
    monkeypatch.setattr("controlplane.people.rest.throttling.cache.add", away)
    program = a_program(make("elif@example.test", (Role.SUPPORT, billing)), Role.SUPPORT, billing)
    assert [program.get("me").status_code for _ in range(3)] == [200, 200, 200]


def test_a_token_is_made_once_shown_and_revoked_on_its_page(client: Client, make: Make, billing: Team) -> None:
    client.force_login(make("elif@example.test", (Role.SUPPORT, billing)))
    assert "support:billing" in client.get("/access/tokens/").content.decode()
    made = client.post("/access/tokens/", {"name": "Night shift", "scope": "support:billing", "days": "30"})
    secret = re.search(r"ilk_[\w-]{43}", made.content.decode())
    assert secret is not None
    assert secret[0] not in client.get("/access/tokens/").content.decode()
    token = ServiceToken.objects.get()
    assert (token.name, token.scope, token.hint) == ("Night shift", "Support, Billing", secret[0][:8])
    assert Program(secret[0]).get("me").status_code == 200
    client.post(f"/access/tokens/{token.pk}/revoke/")
    assert Program(secret[0]).get("me").status_code == 401
    assert "Revoked by Elif Kaya" in client.get("/access/tokens/").content.decode()
    assert list(
        AuditRecord.objects.filter(action__startswith="token.").order_by("id").values_list("action", "via")
    ) == [
        ("token.issued", "page"),
        ("token.revoked", "page"),
    ]


def test_the_page_refuses_what_cannot_be(client: Client, make: Make, billing: Team) -> None:
    client.force_login(make("elif@example.test", (Role.SUPPORT, billing)))
    for wrong in ({"scope": "operator"}, {"days": "9999"}, {"name": ""}):
        given = {"name": "x", "scope": "support:billing", "days": "30"} | wrong
        assert client.post("/access/tokens/", given).status_code == 422
    assert not ServiceToken.objects.exists()


def test_one_revokes_ones_own_tokens_and_an_operator_everybodys(client: Client, make: Make, billing: Team) -> None:
    a_program(make("elif@example.test", (Role.SUPPORT, billing)), Role.SUPPORT, billing)
    token = ServiceToken.objects.get()
    client.force_login(make("sam@example.test", (Role.OWNER, billing), name="Sam Ortega"))
    assert client.post(f"/access/tokens/{token.pk}/revoke/").status_code == 404
    assert "nightly" not in client.get("/access/tokens/").content.decode()
    client.force_login(make("olga@example.test", (Role.OPERATOR, None), name="Olga Operator"))
    assert "nightly" in client.get("/access/tokens/").content.decode()
    client.post(f"/access/tokens/{token.pk}/revoke/")
    assert str(ServiceToken.objects.get().revoked_by) == "Olga Operator"


def _command(*words: str) -> str:
    said = io.StringIO()
    call_command("service_token", *words, stdout=said)
    return said.getvalue()


def test_the_command_makes_lists_and_revokes(make: Make, billing: Team) -> None:
    owner: Account = make("elif@example.test", (Role.SUPPORT, billing))
    said = _command("add", owner.email, "Night shift", "--role", "support:billing", "--days", "7")
    secret = said.rstrip().rpartition(" ")[2]
    assert Program(secret).get("me").status_code == 200
    token = ServiceToken.objects.get()
    assert f"{token.pk}  Night shift  Support, Billing  until" in _command("list", owner.email)
    assert _command("revoke", owner.email, str(token.pk)) == "Night shift is revoked.\n"
    assert Program(secret).get("me").status_code == 401
    with pytest.raises(CommandError, match="A token takes no more than you may yourself"):
        _command("add", owner.email, "more", "--role", "operator")
