"""The audit's place in Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only record of decisions and changes."""

    name = "controlplane.audit"
    label = "audit"
