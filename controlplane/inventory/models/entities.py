"""The canonical entities: what business speaks of."""

from __future__ import annotations

from django.db import models


class EntityKind(models.Model):
    """A kind of business key: customer, order, invoice. Its small id is stored with every key."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    personal = models.BooleanField(default=False, help_text="names a person: payloads are found by it for erasure")

    def __str__(self) -> str:
        return self.name
