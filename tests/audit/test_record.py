"""An act is recorded in the transaction that does it, with everything an auditor asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from controlplane.audit.chain import GENESIS, NotRecordable, canonical, link
from controlplane.audit.models import Actor, AuditRecord, Subject, Via
from controlplane.audit.services import record, through
from controlplane.foundation import trace_context

Write = Callable[..., AuditRecord]


@pytest.mark.django_db
def test_a_record_says_who_did_what_to_what_when_why_and_from_where() -> None:
    trace = UUID("0af7651916cd43dd8448eb211c80319c")
    token = trace_context.current.set(trace_context.TraceContext(trace))
    try:
        record(
            "replay.requested",
            actor=Actor("person-1", "account-1", "Elif Kaya"),
            via=Via.PAGE,
            subject=Subject("transaction", "0193f"),
            reason="The tax id was corrected.",
            details={"steps": [8], "dry_run": False, "limit": None},
        )
    finally:
        trace_context.current.reset(token)

    kept = AuditRecord.objects.get()
    assert (kept.id, kept.action, kept.via) == (1, "replay.requested", "page")
    assert (kept.actor_person, kept.actor_account, kept.actor_label) == ("person-1", "account-1", "Elif Kaya")
    assert kept.subject == Subject("transaction", "0193f")
    assert kept.reason == "The tax id was corrected."
    assert kept.details == {"steps": [8], "dry_run": False, "limit": None}
    assert kept.correlation_id == trace
    assert abs(kept.at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.django_db
def test_each_record_continues_the_one_before(write: Write) -> None:
    first, second = write(), write("replay.finished")

    assert bytes(first.previous_hash) == GENESIS
    assert bytes(second.previous_hash) == bytes(first.hash)
    assert bytes(second.hash) == link(bytes(first.hash), AuditRecord.objects.get(pk=2))
    assert second.at > first.at


@pytest.mark.django_db(transaction=True)
def test_an_act_that_rolls_back_leaves_no_record_and_no_gap(write: Write) -> None:
    write()
    with transaction.atomic():
        record("replay.requested")
        transaction.set_rollback(True)
    write()

    assert list(AuditRecord.objects.order_by("id").values_list("id", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError, match="in the transaction that does it"):
        record("replay.requested")
    assert AuditRecord.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["replay", "Replay.requested", "replay requested", "replay.", ".requested", ""])
def test_an_action_is_a_dotted_word(action: str) -> None:
    with pytest.raises(ValueError, match=r"replay\.requested"):
        record(action)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"amount": 39.4}, "details.amount is a float"),
        ({"amount": Decimal("39.40")}, "details.amount is a Decimal"),
        ({"steps": [1, {"at": datetime(2026, 11, 23, tzinfo=UTC)}]}, r"details.steps\[1\].at is a datetime"),
        ({"body": b"raw"}, "details.body is a bytes"),
        ({"login": {"Password": "hunter2"}}, "details.login.Password looks like a secret"),
        ({"token": "x"}, "details.token looks like a secret"),
    ],
)
def test_what_cannot_or_must_not_be_kept_is_refused_by_its_path(details: dict[str, Any], said: str) -> None:
    with pytest.raises(NotRecordable, match=said):
        record("replay.requested", details=details)
    assert AuditRecord.objects.count() == 0


@pytest.mark.django_db
def test_text_that_postgresql_cannot_hold_is_kept_as_near_as_can_be(write: Write) -> None:
    kept = AuditRecord.objects.get(pk=write(reason="a\0b", details={"said": "\0"}).pk)

    assert (kept.reason, kept.details) == ("a\ufffdb", {"said": "\ufffd"})
    assert bytes(kept.hash) == link(GENESIS, kept)


def test_the_canonical_form_is_fixed_to_the_letter() -> None:
    # A change of this form would break every chain that exists. The hash was made with sha256sum.
    entry = AuditRecord(
        id=7,
        at=datetime(2026, 11, 23, 13, 32, 5, 120, tzinfo=UTC),
        actor_person="p",
        actor_account="a",
        actor_label="Elif Kaya",
        via=Via.PAGE,
        action="replay.requested",
        subject_kind="transaction",
        subject_id="0193f",
        reason="Größe",
        details={"b": 1, "a": [True, None]},
        correlation_id=UUID("0af7651916cd43dd8448eb211c80319c"),
    )

    assert canonical(entry).decode() == (
        '{"action":"replay.requested","actor_account":"a","actor_label":"Elif Kaya","actor_person":"p",'
        '"at":"2026-11-23T13:32:05.000120Z","correlation_id":"0af76519-16cd-43dd-8448-eb211c80319c",'
        '"details":{"a":[true,null],"b":1},"id":7,"reason":"Größe","subject_id":"0193f",'
        '"subject_kind":"transaction","via":"page"}'
    )
    assert link(bytes(32), entry).hex() == "0e58e9e6e57842de8a1fc3613e7d75520f69a3959f323e897ca6cf67841f9582"


@pytest.mark.django_db
def test_recording_costs_one_lock_one_insert_and_one_update(write: Write, django_assert_num_queries: Any) -> None:
    write()
    with transaction.atomic(), django_assert_num_queries(3) as asked:
        record("replay.requested")
    assert "for update" in asked.captured_queries[0]["sql"]
    assert connection.in_atomic_block


@pytest.mark.django_db
def test_what_is_done_in_a_request_came_through_its_door_whatever_the_verb_says(write: Write) -> None:
    with through(Via.API):
        write()
    write()
    assert list(AuditRecord.objects.order_by("id").values_list("via", flat=True)) == ["api", "page"]
