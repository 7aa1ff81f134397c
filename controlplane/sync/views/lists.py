"""Jobs by when they run. Open to everyone signed in."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from controlplane.foundation import clock
from controlplane.foundation.fragments import part
from controlplane.people.access import access_of
from controlplane.sync.selectors import catalogue
from controlplane.sync.selectors import schedules as schedule_rows
from controlplane.sync.selectors.day import Day, day_of
from controlplane.sync.selectors.schedules import Missed
from controlplane.sync.views.parts import tabs


@require_GET
@login_required
def schedules(request: HttpRequest) -> HttpResponse:
    """What runs when, what is next, and what was missed: as the lanes of today, or as a list."""
    access, as_list = access_of(request), request.GET.get("view") == "list"
    rows = catalogue.job_rows(catalogue.jobs_of(access), access)
    day = None if as_list else day_of(rows, clock.now())
    missed = schedule_rows.missed(rows)
    context = {
        "rows": rows,
        "as_list": as_list,
        "day": day,
        "zone": clock.zone().key,
        "summary": _summary(missed, day),
        "tabs": tabs("schedules"),
        "missed": missed,
        "next": schedule_rows.next_up(rows),
    }
    return render(request, part(request, "sync/schedules.html", "sync/_schedules.html"), context)


def _summary(missed: Sequence[Missed], day: Day | None) -> str:
    """Such as ``2 jobs missed runs in 24 hours, 1 caught up. 3 collisions, 1 still ahead``."""
    jobs, caught_up = {one.row.job.pk for one in missed}, {one.row.job.pk for one in missed if one.run is not None}
    words = [f"{_counted(len(jobs), 'job')} missed runs in 24 hours, {len(caught_up)} caught up." if jobs else ""]
    if day is None:
        words.append("Times of a schedule are those of its own time zone.")
    elif day.collisions:
        ahead = sum(one.ahead for one in day.collisions)
        words.append(f"{_counted(len(day.collisions), 'collision')}, {ahead} still ahead.")
    return " ".join(filter(None, words)) or "No run was missed in 24 hours, and none gets in another one’s way."


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
