"""The inventory."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Systems, instances, interfaces, integrations and identities."""

    name = "controlplane.inventory"
    label = "inventory"
