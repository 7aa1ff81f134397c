"""How a policy holds for one subject: company → domain → team → integration, the narrowest that says something wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from controlplane.governance.rules.verdicts import Reach

#: What an override sets in place of a severity to switch a policy off.
OFF: Final = "off"
#: From the widest.
REACHES: Final = tuple(Reach)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject stands: its domain, its team and its integration by their slugs, "" for none."""

    domain: str = ""
    team: str = ""
    integration: str = ""

    def is_within(self, reach: str, scope: str) -> bool:
        """Whether what holds for ``scope`` holds here."""
        return reach == Reach.COMPANY or (bool(scope) and getattr(self, reach) == scope)


@dataclass(frozen=True, slots=True)
class Override:
    """An exception to a policy in a part of the company: another severity, or :data:`OFF`, and why."""

    reach: str
    scope: str
    severity: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Effective:
    """The severity that holds somewhere (:data:`OFF` for none), and who says so: ``team orders``."""

    severity: str
    comes_from: str

    @property
    def is_off(self) -> bool:
        """Whether the policy is switched off there."""
        return self.severity == OFF


def effective(severity: str, reach: str, scope: str, overrides: Iterable[Override], place: Place) -> Effective | None:
    """How a policy of that ``severity``, made for ``reach`` and ``scope``, holds at a place; None outside of it."""
    if not place.is_within(reach, scope):
        return None
    found = Effective(severity, called(reach, scope))
    for override in sorted(overrides, key=lambda one: REACHES.index(Reach(one.reach))):
        if place.is_within(override.reach, override.scope):
            found = Effective(override.severity, called(override.reach, override.scope))
    return found


def called(reach: str, scope: str) -> str:
    """A part of the company in words."""
    return "company" if reach == Reach.COMPANY else f"{reach} {scope}"


def by_policy(overrides: Iterable[tuple[int, Override]]) -> Mapping[int, list[Override]]:
    """Exceptions, by the policy that they are of."""
    found: dict[int, list[Override]] = {}
    for policy, override in overrides:
        found.setdefault(policy, []).append(override)
    return found
