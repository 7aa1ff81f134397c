"""The watcher: who follows something is told when it changes, and nobody else; who may not stay is sent away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError

from controlplane.console.live import topics, watcher
from controlplane.console.live.topics import Kind, Topic
from controlplane.console.live.watcher import NOT_NOW, RIGHTS_CHANGED, SESSION_ENDED, TOO_MANY, Watcher
from controlplane.people.standing import Standing

ORDERS, REPLAY = Topic("orders"), Topic("replay", "7")
SUPPORT = Standing("hash", frozenset({("support", None)}))


class Page:
    """A reader that remembers what it was told."""

    def __init__(self, account: UUID | None = None, *, session: str = "s", deaf: bool = False) -> None:
        self.account, self.session, self.standing = account or uuid4(), session, SUPPORT
        self.told: list[frozenset[Topic]] = []
        self.beats, self.ended, self._deaf = 0, 0, deaf

    async def tell(self, changed: Collection[Topic]) -> None:
        if self._deaf:
            await asyncio.Event().wait()
        self.told.append(frozenset(changed))

    async def beat(self) -> None:
        self.beats += 1

    async def end(self, code: int) -> None:
        self.ended = code


class World:
    """What there is to be seen, and how often it was looked at."""

    def __init__(self) -> None:
        self.now: dict[str, str] = {"": "1", "7": "1"}
        self.looks: list[tuple[str, ...]] = []
        self.error: Exception | None = None

    def versions(self, keys: Collection[str]) -> Mapping[str, str]:
        if self.error is not None:
            raise self.error
        self.looks.append(tuple(sorted(keys)))
        return {key: self.now[key] for key in keys if key in self.now}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    kinds = {
        "orders": Kind(made.versions, 5, catches_up=False),
        "replay": Kind(made.versions, 1, urgent=True),
    }
    monkeypatch.setattr(topics, "KINDS", MappingProxyType(kinds))
    monkeypatch.setattr(watcher, "database_sync_to_async", _at_once)
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 3600.0)  # tests say when it looks
    monkeypatch.setattr(Watcher, "_tell_on", lambda _self: asyncio.Event().wait())  # and when it tells
    return made


async def until(happened: Callable[[], object]) -> None:
    """Let the loop go on until it has."""
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)


def _at_once(ask: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def asked(*given: Any) -> Any:
        return ask(*given)

    return asked


async def joined(here: Watcher, *follows: Topic, page: Page | None = None) -> Page:
    page = page or Page()
    assert here.join(page) is None
    here.follow(page, follows)
    return page


async def told(here: Watcher, turns: int) -> None:
    for _ in range(turns):
        here.tell()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_nothing_is_said_while_nothing_changes_and_once_when_it_does(world: World) -> None:
    here = Watcher()
    follows, other = await joined(here, ORDERS), await joined(here)
    await here.look(0)
    await here.look(5)
    world.now[""] = "2"
    await here.look(10)
    await here.look(15)
    await told(here, 5)
    assert (follows.told, other.told) == ([frozenset({ORDERS})], [])
    await here.stop()


async def test_a_kind_is_looked_at_no_more_often_than_it_says_and_once_for_all(world: World) -> None:
    here = Watcher()
    for _ in range(3):
        await joined(here, ORDERS, REPLAY)
    for second in range(7):
        await here.look(second)
    assert world.looks.count(("",)) == 2
    assert world.looks.count(("7",)) == 7
    await here.stop()


async def test_who_begins_to_follow_is_told_once_for_what_changed_since_the_page_was_made(world: World) -> None:
    here = Watcher()
    page = await joined(here, ORDERS, REPLAY)
    await told(here, 3)
    assert page.told == []  # it would fetch what may be older than what is seen first
    await here.look(0)
    await told(here, 3)
    assert page.told == [frozenset({REPLAY})]
    here.follow(page, [REPLAY])
    await here.look(1)
    await told(here, 3)
    assert len(page.told) == 1
    await here.stop()


async def test_what_nobody_followed_yet_is_seen_at_once_whenever_its_kind_was_looked_at(world: World) -> None:
    here = Watcher()
    await joined(here, Topic("orders"))
    await here.look(0)
    page = await joined(here, Topic("orders", "7"))
    await here.look(1)
    world.now["7"] = "2"
    await here.look(5)
    await told(here, 2)
    assert page.told == [frozenset({Topic("orders", "7")})]
    await here.stop()


async def test_what_appears_or_goes_away_has_changed(world: World) -> None:
    here = Watcher()
    page = await joined(here, REPLAY)
    await here.look(0)
    await told(here, 1)
    del world.now["7"]
    await here.look(1)
    await told(here, 1)
    world.now["7"] = "1"
    await here.look(2)
    await told(here, 1)
    assert page.told == [frozenset({REPLAY})] * 3
    await here.stop()


async def test_a_page_that_follows_something_else_now_is_not_told_of_what_it_followed(world: World) -> None:
    here = Watcher()
    page = await joined(here, ORDERS)
    await here.look(0)
    here.follow(page, [])
    world.now[""] = "2"
    await here.look(5)
    await told(here, 1)
    assert page.told == []
    await here.stop()


async def test_many_are_told_in_turn_and_each_of_all_that_has_changed_by_then(world: World) -> None:
    here = Watcher()
    pages = [await joined(here, ORDERS) for _ in range(500)]
    await here.look(0)
    for version in range(2, 6):
        world.now[""] = str(version)
        await here.look(version * 5)
        await told(here, 50)
    assert [len(page.told) for page in pages] == [1] * 200 + [0] * 300
    await told(here, 1000)
    assert all(page.told[-1] == {ORDERS} for page in pages)
    # The fifty who were told last among the first two hundred knew all there was.
    assert [len(page.told) for page in pages] == [2] * 150 + [1] * 350
    await here.stop()


async def test_who_does_not_read_holds_nobody_up_and_is_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "DEAF_SECONDS", 0.05)
    here = Watcher()
    deaf, hears = await joined(here, REPLAY, page=Page(deaf=True)), await joined(here, REPLAY)
    await here.look(0)
    await told(here, 2)
    assert hears.told == [frozenset({REPLAY})]
    await until(lambda: len(here) == 1)
    assert deaf.told == []
    await here.stop()


async def test_there_is_room_for_so_many_and_for_so_many_of_one_account(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "MOST_OF_AN_ACCOUNT", 2)
    monkeypatch.setattr(watcher, "MOST_SOCKETS", 3)
    here, account = Watcher(), uuid4()
    assert [here.join(Page(account)) for _ in range(3)] == [None, None, TOO_MANY]
    assert [here.join(Page()) for _ in range(2)] == [None, NOT_NOW]
    await here.stop()


async def test_without_readers_nothing_is_looked_at(world: World) -> None:
    here = Watcher()
    page = await joined(here, ORDERS)
    here.leave(page)
    await here.look(0)
    assert (world.looks, len(here)) == ([], 0)
    here.leave(page)
    await here.stop()


async def test_a_session_that_ended_and_rights_that_changed_end_the_socket(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Watcher()
    stays, out, closed, again, other = [
        await joined(here, ORDERS, page=Page(session=s)) for s in ("a", "out", "b", "c", "d")
    ]
    standing = {page.account: SUPPORT for page in (stays, out, again, other)}
    standing[again.account] = Standing("another hash", SUPPORT.memberships)
    standing[other.account] = Standing("hash", frozenset({("executive", None)}))
    monkeypatch.setattr(watcher, "standings", lambda _accounts: standing)
    monkeypatch.setattr(watcher, "signed_in", lambda sessions: frozenset(sessions) - {"out"})
    await here.judge()
    await told(here, 0)
    assert [page.ended for page in (stays, out, closed, again, other)] == [
        0,
        SESSION_ENDED,
        SESSION_ENDED,
        SESSION_ENDED,
        RIGHTS_CHANGED,
    ]
    assert len(here) == 1
    await here.stop()


async def test_hints_leave_one_after_the_other_by_themselves(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(topics, "KINDS", MappingProxyType({"replay": Kind(world.versions, 1, urgent=True)}))
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 3600.0)
    monkeypatch.setattr(watcher, "HINTS_PER_SECOND", 20)
    here, clock = Watcher(), asyncio.get_running_loop().time
    began, pages = clock(), [await joined(here, REPLAY) for _ in range(5)]
    await here.look(0)
    await until(lambda: all(page.told for page in pages))
    assert clock() - began >= 4 / 20
    await here.stop()


def test_whoever_follows_on_another_loop_is_told_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(topics, "KINDS", MappingProxyType({"replay": Kind(world.versions, 1, urgent=True)}))
    monkeypatch.setattr(watcher, "database_sync_to_async", _at_once)
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 3600.0)
    here = Watcher()

    async def follow() -> None:
        page = await joined(here, REPLAY)
        await asyncio.sleep(0)  # nobody is to be told yet: it waits
        await here.look(0)
        await until(lambda: page.told)
        here.leave(page)

    asyncio.run(follow())
    asyncio.run(follow())


@pytest.mark.parametrize("error", [OperationalError("gone"), ValueError("a defect")], ids=["away", "defect"])
async def test_a_look_that_fails_closes_all_and_the_next_page_is_followed_again(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(watcher, "BEAT_SECONDS", 0.0)
    here = Watcher()
    world.error = error
    page = await joined(here, ORDERS)
    await until(lambda: page.ended)
    assert (page.ended, page.beats, len(here)) == (NOT_NOW, 0, 0)
    world.error = None
    page = await joined(here, ORDERS)
    await until(lambda: page.beats)
    assert page.ended == 0
    await here.stop()
