"""The inventory."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Systems, instances, interfaces, integrations and identities."""

    name = "controlplane.inventory"
    label = "inventory"

    def ready(self) -> None:
        """Say what policies can know of the estate, and that a board can decide who owns which data."""
        from controlplane.foundation.registries import evidence, subjects
        from controlplane.inventory import facts
        from controlplane.inventory.ownership.governed import KIND, OWNERSHIP

        subjects.register(KIND, OWNERSHIP)
        evidence.register("facts.system", facts.SYSTEMS)
        evidence.register("facts.instance", facts.INSTANCES)
        evidence.register("facts.interface", facts.INTERFACES)
        evidence.register("facts.integration", facts.INTEGRATIONS)
