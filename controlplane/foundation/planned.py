"""Moments that people plan for: what of them can be kept, and what must have been mistyped."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid

#: The years of moments that are kept: at the ends of the calendar, one is in no calendar in another zone.
YEARS: Final = range(1971, 2999)
#: What people plan, they plan for so long at most; what is further away was mistyped.
YEARS_AHEAD: Final = 10
FURTHEST: Final = timedelta(days=366 * YEARS_AHEAD)


def ahead(moment: datetime, *, field: str, over: str) -> datetime:
    """A moment that somebody plans for; :class:`Invalid` for one that is over (in these words), or too far away."""
    coming = moment - clock.now()
    if coming <= timedelta():
        raise Invalid(over, field=field)
    if coming > FURTHEST:
        raise Invalid(f"That is more than {YEARS_AHEAD} years ahead; look at the year.", field=field)
    return moment
