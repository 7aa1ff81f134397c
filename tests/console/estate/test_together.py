"""Two people apply the same document at once: one makes everything, the other finds it all there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from controlplane.console.estate.apply import Applied, apply
from tests.console.estate.conftest import OPERATOR, counted, small


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_everything_once() -> None:
    both = Barrier(2, timeout=30)

    def at_once(_: int) -> Applied:
        try:
            both.wait()
            return apply(small(), actor=OPERATOR)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        first, second = sorted(people.map(at_once, range(2)), key=lambda applied: len(applied.created), reverse=True)

    assert (len(first.created), first.changed, first.same) == (19, [], [])
    assert (second.created, second.changed, len(second.same)) == ([], [], 16)
    assert counted()["audit.AuditRecord"] == 2
