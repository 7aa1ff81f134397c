"""What becomes of a drift by itself: it is opened, it is gone again, or a newer version of the contract explains it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from controlplane.contracts.models import ContractVersion
from controlplane.foundation import clock
from controlplane.foundation.errors import Invalid
from controlplane.foundation.ids import moment
from controlplane.foundation.logs import logger
from controlplane.transactions.models import Drift, DriftKind, DriftState, UsualForm
from controlplane.transactions.rules.amending import amended
from controlplane.transactions.rules.drift import Found, is_gone
from controlplane.transactions.rules.fields import named_in
from controlplane.transactions.rules.usual import Usual

log = logger(__name__)

#: What nobody has looked at yet begins so long ago.
LONG_AGO: Final = timedelta(days=1)
#: Transactions that are named with a drift.
EXAMPLES: Final = 10


def named_by(version: ContractVersion) -> Callable[[str], bool]:
    """Whether its schema knows a field, by its name or as one of a map. Nothing is worked out until it is asked."""

    def names(pointer: str) -> bool:
        named = named_in(version.schema)
        parts = pointer.split("/")
        return pointer in named or any(_covers(one.split("/"), parts) for one in named if "*" in one)

    return names


def _covers(pattern: list[str], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(one in {"*", part} for one, part in zip(pattern, parts, strict=True))


def open_all(form: UsualForm, found: Iterable[Found]) -> None:
    """A row of each; what the page and its owner are told."""
    for one in found:
        first = UUID(one.ids[0])
        made = Drift.objects.create(
            interface_id=form.interface_id,
            event_type=form.event_type,
            version=form.contract_version,
            kind=one.kind,
            pointer=one.pointer,
            sign=one.sign,
            now=one.now,
            of=one.of,
            was=one.was,
            out_of=one.out_of,
            examples=list(one.ids[:EXAMPLES]),
            since=moment(first),
            found_at=clock.now(),
        )
        log.warning("drift.opened", drift=made.pk, kind=one.kind, interface=form.interface_id)


def settle_gone(known: Iterable[Drift], usual: Usual) -> None:
    """Close those that are not to be seen any more."""
    for one in known:
        if is_gone(usual, one.kind, one.pointer, one.sign, one.was / one.out_of if one.out_of else 0.0):
            settle(one, DriftState.GONE)
            log.info("drift.gone", drift=one.pk)


def settle(one: Drift, state: DriftState, **more: Any) -> None:
    """It is not open any more."""
    one.state, one.settled_at = state, clock.now()
    for name, value in more.items():
        setattr(one, name, value)
    one.save(update_fields=["state", "settled_at", *more])


def explain(interface: int, event_type: str, version: ContractVersion) -> None:
    """A newer version of the contract holds: what it says already is agreed to; the rest stays open."""
    rows = Drift.objects.filter(interface_id=interface, event_type=event_type, state=DriftState.OPEN)
    for one in rows.select_for_update().order_by("pk"):
        if says(version, one):
            settle(one, DriftState.EXPLAINED, change_id=version.change_id or one.change_id)


def says(version: ContractVersion, one: Drift) -> bool:
    """Whether a version lets in what was seen: then there is nothing that could be amended in it.

    How the contract is broken is the older version's to say; whether the newer one is broken shows by itself.
    """
    if one.kind == DriftKind.BROKEN:
        return True
    try:
        return bool(amended(version.schema, one.kind, one.pointer, one.kinds) == version.schema)
    except Invalid:
        return False
