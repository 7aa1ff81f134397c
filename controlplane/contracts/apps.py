"""Contracts."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The registry of agreed schemas."""

    name = "controlplane.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Say what policies can know of contracts, and that a board can decide on their versions."""
        from controlplane.contracts import facts
        from controlplane.contracts.lifecycle import sunset_kind
        from controlplane.contracts.lifecycle.kind import CONTRACT
        from controlplane.contracts.lifecycle.subject import NAME
        from controlplane.foundation.registries import evidence, subjects

        subjects.register(NAME, CONTRACT)
        subjects.register(sunset_kind.NAME, sunset_kind.SUNSET)
        evidence.register("facts.contract", facts.CONTRACTS)
