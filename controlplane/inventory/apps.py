"""The inventory."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Systems, instances, interfaces, integrations and identities."""

    name = "controlplane.inventory"
    label = "inventory"

    def ready(self) -> None:
        """Who owns which data is a kind of change that a board can decide on."""
        from controlplane.foundation.registries import subjects
        from controlplane.inventory.ownership.governed import KIND, OWNERSHIP

        subjects.register(KIND, OWNERSHIP)
