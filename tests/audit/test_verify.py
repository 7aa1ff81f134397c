"""A change behind the audit's back is found, and the first record that does not fit is named."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from controlplane.audit.chain import GENESIS
from controlplane.audit.models import AuditRecord, ChainCheck
from controlplane.audit.selectors import newest, verify_chain

Write = Callable[..., AuditRecord]
pytestmark = pytest.mark.django_db

TAMPERING = [
    ("update audit_auditrecord set reason = 'x' where id = 3", 3, "Record 3 was changed after it was written."),
    ("update audit_auditrecord set details = '{\"n\": 2}' where id = 2", 2, "Record 2 was changed"),
    ("update audit_auditrecord set at = at + interval '1 microsecond' where id = 1", 1, "Record 1 was changed"),
    ("update audit_auditrecord set actor_person = 'other' where id = 4", 4, "Record 4 was changed"),
    ("delete from audit_auditrecord where id = 2", 2, "Record 2 is missing: 3 follows 1."),
    ("delete from audit_auditrecord where id = 1", 1, "Record 1 is missing: 2 follows 0."),
    ("delete from audit_auditrecord where id >= 4", 4, "ends at record 3, but its head says 5: the end is missing."),
    ("update audit_auditrecord set previous_hash = hash where id = 3", 3, "Record 3 does not continue from record 2."),
    ("update audit_chainhead set last_hash = '\\x00'", 5, "The head does not hold the hash of record 5."),
    ("update audit_chainhead set last_id = 4", 4, "The head does not hold the hash of record 4."),
    ("delete from audit_chainhead", 1, "Record 1 stands behind the head: it was not written by the audit."),
]


@pytest.fixture
def five(write: Write) -> list[AuditRecord]:
    """A chain of five."""
    return [write(reason=f"reason {number}") for number in range(1, 6)]


def test_an_untouched_chain_is_whole(five: list[AuditRecord]) -> None:
    verdict = verify_chain(batch=2)

    assert verdict.intact
    assert (verdict.records, verdict.broken_at, verdict.finding) == (5, None, "")
    assert verdict.head_hash == bytes(five[-1].hash)


def test_a_chain_that_has_not_begun_is_whole() -> None:
    assert verify_chain().intact
    assert verify_chain().head_hash == GENESIS


@pytest.mark.parametrize(("statement", "broken_at", "said"), TAMPERING)
@pytest.mark.usefixtures("five")
def test_tampering_is_found_at_its_first_record(
    statement: str, broken_at: int, said: str, tamper: Callable[[str], None]
) -> None:
    tamper(statement)

    verdict = verify_chain(batch=2)

    assert not verdict.intact
    assert verdict.broken_at == broken_at
    assert said in verdict.finding


@pytest.mark.usefixtures("five")
def test_a_walk_that_ran_out_of_time_does_not_call_the_chain_whole() -> None:
    verdict = verify_chain(seconds=0)

    assert (verdict.complete, verdict.intact, verdict.records) == (False, False, 1)


@pytest.mark.usefixtures("five")
def test_the_command_prints_the_head_and_keeps_what_it_found(five: list[AuditRecord]) -> None:
    said = StringIO()
    call_command("audit_verify", stdout=said)

    assert said.getvalue() == f"5 records, unbroken. Head: {bytes(five[-1].hash).hex()}\n"
    kept = ChainCheck.objects.get()
    assert (kept.records, kept.complete, kept.broken_at, kept.by_label) == (5, True, None, "manage.py audit_verify")


@pytest.mark.usefixtures("five")
def test_the_command_fails_naming_the_first_broken_record(tamper: Callable[[str], None]) -> None:
    tamper("update audit_auditrecord set reason = 'x' where id = 3")

    with pytest.raises(CommandError, match=r"Record 3 was changed .* The 2 records before it fit\."):
        call_command("audit_verify")

    assert ChainCheck.objects.get().broken_at == 3


@pytest.mark.usefixtures("five")
def test_pages_of_the_audit_go_from_newest_to_oldest() -> None:
    first = newest(size=2)
    second = newest(before=first.older, size=2)
    third = newest(before=second.older, size=2)

    assert [[record.id for record in page.records] for page in (first, second, third)] == [[5, 4], [3, 2], [1]]
    assert (first.older, second.older, third.older) == (4, 2, None)
