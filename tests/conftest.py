"""What every test stands on: the settings, and one database and one broker for the whole session."""

from __future__ import annotations

import importlib

import django
import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from controlplane.standalone.embedded import Embedded
from tests import initial_rows, session_services

# Before pytest-django would: conftest files further down import models.
django.setup()
# What tests ring goes to the session's broker, not to one that happens to listen on this machine.
importlib.import_module("controlplane.celery")

RUNNING = pytest.StashKey[list[Embedded]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the session's services, once."""
    if session_services.worker_number() is None and not config.option.collectonly:
        config.stash[RUNNING] = session_services.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them."""
    if session_services.worker_number() is None:
        session_services.stop(config.stash.get(RUNNING, []))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """A zone that a test leaves behind would be every later test's."""
    left = getattr(vars(timezone)["_active"], "value", None)
    timezone.deactivate()
    assert left is None, f"{item.nodeid} left the time zone {left} behind"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Each test finds the rows that the migrations left, also after tests with real transactions.

    In place of Django's TRUNCATE, which the audit's triggers refuse: see ``tests/initial_rows.py``.
    """
    from django.db import connection  # after the settings were chosen

    with django_db_blocker.unblock():
        initial_rows.remember()
    # For every connection, not only this one: beside Playwright's event loop Django uses another.
    type(connection.ops).execute_sql_flush = staticmethod(initial_rows.restore)  # type: ignore[method-assign, assignment]
