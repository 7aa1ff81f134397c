"""How much a destination gets: calls at once, and calls a second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.expressions import CombinedExpression

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access
from controlplane.transactions.destinations.writers import require
from controlplane.transactions.models import Destination, DestinationState
from controlplane.transactions.rules.limits import SLOWEST, in_flight_refusal, rate_refusal
from controlplane.transactions.rules.rate import pace


@transaction.atomic
def limit(
    access: Access,
    destination: Destination,
    reason: str,
    *,
    max_in_flight: int,
    rate_per_second: float | None,
    via: Via = Via.PAGE,
) -> None:
    """Set both limits, for all workers together; no rate means as fast as the cap lets it."""
    require(access, destination)
    words = reason.strip()
    if not words:
        raise Invalid("Say why: the reason is kept.", field="reason")
    if refusal := in_flight_refusal(max_in_flight):
        raise Invalid(f"{refusal.capitalize()}.", field="max_in_flight")
    if rate_per_second is not None and (refusal := rate_refusal(rate_per_second)):
        raise Invalid(f"{refusal.capitalize()}, or none.", field="rate_per_second")
    wanted: dict[str, Any] = {"max_in_flight": max_in_flight, "rate_per_second": rate_per_second}
    state = DestinationState.objects.select_for_update(no_key=True).get(destination=destination)
    before = {name: getattr(state, name) for name in wanted}
    if before == wanted:
        return
    put_limits(state, wanted)
    audit.record(
        "destination.limited",
        actor=access.actor,
        via=via,
        subject=Subject("destination", destination.slug),
        reason=words,
        details={"before": _told(before), "after": _told(wanted)},
    )
    ring_on_commit("deliver")


def put_limits(state: DestinationState, wanted: Mapping[str, Any]) -> None:
    """Write limits that may be (``rules.limits``) to a destination's row; ``wanted`` has its columns.

    A new rate holds from the last slot that was given out: the next one is as far from it as the new rate says.
    """
    changed = dict(wanted)
    if "rate_per_second" in wanted:
        changed["tat"] = _next_slot(state.rate_per_second, wanted["rate_per_second"])
    DestinationState.objects.filter(pk=state.pk).update(**changed)


def _next_slot(before: float | None, after: float | None) -> CombinedExpression | None:
    if before is None or after is None:
        return None
    return F("tat") + timedelta(seconds=1 / pace(after) - 1 / pace(max(before, SLOWEST)))


def _told(limits: dict[str, Any]) -> dict[str, Any]:
    """As the audit keeps it, which knows no fractions."""
    rate = limits["rate_per_second"]
    return limits | {"rate_per_second": None if rate is None else f"{rate:g}"}
