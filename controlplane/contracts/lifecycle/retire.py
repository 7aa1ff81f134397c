"""The day on which a version goes: done by itself, and held while anybody still works by it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Subject
from controlplane.contracts.consumers.leaving import holders_of
from controlplane.contracts.models import ContractVersion, Sunset, VersionState
from controlplane.foundation import clock
from controlplane.foundation.logs import logger

log = logger(__name__)
#: Of those who hold a version, how many are named.
NAMED = 5


def retire_due() -> int:
    """Retire every version whose day has come and that nobody works by; how many that were. One transaction each."""
    today = clock.now().date()
    due = Sunset.objects.filter(on__lte=today, retired_at=None).order_by("on", "pk")
    return sum(_retired(key, today) for key in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _retired(key: int, today: date) -> bool:
    """Whether it went now. Another worker may have done it, or somebody called it off, since it was seen to be due."""
    rows = Sunset.objects.select_for_update(of=("self",)).select_related("version__contract", "change")
    sunset = rows.filter(pk=key, on__lte=today, retired_at=None).first()
    if sunset is None:
        return False
    users = holders_of(sunset.version, sunset.change)
    held = told(users)
    if held and not sunset.in_any_case:
        if held != sunset.held:
            sunset.held = held
            sunset.save(update_fields=["held"])
            log.warning("contract.sunset_held", version=str(sunset.version), users=len(users))
        return False
    sunset.held, sunset.retired_at = "", clock.now()
    sunset.save(update_fields=["held", "retired_at"])
    ContractVersion.objects.filter(pk=sunset.version_id).update(state=VersionState.RETIRED)
    audit.record(
        "contract.retired",
        subject=Subject("contract", sunset.version.contract.slug),
        reason=f"Its day was {sunset.on:%-d %b %Y}.",
        details={"version": sunset.version.number, "change": sunset.change_id, "still_used_by": held},
    )
    return True


def told(users: list[str]) -> str:
    """The first of them, and how many more."""
    more = len(users) - NAMED
    return ", ".join(users[:NAMED]) + (f" and {more} more" if more > 0 else "")
