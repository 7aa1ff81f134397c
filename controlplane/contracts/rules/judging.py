"""Facts judged: every one by the rules that look at its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from controlplane.contracts.diff.facts import Fact, Sense, Way, What
from controlplane.contracts.diff.said import ONLY_SAID
from controlplane.contracts.rules import json_schema, openapi
from controlplane.contracts.rules.rule import Judgement, Rule, Side
from controlplane.governance.rules.changed import Level

RULES: Final[Mapping[str, Rule]] = {**json_schema.RULES, **openapi.RULES}
_ORDER: Final = tuple(Level)
#: What is sent to the interface has no readers but the interface itself, and the other way round.
_CONCERNED: Final = {Way.IN: Side.WRITERS, Way.OUT: Side.READERS}


@dataclass(frozen=True, slots=True)
class Finding:
    """One judged difference: by which rule, where, for each side how bad, why, and what to do."""

    rule: str
    path: str
    writers: Level
    readers: Level
    message: str
    remedy: str = ""

    def of(self, side: Side) -> Level:
        """For that side."""
        return self.writers if side is Side.WRITERS else self.readers

    @property
    def level(self) -> Level:
        """The worse of the two."""
        return worst([self.writers, self.readers])

    def for_only(self, side: Side) -> Finding:
        """As it is where there is nobody on the other side: a request has no readers but us."""
        level = self.of(side)
        remedy = "" if level is Level.SAFE else self.remedy
        if side is Side.WRITERS:
            return replace(self, readers=Level.SAFE, remedy=remedy)
        return replace(self, writers=Level.SAFE, remedy=remedy)

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line say it."""
        return asdict(self) | {"level": self.level.value, "writers": self.writers.value, "readers": self.readers.value}


def worst(levels: Iterable[Level]) -> Level:
    """The worst of some; safe where there are none."""
    return min(levels, key=_ORDER.index, default=Level.SAFE)


def judged(facts: Iterable[Fact]) -> list[Finding]:
    """What follows from each, in their order."""
    return [finding for fact in facts for finding in _of(fact)]


def _by_what() -> Mapping[What, list[Rule]]:
    found: dict[What, list[Rule]] = defaultdict(list)
    for rule in RULES.values():
        found[rule.what].append(rule)
    return found


_BY_WHAT: Final = _by_what()


def _of(fact: Fact) -> Iterator[Finding]:
    for rule in _BY_WHAT[fact.what]:
        judgement = rule.judge(fact)
        if judgement is not None:
            seen = _in_its_place(judgement, fact)
            finding = Finding(rule.id, fact.path, seen.writers, seen.readers, seen.message, seen.remedy)
            yield finding if fact.way is None else finding.for_only(_CONCERNED[fact.way])


def _in_its_place(judgement: Judgement, fact: Fact) -> Judgement:
    """Under a ``not`` the sides change; where nobody can tell, what hurts one may hurt the other."""
    if fact.sense is Sense.PLAIN or fact.what in ONLY_SAID:
        return judgement
    if fact.sense is Sense.INVERTED:
        return replace(judgement, writers=judgement.readers, readers=judgement.writers)
    both = Level.BREAKING if judgement.writers is judgement.readers is Level.BREAKING else Level.RISKY
    return replace(judgement, writers=both, readers=both)
