"""What comes in is mapped by the newest version of its mapping."""

from __future__ import annotations

from django.db import transaction

from controlplane.audit import services as audit
from controlplane.audit.models import Actor, Subject, Via
from controlplane.transactions.models import MappingVersion, Normalisation


@transaction.atomic
def remap(slug: str, actor: Actor, why: str) -> int:
    """Every event that was mapped by another version is mapped by the newest; returns how many types of event.

    Workers hear of it when they read the configuration again, as of any other change.
    """
    version = MappingVersion.objects.filter(mapping__slug=slug).order_by("-number").first()
    if version is None:
        return 0
    mapped = Normalisation.objects.filter(mapping_version__mapping=version.mapping_id)
    # Always in the same order: documents that are applied write these rows too.
    locked = mapped.exclude(mapping_version=version).order_by("pk").select_for_update()
    moved = Normalisation.objects.filter(pk__in=list(locked.values_list("pk", flat=True))).update(
        mapping_version=version
    )
    if moved:
        audit.record(
            "mapping.taken_up",
            actor=actor,
            via=Via.SYSTEM,
            subject=Subject("mapping", slug),
            reason=why,
            details={"version": version.number, "events": moved},
        )
    return moved
