"""One table."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ReceivedEvent(models.Model):
    """A webhook as it came."""

    event_id = models.CharField(max_length=200, unique=True)
    type = models.CharField(max_length=100, db_index=True)
    payload = models.JSONField()
    status = models.CharField(max_length=20, default="received")
    received_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[ReceivedEvent]] = models.Manager()

    def __str__(self) -> str:
        return self.event_id
