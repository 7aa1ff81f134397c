"""Save one page: records, counters, cursor, exceptions and the lease, in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from connectors.messages import Page
from controlplane.sync.models import SyncException, SyncJob, SyncPage, SyncRecord, SyncRun
from controlplane.sync.rules.judgement import Judged, Turned, judge_page
from controlplane.sync.rules.limits import share
from controlplane.sync.rules.states import Moves, Phase, RunState
from controlplane.sync.runs import keep, lease
from controlplane.sync.runs.claim import Claim
from controlplane.sync.runs.keep import Tally
from controlplane.sync.runs.stop import stop


def commit_page(claim: Claim, run: SyncRun, page: Page, *, volatile: Collection[str], ms: int) -> bool:
    """Save ``page``; False when the run is not to be read on.

    A page that arrives when the run was paused or cancelled meanwhile is dropped: its cursor was
    not saved, so nothing of it is lost. Raises ``Fenced``, and has written nothing, for a zombie.
    """
    largest = settings.INGRESS_MAX_BODY
    judged = judge_page(page.records, key_field=run.job.key_field, volatile=volatile, largest=largest)
    with transaction.atomic():
        held = lease.hold(claim)
        if held is None:
            return False
        if _brakes(held, judged):
            return False
        tally = keep.count(held, judged) if held.dry else keep.keep(held, judged)
        save_page(held, tally, page.cursor, ms=ms, total=page.total)
        if page.last:
            # With the page, not after it: who takes over from here must not begin the next reading.
            SyncRun.objects.filter(pk=held.pk).update(phase=Phase.READ)
        _except(held, judged.turned)
        return not _rejects_too_many(held)


def save_page(
    run: SyncRun,
    tally: Tally,
    cursor: Mapping[str, Any],
    *,
    ms: int,
    total: int | None = None,
    phase: Phase = Phase.READING,
) -> None:
    """The page's row, the run's counters and, where the run takes it along, the job's cursor."""
    run.pages += 1
    SyncPage.objects.create(
        run=run,
        number=run.pages,
        phase=phase,
        cursor=dict(cursor),
        read=tally.read if phase == Phase.READING else 0,
        changed=tally.changed,
        unchanged=tally.unchanged,
        deleted=tally.deleted,
        echo=tally.echo,
        rejected=tally.rejected,
        first_event=min(tally.events, default=None),
        last_event=max(tally.events, default=None),
        ms=ms,
    )
    _count(run, tally, cursor, total, phase)
    # What was looked up after the reading says nothing about how far that came.
    if phase == run.phase == Phase.READING and run.moves == Moves.EACH_PAGE:
        SyncJob.objects.filter(pk=run.job_id).update(read_cursor=dict(cursor))


def _count(run: SyncRun, tally: Tally, cursor: Mapping[str, Any], total: int | None, phase: Phase) -> None:
    counted: dict[str, Any] = {"pages": run.pages, "claims": 1, "failures": 0}
    if tally.events:
        counted["settle_due"] = Coalesce("settle_due", Now())
    if phase == Phase.READING:
        counted |= {name: F(name) + getattr(tally, name) for name in COUNTERS} | {"cursor": dict(cursor)}
        if total is not None:
            counted["total"] = total
        run.read, run.rejected = run.read + tally.read, run.rejected + tally.rejected
    else:
        counted["swept"] = F("swept") + tally.deleted
    SyncRun.objects.filter(pk=run.pk).update(**counted)


COUNTERS = ("read", "changed", "unchanged", "deleted", "echo", "rejected")


def _known(run: SyncRun) -> int:
    """How many records the job knew before this run deleted any; counted once, when it is first asked for."""
    if run.known is None:
        run.known = SyncRecord.objects.filter(job=run.job_id, tombstone=False).count()
        SyncRun.objects.filter(pk=run.pk).update(known=run.known)
    return run.known


def _brakes(run: SyncRun, judged: Judged) -> bool:
    """Stop before a page whose deletions are more than the job allows; a person decides."""
    if run.dry or run.brake_released or not judged.gone:
        return False
    gone = run.deleted + len(keep.alive(run, judged.gone))
    return brake(run, gone)


def brake(run: SyncRun, gone: int) -> bool:
    """Whether ``gone`` deletions in all are too many; if so, the run has been stopped."""
    known = _known(run)
    allowed = run.job.limits.deletions_allowed(known)
    if allowed is None or gone <= allowed:
        return False
    stop(
        run,
        f"{gone:,} of {known:,} known records are gone at the source ({share(gone, known)}); {allowed:,} may go "
        "without asking. Nothing of this was deleted. Let it delete them, or find out first what happened there.",
        error_class="deletions_brake",
    )
    return True


def _rejects_too_many(run: SyncRun) -> bool:
    limits = run.job.limits
    if not limits.too_many_rejected(run.read, run.bad):
        return False
    stop(
        run,
        f"{run.bad:,} of {run.read:,} records were rejected ({share(run.bad, run.read)}), more than the "
        f"{share(int((limits.rejected_share or 0) * 10_000), 10_000)} that the job allows. What got through is kept; "
        "the list of exceptions names the others.",
        error_class="rejected_share",
    )
    return True


def _except(run: SyncRun, turned: Sequence[Turned]) -> None:
    SyncException.objects.bulk_create(
        SyncException(run=run, page=run.pages, key=one.key, label=one.label, cause=one.cause, detail=one.detail)
        for one in turned
    )


def fail(claim: Claim, note: str, error_class: str) -> None:
    """End the run because of what the source said; a run that is not ours any more is left alone."""
    with transaction.atomic():
        run = lease.locked(claim)
        if run.state == RunState.RUNNING:
            lease.end(run, RunState.FAILED, note, error_class=error_class)
        else:
            lease.hold(claim)
