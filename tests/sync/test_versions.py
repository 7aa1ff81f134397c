"""What a page of jobs or runs follows has another version whenever what it shows has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import RunState
from controlplane.sync.selectors import versions
from tests.sync.running import run
from tests.transactions.changing import changes

pytestmark = pytest.mark.django_db


def test_a_run_changes_with_each_page_and_with_its_end(job: SyncJob, owner: Access) -> None:
    made = run(job, owner)
    rows = SyncRun.objects.filter(pk=made.pk)
    assert changes(versions.runs, made.pk, lambda: rows.update(pages=7))
    assert changes(versions.runs, made.pk, lambda: rows.update(state=RunState.STOPPED))
    assert versions.runs(["0"]) == {}


def test_a_job_changes_with_its_settings_and_with_its_runs_and_not_with_anothers(
    job: SyncJob, make_job: Callable[..., SyncJob], owner: Access
) -> None:
    other = make_job(slug="another")
    assert changes(versions.jobs, job.pk, lambda: SyncJob.objects.filter(pk=job.pk).update(page_size=17))
    made: list[SyncRun] = []
    assert changes(versions.jobs, job.pk, lambda: made.append(run(job, owner)))
    assert changes(versions.jobs, job.pk, lambda: SyncRun.objects.filter(pk=made[0].pk).update(pages=9))
    assert not changes(versions.jobs, other.pk, lambda: SyncRun.objects.filter(pk=made[0].pk).update(pages=10))


def test_schedules_change_with_every_job_and_with_every_run(job: SyncJob, owner: Access) -> None:
    assert changes(versions.schedules, "", lambda: run(job, owner))
    assert changes(versions.schedules, "", lambda: SyncJob.objects.update(paused_reason="Odoo is being upgraded."))
    assert not changes(versions.schedules, "", lambda: None)
