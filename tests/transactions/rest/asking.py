"""What tests of the API share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from controlplane.transactions.pipeline.catalogue import catalogue
from tests.people.rest.asking import Program
from tests.transactions.factories import Estate, estate

Programs = Callable[..., Program]


@contextmanager
def fresh_estate() -> Iterator[Estate]:
    """An estate whose configuration no earlier test has read, nor any later one reads."""
    catalogue.forget()
    cache.clear()
    yield estate(erp_connector="webhook")
    catalogue.forget()


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction: none of them closes its connection, as in Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
