"""Whatever happens between the pages, every change is passed on exactly once and the sums are right."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import Transient
from controlplane.people.access import Access
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.states import ACTIVE, RunState, may_move
from controlplane.sync.runs.cancel import cancel
from controlplane.sync.runs.claim import claim
from controlplane.sync.runs.pause import pause
from controlplane.sync.runs.read import run_pages
from controlplane.sync.runs.resume import resume
from controlplane.sync.runs.start import start
from tests.sync.running import Killed, bodies, due_time_comes, lease_passes
from tests.sync.shelf import Shelf
from tests.sync.test_settling import clear

HAPPENINGS = ("nothing", "killed", "paused", "cancelled", "unwell", "changed", "taken over")


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=st.lists(st.sampled_from(HAPPENINGS), max_size=8), size=st.integers(1, 4), count=st.integers(0, 9))
def test_every_change_is_passed_on_exactly_once(
    shelf: Shelf, make_job: Any, owner: Access, happenings: list[str], size: int, count: int
) -> None:
    clear(shelf)
    job = make_job(f"job-{SyncJob.objects.count()}", page_size=size)
    shelf.fill(count)
    already = len(bodies())
    changes = {f"p{number}": 1 for number in range(1, count + 1)}
    queue = list(happenings)

    def before_page(number: int) -> None:
        current = SyncRun.objects.active().filter(job=job).first()
        if not queue or current is None:
            return
        happening = queue.pop()
        if happening == "changed" and count:
            shelf.put("p1", name=f"Change {number}")
        if happening == "unwell":
            shelf.errors[number] = Transient("x")
        happen(happening, current, owner)

    shelf.before_page = before_page
    for _ in range(60):
        work(job, owner)
        if not queue and read_everything(job, shelf):
            break
    assert read_everything(job, shelf)
    passed_on = bodies()[already:]
    assert {body["id"] for body in passed_on} == set(changes)
    # A record that changed while it was read may be seen in several states; no state is seen twice.
    states = [(body["id"], body["name"]) for body in passed_on]
    assert len(states) == len(set(states))
    assert {state for state in states if state[0] != "p1"} == {
        (key, f"Party {key[1:]}") for key in changes if key != "p1"
    }
    if count:
        assert [name for key, name in states if key == "p1"][-1] == shelf.records["p1"][1].fields["name"]


def happen(happening: str, run: SyncRun, owner: Access) -> None:
    """What befalls the worker of a run while it waits for a page."""
    if happening == "killed":
        raise Killed
    if happening == "paused":
        pause(run, owner, reason="x")
    if happening == "cancelled":
        cancel(run, owner, reason="x")
    if happening == "taken over":
        lease_passes()
        taken = claim("another")
        if taken is not None:
            run_pages(taken)


def work(job: SyncJob, owner: Access) -> None:
    """One round of whatever is possible: let go of what is held, start what is not there, and read."""
    held = SyncRun.objects.filter(job=job, state=RunState.PAUSED).first()
    if held is not None:
        resume(held, owner)
    if not SyncRun.objects.active().filter(job=job).exists():
        start(job, owner, reason="go on")
    due_time_comes()
    taken = claim("worker")
    if taken is not None:
        try:
            run_pages(taken)
        except Killed:
            lease_passes()


def read_everything(job: SyncJob, shelf: Shelf) -> bool:
    """Nothing is active and the cursor stands behind the last change."""
    job.refresh_from_db()
    idle = not SyncRun.objects.active().filter(job=job).exists()
    return idle and job.read_cursor.get("after", 0) == max((place for place, _ in shelf.records.values()), default=0)


@pytest.mark.parametrize("state", RunState)
def test_the_states_of_a_run_form_one_machine(state: RunState) -> None:
    following = {new for new in RunState if new != state and may_move(state, new)}
    if state in {RunState.CANCELLED, RunState.DONE, RunState.FAILED}:
        assert following == set()
    else:
        assert following
    if state in ACTIVE:
        assert following & {RunState.CANCELLED, RunState.CANCELLING} or state == RunState.CANCELLING
