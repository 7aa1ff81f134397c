"""Who does not answer in time is presumed stale: it stays in the way, and the owner and the board hear of it."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.contracts.consumers.asking import CHECK, asked_of, asking, look_again
from controlplane.contracts.models import Standing
from controlplane.foundation import clock
from controlplane.foundation.errors import Problem
from controlplane.foundation.logs import logger
from controlplane.governance.changes.check import ask_anew
from controlplane.governance.models import ChangeRequest

log = logger(__name__)


def escalate() -> int:
    """Look at every change whose consumers are asked; how many of these are presumed stale now. A transaction each."""
    return sum(_tried(key) for key in list(asking().order_by("pk").values_list("pk", flat=True)))


def _tried(key: int) -> int:
    """One that cannot be looked at does not keep the others from it."""
    try:
        return _escalate(key)
    except Problem as problem:
        log.warning("contract.consumers_not_asked", change=key, error=problem.detail)
        return 0


@transaction.atomic
def _escalate(key: int) -> int:
    """Somebody may have decided or answered since; who holds the change now is left to the next time."""
    rows = asking().select_for_update(of=("self",), skip_locked=True).select_related("current", "board", "team")
    change = rows.filter(pk=key).first()
    if change is None:
        return 0
    news, stale = look_again(change), _presume_stale(change)
    if news or stale:
        ask_anew(change, CHECK)
    return stale


def _presume_stale(change: ChangeRequest) -> int:
    now = clock.now()
    silent = list(asked_of(change).filter(state=Standing.WAITING, due_at__lte=now))
    for one in silent:
        one.state, one.stale_at = Standing.STALE, now
        one.save(update_fields=["state", "stale_at"])
        log.warning("contract.consumer_stale", change=change.reference, consumer=one.name, team=one.team.slug)
        audit.record(
            "contract.consumer_stale",
            subject=Subject("change", str(change.pk)),
            reason=f"{one.name} had until {one.due_at:%-d %b %Y, %H:%M} UTC to answer.",
            details={"consumer": one.name, "team": one.team.slug, "confirmation": one.pk},
        )
    return len(silent)
