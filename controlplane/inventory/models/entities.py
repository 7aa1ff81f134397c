"""The canonical entities: what business speaks of, in versions, attribute by attribute."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.people.models import Person


class NonOwner(models.TextChoices):
    """What a write of an attribute meets whose source does not own it."""

    OFF = "off", "Let through"
    FLAG = "flag", "Delivered, flagged"
    BLOCK = "block", "Blocked"


class Personal(models.TextChoices):
    """How close an attribute is to a person."""

    NONE = "none", "Not personal"
    PERSONAL = "personal", "Personal"
    SENSITIVE = "sensitive", "Sensitive"


class Lifecycle(models.TextChoices):
    """What may be done with a record of an entity."""

    CREATE = "create", "Create"
    UPDATE = "update", "Update"
    MERGE = "merge", "Merge"
    ARCHIVE = "archive", "Archive"
    DELETE = "delete", "Delete"


class EntityKind(models.Model):
    """A kind of business key: customer, order, invoice. Its small id is stored with every key.

    What it is made of is in its versions. ``on_breach`` is what a write by a system without the right to it meets.
    """

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    personal = models.BooleanField(default=False, help_text="names a person: payloads are found by it for erasure")
    purpose = models.TextField(blank=True, default="", db_default="")
    on_breach = models.CharField(
        max_length=5, choices=NonOwner.choices, default=NonOwner.FLAG, db_default=NonOwner.FLAG.value
    )

    def __str__(self) -> str:
        return self.name


class EntityVersion(models.Model):
    """One revision of an entity; it never changes (migration 0006), and the newest is the one that holds.

    ``schema`` is JSON Schema 2020-12, whose properties may say ``x-personal`` and ``x-identifier``; ``operations`` are
    the words of :class:`Lifecycle` that a record of it allows. ``shipped``: it came with the product.
    """

    entity = models.ForeignKey(EntityKind, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.JSONField()
    operations = models.JSONField()
    content_hash = models.CharField(max_length=64)
    shipped = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    author = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    author_label = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entity", "number"], name="one_entity_number")]

    def __str__(self) -> str:
        return f"{self.entity} v{self.number}"


class EntityAttribute(models.Model):
    """An attribute of the newest version, by its JSON Pointer; ownership refers to it.

    One that a later version no longer has stays, not ``active``: what was said of it is its history.
    """

    entity = models.ForeignKey(EntityKind, models.CASCADE, related_name="attributes")
    pointer = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    type = models.CharField(max_length=40)
    description = models.TextField(blank=True)
    personal = models.CharField(max_length=9, choices=Personal.choices, default=Personal.NONE)
    is_identifier = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["entity_id", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["entity", "pointer"], name="one_entity_attribute")]

    def __str__(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """As people write it: ``billing_address.city``."""
        return self.pointer.removeprefix("/").replace("/", ".")
