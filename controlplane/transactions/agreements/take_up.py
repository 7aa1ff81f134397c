"""What comes in is judged by the newest version of its contract."""

from __future__ import annotations

from controlplane.contracts.models import ContractVersion
from controlplane.transactions.models import Normalisation


def take_up(version: ContractVersion) -> None:
    """Every event that was judged by another version of it is judged by this one; the audit's record is the caller's.

    Workers hear of it when they read the configuration again, as of any other change.
    """
    judged = Normalisation.objects.filter(contract_version__contract=version.contract_id)
    # Always in the same order: documents that are applied write these rows too.
    locked = judged.exclude(contract_version=version).order_by("pk").select_for_update()
    Normalisation.objects.filter(pk__in=list(locked.values_list("pk", flat=True))).update(contract_version=version)
