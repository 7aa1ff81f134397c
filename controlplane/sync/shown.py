"""States of jobs and runs as pages show them: one of the nine shapes, and words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.sync.models import SyncJob, SyncRun
from controlplane.sync.rules.schedule import ScheduleKind
from controlplane.sync.rules.states import RunState

SHAPES: dict[str, str] = {
    RunState.PLANNED: "wait",
    RunState.RUNNING: "run",
    RunState.WAITING: "wait",
    RunState.PAUSED: "pause",
    RunState.CANCELLING: "off",
    RunState.SETTLING: "run",
    RunState.CANCELLED: "off",
    RunState.DONE: "ok",
    RunState.FAILED: "bad",
    RunState.STOPPED: "warn",
}

#: A slot that nobody has taken for so long is late: a beat or a worker is missing.
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Shown:
    """A status shape and its words."""

    kind: str
    words: str


def run_shown(run: SyncRun) -> Shown:
    """A run's state; one whose worker has fallen silent says so instead of "running"."""
    state = RunState(run.state)
    if silent(run):
        return Shown("warn", "No sign of life, about to be taken over")
    if state == RunState.DONE and run.bad:
        return Shown("part", f"Done, {run.bad:,} not through")
    return Shown(SHAPES[state], state.label)


def silent(run: SyncRun) -> bool:
    """Whether its worker's lease has passed."""
    return run.lease_token is not None and run.is_active and run.due_at < clock.now()


@dataclass(frozen=True, slots=True)
class Timing:
    """When a job runs next. ``late_since`` is the first slot that has come and that nobody has taken."""

    next: datetime | None = None
    late_since: datetime | None = None
    problem: str = ""


def timing(job: SyncJob, *, active: bool) -> Timing:
    """The job's next slot; nothing for one that is held, retired, or started by hand."""
    if not job.active or job.paused or job.schedule == ScheduleKind.MANUAL:
        return Timing()
    now = clock.now()
    try:
        timetable = job.timetable
        waiting = timetable.next(job.slots_until)
        late = waiting if waiting and not active and now - waiting > LATE else None
        return Timing(timetable.next(now), late)
    except Invalid as error:
        return Timing(problem=error.detail)


def job_shown(job: SyncJob, newest: SyncRun | None, when: Timing) -> Shown:
    """A job's health: the worst thing that is known of it, and "never run" where nothing is."""
    if not job.active:
        return Shown("off", "Retired")
    if when.problem:
        return Shown("bad", "Its schedule cannot be read")
    if newest is not None and newest.is_active:
        return run_shown(newest)
    if job.paused:
        return _held(job, newest)
    if when.late_since is not None:
        return Shown("warn", "Late: nobody has taken its slot")
    return run_shown(newest) if newest is not None else Shown("wait", "Never run")


def _held(job: SyncJob, newest: SyncRun | None) -> Shown:
    if newest is not None and newest.state == RunState.STOPPED:
        return Shown("warn", "Stopped itself, waits for a person")
    return Shown("pause", f"Held by {job.paused_by}")


#: From bad to good: which of several states an integration shows.
WORST_FIRST = ("bad", "warn", "part", "pause", "run", "wait", "off", "ok")


def worst(states: list[Shown]) -> Shown:
    """The one that most needs a person; the first of equals."""
    return min(states, key=lambda shown: WORST_FIRST.index(shown.kind))


def schedule_words(job: SyncJob) -> str:
    """``0 2 * * *, Europe/Vienna``; ``every 15 min``; ``by hand``."""
    if job.schedule == ScheduleKind.CRON:
        return f"{job.cron}, {job.time_zone}"
    if job.schedule == ScheduleKind.INTERVAL and job.every_seconds:
        return f"every {_span(job.every_seconds)}"
    return "by hand"


def _span(seconds: int) -> str:
    for unit, words in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds % unit == 0:
            return f"{seconds // unit} {words}"
    return f"{seconds} s"
