"""What can be asked of an interface, or comes out of it: one operation each, as its document describes them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from controlplane.inventory.models.systems import Interface


class Doing(models.TextChoices):
    """What an operation does: a method of HTTP, or which way its messages go, seen from the system."""

    GET = "get", "GET"
    PUT = "put", "PUT"
    POST = "post", "POST"
    DELETE = "delete", "DELETE"
    OPTIONS = "options", "OPTIONS"
    HEAD = "head", "HEAD"
    PATCH = "patch", "PATCH"
    TRACE = "trace", "TRACE"
    SEND = "send", "Sends"
    RECEIVE = "receive", "Receives"


class Operation(models.Model):
    """One operation of an interface.

    ``key`` is what it is, whatever it is called: ``GET /orders/{id}``. ``request`` and ``responses`` say what bodies
    are, by media type or message: a reference into the document, or only the kind of what is written out there.
    ``digest`` is that of its whole description. One that a newer document no longer has is kept, ``gone_at`` then.
    """

    interface = models.ForeignKey(Interface, models.CASCADE, related_name="operations")
    key = models.CharField(max_length=520)
    name = models.CharField(max_length=200)
    action = models.CharField(max_length=8, choices=Doing.choices)
    address = models.CharField(max_length=500, help_text="path or channel")
    summary = models.CharField(max_length=300, blank=True)
    deprecated = models.BooleanField(default=False)
    request = models.JSONField(default=dict, blank=True)
    responses = models.JSONField(default=dict, blank=True)
    tags = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["interface", "key"], name="inventory_each_operation_once")
        ]
        indexes: ClassVar = [models.Index(fields=["interface", "address", "id"], name="inventory_operations")]

    def __str__(self) -> str:
        return self.name
