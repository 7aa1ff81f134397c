"""How much a destination gets: calls at once, and calls a second."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject, Via
from controlplane.foundation.doorbell import ring_on_commit
from controlplane.foundation.errors import Invalid
from controlplane.people.access import Access
from controlplane.transactions.destinations.writers import require
from controlplane.transactions.models import Destination, DestinationState

MOST_IN_FLIGHT = 1000
SLOWEST, FASTEST = 0.001, 10_000.0


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
    if not 1 <= max_in_flight <= MOST_IN_FLIGHT:
        raise Invalid(f"Between 1 and {MOST_IN_FLIGHT:,} calls at once.", field="max_in_flight")
    if rate_per_second is not None and not SLOWEST <= rate_per_second <= FASTEST:
        raise Invalid(f"Between {SLOWEST} and {FASTEST:,.0f} calls a second, or none.", field="rate_per_second")
    wanted: dict[str, Any] = {"max_in_flight": max_in_flight, "rate_per_second": rate_per_second}
    state = DestinationState.objects.select_for_update(no_key=True).get(destination=destination)
    before = {name: getattr(state, name) for name in wanted}
    if before == wanted:
        return
    DestinationState.objects.filter(pk=state.pk).update(**wanted)
    audit.record(
        "destination.limited",
        actor=access.actor,
        via=via,
        subject=Subject("destination", destination.slug),
        reason=words,
        details={"before": _told(before), "after": _told(wanted)},
    )
    ring_on_commit("deliver")


def _told(limits: dict[str, Any]) -> dict[str, Any]:
    """As the audit keeps it, which knows no fractions."""
    rate = limits["rate_per_second"]
    return limits | {"rate_per_second": None if rate is None else f"{rate:g}"}
