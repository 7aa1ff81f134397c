"""Applying an estate document: make what is missing, change what differs, leave the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Actor, Subject, Via
from controlplane.console.estate import agreements, catalogue, doors, flows
from controlplane.console.estate.document import Entry, check, entries
from controlplane.console.estate.rows import Applied, Rows

__all__ = ["SECTIONS", "Applied", "apply"]

#: In the order in which they stand on each other.
SECTIONS: Mapping[str, Callable[[Entry, Rows], None]] = {
    "environments": catalogue.environment,
    "companies": catalogue.company,
    "teams": catalogue.team,
    "systems": catalogue.system,
    "instances": catalogue.instance,
    "interfaces": catalogue.interface,
    "integrations": catalogue.integration,
    "credentials": agreements.credential,
    "contracts": agreements.contract,
    "mappings": agreements.mapping,
    "endpoints": doors.endpoint,
    "normalisations": doors.normalisation,
    "destinations": doors.destination,
    "flows": flows.flow,
    "jobs": flows.job,
}


def apply(document: Mapping[str, Any], *, actor: Actor, dry_run: bool = False) -> Applied:
    """Apply all of it or nothing. :class:`Invalid` says which entry cannot be applied and why."""
    check(document, SECTIONS)
    rows = Rows(actor)
    with transaction.atomic():
        one_at_a_time()
        for section, put in SECTIONS.items():
            for entry in entries(document, section):
                put(entry, rows)
        if dry_run:
            transaction.set_rollback(True)
        elif rows.applied.created or rows.applied.changed:
            _record(rows.applied, actor)
    return rows.applied


def one_at_a_time() -> None:
    """Two documents applied at once would each make what the other is making."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('interlock.estate'))")


def _record(applied: Applied, actor: Actor) -> None:
    audit.record(
        "estate.applied",
        actor=actor,
        via=Via.COMMAND,
        subject=Subject("estate", "document"),
        details={"created": len(applied.created), "changed": len(applied.changed)},
    )
