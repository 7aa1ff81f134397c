"""Applying an estate document: make what is missing, change what differs, leave the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Model

from controlplane.audit import services as audit
from controlplane.audit.models import Actor, Subject, Via
from controlplane.console.estate import agreements, catalogue, doors, flows, judging, owning, policies, record
from controlplane.console.estate.changes import Applied
from controlplane.console.estate.document import Entry, Unjudged, check, entries, misspelt
from controlplane.console.estate.governed import UNDECIDED, Governed
from controlplane.console.estate.problems import Problems
from controlplane.console.estate.reading import Written
from controlplane.console.estate.rows import NotTaken, Rows
from controlplane.contracts.models import Contract
from controlplane.credentials.models import Credential
from controlplane.governance.models import Policy
from controlplane.inventory.models import (
    Company,
    EntityKind,
    Environment,
    Instance,
    Integration,
    Interface,
    Ownership,
    Process,
    System,
)
from controlplane.people.models import Team
from controlplane.sync.models import SyncJob
from controlplane.transactions.models import Destination, Endpoint, Flow, Normalisation
from controlplane.transactions.models import Mapping as FieldMapping

__all__ = ["SECTIONS", "Applied", "apply"]

#: In the order in which they stand on each other.
SECTIONS: Mapping[str, Callable[[Entry, Rows], None]] = {
    "environments": catalogue.environment,
    "companies": catalogue.company,
    "teams": catalogue.team,
    "systems": catalogue.system,
    "instances": catalogue.instance,
    "interfaces": catalogue.interface,
    "processes": record.process,
    "entities": owning.entity,
    "ownership": owning.ownership,
    "integrations": record.integration,
    "credentials": agreements.credential,
    "contracts": agreements.contract,
    "mappings": agreements.mapping,
    "endpoints": doors.endpoint,
    "normalisations": doors.normalisation,
    "destinations": doors.destination,
    "flows": flows.flow,
    "jobs": flows.job,
    "policies": policies.policy,
}


NOBODY: Final = Actor(label="nobody")
#: What entries of a section are; others refer to them by their slugs.
MODELS: Mapping[str, type[Model]] = {
    "environments": Environment,
    "companies": Company,
    "teams": Team,
    "systems": System,
    "instances": Instance,
    "interfaces": Interface,
    "processes": Process,
    "entities": EntityKind,
    "ownership": Ownership,
    "integrations": Integration,
    "credentials": Credential,
    "contracts": Contract,
    "mappings": FieldMapping,
    "endpoints": Endpoint,
    "normalisations": Normalisation,
    "destinations": Destination,
    "flows": Flow,
    "jobs": SyncJob,
    "policies": Policy,
}


def apply(
    document: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str = "",
    dry_run: bool = False,
    via: Via = Via.COMMAND,
    decided_by: str = UNDECIDED,
) -> Applied:
    """Apply all of it or nothing. :class:`Refused` says all that cannot be applied, and why.

    ``decided_by`` is the kind of change whose board has decided on the document.
    """
    how = _How(via, dry_run=dry_run, decided_by=decided_by)
    try:
        return _apply(document, Rows(actor, reason=reason), how)
    except NotTaken:
        return _apply(document, Rows(actor, reason=reason, is_careful=True), how)


def planned(document: Mapping[str, Any], *, decided_by: str = UNDECIDED) -> Applied:
    """What applying it would do, without a lock and without writing anything. :class:`Refused` as for applying."""
    rows = Rows(NOBODY, writes=False)
    _put_all(document, rows, decided_by)
    return rows.applied


@dataclass(frozen=True, slots=True)
class _How:
    via: Via
    dry_run: bool
    decided_by: str


def _apply(document: Mapping[str, Any], rows: Rows, how: _How) -> Applied:
    with transaction.atomic():
        one_at_a_time()
        _put_all(document, rows, how.decided_by)
        judging.judge(document, rows.applied)
        if how.dry_run:
            transaction.set_rollback(True)
        elif rows.applied.created or rows.applied.changed:
            judging.keep(rows.applied)
            rows.put_limits()
            _record(rows, how.via)
    return rows.applied


def _put_all(document: Mapping[str, Any], rows: Rows, decided_by: str) -> None:
    governed = Governed(decided_by)
    problems = Problems(document.places if isinstance(document, Written) else None)
    for mistake in document.mistakes if isinstance(document, Written) else ():
        problems.take(mistake)
    known = check(document, SECTIONS, problems)
    for section in misspelt(document, SECTIONS):
        rows.open(MODELS[section])
    for section in SECTIONS:
        _put(known, section, rows, problems)
    rows.many.judge()
    governed.refuse(document, rows.applied, problems)
    if problems:
        raise problems.refusal()
    rows.finish()


def _put(document: Mapping[str, Any], section: str, rows: Rows, problems: Problems) -> None:
    """What a section says. What stands on an entry that is wrong is not told that it is missing."""
    if problems.is_unkept(section) or not isinstance(document.get(section) or {}, Mapping):
        rows.open(MODELS[section])
    for entry in entries(document, section, problems):
        try:
            if entry.is_one:
                SECTIONS[section](entry, rows)
                entry.finish()
                continue
        except Unjudged:
            entry.fall()
        rows.spoil(MODELS[section], entry.slug)


def one_at_a_time() -> None:
    """Two documents applied at once would each make what the other is making."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('interlock.estate'))")


def _record(rows: Rows, via: Via) -> None:
    applied = rows.applied
    audit.record(
        "estate.applied",
        actor=rows.actor,
        via=via,
        subject=Subject("estate", "document"),
        reason=rows.many.reason,
        details={"created": len(applied.created), "changed": len(applied.changed)},
    )
