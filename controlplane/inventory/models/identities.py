"""Canonical records, what every system calls them, and what people joined and took apart.

An alias says what a system calls a record, and since when (``valid``). Which record that is, is our knowledge: a merge
moves aliases from one identity to another without changing when they were valid, and says so in a change (decision 15).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from controlplane.inventory.models.entities import EntityKind
from controlplane.inventory.models.integrations import Integration
from controlplane.inventory.models.systems import Instance
from controlplane.people.models import Person

LONGEST_ID = 200


class Identity(models.Model):
    """One canonical record; its ids in every system are its aliases.

    One that was merged away keeps its id, has no aliases any more, and leads to the one it was merged into.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.ForeignKey(EntityKind, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, db_index=False, related_name="merged")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "id"], condition=models.Q(merged_into=None), name="identity_of_kind"),
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="identity_merged_into"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class IdentityAlias(models.Model):
    """What one system calls an identity, for as long as it did.

    ``beside`` is the id of the alias that it was learnt together with: when that one leaves a merge, so does this one.
    ``learnt_by`` is the integration whose traffic or sync told of it; None for what was entered in another way.
    A trigger gives what is added to a merged-away identity to the one that it leads to.
    """

    id = models.BigAutoField(primary_key=True)
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="aliases")
    kind = models.ForeignKey(EntityKind, models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, models.PROTECT, related_name="+")
    value = models.CharField(max_length=LONGEST_ID)
    valid = DateTimeRangeField()
    beside = models.BigIntegerField(null=True)
    learnt_by = models.ForeignKey(Integration, models.SET_NULL, null=True, db_index=False, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "instance", "value"], condition=models.Q(valid__upper_inf=True), name="one_live_alias"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "value"])]

    def __str__(self) -> str:
        return self.value


class ChangeKind(models.TextChoices):
    """What somebody did to identities."""

    MERGE = "merge", "Merged"
    SPLIT = "split", "Split off"
    UNDO = "undo", "Merge undone"


class IdentityChange(models.Model):
    """One act of a person, never changed afterwards: aliases went from ``given_by`` to ``given_to``.

    A merge gives all of one identity to another, a split some of one to a new one, an undo gives a merge's aliases
    back; the undo names the merge it ``undoes``. Aliases of either above ``newest_alias`` were learnt since.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=5, choices=ChangeKind.choices)
    given_by = models.ForeignKey(Identity, models.PROTECT, related_name="gave")
    given_to = models.ForeignKey(Identity, models.PROTECT, related_name="got")
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    newest_alias = models.BigIntegerField()
    reason = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.given_by_id} → {self.given_to_id}"


class IdentityMove(models.Model):
    """One alias that went along with a change."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(IdentityChange, models.CASCADE, related_name="moves")
    alias = models.ForeignKey(IdentityAlias, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.alias_id)
