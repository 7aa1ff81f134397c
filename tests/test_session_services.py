"""Tests that run beside each other share neither a cache nor a broker: one empties it while another counts on it."""

from __future__ import annotations

import os

import pytest
from django.conf import settings

from tests.session_services import DATABASES_A_WORKER, beside, worker_number


@pytest.mark.skipif(worker_number() is None, reason="this run has no workers")
def test_each_worker_has_databases_of_its_own() -> None:
    number = worker_number()
    assert number is not None
    first = number * DATABASES_A_WORKER
    assert settings.CACHES["default"]["LOCATION"] == os.environ["CACHE_URL"]
    assert os.environ["BROKER_URL"] == settings.BROKER_URL
    if os.environ["INTERLOCK_VAR"] in settings.CACHES["default"]["LOCATION"]:
        assert settings.CACHES["default"]["LOCATION"].endswith(f"db={first + 1}")
        assert settings.BROKER_URL.endswith(f"virtual_host={first}")


@pytest.mark.parametrize(
    ("named", "own"),
    [
        ("redis://127.0.0.1:6379/9", "redis://127.0.0.1:6379/11"),
        ("redis://:secret@cache.example:6379", "redis://:secret@cache.example:6379/2"),
    ],
)
def test_of_a_redis_that_is_named_each_worker_takes_a_database_after_the_other(named: str, own: str) -> None:
    assert beside(named, 2) == own
