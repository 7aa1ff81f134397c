"""What is published in a new form goes out in the one before as well, as long as that is in force.

A step says by ``contract`` what its data is agreed as. Where the version of it that holds says how a message becomes
one of the version before (``downgrade``), and that one has not gone, both forms are one delivery: one body that is
kept, one answer, and ids of their own, so that sending again repeats neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from connectors.cloudevents import FORMER
from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.flow import MappingLine, Step, read_lines

#: What a message keeps of the newer one where its lines do not say it.
_KEPT: Final = ("topic", "type", "subject", "time", "source")

#: The lines that make the form of before, by contract.
Downgrades = Mapping[str, tuple[MappingLine, ...]]


def read_downgrades(steps: Iterable[Step]) -> dict[str, tuple[MappingLine, ...]]:
    """Of the contracts that these steps name, those of which two forms are in force; without any, nothing is asked."""
    named = {step.contract for step in steps if step.contract}
    if not named:
        return {}
    published = ContractVersion.objects.filter(contract__slug__in=named, state=VersionState.PUBLISHED)
    found: dict[str, list[Sequence[Mapping[str, str]]]] = {}
    for slug, lines in published.order_by("contract_id", "-number").values_list("contract__slug", "downgrade"):
        found.setdefault(slug, []).append(lines)
    # The newest holds, and says how a message becomes one of the next.
    return {slug: read_lines(holds) for slug, (holds, *before) in found.items() if holds and before}


def with_former(body: dict[str, Any], lines: Sequence[MappingLine]) -> dict[str, Any]:
    """The body with the form of before in it; :class:`MappingFailed` where it cannot be made."""
    return body | {FORMER: [downgraded(body, lines)]}


def downgraded(message: Mapping[str, Any], lines: Sequence[MappingLine]) -> dict[str, Any]:
    """A message of the version before: ``record`` is the data of the newer one, ``message`` all of it."""
    data = message.get("data")
    made = mapping.apply(lines, {"record": data, "event": data, "message": dict(message)})
    return {name: message[name] for name in _KEPT if name in message} | made
