"""Run the checks of revisions, outside the transaction that asked for them.

A check that raises could not run: it counts as failing, and says what was in the way.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import SYSTEM, Subject, Via
from controlplane.foundation import clock
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Problem
from controlplane.foundation.logs import logger
from controlplane.governance.changes.locking import locked, require_state
from controlplane.governance.changes.settle import apply_if_ready
from controlplane.governance.changes.writing import CHECKS, checks_of
from controlplane.governance.kinds import CheckOf, Found, kind_called
from controlplane.governance.models import ChangeRequest, ChangeState, Check, CheckState, Revision
from controlplane.people.access import Access

log = logger(__name__)

GONE = "This check does not exist any more; revise the change, and it is checked by those of today."
_BY_ITSELF = Access(name=SYSTEM.label)


def run_waiting_checks() -> int:
    """Run the waiting checks of every current revision; returns how many revisions were looked at."""
    waiting = Check.objects.filter(state=CheckState.WAITING).order_by("revision_id")
    revisions = list(waiting.values_list("revision_id", flat=True).distinct())
    for revision in Revision.objects.filter(pk__in=revisions).select_related("change").order_by("pk"):
        run_checks(revision)
    return len(revisions)


def run_checks(revision: Revision) -> None:
    """Run what waits of one revision, and apply the change if its kind does so at once and this was missing."""
    checks = {one.name: one for one in _known(revision)}
    waiting = list(Check.objects.filter(revision=revision, state=CheckState.WAITING).order_by("pk"))
    found = {check.pk: _run(checks.get(check.name)) for check in waiting}
    _keep(revision.change_id, found)


@transaction.atomic
def check_again(access: Access, change_id: int, *, via: Via = Via.PAGE) -> ChangeRequest:
    """Ask for the checks of the current revision once more, those that passed among them."""
    change = locked(access, change_id)
    require_state(change, ChangeState.DRAFT, ChangeState.PROPOSED, ChangeState.APPROVED)
    access.require(kind_called(change.kind).needs, change.team_id)
    Check.objects.filter(revision=change.revision).update(state=CheckState.WAITING, detail="", evidence={}, ran_at=None)
    ring_on_commit(CHECKS)
    audit.record("change.checked_again", actor=access.actor, via=via, subject=Subject("change", str(change.pk)))
    return change


def ask_anew(change: ChangeRequest, name: str) -> None:
    """What one of its checks stands on is not as it was: that runs again. ``change`` is locked."""
    Check.objects.filter(revision=change.revision, name=name).update(state=CheckState.WAITING, detail="", ran_at=None)
    ring_on_commit(CHECKS)


def _known(revision: Revision) -> list[CheckOf]:
    try:
        with transaction.atomic():
            return checks_of(revision, kind_called(revision.change.kind))
    except Problem:
        return []


def _run(check: CheckOf | None) -> tuple[CheckState, Found]:
    if check is None:
        return CheckState.COULD_NOT_RUN, Found(passed=False, detail=GONE)
    try:
        with transaction.atomic():
            found = check.run()
    except Problem as problem:
        return CheckState.COULD_NOT_RUN, Found(
            passed=False, detail=f"It could not run, so it counts as failing. {problem.detail}"
        )
    except Exception as error:  # noqa: BLE001 - whatever a check raises, it is its answer, and not the others'
        log.warning("check.could_not_run", check=check.name, error=type(error).__name__)
        words = f"It could not run, so it counts as failing: {type(error).__name__}."
        return CheckState.COULD_NOT_RUN, Found(passed=False, detail=words)
    return (CheckState.PASSED if found.passed else CheckState.FAILED), found


@transaction.atomic
def _keep(change_id: int, found: Mapping[int, tuple[CheckState, Found]]) -> None:
    rows = ChangeRequest.objects.select_for_update(of=("self",)).select_related("current", "board", "team")
    change = rows.get(pk=change_id)
    for pk, (state, one) in found.items():
        waiting = Check.objects.filter(pk=pk, state=CheckState.WAITING)
        waiting.update(state=state, detail=one.detail, evidence=dict(one.evidence), ran_at=clock.now())
    if change.state == ChangeState.APPROVED:
        apply_if_ready(_BY_ITSELF, change)
