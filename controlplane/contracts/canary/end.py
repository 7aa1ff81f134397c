"""How a canary ends: published to all when its time is over, halted by itself, or halted by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import SYSTEM, Actor, Subject, Via
from controlplane.contracts.canary.begin import running
from controlplane.contracts.canary.judging import ENOUGH, why_halt
from controlplane.contracts.lifecycle.evidence import died_by, taking_up
from controlplane.contracts.models import Canary, CanaryState, Contract, ContractVersion, VersionState
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.foundation.logs import logger
from controlplane.people.access import Access, Action

log = logger(__name__)


def settle() -> int:
    """Look at every canary that runs, and end those that have to; how many ended."""
    keys = list(Canary.objects.filter(settled_at=None).order_by("pk").values_list("pk", flat=True))
    return sum(_settled(key) for key in keys)


@transaction.atomic
def halt(access: Access, contract: Contract, reason: str, *, via: Via = Via.PAGE) -> Canary:
    """Stop it now, by whoever may configure the contract: what was judged by it stays as it was judged."""
    access.require(Action.CONFIGURE, contract.team_id)
    why = " ".join(reason.split())[:1000]
    if not why:
        raise Invalid("Say why it is halted: the board reads it. Nothing was changed.", field="reason")
    found = running(contract)
    one = _locked(found.pk) if found else None
    if one is None or one.state != CanaryState.RUNNING:
        raise Conflict(f"No canary of {contract.name} runs; nothing was changed.")
    one.why = why
    _halted(one, access.actor, via)
    return one


@transaction.atomic
def _settled(key: int) -> bool:
    """Whether it ended now. Workers count into the same row while we look: it is locked only as long as that."""
    one = _locked(key)
    if one is None:
        return False
    if one.state == CanaryState.HALTED:
        _halted(one, SYSTEM, Via.SYSTEM)
        return True
    one.dead, one.dead_others = died_by(one.version, one.began_at), died_by(one.instead_of, one.began_at)
    one.why = why_halt(one.mine, one.others, one.points)
    if one.why:
        _halted(one, SYSTEM, Via.SYSTEM)
        return True
    return _over(one, clock.now())


def _over(one: Canary, now: datetime) -> bool:
    """Never green without evidence (invariant 11): with too few events it goes on, and says so."""
    over = one.until <= now
    if over and one.seen >= ENOUGH:
        _published(one)
        return True
    one.why = (
        f"Its time is over, and {one.seen} of {ENOUGH} events have come: it goes on until they have." if over else ""
    )
    one.save(update_fields=["dead", "dead_others", "why"])
    return False


def _locked(key: int) -> Canary | None:
    rows = Canary.objects.select_for_update(of=("self",)).select_related("version__contract", "instead_of", "change")
    found: Canary | None = rows.filter(pk=key, settled_at=None).first()
    return found


def _halted(one: Canary, actor: Actor, via: Via) -> None:
    log.warning("contract.canary_halted", version=str(one.version), seen=one.seen, set_aside=one.set_aside)
    _ended(one, CanaryState.HALTED, VersionState.RETIRED, "contract.canary_halted", actor, via)


def _published(one: Canary) -> None:
    _ended(one, CanaryState.PUBLISHED, VersionState.PUBLISHED, "contract.published", SYSTEM, Via.SYSTEM)
    for take_up in taking_up.values():
        take_up(one.version)


def _ended(one: Canary, state: CanaryState, version: VersionState, event: str, actor: Actor, via: Via) -> None:
    one.state, one.settled_at = state, clock.now()
    one.ended_at = one.ended_at or one.settled_at
    one.save()
    ContractVersion.objects.filter(pk=one.version_id).update(state=version)
    one.version.state = version
    audit.record(
        event,
        actor=actor,
        via=via,
        subject=Subject("contract", one.version.contract.slug),
        reason=one.why or f"{one.seen:,} events of its share were judged by it, and it was not halted.",
        details={
            "version": one.version.number,
            "change": one.change_id,
            "content_hash": one.version.content_hash,
            "seen": one.seen,
            "ended_badly": one.mine.bad,
            "others_seen": one.seen_others,
            "others_ended_badly": one.others.bad,
        },
    )
