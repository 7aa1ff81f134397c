"""Begin a canary: the version is frozen and judges its share; everything else is judged as before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from controlplane.contracts.models import Canary, CanaryState, Contract, ContractVersion
from controlplane.foundation import clock
from controlplane.foundation.errors import Conflict
from controlplane.governance.models import ChangeRequest


def running(contract: Contract) -> Canary | None:
    """The one that runs now; a contract has at most one."""
    found = Canary.objects.filter(version__contract=contract, state=CanaryState.RUNNING)
    return found.select_related("version__contract", "instead_of", "change").first()


def refuse_beside(contract: Contract) -> None:
    """:class:`Conflict` while one runs: nobody could say afterwards which of two versions a failure began with."""
    if (one := running(contract)) is not None:
        raise Conflict(
            f"{one.version} is tried as a canary until {one.until:%-d %b %Y, %H:%M}. Wait for its end, or halt it on "
            "the page of the contract; then apply this."
        )


def begin(
    version: ContractVersion, standing: ContractVersion, asked: Mapping[str, Any], change: ChangeRequest
) -> Canary:
    """Part of the transaction that applies the change."""
    return Canary.objects.create(
        version=version,
        instead_of=standing,
        change=change,
        share=asked["share"],
        points=asked["points"],
        key=asked["key"],
        until=clock.now() + timedelta(hours=asked["hours"]),
    )
