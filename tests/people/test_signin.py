"""Signing in and out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.people import services, signin
from controlplane.people.models import Account, Team
from controlplane.people.roles import Role
from tests.people.conftest import PASSWORD, Make

pytestmark = pytest.mark.django_db
WRONG = "This e-mail and password do not belong together."


@pytest.fixture
def elif_(make: Make, billing: Team) -> Account:
    """Someone who can sign in."""
    return make("elif@example.test", (Role.SUPPORT, billing))


def _send(client: Client, name: str = "elif@example.test", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(more.pop("at", "/signin/"), {"username": name, "password": password} | more)


def _records(*actions: str) -> list[AuditRecord]:
    return list(AuditRecord.objects.filter(action__in=actions).order_by("id"))


@pytest.mark.usefixtures("elif_")
def test_the_right_password_leads_to_the_start_and_is_on_record(client: Client, elif_: Account) -> None:
    answer = _send(client, " ELIF@Example.test ")

    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    (opened,) = _records("session.opened")
    assert (opened.actor_person, opened.actor_label) == (str(elif_.person_id), "Elif Kaya")
    assert (opened.subject_id, opened.via, opened.details) == (str(elif_.pk), "page", {"address": "127.0.0.1"})
    assert Account.objects.get().last_login is not None


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/tx/?q=customer:C-1042", "/tx/?q=customer:C-1042"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
@pytest.mark.usefixtures("elif_")
def test_one_is_led_where_one_wanted_but_only_within_this_site(client: Client, wanted: str, led_to: str) -> None:
    assert _send(client, next=wanted).headers["location"] == led_to


@pytest.mark.usefixtures("elif_")
def test_the_session_key_changes_with_the_sign_in(client: Client) -> None:
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before or ""
    _send(client)

    assert client.session.session_key != before


@pytest.mark.usefixtures("elif_")
def test_a_session_ends_with_the_window_unless_it_is_kept_for_twelve_hours(client: Client) -> None:
    assert _send(client).cookies["sessionid"]["max-age"] == ""
    client.post("/signout/")
    assert _send(client, keep="on").cookies["sessionid"]["max-age"] == 12 * 3600


@pytest.mark.usefixtures("elif_")
def test_a_wrong_password_an_unknown_name_and_a_closed_account_look_alike(client: Client, make: Make) -> None:
    services.deactivate(make("closed@example.test"), reason="left the company")
    answers = [
        _send(client, password="wrong"),
        _send(client, name="nobody@example.test"),
        _send(client, name="closed@example.test"),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    errors = [str(answer.context["form"].non_field_errors()) for answer in answers]
    assert WRONG in errors[0]
    assert errors[0] == errors[1] == errors[2]
    assert "sessionid" not in client.cookies


@pytest.mark.usefixtures("elif_")
def test_what_was_typed_as_a_name_is_kept_only_as_a_digest(client: Client) -> None:
    from axes.models import AccessAttempt

    _send(client, name="my secret password", password="wrong")

    (refused,) = _records("session.refused")
    assert (refused.subject_kind, refused.subject_id) == ("tried name", signin.digest("my secret password"))
    assert refused.actor_label == "Nobody signed in"
    attempt = AccessAttempt.objects.get()
    assert attempt.username == signin.digest("MY secret password ")
    kept = f"{attempt.get_data}{attempt.post_data}{attempt.username}{refused.details}{refused.subject_id}"
    assert "secret" not in kept


@pytest.mark.usefixtures("elif_")
def test_after_eight_wrong_tries_a_name_waits_and_the_page_says_how_long(client: Client) -> None:
    answers = [_send(client, password=f"wrong {number}") for number in range(8)]
    assert [answer.status_code for answer in answers] == [422] * 7 + [429]
    assert "8 wrong tries" in answers[-1].content.decode()
    assert "15 min after the last of them" in answers[-1].content.decode()

    assert _send(client).status_code == 429, "the right password does not help while the name waits"
    assert _send(client, name="Elif@Example.test").status_code == 429, "nor do other capitals"
    assert [entry.action for entry in _records("session.refused", "session.locked", "session.opened")] == [
        "session.refused",
        "session.locked",
    ]
    assert _records("session.locked")[0].details == {"address": "127.0.0.1", "failures": 8}


@pytest.mark.usefixtures("elif_")
def test_trying_while_locked_does_not_make_it_longer(client: Client) -> None:
    from axes.models import AccessAttempt

    for _ in range(8):
        _send(client, password="wrong")
    before = AccessAttempt.objects.values().get()
    for _ in range(3):
        _send(client, password="wrong")

    assert AccessAttempt.objects.values().get() == before


@pytest.mark.usefixtures("elif_")
def test_a_success_forgets_the_wrong_tries_before_it(client: Client) -> None:
    for _ in range(7):
        _send(client, password="wrong")
    _send(client)
    client.post("/signout/")
    for _ in range(7):
        assert _send(client, password="wrong").status_code == 422


@pytest.mark.usefixtures("elif_")
def test_another_name_from_the_same_address_is_not_locked_with_it(client: Client, make: Make) -> None:
    make("tom@example.test")
    for _ in range(8):
        _send(client, password="wrong")

    assert _send(client, name="tom@example.test").status_code == 302


@pytest.mark.usefixtures("elif_")
def test_many_names_from_one_address_do_not_flood_the_audit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "NAMES_ON_RECORD", 3)
    for number in range(6):
        _send(client, name=f"name-{number}@example.test")

    details = [entry.details for entry in _records("session.refused")]
    assert details == [
        {"address": "127.0.0.1"},
        {"address": "127.0.0.1"},
        {"address": "127.0.0.1", "last_on_record": True},
    ]


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("elif@example.test", "")])
@pytest.mark.usefixtures("elif_")
def test_a_form_that_cannot_be_right_is_given_back(client: Client, name: str, password: str) -> None:
    answer = _send(client, name=name, password=password)

    assert answer.status_code == 422
    assert _records("session.refused") == []


@pytest.mark.usefixtures("elif_")
def test_the_password_is_never_written_into_the_page(client: Client) -> None:
    assert "wrong but long" not in _send(client, password="wrong but long").content.decode()


@pytest.mark.usefixtures("elif_")
def test_signing_out_ends_the_session_and_is_on_record(client: Client, elif_: Account) -> None:
    _send(client)
    answer = client.post("/signout/")

    assert (answer.status_code, answer.headers["location"]) == (302, "/signin/")
    assert [(entry.actor_label, entry.subject_id) for entry in _records("session.closed")] == [
        ("Elif Kaya", str(elif_.pk))
    ]
    assert client.get("/access/audit/").headers["location"] == "/signin/?next=/access/audit/"


@pytest.mark.usefixtures("elif_")
def test_a_link_does_not_sign_out_and_signing_out_twice_is_harmless(client: Client) -> None:
    _send(client)
    assert client.get("/signout/").status_code == 405
    client.post("/signout/")
    assert client.post("/signout/").status_code == 302
    assert len(_records("session.closed")) == 1


def test_closing_the_account_ends_its_open_sessions(client: Client, elif_: Account) -> None:
    _send(client)
    assert client.get("/access/audit/").status_code == 403
    services.deactivate(elif_, reason="left the company")

    assert client.get("/access/audit/").headers["location"] == "/signin/?next=/access/audit/"


def test_a_new_password_ends_the_sessions_opened_with_the_old_one(client: Client, elif_: Account) -> None:
    _send(client)
    services.set_password(elif_, "another long one")

    assert client.get("/access/audit/").headers["location"] == "/signin/?next=/access/audit/"


@pytest.mark.usefixtures("elif_")
def test_who_is_signed_in_needs_no_sign_in_page(client: Client) -> None:
    _send(client)
    assert client.get("/signin/?next=/tx/").headers["location"] == "/tx/"


def test_a_form_from_elsewhere_is_refused_in_our_words(elif_: Account) -> None:
    answer = _send(Client(enforce_csrf_checks=True))

    assert answer.status_code == 403
    assert "This form was opened too long ago, in another session, or by another site" in answer.content.decode()


def test_a_part_of_a_page_whose_session_ended_takes_the_whole_page_to_the_sign_in(client: Client) -> None:
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/tx/?q=C-1042"}
    answer = client.get("/signin/?next=/tx/rows/", headers=htmx)

    assert answer.headers["HX-Redirect"] == "/signin/?next=%2Ftx%2F%3Fq%3DC-1042"


def test_the_page_is_not_kept_by_caches(client: Client) -> None:
    assert "no-store" in client.get("/signin/").headers["cache-control"]
