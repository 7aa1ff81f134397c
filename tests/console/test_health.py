"""A process says whether it lives and whether it can work; the queues can be counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from controlplane.foundation import clock, partitions
from controlplane.transactions import upkeep
from controlplane.transactions.ingress.pressure import Pressure, Seen
from controlplane.transactions.rules.states import Lane


def test_a_living_process_says_so_without_asking_anybody(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_everything_in_place_is_ready(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"database": "ok", "migrations": "ok", "partitions": "ok", "coming week": "ok", "pressure": "ok"},
    }


@pytest.mark.django_db
def test_a_missing_week_is_not_ready_and_says_which(client: Client) -> None:
    name = partitions.name_of("attempt", partitions.week_of(clock.now()))
    with connection.cursor() as cursor:
        cursor.execute(f"drop table {name}")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["checks"]["partitions"] == f"this week's partitions are missing: {name}"


@pytest.mark.django_db
def test_a_coming_week_that_is_missing_is_said_and_work_goes_on(client: Client) -> None:
    name = partitions.name_of("attempt", partitions.week_of(clock.now()) + partitions.WEEK)
    with connection.cursor() as cursor:
        cursor.execute(f"drop table {name}")
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"]["coming week"] == f"next week's partitions are missing: {name}"
    assert "interlock_partition_weeks_ahead 0.0" in client.get("/metrics").content.decode().splitlines()


@pytest.mark.django_db
def test_how_far_ahead_the_weeks_are_made_is_a_metric(client: Client) -> None:
    this_week = partitions.week_of(clock.now())
    for weeks, ahead in ((3, 2), (1, 0), (0, -1)):
        with connection.cursor() as cursor:
            cursor.execute(f"drop table {partitions.name_of('attempt', this_week + partitions.WEEK * weeks)}")
        assert f"interlock_partition_weeks_ahead {ahead}.0" in client.get("/metrics").content.decode().splitlines()
    assert len(upkeep.make_partitions()) == 3
    assert partitions.weeks_ahead(clock.now()) >= upkeep.WEEKS_AHEAD - 1


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'sessions'")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": "ok",
        "migrations": "1 migrations are not applied: run manage.py migrate",
        "partitions": "not checked",
        "coming week": "not checked",
        "pressure": "ok",
    }


@pytest.mark.django_db
def test_senders_that_are_turned_away_are_said_and_pages_open_all_the_same(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INBOX_LIMIT = 100
    pressed = Pressure()
    pressed.seen = Seen(None, {Lane.NORMAL: 120})
    monkeypatch.setattr(Pressure, "here", pressed)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["pressure"]) == (
        200,
        "all senders but those of critical integrations are told to come back: 120 events wait in the normal lane",
    )


@pytest.mark.django_db
def test_metrics_count_what_waits(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into inbox (transaction_id, retention) values (gen_random_uuid(), 2)")
    text = client.get("/metrics").content.decode()
    assert 'interlock_waiting{queue="inbox"} 1.0' in text
    assert 'interlock_waiting{queue="dead letters"} 0.0' in text
    assert "interlock_ingress_requests_total" in text


@pytest.mark.django_db
def test_metrics_ask_for_the_token_when_there_is_one(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "scrape"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer scrape"}).status_code == 200
