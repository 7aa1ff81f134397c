"""A catalogue compared with what there is, and applied: teams, systems, instances in one environment, interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from django.db import models, transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Actor, Subject, Via
from controlplane.console.estate.apply import one_at_a_time
from controlplane.console.imports.apply import BATCH
from controlplane.console.imports.backstage import Catalogue, Catalogued, Opening
from controlplane.console.imports.described import Document
from controlplane.console.imports.plan import SAID, Difference, Plan, compare_operations
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict, Invalid
from controlplane.inventory.changing import ITSELF, Changed, history_of, keep
from controlplane.inventory.models import Environment, Instance, Interface, Operation, System
from controlplane.inventory.wording import said
from controlplane.people.access import Access, Action
from controlplane.people.models import Account, Person, Team

M = TypeVar("M", bound=models.Model)
#: Anything that takes a POST; the connector of a product is chosen when somebody integrates it.
CONNECTOR: Final = "webhook"


@dataclass(slots=True)
class CataloguePlan(Plan):
    """What importing a catalogue would do; ``rows`` in the order in which they stand on each other."""

    instance: Instance = field(default_factory=Instance)
    document: Document = field(default_factory=lambda: Document("Backstage", ()))
    rows: list[tuple[models.Model, list[Difference], bool]] = field(default_factory=list)


def planned(catalogue: Catalogue, environment: str) -> CataloguePlan:
    """Compare; :class:`Invalid` where the environment is none."""
    plan = CataloguePlan(document=Document(catalogue.format, (), notes=list(catalogue.notes)))
    return _Comparing(plan, catalogue, environment).plan


def apply(
    catalogue: Catalogue,
    environment: str,
    *,
    file: str,
    actor: Actor,
    via: Via,
    access: Access | None = None,
    seen: str = "",
) -> CataloguePlan:
    """Do what the plan says; as :func:`imports.apply.apply`. It takes the right to configure the whole company."""
    if access is not None:
        access.require_everywhere(Action.CONFIGURE)
    with transaction.atomic():
        one_at_a_time()
        plan = planned(catalogue, environment)
        if seen and plan.digest != seen:
            raise Conflict(
                "The inventory has changed since this plan was made. Nothing was imported; look at it again."
            )
        if not plan.is_empty:
            _write(plan, f"Imported from {file}", actor)
            details = {**plan.counts, "file": file[:200], "format": plan.document.format, "environment": environment}
            subject = Subject("estate", "catalogue")
            audit.record("inventory.imported", actor=actor, via=via, subject=subject, details=details)
    return plan


class _Comparing:
    def __init__(self, plan: CataloguePlan, catalogue: Catalogue, environment: str) -> None:
        self.plan = plan
        found = Environment.objects.filter(slug=environment).first()
        if found is None:
            raise Invalid(f"There is no environment {environment[:50]!r} in the inventory.", field="environment")
        self.environment = found
        self.teams: dict[str, Team] = _by_slug(Team)
        self.systems: dict[str, System] = _by_slug(System)
        self.interfaces: dict[str, Interface] = _by_slug(Interface)
        self.instances: dict[str, Instance] = _by_slug(Instance)
        self.people = _people({one.owner for one in catalogue.systems if one.owner})
        for team in catalogue.teams:
            self._put(Team, self.teams, "teams", team.slug, {"name": team.name})
        for system in catalogue.systems:
            self._system(system)
        for opening in catalogue.interfaces:
            self._interface(opening)

    def _system(self, one: Catalogued) -> None:
        given: dict[str, Any] = {
            "name": one.name,
            "purpose": one.purpose,
            "domain": one.domain,
            "team": self._known(self.teams, one.team, f"The group {one.team!r}, owner of {one.slug!r}, is no team"),
            "owner": self._known(self.people, one.owner, f"The owner of {one.slug!r} is no person"),
            "stage": one.stage,
        }
        first = {"connector": CONNECTOR, "monogram": one.name[:2].title()}
        self._put(System, self.systems, "systems", one.slug, {n: v for n, v in given.items() if v}, first)

    def _known(self, rows: Mapping[str, M], slug: str, words: str) -> M | None:
        if slug and slug not in rows:
            self.plan.document.notes.append(f"{words} here: nothing is set.")  # type: ignore[attr-defined]
        return rows.get(slug)

    def _interface(self, one: Opening) -> None:
        system = self.systems.get(one.system)
        if system is None:
            words = (
                f"The interface {one.slug!r} belongs to the system {one.system!r}, which is not there: not imported."
            )
            self.plan.document.notes.append(words)  # type: ignore[attr-defined]
            return
        found = self.interfaces.get(one.slug)
        instance = self._instance(system) if found is None else found.instance
        if found is not None and (instance.system_id != system.pk or found.kind != one.kind):
            words = f"There is an interface {one.slug!r} of another system or kind already: it is left as it is."
            self.plan.document.notes.append(words)  # type: ignore[attr-defined]
            return
        given = {"name": one.name, "purpose": one.purpose, "version": one.version, "documentation": one.documentation}
        row = self._put(
            Interface,
            self.interfaces,
            "interfaces",
            one.slug,
            {name: value for name, value in given.items() if value},
            {"instance": instance, "kind": one.kind},
        )
        if one.operations is not None:
            compare_operations(self.plan, row, one.operations)

    def _instance(self, system: System) -> Instance:
        """Where the system answers in that environment; made where it is nowhere there yet."""
        for one in self.instances.values():
            is_of = one.system is system or (system.pk is not None and one.system_id == system.pk)
            if is_of and one.environment_id == self.environment.pk:
                return one
        slug = f"{system.slug[: 49 - len(self.environment.slug)]}-{self.environment.slug}"
        about = {"system": system, "environment": self.environment}
        return self._put(Instance, self.instances, "instances", slug, {"name": system.name}, about)

    def _put(
        self,
        model: type[M],
        rows: dict[str, M],
        section: str,
        slug: str,
        given: Mapping[str, Any],
        first: Mapping[str, Any] | None = None,
    ) -> M:
        row = rows.get(slug)
        if row is None:
            row = rows[slug] = model(slug=slug, **given, **(first or {}))
            differences = [Difference(name, None, value) for name, value in given.items()]
            self.plan.rows.append((row, differences, True))
            self.plan.note("created", f"{section}.{slug}", str(given["name"]))
            return row
        differences = [
            Difference(name, getattr(row, name), value) for name, value in given.items() if getattr(row, name) != value
        ]
        if not differences:
            self.plan.same += 1
            return row
        for one in differences:
            setattr(row, one.field, one.after)
        self.plan.rows.append((row, differences, False))
        self.plan.note("changed", f"{section}.{slug}", str(row), differences)
        return row


def _by_slug(model: type[M]) -> dict[str, M]:
    rows = model._default_manager.all()
    if model is Interface:
        rows = rows.select_related("instance")
    if model is System:
        rows = rows.select_related("team", "owner")
    return {cast("Any", row).slug: row for row in rows}


def _people(addresses: set[str]) -> dict[str, Person]:
    return {one.email: one.person for one in Account.objects.filter(email__in=addresses)}


def _write(plan: CataloguePlan, reason: str, actor: Actor) -> None:
    history = []
    for row, differences, is_new in plan.rows:
        row.save(update_fields=None if is_new else [one.field for one in differences])
        changes = [Changed(one.field, said(one.before), said(one.after)) for one in differences]
        if is_new:
            changes = [Changed(ITSELF, None, {one.field: one.after for one in changes})]
        history += history_of(row, changes, actor, reason)
    Operation.objects.bulk_create(plan.new, batch_size=BATCH)
    now, changed = clock.now(), []
    for row, line in plan.changed:
        if isinstance(row, Operation):
            row.gone_at = now if line.how == "gone" else None
            changed.append(row)
    Operation.objects.bulk_update(changed, [*SAID, "digest", "gone_at"], batch_size=BATCH)
    keep(history)
