"""One's own password and sessions."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from controlplane.audit.models import AuditRecord
from controlplane.people import oneself, services, sessions
from controlplane.people.models import Account, OpenSession, Team
from controlplane.people.roles import Role
from tests.people.conftest import PASSWORD, Make

pytestmark = pytest.mark.django_db
NEW = "four purple bicycles"
HERE = "/settings/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def elif_(make: Make, billing: Team) -> Account:
    return make("elif@example.test", (Role.SUPPORT, billing))


def signed_in(agent: str = FIREFOX, password: str = PASSWORD) -> Client:
    """A browser in which she has signed in by the form."""
    client = Client(headers={"user-agent": agent})
    assert client.post("/signin/", {"username": "elif@example.test", "password": password}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(HERE).status_code == 200


def change(client: Client, **typed: str) -> Any:
    return client.post("/settings/password/", {"current": PASSWORD, "password": NEW, "again": NEW} | typed)


def actions() -> list[str]:
    return list(AuditRecord.objects.filter(action__in=WATCHED).order_by("id").values_list("action", flat=True))


WATCHED = ["account.password_set", "account.password_refused", "sessions.ended"]


@pytest.mark.usefixtures("elif_")
def test_an_answer_to_a_request_with_the_old_session_leaves_the_new_one_in_the_browser() -> None:
    """Of two tabs, one changes the password while a request of the other is under way and is answered last."""
    here, tab = signed_in(), Client()
    tab.cookies["sessionid"] = here.cookies["sessionid"].value
    change(here)
    late = tab.get(HERE)
    assert (late.status_code, "sessionid" in late.cookies) == (302, False)
    assert is_in(here)


@pytest.mark.usefixtures("elif_")
def test_signing_out_takes_the_cookie_away() -> None:
    here = signed_in()
    cookie = here.post("/signout/").cookies["sessionid"]
    assert (cookie.value, cookie["max-age"]) == ("", 0)


@pytest.mark.usefixtures("elif_")
def test_a_changed_password_ends_every_other_session_and_is_on_record() -> None:
    here, other = signed_in(), signed_in()
    answer = change(here)
    assert (answer.status_code, answer.headers["location"]) == (302, HERE)
    assert "Your password is changed. Everywhere else you are signed out." in here.get(HERE).content.decode()
    assert (is_in(here), is_in(other)) == (True, False)
    record = AuditRecord.objects.get(action="account.password_set")
    assert (record.actor_label, record.via) == ("Elif Kaya", "page")
    assert Client().post("/signin/", {"username": "elif@example.test", "password": PASSWORD}).status_code == 422
    assert is_in(signed_in(password=NEW))


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"current": "wrong"}, "current", "This is not your password; it was not changed."),
        ({"again": "something else"}, "again", "This is not the same as the one above."),
        ({"password": "short", "again": "short"}, "password", "This password is too short."),
        ({"password": "elif@example.test", "again": "elif@example.test"}, "password", "too similar to the email"),
        ({"password": PASSWORD, "again": PASSWORD}, "password", "This is the password that you have"),
        ({"password": "", "again": ""}, "password", "This field is required."),
        ({"current": "x" * 5000}, "current", "at most 4096 characters"),
    ],
)
@pytest.mark.usefixtures("elif_")
def test_a_password_that_cannot_be_changed_says_why_beside_its_field(
    typed: dict[str, str], field: str, words: str
) -> None:
    here, other = signed_in(), signed_in()
    answer = change(here, **typed)
    assert answer.status_code == 422
    assert words in str(answer.context["password_form"].errors[field])
    assert NEW not in answer.content.decode()
    assert (is_in(here), is_in(other)) == (True, True)
    assert "account.password_set" not in actions()


@pytest.mark.usefixtures("elif_")
def test_an_open_browser_cannot_be_used_to_guess_the_password(settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    here = signed_in()
    answers = [change(here, current=f"guess {number}").status_code for number in range(4)]
    assert answers == [422, 422, 429, 429]
    assert change(here).status_code == 429
    assert actions() == ["account.password_refused"] * 3
    assert is_in(here)


def test_whose_password_is_kept_elsewhere_cannot_change_it_here(elif_: Account) -> None:
    elif_.set_unusable_password()
    elif_.save()
    client = Client()
    client.force_login(elif_)
    assert "Your password is not kept here" in client.get(HERE).content.decode()
    assert change(client).status_code == 409


@pytest.mark.usefixtures("elif_")
def test_one_sees_where_one_is_signed_in_and_which_of_them_is_this() -> None:
    here, phone = signed_in(), signed_in("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537 Chrome/140 Safari/537")
    page = here.get(HERE).content.decode()
    assert page.index("Chrome on Android") < page.index("Firefox on Linux")
    assert page.count("This one") == 1
    phone.post("/signout/")
    assert "Chrome on Android" not in here.get(HERE).content.decode()


@pytest.mark.usefixtures("elif_")
def test_signing_out_everywhere_else_leaves_this_session_and_ends_those_that_nobody_noted() -> None:
    here, other, older = signed_in(), signed_in(), signed_in()
    OpenSession.objects.filter(key=older.session.session_key).delete()
    answer = here.post("/settings/sessions/end/", follow=True)
    assert "1 other session is ended; only this one goes on." in answer.content.decode()
    assert (is_in(here), is_in(other), is_in(older)) == (True, False, False)
    assert AuditRecord.objects.get(action="sessions.ended").details == {"others": 1}
    assert is_in(signed_in())
    again = here.post("/settings/sessions/end/", follow=True)
    assert "1 other session is ended" in again.content.decode()
    assert "No other session was open" in here.post("/settings/sessions/end/", follow=True).content.decode()


def test_nobody_ends_the_sessions_of_somebody_else(elif_: Account, make: Make) -> None:
    make("tom@example.test", name="Tom Berg")
    hers, his = signed_in(), Client()
    his.post("/signin/", {"username": "tom@example.test", "password": PASSWORD})
    assert "elif@example.test" not in his.get(HERE).content.decode()
    his.post("/settings/sessions/end/")
    assert is_in(hers)
    assert [one.account_id for one in sessions.open_sessions(elif_)] == [elif_.pk]


@pytest.mark.parametrize(
    "end", [lambda one: services.set_password(one, NEW), lambda one: services.deactivate(one, reason="left")]
)
def test_what_an_operator_ends_leaves_no_session_behind(elif_: Account, end: Any) -> None:
    client = signed_in()
    end(elif_)
    assert not is_in(client)
    assert (Session.objects.count(), OpenSession.objects.count()) == (0, 0)


@pytest.mark.usefixtures("elif_")
def test_of_sessions_that_are_over_nothing_is_kept() -> None:
    Session.objects.filter(session_key=signed_in().session.session_key).delete()
    signed_in()
    assert OpenSession.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) AppleWebKit Version/26 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26 like Mac OS X) Version/26 Safari/604", "Safari on iPhone"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_what_its_person_calls_it(agent: str, words: str) -> None:
    assert sessions.browser_called(agent) == words


def test_older_looks_do_not_turn_back_what_was_seen(elif_: Account) -> None:
    from datetime import UTC, datetime

    late, early = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    oneself.have_seen(elif_, late)
    oneself.have_seen(elif_, early)
    assert Account.objects.get(pk=elif_.pk).notices_seen_at == late
