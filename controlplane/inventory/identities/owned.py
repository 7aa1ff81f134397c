"""What the canonical model and the ownership matrix say about merging: who has a say, and whether it is allowed."""

from __future__ import annotations

from controlplane.inventory.models import EntityKind, EntityVersion, Lifecycle, Ownership


def of_record(kind: EntityKind) -> frozenset[int] | None:
    """The systems of record of a kind, or of any of its attributes; None where nobody has said which they are."""
    records = Ownership.objects.filter(entity=kind, record__isnull=False).values_list("record_id", flat=True)
    return frozenset(one for one in records if one is not None) or None


def may_be_merged(kind: EntityKind) -> bool:
    """Whether the newest version of the entity allows it; a kind that nobody has described is not forbidden."""
    newest = EntityVersion.objects.filter(entity=kind).order_by("-number").values_list("operations", flat=True).first()
    return newest is None or Lifecycle.MERGE.value in newest
