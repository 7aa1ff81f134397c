"""A shadow run: the newest events through today's configuration and the proposed one, requests compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final

from controlplane.governance.kinds import Found
from controlplane.transactions.pipeline.catalogue import Snapshot
from controlplane.transactions.rules.shadowing import Difference, Group, Sending, What, compared, grouped, worst
from controlplane.transactions.shadow.events import Tried, Which, newest
from controlplane.transactions.shadow.sending import sendings

#: Events that a proposed version is tried on.
TRIED: Final = 500
#: What is told of a run: so many kinds of differences, and so many transactions of each.
MOST_GROUPS: Final = 50
EXAMPLES: Final = 3
EVIDENCE: Final = "shadow"


@dataclass(frozen=True, slots=True)
class Report:
    """How many events there were, of how many what is to be said, and what differs in them."""

    events: int
    counts: Mapping[What, int] = field(default_factory=dict)
    groups: Sequence[Group] = ()

    @property
    def passes(self) -> bool:
        """Nothing would fail or be set aside that goes out today. What is left out on purpose is told, and decided."""
        return bool(self.events) and not self.counts.get(What.FAILS, 0)

    def sentence(self) -> str:
        """What is said of it where a check is read."""
        if not self.events:
            return "None has come in within thirty days: nothing shows what would become of them."
        parts = [
            words.format(count)
            for what, words in _SAID.items()
            if (count := self.counts.get(what, 0)) or what in _ALWAYS
        ]
        return f"Of the last {self.events:,} events, {', '.join(parts)}."

    def evidence(self) -> dict[str, Any]:
        """Places and ids, and no value."""
        return {
            "what": EVIDENCE,
            "events": self.events,
            "counts": {what.value: self.counts.get(what, 0) for what in What},
            "groups": [_told(one) for one in self.groups[:MOST_GROUPS]],
            "more": max(0, len(self.groups) - MOST_GROUPS),
        }


_ALWAYS: Final = frozenset({What.SAME})
_SAID: Final = {
    What.SAME: "{:,} send the same",
    What.DIFFERS: "{:,} send something else",
    What.GAINED: "{:,} send more",
    What.LOST: "{:,} send less",
    What.FAILS: "{:,} would fail or be set aside",
    What.UNTOLD: "of {:,} it cannot be told",
}


def run(which: Which, today: Snapshot, proposed: Snapshot, *, most: int = TRIED) -> Report:
    """Try the newest of these events; nothing is sent and nothing written."""
    tried = newest(which, most)
    found = [(str(one.row.id), differences(one, today, proposed)) for one in tried]
    counts = Counter(worst(listed) for _, listed in found)
    return Report(len(tried), counts, grouped(found, EXAMPLES))


def differences(one: Tried, today: Snapshot, proposed: Snapshot) -> list[Difference]:
    """One event's requests, old and new."""
    old, new = (sendings(one.row, snapshot, one.answers) for snapshot in (today, proposed))
    nothing = Sending(stopped="There is no such event.")
    return [
        difference
        for before, after in zip_longest(old, new, fillvalue=nothing)
        for difference in compared(before, after)
    ]


def found(report: Report) -> Found:
    """The same as a check's answer."""
    return Found(report.passes, report.sentence(), report.evidence())


def _told(group: Group) -> dict[str, Any]:
    step = group.step
    return {
        "what": group.what.value,
        "flow": step.flow if step else "",
        "step": step.name if step else "",
        "destination": step.destination if step else "",
        "place": group.place,
        "reason": group.reason,
        "count": group.count,
        "examples": group.examples,
    }
