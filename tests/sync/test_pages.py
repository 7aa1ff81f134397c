"""One run from its first page to its last: what is passed on, what is only counted, what is kept."""

from __future__ import annotations

import pytest

from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncPage, SyncRecord
from controlplane.sync.rules.states import RunState
from tests.sync.running import accepted, arrive, bodies, counters, run, settled
from tests.sync.shelf import Shelf

pytestmark = pytest.mark.django_db


def test_the_first_run_passes_every_record_on_and_keeps_the_cursor(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(7)
    found = run(job, owner)
    assert counters(found) == {"read": 7, "changed": 7}
    assert accepted() == [("party.changed", f"p{n}") for n in range(1, 8)]
    assert bodies()[0] == {"id": "p1", "name": "Party 1", "code": "C-0001"}
    job.refresh_from_db()
    assert job.read_cursor == {"after": 7}
    pages = SyncPage.objects.filter(run=found).order_by("number").values_list("number", "read", "cursor")
    assert list(pages) == [(1, 3, {"after": 3}), (2, 3, {"after": 6}), (3, 1, {"after": 7})]
    assert found.total == 7


def test_it_is_done_only_when_everything_has_arrived(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(4)
    found = run(job, owner)
    assert found.state == RunState.SETTLING
    arrive(job, "p1", "p2", "p3")
    assert settled(found).state == RunState.SETTLING
    arrive(job)
    assert settled(found).state == RunState.DONE
    assert found.finished_at is not None


def test_unchanged_records_are_only_counted(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(4)
    run(job, owner)
    shelf.put("p2", name="Party 2", code="C-0002", touched="only a volatile field")
    shelf.put("p3", name="Another name", code="C-0003")
    found = run(job, owner)
    assert counters(found) == {"read": 2, "changed": 1, "unchanged": 1}
    assert accepted(run=found.pk) == [("party.changed", "p3")]


def test_nothing_new_is_a_run_of_nothing(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(2)
    arrive_after = run(job, owner)
    arrive(job)
    settled(arrive_after)
    found = run(job, owner)
    assert (found.state, counters(found), found.pages) == (RunState.DONE, {}, 0)
    job.refresh_from_db()
    assert (job.read_cursor, job.settled_cursor) == ({"after": 2}, {"after": 2})


def test_a_full_run_reads_everything_and_passes_on_what_changed(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(4)
    run(job, owner)
    shelf.put("p1", name="Another name", code="C-0001")
    found = run(job, owner, full=True)
    assert shelf.begun[-1] == {}
    assert counters(found) == {"read": 4, "changed": 1, "unchanged": 3}
    assert accepted(run=found.pk) == [("party.changed", "p1")]


def test_a_forced_full_run_passes_everything_on(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(4)
    run(job, owner)
    found = run(job, owner, full=True, force=True)
    assert counters(found) == {"read": 4, "changed": 4}
    assert len(accepted(run=found.pk)) == 4


def test_a_tombstone_passes_a_deletion_on_once(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(3)
    run(job, owner)
    shelf.bury("p2")
    found = run(job, owner)
    assert counters(found) == {"read": 1, "deleted": 1}
    assert accepted(run=found.pk) == [("party.deleted", "p2")]
    assert bodies()[-1] == {"id": "p2"}
    again = run(job, owner, full=True)
    assert counters(again) == {"read": 3, "unchanged": 3}


def test_a_record_that_comes_back_is_changed(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.put("p1", name="Party 1")
    run(job, owner)
    shelf.bury("p1")
    run(job, owner)
    shelf.put("p1", name="Party 1")
    assert counters(run(job, owner)) == {"read": 1, "changed": 1}
    assert not SyncRecord.objects.get(job=job, key="p1").tombstone


def test_without_a_type_for_deletions_they_are_noted_and_passed_to_nobody(
    shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    SyncJob.objects.filter(pk=job.pk).update(deleted_type="")
    shelf.fill(1)
    run(job, owner)
    shelf.bury("p1")
    found = run(job, owner)
    assert counters(found) == {"read": 1, "deleted": 1}
    assert accepted(run=found.pk) == []


def test_an_older_version_of_a_known_record_is_left_alone(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(2)
    run(job, owner)
    SyncRecord.objects.filter(job=job, key="p2").update(source_version=99)
    shelf.put("p2", name="From long ago")
    assert counters(run(job, owner)) == {"read": 1, "unchanged": 1}


def test_the_connector_is_told_the_page_size_and_the_deadline(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(1)
    run(job, owner)
    assert shelf.context is not None
    assert (shelf.context.settings["page_size"], shelf.context.deadline) == (3, 30.0)
    assert shelf.context.base_url == "https://payments.example"
