"""What the apps above know of a contract: who is seen to work by it, what was let in by it, who takes up a new version.

Filled in ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from controlplane.contracts.models import Contract, ContractVersion
from controlplane.foundation.registries import Registry
from controlplane.governance.kinds import Content, Found
from controlplane.people.access import Access


@dataclass(frozen=True, slots=True)
class Seen:
    """A record that came in and was judged by a version: of which transaction, and the record."""

    transaction: str
    record: Any


@dataclass(frozen=True, slots=True)
class Observed:
    """What is seen of an integration: how it works by a contract, when it last did, and how much goes through it a day.

    Without ``uses`` nothing of it is set up to. ``last`` is None where nothing was seen in as long as was looked at.
    """

    uses: tuple[str, ...] = ()
    reads: bool = False
    writes: bool = False
    last: datetime | None = None
    per_day: float | None = None


#: Who works by a contract, and those that are named: looked back at as far as is said of each, else as far as is usual.
observers: Registry[Callable[[Contract, Mapping[int, timedelta], timedelta], Mapping[int, Observed]]] = Registry(
    "observers of contracts"
)
#: How many customers went through integrations lately, as it is said: "10,000+" beyond what is counted.
customers: Registry[Callable[[Collection[int]], str]] = Registry("customers of integrations")
#: The newest records that were judged by it; as many as are asked for at most.
payloads: Registry[Callable[[Contract, int], Sequence[Seen]]] = Registry("payloads of contracts")
#: What such a check is called, of whatever kind the change is.
SHADOW_TITLE: Final = "What came in would not fail (shadow run)"
#: What would go out by a proposed content, beside what goes out today.
shadows: Registry[Callable[[Contract, Content], Found]] = Registry("shadow runs of contracts")
#: A published message made into one of the version before, by its lines; :class:`Invalid` where it cannot be.
downgrading: Registry[Callable[[Mapping[str, Any], Sequence[Mapping[str, str]]], Mapping[str, Any]]] = Registry(
    "downgrading of messages"
)
#: Who judges by the newest version from now on; in the transaction that publishes it.
taking_up: Registry[Callable[[ContractVersion], None]] = Registry("taking up contract versions")
#: What began failing with a version: ids of transactions, as far as a person may see them, the newest first.
failures: Registry[Callable[[ContractVersion, Access, int], Sequence[str]]] = Registry("failures of contract versions")
#: How many of the events that a version judged since then had a delivery that died.
deaths: Registry[Callable[[ContractVersion, datetime], int]] = Registry("deaths by contract versions")
#: Who is judged, mapped or carried by just this version, in words.
users: Registry[Callable[[ContractVersion], Sequence[str]]] = Registry("users of contract versions")


def observed_of(contract: Contract, back: Mapping[int, timedelta], usual: timedelta) -> dict[int, Observed]:
    """Integrations by their keys, with what is seen of them."""
    return {key: one for observe in observers.values() for key, one in observe(contract, back, usual).items()}


def customers_of(integrations: Collection[int]) -> str:
    """How many customers; empty where nobody counts them."""
    return next((count(integrations) for count in customers.values()), "")


def seen_by(contract: Contract, most: int) -> list[Seen]:
    """What came in."""
    return [one for listed in payloads.values() for one in listed(contract, most)][:most]


def failed_since(version: ContractVersion, access: Access, most: int) -> list[str]:
    """What began failing with it."""
    return [one for listed in failures.values() for one in listed(version, access, most)][:most]


def users_of(version: ContractVersion) -> list[str]:
    """Who works by just this version."""
    return [one for listed in users.values() for one in listed(version)]


def died_by(version: ContractVersion, since: datetime) -> int:
    """How many events that it judged since then had a delivery that died."""
    return sum(count(version, since) for count in deaths.values())
