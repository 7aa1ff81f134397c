"""Scores: of what could be judged, how much passes; no number without evidence (invariant 11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from controlplane.governance.rules.verdicts import WEIGHT, Severity, Verdict


@dataclass(frozen=True, slots=True)
class Score:
    """How many policies of each severity have each verdict.

    ``value`` is 0 to 100: the weight of those that pass in the weight of those that pass or fail. What is waived
    counts neither way. It is None where less than half of the weight could be judged: then there is no number.
    """

    counts: Counter[tuple[Severity, Verdict]] = field(default_factory=Counter)

    def of(self, verdict: Verdict, severity: Severity | None = None) -> int:
        """How many have a verdict, of one severity or of all."""
        return sum(
            count for (which, found), count in self.counts.items() if found == verdict and severity in {None, which}
        )

    @property
    def passed(self) -> int:
        """How many pass."""
        return self.of(Verdict.PASS)

    @property
    def failed(self) -> int:
        """How many fail."""
        return self.of(Verdict.FAIL)

    @property
    def waived(self) -> int:
        """How many are waived."""
        return self.of(Verdict.WAIVED)

    @property
    def unjudged(self) -> int:
        """How many could not be judged."""
        return self.of(Verdict.UNJUDGED)

    @property
    def total(self) -> int:
        """How many apply."""
        return sum(self.counts.values())

    @property
    def value(self) -> int | None:
        """The number, rounded down, so that 100 says that all pass."""
        passed, failed = self._weight(Verdict.PASS), self._weight(Verdict.FAIL)
        if not passed + failed or 2 * self._weight(Verdict.UNJUDGED) > self._weight(*Verdict):
            return None
        return 100 * passed // (passed + failed)

    def _weight(self, *verdicts: Verdict) -> int:
        return sum(WEIGHT[severity] * count for (severity, found), count in self.counts.items() if found in verdicts)


def scored(found: Iterable[tuple[str, str]]) -> Score:
    """The score of these severities with their verdicts."""
    return Score(Counter((Severity(severity), Verdict(verdict)) for severity, verdict in found))
