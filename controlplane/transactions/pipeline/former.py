"""What is published in a new form goes out in the one before as well, as long as that is in force.

A step says by ``contract`` what its data is agreed as. Where the version of it that holds says how a message becomes
one of the version before (``downgrade``), and that one has not gone, both forms are one delivery: one body that is
kept, one answer, and ids of their own, so that sending again repeats neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from controlplane.contracts.models import ContractVersion, VersionState
from controlplane.transactions.rules import mapping
from controlplane.transactions.rules.flow import MappingLine, Step, read_lines

#: In the body of a message: the same event in forms of before.
FORMER: Final = "former"
#: What a message keeps of the newer one where its lines do not say it.
_KEPT: Final = ("topic", "type", "subject", "time", "source")

#: The lines that make the form of before, by contract.
Downgrades = Mapping[str, tuple[MappingLine, ...]]


@dataclass(frozen=True, slots=True)
class _Version:
    number: int
    state: str
    downgrade: Sequence[Mapping[str, str]]


def read_downgrades(steps: Iterable[Step]) -> dict[str, tuple[MappingLine, ...]]:
    """Of the contracts that these steps name, those of which two forms are in force; without any, nothing is asked."""
    named = {step.contract for step in steps if step.contract}
    if not named:
        return {}
    rows = ContractVersion.objects.filter(contract__slug__in=named).exclude(state=VersionState.DRAFT)
    versions: dict[str, list[_Version]] = {}
    for slug, *row in rows.order_by("-number").values_list("contract__slug", "number", "state", "downgrade"):
        versions.setdefault(slug, []).append(_Version(*row))
    return {slug: lines for slug, listed in versions.items() if (lines := _in_force(listed))}


def _in_force(versions: Sequence[_Version]) -> tuple[MappingLine, ...]:
    """The newest first. The one before the one that holds is meant, and not one that was only tried."""
    published = [one for one in versions if one.state == VersionState.PUBLISHED]
    if len(published) < 2 or not published[0].downgrade:  # noqa: PLR2004 - one that holds, and the one before it
        return ()
    return read_lines(published[0].downgrade)


def with_former(body: dict[str, Any], lines: Sequence[MappingLine]) -> dict[str, Any]:
    """The body with the form of before in it; :class:`MappingFailed` where it cannot be made."""
    return body | {FORMER: [downgraded(body, lines)]}


def downgraded(message: Mapping[str, Any], lines: Sequence[MappingLine]) -> dict[str, Any]:
    """A message of the version before: ``record`` is the data of the newer one, ``message`` all of it."""
    data = message.get("data")
    made = mapping.apply(lines, {"record": data, "event": data, "message": dict(message)})
    return {name: message[name] for name in _KEPT if name in message} | made
