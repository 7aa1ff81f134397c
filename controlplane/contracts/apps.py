"""Contracts."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """The registry of agreed schemas."""

    name = "controlplane.contracts"
    label = "contracts"

    def ready(self) -> None:
        """Say what policies can know of contracts, that boards decide on their versions, and who is asked first."""
        from controlplane.contracts import facts
        from controlplane.contracts.canary.notices import HALTED
        from controlplane.contracts.consumers import checking, notices
        from controlplane.contracts.lifecycle import sunset_kind
        from controlplane.contracts.lifecycle.kind import CONTRACT
        from controlplane.contracts.lifecycle.subject import NAME
        from controlplane.foundation.registries import evidence, subjects
        from controlplane.governance.kinds import common_checks
        from controlplane.people.notices import sources

        subjects.register(NAME, CONTRACT)
        subjects.register(sunset_kind.NAME, sunset_kind.SUNSET)
        evidence.register("facts.contract", facts.CONTRACTS)
        common_checks.register("consumers", checking.checks_of)
        sources.register("consumers-to-confirm", notices.TO_CONFIRM)
        sources.register("consumers-in-the-way", notices.IN_THE_WAY)
        sources.register("canaries", HALTED)
