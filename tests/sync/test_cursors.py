"""Editing a cursor, backfills and dry runs: what moves, what stays, and what is kept in the audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from controlplane.audit.models import AuditRecord
from controlplane.foundation.errors import Conflict, Invalid, NotAllowed
from controlplane.people.access import Access
from controlplane.sync.jobs.edit_cursor import edit_cursor
from controlplane.sync.models import Deletions, SyncJob, SyncPage, SyncRecord, SyncRun
from controlplane.sync.rules import cursors
from controlplane.sync.rules.states import RunKind, RunState
from controlplane.sync.runs.backfill import backfill
from controlplane.sync.runs.pause import pause
from controlplane.sync.runs.resume import resume
from controlplane.sync.runs.start import start
from controlplane.transactions.models import Inbox, Payload
from tests.sync.running import accepted, arrive, counters, read_on, run, settled
from tests.sync.shelf import Shelf

MakeJob = Callable[..., SyncJob]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("{}", {}),
        ('{"since": "2026-11-21T00:00:00Z", "after": 4711}', {"since": "2026-11-21T00:00:00Z", "after": 4711}),
        ('{"a": [1, {"b": null}], "c": 1.5}', {"a": [1, {"b": None}], "c": 1.5}),
    ],
)
def test_a_cursor_is_a_json_object(text: str, found: dict[str, Any]) -> None:
    assert cursors.read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "4711", "null", "{", "{'a': 1}", '{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}'),
        *('{"a": "\\u0000"}', '{"a": "\\ud800"}', "[" * 3999, '{"a": "' + "x" * 4000 + '"}'),
        '{"a": ' + "9" * 3990 + "e9}",
    ],
)
def test_what_is_no_cursor_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        cursors.read(text)
    assert refused.value.field == "cursor"


def test_a_name_that_no_cursor_had_before_is_pointed_out() -> None:
    assert cursors.unknown_members({"sinec": 1, "after": 2}, [{"since": 1, "after": 1}]) == ["sinec"]
    assert cursors.unknown_members({"since": 1}, [{}, {}]) == []


def edit(job: SyncJob, access: Access, cursor: dict[str, Any], **options: Any) -> list[str]:
    """Edit with the cursor seen just now."""
    seen = cursors.written(SyncJob.objects.get(pk=job.pk).read_cursor)
    return edit_cursor(job, access, cursor, **{"reason": "read it again", "expected": seen} | options)


@pytest.mark.django_db
def test_the_next_run_begins_at_the_edited_cursor_and_passes_on_only_what_changed(
    shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    shelf.fill(6)
    run(job, owner)
    assert edit(job, owner, {"after": 2}) == []
    found = run(job, owner)
    assert shelf.begun[-1] == {"after": 2}
    assert counters(found) == {"read": 4, "unchanged": 4}
    record = AuditRecord.objects.get(action="sync.cursor_edited")
    assert (record.reason, record.subject_id) == ("read it again", str(job.pk))
    assert record.details == {"old": '{"after": 6}', "new": '{"after": 2}', "run": None}


@pytest.mark.django_db
def test_a_slip_in_a_name_is_returned(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(1)
    run(job, owner)
    assert edit(job, owner, {"aftr": 0}) == ["aftr"]


@pytest.mark.django_db
def test_a_paused_run_goes_on_from_the_edited_cursor(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(9)
    started = start(job, owner, reason="now")
    shelf.before(2, lambda: pause(started, owner, reason="look"))
    held = read_on()
    with pytest.raises(Conflict, match="The cursor has moved"):
        edit(job, owner, {"after": 6}, expected="{}")
    edit(job, owner, {"after": 6})
    shelf.before_page = lambda _number: None
    resume(held, owner)
    found = read_on()
    assert [name for _, name in accepted()] == ["p1", "p2", "p3", "p7", "p8", "p9"]
    assert found.cursor == {"after": 9}


@pytest.mark.django_db
@pytest.mark.parametrize("state", [RunState.PLANNED, RunState.RUNNING, RunState.WAITING, RunState.CANCELLING])
def test_a_cursor_that_a_run_moves_is_not_edited(shelf: Shelf, job: SyncJob, owner: Access, state: RunState) -> None:
    started = start(job, owner, reason="now")
    SyncRun.objects.filter(pk=started.pk).update(state=state)
    with pytest.raises(Conflict, match=f"Run {started.pk} is .* Pause it first"):
        edit(job, owner, {"after": 1})
    job.refresh_from_db()
    assert job.read_cursor == {}
    assert not AuditRecord.objects.filter(action="sync.cursor_edited").exists()


@pytest.mark.django_db
def test_only_who_may_configure_edits_a_cursor_and_says_why(job: SyncJob, owner: Access, support: Access) -> None:
    with pytest.raises(NotAllowed):
        edit(job, support, {"after": 1})
    with pytest.raises(Invalid):
        edit(job, owner, {"after": 1}, reason=" ")


@pytest.mark.django_db
def test_a_backfill_leaves_the_jobs_cursors_where_they_are(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(6)
    arrived = run(job, owner)
    arrive(job)
    settled(arrived)
    SyncRecord.objects.filter(key="p5").delete()
    backfill(job, owner, {"after": 3}, reason="p5 was lost")
    found = read_on()
    assert (found.kind, counters(found)) == (RunKind.BACKFILL, {"read": 3, "changed": 1, "unchanged": 2})
    assert accepted(run=found.pk) == [("party.changed", "p5")]
    arrive(job)
    assert settled(found).state == RunState.DONE
    job.refresh_from_db()
    assert (job.read_cursor, job.settled_cursor) == ({"after": 6}, {"after": 6})


@pytest.mark.django_db
def test_a_backfill_deletes_nothing_that_it_did_not_read(
    listing_shelf: Shelf, make_job: MakeJob, owner: Access
) -> None:
    job = make_job(deletions=Deletions.AFTER_EACH, deleted_share=None)
    listing_shelf.fill(6)
    run(job, owner)
    listing_shelf.lose("p1")
    backfill(job, owner, {"after": 3}, reason="look again")
    assert counters(read_on()) == {"read": 3, "unchanged": 3}
    assert not SyncRecord.objects.filter(tombstone=True).exists()


@pytest.mark.django_db
def test_a_forced_backfill_passes_everything_from_there_on(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(4)
    run(job, owner)
    backfill(job, owner, {"after": 2}, reason="the target lost them", force=True)
    found = read_on()
    assert accepted(run=found.pk) == [("party.changed", "p3"), ("party.changed", "p4")]


@pytest.mark.django_db
def test_a_dry_run_counts_and_writes_nothing(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(4)
    run(job, owner)
    shelf.put("p1", name="Another name")
    shelf.bury("p2")
    shelf.put("p9", name="New")
    before = [list(model.objects.order_by("pk").values()) for model in (SyncRecord, Inbox, Payload)]
    found = run(job, owner, dry=True)
    assert (found.kind, found.state) == (RunKind.DRY, RunState.DONE)
    assert counters(found) == {"read": 3, "changed": 2, "deleted": 1}
    assert [list(model.objects.order_by("pk").values()) for model in (SyncRecord, Inbox, Payload)] == before
    job.refresh_from_db()
    assert job.read_cursor == {"after": 4}
    assert SyncPage.objects.filter(run=found).count() == 1
    real = run(job, owner)
    assert counters(real) == {"read": 3, "changed": 2, "deleted": 1}


@pytest.mark.django_db
def test_a_full_runs_cursor_is_taken_along_at_its_end(shelf: Shelf, job: SyncJob, owner: Access) -> None:
    shelf.fill(6)
    run(job, owner)
    shelf.put("p9")
    started = start(job, owner, reason="all", full=True)
    seen: list[Any] = []
    shelf.before_page = lambda _number: seen.append(SyncJob.objects.get(pk=job.pk).read_cursor)
    assert read_on().pk == started.pk
    job.refresh_from_db()
    assert seen == [{"after": 6}] * 4
    assert job.read_cursor == {"after": 7}
