"""The consumers of a contract: those that are declared, and those that are seen. Part of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from controlplane.contracts.lifecycle.evidence import Observed, observed_of
from controlplane.contracts.models import Contract, Dependency
from controlplane.contracts.rules.rule import Side
from controlplane.inventory.models import Integration
from controlplane.people.models import Team

#: So far is looked back; for who comes seldom, over two of their rounds.
WINDOW: Final = timedelta(days=30)
ROUNDS: Final = 2
_DOES: Final = {Side.WRITERS: "writes", Side.READERS: "reads"}


class Use(StrEnum):
    """What is known of one consumer's use. What is outside our sight is never called unused."""

    LIVE = "live"
    SILENT = "silent"
    UNOBSERVABLE = "unobservable"
    UNDECLARED = "undeclared"


class Key(NamedTuple):
    """Which consumer: an integration, or what is declared outside."""

    integration: int | None
    dependency: int | None


@dataclass(frozen=True, slots=True)
class Consumer:
    """One consumer: ``declared`` by somebody, ``seen`` where it is within our sight, or both."""

    name: str
    team: Team
    integration: Integration | None = None
    declared: Dependency | None = None
    seen: Observed | None = None

    @property
    def key(self) -> Key:
        """Which it is, whatever is said of it."""
        if self.integration is not None:
            return Key(self.integration.pk, None)
        return Key(None, self.declared.pk if self.declared else None)

    @property
    def use(self) -> Use:
        """What is known of its use."""
        if self.integration is None:
            return Use.UNOBSERVABLE
        if self.declared is None:
            return Use.UNDECLARED
        return Use.LIVE if self.seen and self.seen.last else Use.SILENT

    @property
    def fields(self) -> Sequence[str]:
        """What it uses of a record; none: all of it, as far as anybody knows."""
        return self.declared.fields if self.declared else ()

    @property
    def sides(self) -> list[Side]:
        """As what it can be hurt: by what was said and what is seen."""
        reads = bool((self.declared and self.declared.reads) or (self.seen and self.seen.reads))
        writes = bool((self.declared and self.declared.writes) or (self.seen and self.seen.writes))
        return [side for side, is_so in ((Side.WRITERS, writes), (Side.READERS, reads)) if is_so]

    @property
    def does(self) -> str:
        """The same in words: "reads", "writes and reads"; empty where nothing is known."""
        return " and ".join(_DOES[side] for side in self.sides)

    @property
    def window(self) -> timedelta:
        """How far it is looked back at."""
        return window_of(self.declared) if self.declared else WINDOW

    @property
    def per_day(self) -> int | None:
        """Transactions a day that go through it."""
        return round(self.seen.per_day) if self.seen and self.seen.per_day is not None else None

    @property
    def in_words(self) -> str:
        """What is known of its use, in a line."""
        days = self.window.days
        if self.use is Use.UNOBSERVABLE:
            return "outside our sight: what it uses cannot be seen"
        last = self.seen.last if self.seen else None
        seen = f"last seen {last:%-d %b %Y}" if last else f"nothing seen in {days} days"
        if self.use is Use.UNDECLARED:
            return f"not declared; {', '.join(self.seen.uses) if self.seen else ''}; {seen}"
        return f"live; {seen}" if last else f"unused: {seen}"


def window_of(declared: Dependency) -> timedelta:
    """The longer of thirty days and two of its rounds."""
    return max(WINDOW, ROUNDS * declared.cadence) if declared.cadence else WINDOW


def consumers_of(contract: Contract) -> list[Consumer]:
    """All of them by name."""
    rows = contract.dependencies.filter(withdrawn_at=None)
    related = ("integration__team", "integration__environment", "team", "declared_by", "confirmed_by")
    declared = list(rows.select_related(*related).order_by("pk"))
    within = {one.integration_id: one for one in declared if one.integration_id is not None}
    seen = observed_of(contract, {key: window_of(one) for key, one in within.items()}, WINDOW)
    others = Integration.objects.filter(pk__in=seen.keys() - within.keys())
    known = {one.pk: one for one in others.select_related("team", "environment")}
    known |= {key: one.integration for key, one in within.items() if one.integration is not None}
    found = [
        Consumer(one.name, one.team, one, within.get(key), seen.get(key, Observed())) for key, one in known.items()
    ]
    found += [Consumer(one.name, one.team, declared=one) for one in declared if one.integration is None and one.team]
    return sorted(found, key=lambda one: (one.name.casefold(), one.key.integration or 0))
