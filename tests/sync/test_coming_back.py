"""Records that were deleted and are there again, at a source that does not say that they changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.messages import Record
from controlplane.people.access import Access
from controlplane.sync.models import Deletions, SyncException, SyncJob, SyncPage
from controlplane.sync.rules.states import Phase
from controlplane.sync.runs import sweep
from controlplane.sync.runs.start import start
from tests.sync.running import accepted, counters, deleted, read_on, run
from tests.sync.shelf import Shelf

pytestmark = pytest.mark.django_db
MakeJob = Callable[..., SyncJob]


def hidden_and_shown_again(shelf: Shelf, job: SyncJob, owner: Access, *names: str) -> None:
    """The job reads six records, then some of them are out of its sight, then it would see them again."""
    shelf.fill(6)
    run(job, owner)
    before = dict(shelf.records)
    shelf.lose(*names)
    assert counters(run(job, owner)) == {"swept": len(names)}
    shelf.records = before


@pytest.fixture
def job(make_job: MakeJob) -> SyncJob:
    """A job that reads what changed and then goes through the ids."""
    return make_job(deletions=Deletions.AFTER_EACH, deleted_share=None)


def test_a_record_that_is_there_again_unchanged_is_passed_on(open_shelf: Shelf, job: SyncJob, owner: Access) -> None:
    hidden_and_shown_again(open_shelf, job, owner, "p2", "p5")
    found = run(job, owner)
    assert counters(found) == {"read": 2, "changed": 2}
    assert accepted(run=found.pk) == [("party.changed", "p2"), ("party.changed", "p5")]
    assert (open_shelf.taken, deleted()) == (["p2", "p5"], [])
    job.refresh_from_db()
    assert job.read_cursor == {"after": 6}
    assert counters(run(job, owner)) == {}
    assert open_shelf.taken == ["p2", "p5"]


def test_where_no_record_can_be_looked_up_the_run_says_what_to_do(
    listing_shelf: Shelf, job: SyncJob, owner: Access
) -> None:
    hidden_and_shown_again(listing_shelf, job, owner, "p2", "p5")
    found = run(job, owner)
    assert counters(found) == {}
    assert found.note == (
        "Records that were deleted are there again (2). This connector cannot look them up one by one: "
        "start a full run, which passes them on."
    )
    full = run(job, owner, full=True)
    assert (full.note, counters(full)) == ("", {"read": 6, "changed": 2, "unchanged": 4})
    assert (accepted(run=full.pk), deleted()) == ([("party.changed", "p2"), ("party.changed", "p5")], [])


def test_one_that_is_listed_and_not_given_stays_deleted(open_shelf: Shelf, job: SyncJob, owner: Access) -> None:
    hidden_and_shown_again(open_shelf, job, owner, "p2", "p5")
    open_shelf.locked = {"p2"}
    found = run(job, owner)
    assert counters(found) == {"read": 2, "changed": 1, "unchanged": 1}
    assert (accepted(run=found.pk), deleted()) == ([("party.changed", "p5")], ["p2"])


def test_one_that_cannot_be_taken_is_named(open_shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    job = make_job(deletions=Deletions.AFTER_EACH, deleted_share=None, key_field="code")
    hidden_and_shown_again(open_shelf, job, owner, "p2")
    place, _ = open_shelf.records["p2"]
    open_shelf.records["p2"] = (place, Record("p2", {"id": "p2"}, version=place))
    found = run(job, owner)
    assert counters(found) == {"read": 1, "rejected": 1}
    assert SyncException.objects.get(run=found).cause == "missing_key"


def test_many_are_looked_up_in_turns_and_none_twice(
    open_shelf: Shelf, job: SyncJob, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "MOST_LOOKED_UP", 2)
    hidden_and_shown_again(open_shelf, job, owner, "p1", "p2", "p3", "p4", "p5")
    open_shelf.locked = {"p1", "p2"}
    started = start(job, owner, reason="a test")
    for _ in range(3):
        assert read_on(turn=0).phase == Phase.SWEEPING
    assert counters(read_on()) == {"read": 5, "changed": 3, "unchanged": 2}
    assert open_shelf.taken == ["p1", "p2", "p3", "p4", "p5"]
    pages = SyncPage.objects.filter(run=started).order_by("number").values_list("read", "cursor")
    assert list(pages) == [(2, {"after": 6}), (2, {"after": 6}), (1, {"after": 6})]
    assert deleted() == ["p1", "p2"]
