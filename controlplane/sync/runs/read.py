"""One worker's turn at a run: page after page, until it is read, let go of, or the turn is over."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, transaction

from connectors.errors import AuthFailed, ConnectorError, Transient
from connectors.messages import Page
from controlplane.credentials.providers import SecretUnavailable
from controlplane.foundation.logs import logger
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules import backoff
from controlplane.sync.rules.states import Phase, RunState
from controlplane.sync.runs import lease, sweep
from controlplane.sync.runs.claim import Claim
from controlplane.sync.runs.commit import commit_page, fail
from controlplane.sync.runs.errors import Fenced
from controlplane.sync.runs.finish import finish
from controlplane.sync.sources import OpenSource, forget_credential, open_source

log = logger(__name__)

#: A turn ends after so many seconds, so that a long run does not keep a worker from the others.
TURN_SECONDS = 60.0
#: To keep a rate, a worker waits this long at most; beyond it the run's due time does.
MOST_SLEEP = 8.0

Nap = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Turn:
    """How long a worker stays with one run: until a time of its own clock, or until it is told to stop.

    ``nap`` waits some seconds to keep a rate, or less when the worker is stopping.
    """

    until: float
    nap: Nap
    stopping: Callable[[], bool]

    def is_over(self, pause: float) -> bool:
        """Whether the run is to be given back before a wait of ``pause`` seconds."""
        return self.stopping() or pause > MOST_SLEEP or time.monotonic() + pause > self.until


def run_pages(
    claim: Claim, *, turn: float = TURN_SECONDS, nap: Nap = time.sleep, stopping: Callable[[], bool] = lambda: False
) -> None:
    """Read on with a claimed run, for ``turn`` seconds. What the source says decides what becomes of it.

    An error that may pass makes the run wait, with its due time in the row; any other ends it. A
    database that is away is raised: the lease passes, and another worker goes on from the saved cursor.
    """
    try:
        _take_turn(claim, Turn(time.monotonic() + turn, nap, stopping))
    except Fenced:
        return
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the run must not stay "running"
        _unwell(claim, error)


def _take_turn(claim: Claim, turn: Turn) -> None:
    run = _hold(claim)
    if run is None:
        return
    job = SyncJob.objects.select_related("interface__instance__system", "credential").get(pk=run.job_id)
    with open_source(job) as source:
        if run.phase == Phase.READING and not _save(claim, run, source, source.pages(run.cursor), turn):
            return
        note = _sweep(claim, run, source, turn) if run.sweeps else ""
        if note is None:
            return
    finish(claim, note=note)


def _hold(claim: Claim) -> SyncRun | None:
    with transaction.atomic():
        return lease.hold(claim)


def _save(claim: Claim, run: SyncRun, source: OpenSource, pages: Iterator[Page], turn: Turn) -> bool:
    """Save one page after the other; False when the run was let go of before the last."""
    for page, seconds in _timed(pages):
        if not commit_page(claim, run, page, volatile=source.volatile, ms=int(seconds * 1000)):
            return False
        if page.last:
            return True
        pause = run.job.limits.pause_after(len(page.records), seconds)
        if turn.is_over(pause):
            return _end_turn(claim, pause)
        if pause:
            turn.nap(pause)
            if _hold(claim) is None:
                return False
    return True


def _timed(pages: Iterator[Page]) -> Iterator[tuple[Page, float]]:
    while True:
        began = time.monotonic()
        page = next(pages, None)
        if page is None:
            return
        yield page, time.monotonic() - began


def _end_turn(claim: Claim, pause: float) -> bool:
    """Give others a turn, and keep the rate: any worker goes on after ``pause`` seconds."""
    with transaction.atomic():
        run = lease.hold(claim)
        if run is not None:
            lease.let_go(run, after=pause)
    return False


def _sweep(claim: Claim, run: SyncRun, source: OpenSource, turn: Turn) -> str | None:
    """Find what is gone; what is to be said of it, or None when the run was let go of."""
    if not (run.full or source.lists_ids):
        return sweep.CANNOT_LIST
    held = sweep.begin(claim)
    if held is None:
        return None
    note = _go_through_ids(claim, held, source, turn) if source.lists_ids else ""
    return note if note is not None and sweep.bury_unseen(claim) else None


def _go_through_ids(claim: Claim, run: SyncRun, source: OpenSource, turn: Turn) -> str | None:
    """Note what is listed, and read what was gone and is there again, unless all has just been read."""
    back = sweep.note_ids(claim, source.ids())
    if back is None:
        return None
    if run.full or not back:
        return ""
    if not source.looks_up:
        return sweep.not_looked_up(len(back))
    return "" if _save(claim, run, source, sweep.look_up(run, source, back), turn) else None


def _unwell(claim: Claim, error: Exception) -> None:
    try:
        if isinstance(error, ConnectorError):
            _connector_said(claim, error)
        elif isinstance(error, SecretUnavailable):
            _wait_or_fail(claim, f"A secret could not be had: {error}.", "secret_unavailable", passing=error.passing)
        else:
            log.error("sync.defect", run=claim.run_id, exc_info=error)
            fail(claim, f"{type(error).__name__} while reading: a defect of ours or the connector's. {_KEPT}", "defect")
    except Fenced:
        return


_KEPT = "Everything up to the last page is kept; the next run goes on from there."


def _connector_said(claim: Claim, error: ConnectorError) -> None:
    if isinstance(error, AuthFailed):
        forget_credential(SyncRun.objects.select_related("job__credential").get(pk=claim.run_id).job)
    error_class = f"{error.code}.{error.detail}" if error.detail else error.code
    retry_after = error.retry_after if isinstance(error, Transient) else None
    _wait_or_fail(claim, _sentence(error.reason), error_class, passing=error.retry, retry_after=retry_after)


def _sentence(reason: str) -> str:
    words = (reason or "The source gave no reason").strip()
    return f"{words[0].upper()}{words[1:]}" + ("" if words.endswith(".") else ".")


def _wait_or_fail(
    claim: Claim, words: str, error_class: str, *, passing: bool, retry_after: float | None = None
) -> None:
    with transaction.atomic():
        run = lease.hold(claim)
        if run is None:
            return
        failures = run.failures + 1
        delay = backoff.wait(failures, retry_after=retry_after, jitter=random.random()) if passing else None  # noqa: S311 - jitter is no secret
        if delay is None:
            lease.end(run, RunState.FAILED, f"{words} {_KEPT}", error_class=error_class)
            return
        due = lease.database_time() + timedelta(seconds=delay)
        lease.wait_until(run, due, f"{words} Try {failures + 1} follows by itself.", failures=failures)
        log.warning("sync.will_retry", run=run.pk, failures=failures, error_class=error_class)
