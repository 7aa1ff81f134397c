"""After a test with real transactions the next one finds what the migrations left."""

from __future__ import annotations

import pytest
from django.db import transaction

from controlplane.audit.models import AuditRecord, ChainHead
from controlplane.audit.services import record
from controlplane.inventory.models import EntityKind
from tests import initial_rows


@pytest.mark.django_db(transaction=True)
def test_even_the_append_only_audit_is_put_back_with_the_rows_of_the_migrations() -> None:
    heads, entities = list(ChainHead.objects.values()), set(EntityKind.objects.values_list("pk", flat=True))
    assert entities
    with transaction.atomic():
        record("tested.thing")
    EntityKind.objects.all().delete()
    initial_rows.restore()
    assert AuditRecord.objects.count() == 0
    assert list(ChainHead.objects.values()) == heads
    assert set(EntityKind.objects.values_list("pk", flat=True)) == entities
