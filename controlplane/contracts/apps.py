"""Contracts."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The registry of agreed schemas."""

    name = "controlplane.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Say what policies can know of contracts."""
        from controlplane.contracts import facts
        from controlplane.foundation.registries import evidence

        evidence.register("facts.contract", facts.CONTRACTS)
