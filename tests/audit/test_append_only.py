"""The database refuses to change the audit, whoever asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from controlplane.audit.models import SYSTEM, AuditRecord
from controlplane.audit.services import check_chain

FORBIDDEN = [
    ("update audit_auditrecord set reason = 'nothing happened'", "UPDATE on audit_auditrecord is refused"),
    ("delete from audit_auditrecord", "DELETE on audit_auditrecord is refused"),
    ("truncate audit_auditrecord", "TRUNCATE on audit_auditrecord is refused"),
    ("update audit_chaincheck set broken_at = null", "UPDATE on audit_chaincheck is refused"),
    ("delete from audit_chaincheck", "DELETE on audit_chaincheck is refused"),
    ("truncate audit_chaincheck", "TRUNCATE on audit_chaincheck is refused"),
    ("delete from audit_chainhead", "DELETE on audit_chainhead is refused"),
    ("truncate audit_chainhead", "TRUNCATE on audit_chainhead is refused"),
    ("update audit_chainhead set last_id = 0", "one record forward at a time, not from 2 to 0"),
    ("update audit_chainhead set last_id = last_id + 2", "one record forward at a time, not from 2 to 4"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("statement", "said"), FORBIDDEN)
def test_a_statement_that_would_change_the_audit_is_refused(
    statement: str, said: str, write: Callable[..., AuditRecord]
) -> None:
    write()
    write()
    check_chain(by=SYSTEM)
    before = list(AuditRecord.objects.values())

    with pytest.raises(DatabaseError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(AuditRecord.objects.values()) == before


@pytest.mark.django_db
def test_a_second_head_is_refused(write: Callable[..., AuditRecord]) -> None:
    write()
    with pytest.raises(DatabaseError, match="audit_one_head"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into audit_chainhead (id, last_id, last_hash) values (2, 0, '')")
