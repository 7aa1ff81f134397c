"""Importing: all of a plan or nothing, in one transaction, with its history and its record."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Actor, Subject, Via
from controlplane.console.estate.apply import one_at_a_time
from controlplane.console.imports.described import Document
from controlplane.console.imports.plan import SAID, Line, Options, Plan, planned
from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict
from controlplane.inventory.changing import ITSELF, Changed, history_of, keep
from controlplane.inventory.models import FieldChange, Instance, Interface, Operation
from controlplane.people.access import Access, Action

#: Rows sent to the database at once.
BATCH = 500


def allowed(access: Access, plan: Plan) -> None:
    """Raise :class:`NotAllowed` unless this person may change what the plan changes."""
    access.require(Action.CONFIGURE, plan.instance.system.team_id)
    for team in {row.contract.team_id for row in plan.versions}:
        access.require(Action.CONFIGURE, team)


def may_import(access: Access, instance: Instance) -> bool:
    """Whether this person may import what belongs to that instance: those of its system's team."""
    return access.may(Action.CONFIGURE, instance.system.team_id)


def apply(
    document: Document,
    options: Options,
    *,
    file: str,
    actor: Actor,
    via: Via,
    access: Access | None = None,
    seen: str = "",
) -> Plan:
    """Do what the plan says; ``access`` is None on the command line.

    ``seen`` is the digest of the plan that somebody agreed to: :class:`Conflict` where it would be another by now.
    """
    with transaction.atomic():
        one_at_a_time()
        plan = planned(document, options)
        if access is not None:
            allowed(access, plan)
        if seen and plan.digest != seen:
            raise Conflict(
                "The inventory has changed since this plan was made. Nothing was imported; look at it again."
            )
        if not plan.is_empty:
            _write(plan, file, actor)
            _record(plan, file, actor, via)
    return plan


def _write(plan: Plan, file: str, actor: Actor) -> None:
    for interface in plan.interfaces:
        interface.save()
    Operation.objects.bulk_create(plan.new, batch_size=BATCH)
    now = clock.now()
    operations = [row for row, _ in plan.changed if isinstance(row, Operation)]
    for row, line in plan.changed:
        if line.how == "gone":
            row.gone_at = now  # type: ignore[union-attr]  # only operations go
        elif isinstance(row, Interface):
            row.save(update_fields=[one.field for one in line.differences])
    Operation.objects.bulk_update(operations, [*SAID, "digest", "gone_at"], batch_size=BATCH)
    Contract.objects.bulk_create(plan.contracts)
    for version in plan.versions:
        version.author_id = actor.person or None
    ContractVersion.objects.bulk_create(plan.versions)
    keep(_history(plan, file, actor))


def _history(plan: Plan, file: str, actor: Actor) -> Iterator[FieldChange]:
    reason = f"Imported from {file}"
    made: list[Interface | Operation] = [*plan.interfaces, *plan.new]
    for row in made:
        yield from history_of(row, [Changed(ITSELF, None, {"name": row.name})], actor, reason)
    for row, line in plan.changed:
        yield from history_of(row, list(_kept(line)), actor, reason)


def _kept(line: Line) -> Iterator[Changed]:
    if line.how in {"gone", "back"}:
        yield Changed("gone", line.how == "back", line.how == "gone")
    for one in line.differences:
        if one.field not in {"digest", "gone_at"}:
            yield Changed(one.field, one.before, one.after)


def _record(plan: Plan, file: str, actor: Actor, via: Via) -> None:
    details = {**plan.counts, "file": file[:200], "format": plan.document.format, "instance": plan.instance.slug}
    audit.record(
        "inventory.imported", actor=actor, via=via, subject=Subject("instance", plan.instance.slug), details=details
    )
