"""A page's socket: who gets one, what may be said over it, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from controlplane.asgi import Application
from controlplane.console.live import consumers, topics, watcher
from controlplane.console.live.topics import Topic
from controlplane.foundation import clock
from controlplane.foundation.ids import uuid7
from controlplane.people import services
from controlplane.people.models import Account, Membership
from controlplane.people.roles import Role
from controlplane.transactions.models import DeadLetter
from tests.console.live.sockets import Socket
from tests.transactions.factories import estate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _closing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other threads ask the database closes behind itself, so that it can be emptied after the test."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)


@pytest.fixture
def elif_(settings: Settings) -> Account:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return services.create_account("elif@example.test", "Elif Kaya", "correct horse battery", [(Role.SUPPORT, None)])


@pytest.fixture
async def here(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    """A server process's application; it looks often."""
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 0.01)
    made = Application()
    yield made
    await made.watcher.stop()


Open = Callable[..., Awaitable[Socket]]


@pytest.fixture
def open_as(here: Application) -> Open:
    """A page's socket, with the session of an account."""

    @database_sync_to_async
    def made(account: Account | None, **more: str) -> Socket:
        client = Client()
        if account is not None:
            client.force_login(account)
        return Socket(here, session=client.cookies["sessionid"].value if account else "", **more)

    return made


async def test_a_page_is_told_when_what_it_follows_has_changed_and_of_nothing_else(
    open_as: Open, elif_: Account
) -> None:
    made = await database_sync_to_async(estate)()
    socket = await open_as(elif_)
    assert await socket.open() is None
    name = topics.name(Topic("dead-letters"), str(elif_.pk))
    await socket.say({"follow": [name, topics.name(Topic("hours"), str(elif_.pk))]})
    assert set(await socket.heard()) == {"as_of"}
    assert await socket.heard() == {"changed": [name]}  # for what changed since the page was made
    assert await socket.is_silent()
    await database_sync_to_async(_dies)(made)
    assert await socket.heard() == {"changed": [name]}
    await socket.close()


def _dies(made: Any) -> None:
    DeadLetter.objects.create(
        step_run_id=uuid7(),
        transaction_id=uuid7(),
        integration=made.integration,
        fingerprint=uuid7(),
        error_class="rejected",
        reason="No.",
        required=True,
        died_at=clock.now(),
    )


async def test_who_is_not_signed_in_is_told_so(open_as: Open) -> None:
    socket = await open_as(None)
    assert await socket.open() is None
    assert await socket.ended() == 4401


async def test_whose_account_was_closed_is_told_so(open_as: Open, elif_: Account) -> None:
    socket = await open_as(elif_)
    await Account.objects.filter(pk=elif_.pk).aupdate(is_active=False)
    assert await socket.open() is None
    assert await socket.ended() == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_another_sites_page_gets_no_socket(open_as: Open, elif_: Account, origin: str) -> None:
    socket = await open_as(elif_, origin=origin)
    assert await socket.open() == 1000


async def test_there_are_no_sockets_anywhere_else(open_as: Open, elif_: Account) -> None:
    socket = await open_as(elif_, path="/tx/")
    assert await socket.open() == 4404


async def test_a_process_that_only_takes_webhooks_in_has_none() -> None:
    socket = Socket(Application(alone=True))
    assert await socket.open() == 4404


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"follow": "arrivals"}',
        '{"follow": [1]}',
        '{"follow": [null]}',
        "[" * 5000,
        '{"follow": [' + ",".join(['"x"'] * 33) + "]}",
        "\x00",
    ],
)
async def test_what_no_page_of_ours_says_ends_it(open_as: Open, elif_: Account, text: str) -> None:
    socket = await open_as(elif_)
    await socket.open()
    await socket.say(text)
    assert await socket.ended() == consumers.NOT_UNDERSTOOD


async def test_bytes_end_it(open_as: Open, elif_: Account) -> None:
    socket = await open_as(elif_)
    await socket.open()
    await socket.say(b'{"follow": []}')
    assert await socket.ended() == consumers.NOT_UNDERSTOOD


async def test_a_flood_ends_it(open_as: Open, elif_: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "MOST_MESSAGES", 3)
    socket = await open_as(elif_)
    await socket.open()
    for _ in range(4):
        await socket.say({"follow": []})
    assert await socket.ended() == consumers.NOT_UNDERSTOOD


async def test_a_page_that_was_made_for_somebody_else_follows_nothing_and_is_told_to_reload(
    open_as: Open, elif_: Account, here: Application
) -> None:
    """As when another person signs in beside it, in the same browser."""
    socket = await open_as(elif_)
    await socket.open()
    own = topics.name(Topic("replay", "7"), str(elif_.pk))
    other = topics.name(Topic("replay", "7"), "0197a000-0000-7000-8000-000000000001")
    await socket.say({"follow": [own, other]})
    assert await socket.ended() == 4403
    assert list(here.watcher._follows.values()) == [frozenset()]
    await socket.close()


async def test_a_name_that_nobody_made_follows_nothing(open_as: Open, elif_: Account, here: Application) -> None:
    socket = await open_as(elif_)
    await socket.open()
    await socket.say({"follow": ["replay:7~forged"]})
    assert await socket.ended() == 4403
    assert list(here.watcher._follows.values()) == [frozenset()]
    await socket.close()


async def test_signing_out_ends_it(open_as: Open, elif_: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "STANDING_SECONDS", 0.0)
    socket = await open_as(elif_)
    await socket.open()
    await database_sync_to_async(_sign_out_everywhere)()
    assert await socket.ended() == 4401


def _sign_out_everywhere() -> None:
    Session.objects.all().delete()


async def test_signing_out_everywhere_ends_it_though_its_session_is_still_there(
    open_as: Open, elif_: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "STANDING_SECONDS", 0.0)
    socket = await open_as(elif_)
    await socket.open()
    await Account.objects.filter(pk=elif_.pk).aupdate(session_round=F("session_round") + 1)
    assert await socket.ended() == 4401
    assert await Session.objects.acount() == 1


async def test_other_rights_end_it(open_as: Open, elif_: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "STANDING_SECONDS", 0.0)
    socket = await open_as(elif_)
    await socket.open()
    await Membership.objects.filter(person=elif_.person_id).aupdate(role=Role.EXECUTIVE)
    assert await socket.ended() == 4403


async def test_a_page_that_goes_away_is_forgotten(open_as: Open, elif_: Account, here: Application) -> None:
    socket = await open_as(elif_)
    await socket.open()
    await socket.say({"follow": []})
    await socket.heard()
    assert len(here.watcher) == 1
    await socket.close()
    assert len(here.watcher) == 0
