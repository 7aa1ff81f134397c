"""Records that cannot be taken, shares that stop a run, deletions and their brake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connectors.messages import Record
from controlplane.audit.models import AuditRecord
from controlplane.foundation.errors import Conflict, NotAllowed
from controlplane.people.access import Access
from controlplane.sync.jobs.hold import let_go
from controlplane.sync.models import Deletions, SyncException, SyncJob, SyncRecord
from controlplane.sync.rules.judgement import CAUSES, Turned, judge, judge_page
from controlplane.sync.rules.limits import Limits, share
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs.release_brake import release_brake
from controlplane.sync.runs.schedule import due_slots
from controlplane.sync.runs.sweep import CANNOT_LIST
from controlplane.transactions.rules.states import TransactionState
from tests.sync.running import Killed, accepted, arrive, counters, lease_passes, read_on, run, settled
from tests.sync.shelf import Shelf
from tests.sync.test_schedule import since

MakeJob = Callable[..., SyncJob]
LOOP: dict[str, Any] = {}
LOOP["itself"] = LOOP


@pytest.mark.parametrize(
    ("record", "cause"),
    [
        (Record("", {"name": "x"}), "no_id"),
        (Record("a\0b", {"code": "1"}), "bad_id"),
        (Record("\ud800", {"code": "1"}), "bad_id"),
        (Record("x" * 401, {"code": "1"}), "bad_id"),
        (Record("1", {"code": "1"}, version=2**63), "bad_id"),
        (Record("1", {"name": "x"}), "missing_key"),
        (Record("1", {"code": ""}), "missing_key"),
        (Record("1", {"code": "1", "n": 2**70}), "unreadable"),
        (Record("1", {"code": "1", "half": "\ud800"}), "unreadable"),
        (Record("1", {"code": "1", "loop": LOOP}), "unreadable"),
        (Record("1", {"code": "1", "text": "x" * 1000}), "too_large"),
    ],
)
def test_why_a_record_is_not_taken(record: Record, cause: str) -> None:
    found = judge(record, key_field="code", volatile=(), largest=1000)
    assert isinstance(found, Turned)
    assert found.cause == cause
    assert found.cause in CAUSES
    assert found.detail
    assert "\0" not in found.key + found.label + found.detail


def test_a_record_twice_in_a_page_counts_once_as_it_is_last() -> None:
    page = [Record("1", {"name": "old"}, 1), Record("2", {"name": "b"}, 2), Record("1", {"name": "new"}, 3)]
    found = judge_page(page, key_field="", volatile=(), largest=1000)
    assert [(one.record.id, one.record.fields["name"]) for one in found.live] == [("2", "b"), ("1", "new")]
    assert found.repeats == 1


def test_a_record_that_is_deleted_later_in_the_page_is_gone() -> None:
    found = judge_page(
        [Record("1", {"name": "a"}, 1), Record("1", {}, 2, deleted=True)], key_field="", volatile=(), largest=1000
    )
    assert (found.live, [record.id for record in found.gone], found.repeats) == ((), ["1"], 1)


@pytest.mark.django_db
def test_rejected_records_are_named_and_the_others_pass(shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    job = make_job(key_field="code")
    shelf.fill(4)
    shelf.put("p2", name="No code any more")
    found = run(job, owner)
    assert counters(found) == {"read": 4, "changed": 3, "rejected": 1}
    (one,) = SyncException.objects.all()
    assert (one.key, one.cause, one.detail, one.page) == ("p2", "missing_key", "'code' is empty or missing", 2)
    assert [name for _, name in accepted()] == ["p1", "p3", "p4"]


@pytest.mark.parametrize(
    ("limit", "read", "rejected", "stops"),
    [(None, 10, 10, False), (0.02, 100, 2, False), (0.02, 100, 3, True), (0.0, 100, 1, True), (0.5, 0, 0, False)],
)
def test_the_share_of_rejected_records(limit: float | None, read: int, rejected: int, stops: bool) -> None:
    assert Limits(rejected_share=limit).too_many_rejected(read, rejected) is stops


@pytest.mark.django_db
def test_too_many_rejected_records_stop_the_run_and_hold_the_job(
    shelf: Shelf, make_job: MakeJob, owner: Access
) -> None:
    job = make_job(key_field="code", rejected_share=0.2, schedule="interval", every_seconds=60)
    shelf.put("p1", name="no code")
    shelf.fill(9, prefix="q")
    found = run(job, owner)
    assert (found.state, found.error_class, found.pages) == (RunState.STOPPED, "rejected_share", 1)
    assert found.note.startswith("1 of 3 records were rejected (33 %), more than the 20 % that the job allows.")
    job.refresh_from_db()
    assert (job.paused, job.paused_by) == (True, "Interlock")
    assert job.paused_reason.startswith(f"Run {found.pk} stopped itself. 1 of 3")
    since(job, hours=1)
    assert due_slots() == []
    assert AuditRecord.objects.filter(action="sync.run_stopped", subject_id=str(found.pk)).count() == 1
    let_go(job, owner)
    following = run(job, owner)
    assert counters(following) == {"read": 7, "changed": 7}


@pytest.mark.django_db
def test_records_that_died_on_their_way_count_too(shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    job = make_job(rejected_share=0.2)
    shelf.fill(9)
    from controlplane.sync.runs.start import start

    started = start(job, owner, reason="now")

    def two_died(number: int) -> None:
        if number == 2:
            arrive(job, "p1", "p2", state=TransactionState.DEAD)
            settled(started)

    shelf.before_page = two_died
    found = read_on()
    assert (found.state, found.pages, found.died) == (RunState.STOPPED, 2, 2)


@pytest.mark.parametrize(
    ("limit", "free", "known", "allowed"),
    [
        (None, 0, 100, None),
        (0.05, 0, 1000, 50),
        (0.05, 5, 10, 5),
        (0.05, 5, 1000, 50),
        (0.0, 0, 1000, 0),
        (1.0, 0, 7, 7),
    ],
)
def test_how_many_deletions_are_allowed(limit: float | None, free: int, known: int, allowed: int | None) -> None:
    assert Limits(deleted_share=limit, deleted_free=free).deletions_allowed(known) == allowed


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(612, 1000, "61 %"), (49, 10_000, "0.49 %"), (2, 100, "2 %"), (0, 10, "0 %"), (0, 0, "0 %"), (1, 3, "33 %")],
)
def test_shares_in_words(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words


BRAKE: dict[str, Any] = {"deleted_share": 0.2, "deleted_free": 0}


@pytest.mark.django_db
def test_a_full_run_finds_what_is_gone(shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    job = make_job(deletions=Deletions.AFTER_FULL, **BRAKE)
    shelf.fill(10)
    run(job, owner, full=True)
    shelf.lose("p3", "p7")
    incremental = run(job, owner)
    assert counters(incremental) == {}
    found = run(job, owner, full=True)
    assert counters(found) == {"read": 8, "unchanged": 8, "swept": 2}
    assert accepted(run=found.pk) == [("party.deleted", "p3"), ("party.deleted", "p7")]
    assert set(SyncRecord.objects.filter(tombstone=True).values_list("key", flat=True)) == {"p3", "p7"}
    assert counters(run(job, owner, full=True)) == {"read": 8, "unchanged": 8}


@pytest.mark.django_db
def test_a_list_of_ids_finds_what_is_gone_after_each_run(
    listing_shelf: Shelf, make_job: MakeJob, owner: Access
) -> None:
    job = make_job(deletions=Deletions.AFTER_EACH, **BRAKE)
    listing_shelf.fill(10)
    run(job, owner)
    listing_shelf.lose("p3", "p7")
    listing_shelf.put("p1", name="Another name")
    found = run(job, owner)
    assert counters(found) == {"read": 1, "changed": 1, "swept": 2}
    assert accepted(run=found.pk) == [("party.changed", "p1"), ("party.deleted", "p3"), ("party.deleted", "p7")]
    job.refresh_from_db()
    assert job.read_cursor == {"after": 11}


@pytest.mark.django_db
def test_a_system_that_cannot_list_ids_says_that_nobody_looked(shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    job = make_job(deletions=Deletions.AFTER_EACH)
    shelf.fill(2)
    run(job, owner)
    shelf.lose("p1")
    found = run(job, owner)
    assert (found.note, counters(found)) == (CANNOT_LIST, {})


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{"dry": True}, {"dry": True, "full": True}])
def test_a_dry_run_deletes_nothing(
    listing_shelf: Shelf, make_job: MakeJob, owner: Access, options: dict[str, bool]
) -> None:
    job = make_job(deletions=Deletions.AFTER_EACH, **BRAKE)
    listing_shelf.fill(4)
    run(job, owner)
    listing_shelf.lose("p1")
    run(job, owner, **options)
    assert not SyncRecord.objects.filter(tombstone=True).exists()


@pytest.mark.django_db
def test_the_brake_asks_a_person_before_more_than_the_share_is_deleted(
    listing_shelf: Shelf, make_job: MakeJob, owner: Access, support: Access
) -> None:
    job = make_job(deletions=Deletions.AFTER_EACH, **BRAKE)
    listing_shelf.fill(10)
    run(job, owner)
    listing_shelf.lose("p1", "p2", "p3")
    found = run(job, owner)
    assert (found.state, found.error_class, found.swept) == (RunState.STOPPED, "deletions_brake", 0)
    assert found.note.startswith("3 of 10 known records are gone at the source (30 %); 2 may go without asking.")
    assert accepted(run=found.pk) == []
    job.refresh_from_db()
    assert job.paused
    with pytest.raises(NotAllowed, match="roles"):
        release_brake(found, support, reason="x")
    release_brake(found, owner, reason="They were test parties.")
    assert not SyncJob.objects.get(pk=job.pk).paused
    released = read_on()
    assert (released.pk, released.swept) == (found.pk, 3)
    assert [name for _, name in accepted(run=found.pk)] == ["p1", "p2", "p3"]
    record = AuditRecord.objects.get(action="sync.brake_released")
    assert (record.reason, record.details["stopped_because"]) == ("They were test parties.", found.note)


@pytest.mark.django_db
def test_the_brake_holds_tombstones_too_before_their_page_is_saved(
    shelf: Shelf, make_job: MakeJob, owner: Access
) -> None:
    job = make_job(**BRAKE)
    shelf.fill(10)
    run(job, owner)
    for number in (1, 2, 3):
        shelf.bury(f"p{number}")
    found = run(job, owner)
    assert (found.state, found.pages, accepted(run=found.pk)) == (RunState.STOPPED, 0, [])
    job.refresh_from_db()
    assert job.read_cursor == {"after": 10}
    release_brake(found, owner, reason="Right so.")
    assert counters(read_on()) == {"read": 3, "deleted": 3}


@pytest.mark.django_db
def test_a_few_deletions_are_always_allowed(shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    job = make_job(deleted_share=0.05, deleted_free=5)
    shelf.fill(3)
    run(job, owner)
    shelf.bury("p1")
    assert counters(run(job, owner)) == {"read": 1, "deleted": 1}


@pytest.mark.django_db
def test_only_a_run_that_the_brake_stopped_can_be_released(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    with pytest.raises(Conflict, match="was not stopped by its deletions"):
        release_brake(run(job, owner), owner, reason="x")


@pytest.mark.django_db
def test_releasing_waits_for_another_run(listing_shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    from controlplane.sync.runs.start import start

    job = make_job(deletions=Deletions.AFTER_EACH, **BRAKE)
    listing_shelf.fill(4)
    run(job, owner)
    listing_shelf.lose("p1", "p2")
    found = run(job, owner)
    other = start(job, owner, reason="meanwhile")
    with pytest.raises(Conflict, match=f"Run {other.pk}"):
        release_brake(found, owner, reason="x")
    job.refresh_from_db()
    assert job.paused


@pytest.mark.django_db
def test_a_worker_that_dies_while_deleting_deletes_nothing_twice(
    listing_shelf: Shelf, make_job: MakeJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    from controlplane.sync.runs import sweep
    from controlplane.sync.runs.start import start

    job = make_job(deletions=Deletions.AFTER_EACH, deleted_share=None)
    listing_shelf.fill(8)
    run(job, owner)
    listing_shelf.lose(*(f"p{number}" for number in range(1, 8)))
    start(job, owner, reason="now")
    bury = sweep._bury_page

    def dies_after_the_first(*args: Any) -> bool:
        bury(*args)
        monkeypatch.setattr(sweep, "_bury_page", dies)
        return True

    def dies(*_args: Any) -> bool:
        raise Killed

    monkeypatch.setattr(sweep, "_bury_page", dies_after_the_first)
    with pytest.raises(Killed):
        read_on("worker-1")
    monkeypatch.setattr(sweep, "_bury_page", bury)
    lease_passes()
    found = read_on("worker-2")
    assert counters(found) == {"swept": 7}
    assert [name for _, name in accepted(run=found.pk)] == [f"p{number}" for number in range(1, 8)]


@pytest.mark.django_db
def test_the_database_itself_keeps_the_counters_adding_up(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    from django.db import IntegrityError, transaction

    from controlplane.sync.models import SyncRun

    found = run(job, owner)
    for wrong in ({"read": 5}, {"state": "done", "finished_at": None}, {"state": "nonsense"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SyncRun.objects.filter(pk=found.pk).update(**wrong)
