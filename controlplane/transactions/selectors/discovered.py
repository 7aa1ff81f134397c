"""What traffic shows and the inventory does not know: types that nobody takes, fields that no contract names.

And where payloads are not any more what they were, whatever the contract says of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.errors import NotFound
from controlplane.inventory.models import Interface
from controlplane.people.access import Access
from controlplane.transactions.models import Drift, DriftKind, DriftState, Normalisation, Route, SeenField, SeenType
from controlplane.transactions.rules.fields import named_in, topmost

#: Types of events that are looked at for one answer.
MOST_TYPES: Final = 200
#: Of fewer samples nobody says that a field never comes.
ENOUGH: Final = 20
#: Drifts that are looked at for one answer, the newest.
MOST_DRIFTS: Final = 200
DRIFT: Final = "drift"
WORDS: Final = {
    DRIFT: "Payloads have changed",
    "unknown": "Nobody takes it",
    "unnamed": "The contract does not name it",
    "unsent": "The contract names it, nobody sends it",
}


@dataclass(frozen=True, slots=True)
class Discovery:
    """One of them. ``share`` is how often a field was there, from 0 to 1; ``pointer`` is "" for a whole type.

    ``key`` is the row that can be ignored; None for what was never seen. Of a drift the share is of the newest samples.
    """

    kind: str
    interface: Interface
    event_type: str
    pointer: str
    kinds: tuple[str, ...]
    samples: int
    share: float
    first_seen: datetime
    last_seen: datetime
    version: ContractVersion | None
    key: int | None
    ignored: str = ""
    drift: Drift | None = None

    @property
    def words(self) -> str:
        """What is the matter."""
        return self.drift.get_kind_display() if self.drift is not None else WORDS[self.kind]

    @property
    def is_new(self) -> bool:
        """Whether it tells of a field that nobody sent before."""
        return self.drift is not None and self.drift.kind == DriftKind.NEW

    @property
    def team_id(self) -> int | None:
        """Who decides: the contract's team, or the system's where there is no contract."""
        return self.version.contract.team_id if self.version else self.interface.instance.system.team_id


def discoveries(access: Access, *, kind: str = "", ignored: bool = False) -> list[Discovery]:
    """All of them where the person looks, types of events seen last first. The catalogue is open to everybody."""
    types = SeenType.objects.select_related("interface__instance__system").prefetch_related("fields")
    if access.within is not None:
        types = types.filter(interface__instance__environment_id=access.within.pk)
    rows = list(types.order_by("-last_seen", "pk")[:MOST_TYPES])
    normal = _normalisations(rows)
    routed = set(Route.objects.filter(active=True).values_list("event_type", flat=True))
    drifted = _drifted(access, DriftState.IGNORED if ignored else DriftState.OPEN)
    # What is told of as new in all that comes is not told of once more as a field without a name.
    new = {(one.interface.pk, one.event_type, one.pointer) for one in drifted if one.is_new}
    found = [*drifted, *(one for row in rows for one in _of(row, _normal(normal, row), routed))]
    return [
        one
        for one in found
        if bool(one.ignored) is ignored
        and (not kind or one.kind == kind)
        and (one.kind != "unnamed" or (one.interface.pk, one.event_type, one.pointer) not in new)
    ]


def _drifted(access: Access, state: DriftState) -> list[Discovery]:
    rows = Drift.objects.filter(state=state).select_related(*_ABOUT).order_by("-found_at", "-pk")
    if access.within is not None:
        rows = rows.filter(interface__instance__environment_id=access.within.pk)
    return [_drift(one) for one in rows[:MOST_DRIFTS]]


def drifts_of(contract: Contract) -> list[Discovery]:
    """What has drifted from it and is open, the newest first."""
    rows = Drift.objects.filter(version__contract=contract, state=DriftState.OPEN).select_related(*_ABOUT)
    return [_drift(one) for one in rows.order_by("-found_at", "-pk")[:MOST_DRIFTS]]


def drift_called(key: int) -> Discovery:
    """One of them, whatever has become of it. The catalogue is open to everybody."""
    found = Drift.objects.filter(pk=key).select_related(*_ABOUT, "change", "ignored_by").first()
    if found is None:
        raise NotFound("There is no such drift.")
    return _drift(found)


_ABOUT: Final = ("interface__instance__system", "version__contract")


def _drift(one: Drift) -> Discovery:
    return Discovery(
        kind=DRIFT,
        interface=one.interface,
        event_type=one.event_type,
        pointer=one.pointer,
        kinds=one.kinds,
        samples=one.of,
        share=one.now / one.of,
        first_seen=one.since,
        last_seen=one.found_at,
        version=one.version,
        key=one.pk,
        ignored=one.reason,
        drift=one,
    )


def _normalisations(rows: Iterable[SeenType]) -> dict[tuple[int, str], Normalisation]:
    found = Normalisation.objects.filter(interface__in={row.interface_id for row in rows})
    return {(one.interface_id, one.event_type): one for one in found.select_related("contract_version__contract")}


def _normal(known: dict[tuple[int, str], Normalisation], row: SeenType) -> Normalisation | None:
    return known.get((row.interface_id, row.event_type)) or known.get((row.interface_id, "*"))


def _of(row: SeenType, normal: Normalisation | None, routed: set[str]) -> list[Discovery]:
    canonical = normal.canonical_type if normal else row.event_type
    found = []
    if canonical not in routed:
        found.append(_whole(row))
    if normal is not None and normal.contract_version is not None:
        found += _fields(row, normal.contract_version)
    return found


def _whole(row: SeenType) -> Discovery:
    seen = (row.samples, 1.0, row.first_seen, row.last_seen)
    return Discovery("unknown", row.interface, row.event_type, "", (), *seen, None, row.pk, row.ignored_reason)


def _fields(row: SeenType, version: ContractVersion) -> list[Discovery]:
    named = named_in(version.schema)
    seen = {one.pointer: one for one in row.fields.all()}
    about: dict[str, Any] = {"interface": row.interface, "event_type": row.event_type, "version": version}
    found = [_unnamed(seen[pointer], row, about) for pointer in topmost(seen.keys() - named, named)]
    if row.samples >= ENOUGH:
        for pointer in topmost(named - seen.keys(), set(seen)):
            at: dict[str, Any] = {
                "samples": row.samples,
                "share": 0.0,
                "first_seen": row.first_seen,
                "last_seen": row.last_seen,
            }
            found.append(Discovery(kind="unsent", pointer=pointer, kinds=(), key=None, **about, **at))
    return found


def _unnamed(one: SeenField, row: SeenType, about: dict[str, Any]) -> Discovery:
    return Discovery(
        kind="unnamed",
        pointer=one.pointer,
        kinds=tuple(one.kinds),
        samples=row.samples,
        share=min(1.0, one.seen / row.samples) if row.samples else 0.0,
        first_seen=one.first_seen,
        last_seen=one.last_seen,
        key=one.pk,
        ignored=one.ignored_reason,
        **about,
    )
