"""Which consumers a proposed version touches, by which findings; and why it leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from controlplane.contracts.comparison import MOST_FINDINGS, Version, compare
from controlplane.contracts.consumers.known import Consumer, Use, consumers_of
from controlplane.contracts.lifecycle.evidence import customers_of
from controlplane.contracts.models import Compatibility, Contract, ContractVersion, Enforcement, Format
from controlplane.contracts.rules.judging import Finding
from controlplane.contracts.rules.touching import describes, hurts, touches
from controlplane.foundation.errors import Invalid
from controlplane.foundation.pages import page_url
from controlplane.foundation.pointers import segments
from controlplane.governance.rules.changed import Affected, Impact, Level

#: Places that are named of what touches one consumer.
NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Touched:
    """One consumer, what touches it, and why nothing does where nothing does."""

    consumer: Consumer
    findings: Sequence[Finding] = ()
    spared: str = ""

    @property
    def in_words(self) -> str:
        """How it is touched, in a line."""
        if not self.findings:
            return f"not touched: {self.spared}"
        places = list(dict.fromkeys(one.path or "the whole" for one in self.findings))
        more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
        return f"touched by {', '.join(places[:NAMED])}{more}"


def touched_by(contract: Contract, before: Mapping[str, Any], content: Mapping[str, Any]) -> list[Touched]:
    """Every consumer of a contract, with what it is touched by when ``content`` follows on the version ``before``."""
    consumers = consumers_of(contract)
    if not before:
        return [Touched(one, spared="there was no version to work by") for one in consumers]
    found = cache(lambda number: _findings(contract, before, content, number))
    same = _saying_the_same(contract, content) if consumers else []
    return [_known(one, same) or _of(one, contract, before, found) for one in consumers]


def _saying_the_same(contract: Contract, content: Mapping[str, Any]) -> list[int]:
    """Versions that were what this one would be: what is taken back was there before."""
    said = {name: content[name] for name in ("schema", "secret", "enforcement")}
    return list(contract.versions.filter(**said).values_list("number", flat=True))


def _known(consumer: Consumer, same: Sequence[int]) -> Touched | None:
    declared = consumer.declared
    if declared is None or declared.newest is None:
        return None
    oldest = declared.oldest if declared.oldest is not None else declared.newest
    number = next((number for number in same if oldest <= number <= declared.newest), None)
    return Touched(consumer, spared=f"it works with version {number}, which says the same") if number else None


def _of(
    consumer: Consumer,
    contract: Contract,
    before: Mapping[str, Any],
    found: Callable[[int | None], Sequence[Finding]],
) -> Touched:
    newest = consumer.declared.newest if consumer.declared else None
    # Who has not come as far as the version that holds now is told what follows from where it is.
    stays = newest if newest is not None and newest < before["version"] else None
    sides, fields = consumer.sides, _known_fields(consumer, contract, before["schema"])
    hurting = [one for one in found(stays) if hurts(one, sides)]
    touching = [one for one in hurting if touches(one, fields, sides)]
    if touching:
        return Touched(consumer, touching)
    if hurting:
        return Touched(consumer, spared=f"it uses only {', '.join(fields)}")
    does = consumer.does or "does nothing that is known"
    return Touched(consumer, spared=f"it {does}, and nothing changes for those who do")


def _known_fields(consumer: Consumer, contract: Contract, schema: Any) -> Sequence[str]:
    """What it uses, where that can be found in what changes; none where any of it cannot: then all of it counts."""
    if contract.format != Format.JSON_SCHEMA:
        return ()
    return consumer.fields if all(describes(schema, field) for field in consumer.fields) else ()


def _findings(
    contract: Contract, before: Mapping[str, Any], content: Mapping[str, Any], number: int | None
) -> list[Finding]:
    """What follows for others: from the version that holds now, or from an older one."""
    standing = Version(before["schema"], before["version"])
    older = contract.versions.filter(number=number).first() if number is not None else None
    if older is not None:
        standing = Version(older.schema, older.number)
    try:
        report = compare(Format(contract.format), Compatibility(contract.compatibility), [standing], content["schema"])
    except Invalid as error:
        # Never silently safe: who stays with a version that nobody can judge is asked.
        return [Finding("not-compared", "", Level.RISKY, Level.RISKY, f"It could not be compared. {error.detail}")]
    found = [one.finding for one in report.findings if one.finding.level is not Level.SAFE]
    if sum(report.counts.values()) > len(report.findings):
        words = f"More than {MOST_FINDINGS:,} differences; those beyond are not looked at one by one."
        found.append(Finding("more-differences", "", Level.RISKY, Level.RISKY, words))
    return found + _beside_the_schema(older, before, content)


def _beside_the_schema(
    older: ContractVersion | None, before: Mapping[str, Any], content: Mapping[str, Any]
) -> list[Finding]:
    """What is dropped before anything is kept is not there for those who read it; what was let in may be set aside."""
    secret = older.secret if older else before["secret"]
    enforcement = older.enforcement if older else before["enforcement"]
    found = [
        Finding("secret-added", ".".join(segments(one)), Level.SAFE, Level.RISKY, "It is not kept any more.")
        for one in content["secret"]
        if one not in secret
    ]
    if content["enforcement"] == Enforcement.QUARANTINE != enforcement:
        words = "What breaks the contract is set aside from now on."
        found.append(Finding("enforced", "", Level.RISKY, Level.SAFE, words))
    return found


def impact_on(touched: Sequence[Touched]) -> Impact:
    """Who is affected, the touched first: how each uses it, when that was last seen, and how much goes through."""
    ranked = sorted(touched, key=lambda one: not one.findings)
    return Impact(in_a_sentence(touched), [_affected(one) for one in ranked])


def in_a_sentence(touched: Sequence[Touched]) -> str:
    """How many consumers, how many of them are touched, and what goes through those within our sight."""
    if not touched:
        return "No consumer is declared, and nothing is set up to work by it."
    count, hit = len(touched), sum(bool(one.findings) for one in touched)
    said = f"{count} consumers, {hit or 'none'} of them touched."
    if count == 1:
        said = f"1 consumer, {'touched' if hit else 'not touched'}."
    within = [one.consumer for one in touched if one.consumer.integration is not None]
    if within:
        carried = sum(one.per_day or 0 for one in within)
        keys = [one.integration.pk for one in within if one.integration is not None]
        said += f" {carried:,} transactions a day go through those within our sight"
        said += f", of {counted} customers in 30 days." if (counted := customers_of(keys)) else "."
    outside = sum(one.consumer.use is Use.UNOBSERVABLE for one in touched)
    return said + (f" {outside} outside our sight." if outside else "")


def _affected(one: Touched) -> Affected:
    consumer = one.consumer
    slug = consumer.integration.slug if consumer.integration else ""
    return Affected(
        consumer.name,
        "; ".join(filter(None, [consumer.does, consumer.in_words, one.in_words])),
        consumer.team.name,
        consumer.per_day,
        page_url("console:integration", slug) if slug else "",
    )
