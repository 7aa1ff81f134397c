"""Everything through PgBouncer in transaction mode, where the next statement may meet another server each time."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator

import psycopg
import pytest

from tests.faults.plants import SECRET, ask, drained, nothing_was_lost, planted
from tests.faults.sender import Sender
from tests.faults.target import Target
from tests.peers.pgbouncer import Pgbouncer
from tests.standalone.installed import Installation
from tests.standalone.waiting import until

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300), pytest.mark.xdist_group("pgbouncer")]

#: What people open, asked as the first operator: the search for a key, and for what is running.
PAGES = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "controlplane.settings"
import django
django.setup()
from django.test import Client
from controlplane.people.models import Account
client = Client(headers={"host": "127.0.0.1"})
client.force_login(Account.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
for path in ("/tx/", "/tx/?q=type:order.placed", "/tx/dead/"):
    answer = client.get(path)
    print(path, b"order.placed" in answer.content, answer.status_code)
"""


@pytest.fixture(scope="module")
def pooler() -> Iterator[Pgbouncer]:
    with Pgbouncer() as started:
        yield started


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with Target() as listening:
        yield listening


@pytest.fixture(scope="module")
def plant(pooler: Pgbouncer, target: Target) -> Iterator[Installation]:
    """A whole installation, whose every connection to its database is the pooler's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"postgres://postgres@127.0.0.1:{pooler.port}/postgres")
        patch.setenv("INTERLOCK_PGBOUNCER", "1")
        for name in ("BROKER_URL", "CACHE_URL"):
            patch.delenv(name, raising=False)
        with planted(target) as installation:
            yield installation


def test_events_are_accepted_carried_and_delivered(plant: Installation, target: Target, pooler: Pgbouncer) -> None:
    assert f":{pooler.port}/" in plant.more["DATABASE_URL"]
    with Sender(plant.url("/in/faults"), SECRET, rate=100) as sender:
        until(lambda: len(sender.acknowledged) >= 500, within=60)
    until(lambda: drained(plant), within=60)
    nothing_was_lost(plant, target, sender)


def test_hundreds_of_clients_share_ten_servers(plant: Installation, pooler: Pgbouncer) -> None:
    (count,) = ask(plant, "select count(*) from pg_stat_activity where datname = current_database()")[0]
    assert 0 < count <= 10


def test_pages_and_searches_open(plant: Installation) -> None:
    done = plant.run("-c", PAGES)
    assert done.stdout.splitlines() == [
        "/tx/ True 200",
        "/tx/?q=type:order.placed True 200",
        "/tx/dead/ False 200",
    ], done.stderr[-2000:]


def status_of(address: str) -> int:
    """What an unsigned event is answered with."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data=b"{}", method="POST"), timeout=5) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_a_changed_endpoint_is_noticed_without_listen(plant: Installation) -> None:
    """Every five seconds it is looked at, because nobody can be told through a pooler."""
    assert status_of(plant.url("/in/faults")) == 401
    ask(plant, "update transactions_endpoint set active = false returning id")
    until(lambda: status_of(plant.url("/in/faults")) == 404, within=15)
    ask(plant, "update transactions_endpoint set active = true returning id")
    until(lambda: status_of(plant.url("/in/faults")) == 401, within=15)


def test_nothing_was_prepared_and_no_session_lock_is_held(plant: Installation) -> None:
    """Asked of every server of the pool, in turn, by holding a transaction open on each."""
    address = plant.more["DATABASE_URL"]
    held: list[psycopg.Connection] = []
    try:
        for _ in range(5):
            connection = psycopg.connect(address, prepare_threshold=None)
            held.append(connection)
            prepared = connection.execute("select count(*) from pg_prepared_statements").fetchone()
            locks = connection.execute(
                "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
            ).fetchone()
            assert (prepared, locks) == ((0,), (0,))
    finally:
        for connection in held:
            connection.close()
