"""What the audit's tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from controlplane.audit.models import Actor, AuditRecord, Subject, Via
from controlplane.audit.services import record

ELIF = Actor(person="person-1", account="account-1", label="Elif Kaya")


@pytest.fixture
def write() -> Callable[..., AuditRecord]:
    """Append one record in a transaction of its own."""

    def written(action: str = "replay.requested", **more: object) -> AuditRecord:
        with transaction.atomic():
            return record(action, actor=ELIF, via=Via.PAGE, subject=Subject("transaction", "0193f"), **more)  # type: ignore[arg-type]

    return written


@pytest.fixture
def tamper() -> Callable[[str], None]:
    """Run SQL as a database owner who switched the guards off."""

    def tampered(statement: str) -> None:
        with connection.cursor() as cursor:
            for table in ("audit_auditrecord", "audit_chainhead"):
                cursor.execute(f"alter table {table} disable trigger user")
            cursor.execute(statement)
            for table in ("audit_auditrecord", "audit_chainhead"):
                cursor.execute(f"alter table {table} enable trigger user")

    return tampered
