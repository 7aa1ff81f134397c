"""Writers at the same time keep one chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from controlplane.audit.models import Actor, AuditRecord, ChainHead
from controlplane.audit.selectors import verify_chain
from controlplane.audit.services import record

WRITERS, EACH = 8, 12


def _write(writer: int, gate: Barrier) -> None:
    try:
        gate.wait()
        for number in range(EACH):
            with transaction.atomic():
                record("replay.requested", actor=Actor(label=f"writer {writer}"), details={"number": number})
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_keep_one_chain_without_gaps_from_the_very_first_record() -> None:
    gate = Barrier(WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(_write, writer, gate) for writer in range(WRITERS)]:
            done.result()

    ids = list(AuditRecord.objects.order_by("id").values_list("id", flat=True))
    assert ids == list(range(1, WRITERS * EACH + 1))
    assert verify_chain().intact
    assert ChainHead.objects.get().last_id == WRITERS * EACH
    times = list(AuditRecord.objects.order_by("id").values_list("at", flat=True))
    assert times == sorted(times)


@pytest.mark.django_db(transaction=True)
def test_each_writers_own_records_stay_in_its_order() -> None:
    gate = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_write, writer, gate) for writer in range(2)]:
            done.result()

    for writer in range(2):
        numbers = AuditRecord.objects.filter(actor_label=f"writer {writer}").order_by("id")
        assert [entry.details["number"] for entry in numbers] == list(range(EACH))
