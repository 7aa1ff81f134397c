"""Checks of what comes in: whether senders are turned away, or soon will be."""

from __future__ import annotations

from django.conf import settings
from django.db import ProgrammingError, connection

from controlplane.standalone.doctor.database import in_reachable_database
from controlplane.standalone.doctor.finding import Finding, bad, not_checked, ok, warn
from controlplane.transactions.ingress.pressure import (
    SHARE_OF_LIMIT,
    Importance,
    Seen,
    free_bytes,
    in_words,
    refuses,
)
from controlplane.transactions.rules.states import Lane

#: Said before it is true: from this share of the limit on.
SOON = 0.5

BACKLOG = "select lane, count(*) from inbox group by lane"


@in_reachable_database
def pressure() -> Finding:
    """No sender is told to come back for want of room or of somebody who processes."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(BACKLOG)
            seen = Seen(free_bytes(), dict(cursor.fetchall()))
    except ProgrammingError:
        return not_checked("There is no inbox yet.", "`make up` makes it.")
    waiting = sum(seen.backlog.values())
    mend = "See whether the workers run (`make status`) and what holds them up; make room on the database's volume."
    said = in_words(seen)
    if said:
        critical = refuses(seen, Importance.CRITICAL, Lane.CRITICAL) is not None
        return (bad if critical else warn)(f"{said[0].upper()}{said[1:]}.", mend)
    limit = settings.INBOX_LIMIT * SHARE_OF_LIMIT[Importance.LOW]
    if limit and seen.backlog.get(Lane.NORMAL, 0) > SOON * limit:
        return warn(f"{waiting} events wait; from {limit:.0f} on the first senders are told to come back.", mend)
    return ok(f"{waiting} events wait; nobody is turned away")
