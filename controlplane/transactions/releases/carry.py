"""Carrying a release out: a part of it is in the inbox at a time, and what came of each is written down."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Final

from django.db import connection, transaction

from controlplane.foundation import clock
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.transactions.models import Release, ReleaseItem, ReleaseItemState, ReleaseState
from controlplane.transactions.releases import statements
from controlplane.transactions.releases.statements import CHUNK

#: For so long one call goes on, looking this often; the clock calls again.
AT_MOST: Final = 25.0
PAUSE: Final = 0.5


def carry_all() -> int:
    """Every release that is running, as far as it goes within half a minute; how many still are."""
    until = monotonic() + AT_MOST
    while running := [one for one in _running() if not carry(one)]:
        if monotonic() >= until:
            break
        sleep(PAUSE)
    return len(running)


def _running() -> list[int]:
    return list(Release.objects.filter(state=ReleaseState.RUNNING).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def carry(release_id: int) -> bool:
    """Write down what was judged, let out the next; whether it has come to its end. Another process may be at it."""
    found = Release.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=release_id).first()
    if found is None or found.state != ReleaseState.RUNNING:
        return found is not None
    asked = {"release": release_id}
    with connection.cursor() as cursor:
        cursor.execute(statements.JUDGED, asked)
    if advance(found):
        ring_on_commit("process")
    with connection.cursor() as cursor:
        cursor.execute(statements.UNDER_WAY_OR_WAITING, asked)
        if cursor.fetchone()[0]:
            return False
    found.state, found.finished_at = ReleaseState.DONE, clock.now()
    found.save(update_fields=["state", "finished_at"])
    return True


def advance(release: Release) -> int:
    """Let out as many as there is room for, in the caller's transaction; returns how many."""
    asked = {"release": release.pk}
    with connection.cursor() as cursor:
        cursor.execute(statements.UNDER_WAY, asked)
        room = CHUNK - cursor.fetchone()[0]
        if room <= 0:
            return 0
        cursor.execute(statements.NEXT, asked | {"most": room})
        ids = [identifier for (identifier,) in cursor.fetchall()]
        if not ids:
            return 0
        cursor.execute(statements.BACK_TO_THE_INBOX, asked | {"ids": ids})
        begun = int(cursor.rowcount)
        if begun < len(ids):
            cursor.execute(statements.LEFT_OUT, asked | {"ids": ids})
    return begun


@transaction.atomic
def end(release: Release) -> None:
    """Nothing more of it goes; what is in the inbox is judged all the same."""
    waiting = ReleaseItem.objects.filter(release=release, state=ReleaseItemState.WAITING)
    waiting.update(state=ReleaseItemState.SKIPPED, result="Stopped before it was released.", finished_at=clock.now())
    release.state, release.finished_at = ReleaseState.STOPPED, clock.now()
    release.save(update_fields=["state", "finished_at"])
