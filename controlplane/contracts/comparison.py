"""A contract's document beside those before it: what follows for whom, and whether the contract's promise is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from controlplane.contracts.diff.values import same
from controlplane.contracts.models import Compatibility, Format
from controlplane.contracts.rules.comparing import compare_openapi, compare_schemas
from controlplane.contracts.rules.judging import Finding, worst
from controlplane.contracts.rules.rule import Side
from controlplane.foundation.errors import Invalid
from controlplane.governance.rules.changed import Level

#: By format: what judges. Of the others every change is risky.
JUDGES: Final[Mapping[Format, Callable[[Any, Any], list[Finding]]]] = {
    Format.JSON_SCHEMA: compare_schemas,
    Format.OPENAPI: compare_openapi,
}
#: Of earlier versions that are compared in one go: what is beyond has not been judged, and that is said.
MOST_BYTES: Final = 32 * 1024 * 1024
#: Findings that a report has; of the rest it has the number.
MOST_FINDINGS: Final = 5_000
_ORDER: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class Version:
    """A document that was published before. ``number`` is None for one that stands in no registry."""

    document: Any
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and the numbers of the versions against which it was found: none for a file against a file."""

    finding: Finding
    against: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line say it."""
        return self.finding.as_json() | {"against": list(self.against)}


@dataclass(frozen=True, slots=True)
class Report:
    """What follows from a document becoming the newest of a contract.

    ``findings`` are the worst first, at most :data:`MOST_FINDINGS`; ``counts`` count all. ``compared`` is with how many
    documents, ``versions`` are their numbers, where they have some; with none there was nothing to break.
    """

    format: Format
    compatibility: Compatibility
    compared: int
    versions: tuple[int, ...]
    findings: tuple[Judged, ...]
    counts: Mapping[Level, int]
    #: The worst for either side, of all findings.
    levels: Mapping[Side, Level]

    def breaks(self, finding: Finding) -> bool:
        """Whether this breaks what the contract promises."""
        return any(finding.of(side) is Level.BREAKING for side in self.compatibility.protects)

    @property
    def keeps(self) -> bool:
        """Whether nobody is broken to whom that is promised."""
        return not any(self.levels[side] is Level.BREAKING for side in self.compatibility.protects)

    def as_json(self) -> dict[str, Any]:
        """As the API and the command line say it."""
        return {
            "format": self.format.value,
            "compatibility": self.compatibility.value,
            "keeps": self.keeps,
            "versions": list(self.versions),
            "writers": self.levels[Side.WRITERS].value,
            "readers": self.levels[Side.READERS].value,
            "counts": {level.value: self.counts[level] for level in Level},
            "findings": [one.as_json() for one in self.findings],
        }


def compare(format_: Format, compatibility: Compatibility, before: Sequence[Version], document: Any) -> Report:
    """What follows from ``document`` becoming the newest one of a contract.

    ``before`` are the published versions, the newest first. Only a transitive promise is about more than the first of
    them. :class:`Invalid` for what cannot be compared.
    """
    counted = before if compatibility.is_transitive else before[:1]
    compared = list(_within_bounds(counted))
    found = _together((one.number, finding) for one in compared for finding in _judged(format_, one, document))
    if len(compared) < len(counted):
        found.append(Judged(_not_compared([one.number for one in counted[len(compared) :]])))
    ranked = sorted(found, key=lambda one: _rank(one.finding, compatibility))
    return Report(
        format_,
        compatibility,
        len(compared),
        tuple(one.number for one in compared if one.number is not None),
        tuple(ranked[:MOST_FINDINGS]),
        {level: sum(one.finding.level is level for one in ranked) for level in Level},
        {side: worst(one.finding.of(side) for one in ranked) for side in Side},
    )


def _rank(finding: Finding, compatibility: Compatibility) -> tuple[int, int]:
    """The worst first; of those that are equally bad, those of whom something is promised to."""
    promised = min((_ORDER.index(finding.of(side)) for side in compatibility.protects), default=len(_ORDER))
    return _ORDER.index(finding.level), promised


def _within_bounds(before: Sequence[Version]) -> Iterator[Version]:
    """Those that one request may take the time for; the newest in any case."""
    left = MOST_BYTES
    for number, one in enumerate(before):
        left -= len(orjson.dumps(one.document))
        if number and left < 0:
            return
        yield one


def _judged(format_: Format, before: Version, document: Any) -> list[Finding]:
    judge = JUDGES.get(format_)
    if judge is None:
        return [] if same(before.document, document) else [_not_judged(format_)]
    try:
        return judge(before.document, document)
    except RecursionError as error:
        raise Invalid("The documents are nested too deeply to be compared.", field="document") from error


def _together(found: Iterator[tuple[int | None, Finding]]) -> list[Judged]:
    """The same finding against several versions is one."""
    against: dict[Finding, list[int]] = {}
    for number, finding in found:
        numbers = against.setdefault(finding, [])
        if number is not None and number not in numbers:
            numbers.append(number)
    return [Judged(finding, tuple(numbers)) for finding, numbers in against.items()]


def _not_judged(format_: Format) -> Finding:
    return Finding(
        "format-not-judged",
        "",
        Level.RISKY,
        Level.RISKY,
        f"It changed, and no rule here judges {format_.label}: what breaks is not known.",
        "Read the difference, and ask those who write and those who read.",
    )


def _not_compared(numbers: Sequence[int | None]) -> Finding:
    listed = ", ".join(str(number) for number in numbers[:10]) + (" …" if len(numbers) > 10 else "")  # noqa: PLR2004
    return Finding(
        "versions-not-compared",
        "",
        Level.RISKY,
        Level.RISKY,
        f"All versions together are too large to be compared at once; left out: {listed}.",
        "Retire what nobody uses any more, or compare with these by hand.",
    )
