"""What can be followed: kinds of topics, how each is looked at, and the names by which pages ask for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from django.core.signing import BadSignature, Signer

from controlplane.governance.selectors import versions as governance
from controlplane.sync.selectors import versions as sync
from controlplane.transactions.selectors import versions as transactions


@dataclass(frozen=True, slots=True)
class Kind:
    """How topics of a kind are looked at.

    ``versions`` answers for many keys at once, and ``every`` is how many seconds lie between two looks at least.
    ``urgent``: somebody waits for it, and is told before others. ``catches_up``: who begins to follow is told once, for
    what changed between the making of the page and that moment; not needed of what changes every minute.
    """

    versions: Callable[[Collection[str]], Mapping[str, str]]
    every: float
    urgent: bool = False
    catches_up: bool = True


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "arrivals": Kind(transactions.arrivals, 3),
        "dead-letters": Kind(transactions.dead_letters, 3),
        "traffic": Kind(transactions.traffic, 5),
        "hours": Kind(transactions.hours, 15, catches_up=False),
        "transaction": Kind(transactions.transactions, 1, urgent=True),
        "endpoint": Kind(transactions.endpoints, 1, urgent=True),
        "replay": Kind(transactions.replays, 1, urgent=True),
        "release": Kind(transactions.releases, 1, urgent=True),
        "exports": Kind(transactions.exports, 2, urgent=True),
        "run": Kind(sync.runs, 1, urgent=True),
        "job": Kind(sync.jobs, 3),
        "change": Kind(governance.changes, 1, urgent=True),
        "changes": Kind(governance.all_changes, 3),
        "schedules": Kind(sync.schedules, 5),
    }
)


class Topic(NamedTuple):
    """One thing that can be followed: ``Topic("transaction", "0197…")``; there is one of most kinds, with no key."""

    kind: str
    key: str = ""

    @property
    def how(self) -> Kind:
        """How it is looked at."""
        return KINDS[self.kind]


def name(topic: Topic, account_id: str) -> str:
    """The topic as the page of this account names it, so that nobody can ask for what their pages did not show."""
    return _signer(account_id).sign(":".join(topic))


def named(text: str, account_id: str) -> Topic | None:
    """The topic of a name; None of one that was not made for this account, or not by us."""
    try:
        kind, _, key = _signer(account_id).unsign(text).partition(":")
    except BadSignature:
        return None
    return Topic(kind, key) if kind in KINDS else None


def _signer(account_id: str) -> Signer:
    return Signer(salt=f"console.live.{account_id}", sep="~")
