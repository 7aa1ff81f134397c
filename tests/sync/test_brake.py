"""The brake on deletions: a person decides, on what is known by then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from controlplane.foundation.errors import Conflict
from controlplane.people.access import Access
from controlplane.people.roles import Role
from controlplane.sync.models import Deletions, SyncJob, SyncRecord, SyncRun
from controlplane.sync.rules.states import RunState
from controlplane.sync.runs.release_brake import BRAKED, release_brake
from controlplane.sync.runs.start import start
from tests.sync.running import accepted, counters, deleted, read_on, run
from tests.sync.shelf import Shelf
from tests.sync.test_pages_shown import text, url
from tests.transactions.factories import Estate, an_account

pytestmark = pytest.mark.django_db
MakeJob = Callable[..., SyncJob]
BRAKE: dict[str, Any] = {"deletions": Deletions.AFTER_FULL, "deleted_share": 0.2, "deleted_free": 0}


@pytest.fixture
def job(make_job: MakeJob, shelf: Shelf, owner: Access) -> SyncJob:
    """A job that knows ten records and asks before it deletes more than two."""
    found = make_job(**BRAKE)
    shelf.fill(10)
    run(found, owner, full=True)
    return found


@pytest.fixture
def braked(job: SyncJob, shelf: Shelf, owner: Access) -> SyncRun:
    """A full run that the brake stopped, because the source did not show three of them; it shows them again."""
    before = dict(shelf.records)
    shelf.lose("p1", "p2", "p3")
    found = run(job, owner, full=True)
    assert (found.state, found.error_class) == (RunState.STOPPED, BRAKED)
    shelf.records = before
    return found


def test_a_brake_is_not_released_once_a_later_run_has_read(job: SyncJob, braked: SyncRun, owner: Access) -> None:
    later = run(job, owner, full=True)
    assert counters(later) == {"read": 10, "unchanged": 10}
    with pytest.raises(Conflict) as refused:
        release_brake(braked, owner, reason="They were test parties.")
    assert refused.value.detail == (
        f"Run {later.pk} has read since, so what run {braked.pk} did not see may be there again. "
        "Start a full run: it counts anew what is gone. Nothing was changed."
    )
    braked.refresh_from_db()
    job.refresh_from_db()
    assert (braked.state, braked.brake_released, job.paused) == (RunState.STOPPED, False, True)
    assert deleted() == []


def test_its_page_has_no_button_any_more_and_says_why(
    job: SyncJob, braked: SyncRun, owner: Access, billing: Estate
) -> None:
    browser = Client()
    browser.force_login(
        an_account("Jonas Weber", Role.OWNER, billing.team), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "Let it delete…" in text(browser.get(url(job, braked)))
    later = run(job, owner, full=True)
    page = text(browser.get(url(job, braked, "?ask=release")))
    assert f"It can no longer be told to delete. Run {later.pk} has read since" in page
    assert "Let it delete…" not in page
    refused = text(browser.post(url(job, braked, "release/"), {"reason": "test records"}, follow=True))
    assert "Start a full run: it counts anew what is gone. Nothing was changed." in refused


def test_a_dry_run_meanwhile_leaves_the_brake_to_be_released(job: SyncJob, braked: SyncRun, owner: Access) -> None:
    run(job, owner, full=True, dry=True)
    release_brake(braked, owner, reason="They were test parties.")
    assert read_on().swept == 3
    assert deleted() == ["p1", "p2", "p3"]


def test_what_a_later_run_has_seen_is_never_deleted_by_an_earlier_one(
    job: SyncJob, braked: SyncRun, owner: Access
) -> None:
    release_brake(braked, owner, reason="They were test parties.")
    SyncRecord.objects.filter(job=job).exclude(key="p1").update(last_seen_run=braked.pk + 1)
    assert read_on().swept == 1
    assert deleted() == ["p1"]


def test_a_record_that_is_turned_away_is_not_deleted(shelf: Shelf, make_job: MakeJob, owner: Access) -> None:
    job = make_job(key_field="code", **BRAKE)
    shelf.fill(10)
    run(job, owner, full=True)
    shelf.put("p2", name="No code any more")
    found = run(job, owner, full=True)
    assert counters(found) == {"read": 10, "unchanged": 9, "rejected": 1}
    assert (accepted(run=found.pk), deleted()) == ([], [])


@pytest.mark.parametrize(
    "settings",
    [
        (Deletions.IGNORED, Deletions.AFTER_FULL, Deletions.AFTER_FULL),
        (Deletions.AFTER_FULL, Deletions.IGNORED, Deletions.AFTER_FULL),
        (Deletions.AFTER_FULL, Deletions.AFTER_FULL, Deletions.IGNORED),
    ],
    ids=["told to look", "told not to for a while", "told not to look any more"],
)
def test_nothing_that_is_there_is_deleted_when_a_job_is_told_otherwise_during_a_run(
    job: SyncJob, shelf: Shelf, owner: Access, settings: tuple[Deletions, ...]
) -> None:
    SyncJob.objects.filter(pk=job.pk).update(deletions=settings[0], deleted_share=None, page_size=4)
    job.refresh_from_db()
    started = start(job, owner, reason="a test", full=True)
    for setting in settings:
        SyncJob.objects.filter(pk=job.pk).update(deletions=setting)
        read_on(turn=0)
    read_on()
    assert counters(started) == {"read": 10, "unchanged": 10}
    assert deleted() == []
